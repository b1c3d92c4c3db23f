"""From the body of a request to statements that may be stored."""

import uuid
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Request

from xapi.store.parts import Json, as_list, object_type
from xapi.validation import Problem, Version, strictjson
from xapi.validation.checks import at
from xapi.validation.shapes import statement as shape

BATCH = 5_000  # the most statements that one request stores
_TOLD = 50  # the most problems that one answer tells


class InvalidStatementsError(BadRequest):
    """Statements that break the specification; `problems` say where and how."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"The statements are not valid: {problems[0].path} {problems[0].message}")
        self.problems = problems


def parse(request: Request) -> Any:
    """Return the JSON of a request's body.

    Raises BadRequest for what is not JSON, and for files of attachments, which are not stored; raises
    RequestEntityTooLarge for more than the request allows.
    """
    if request.mimetype == "multipart/mixed":
        raise BadRequest(
            "This store takes no files: send application/json, with a fileUrl in each attachment."
        )
    if request.mimetype != "application/json":
        raise BadRequest("The content type must be application/json.")
    try:
        return strictjson.loads(request.get_data())
    except strictjson.JSONError as error:
        raise BadRequest(f"The body is refused: {error}.") from error


def ready(received: Any, version: Version, authority: Json) -> list[Json]:
    """Return one statement, or an array of them, as a list with all that a store must add to them.

    Raises InvalidStatementsError when one is not valid under `version` or has an attachment without a
    fileUrl, BadRequest when two have the same id, RequestEntityTooLarge when they are too many.
    """
    batch = received if isinstance(received, list) else [received]
    paths = [at("", place) for place in range(len(batch))] if isinstance(received, list) else [""]
    if len(batch) > BATCH:
        raise RequestEntityTooLarge(f"At most {BATCH} statements are stored by one request.")
    wrong = (_problems(each, version, path) for each, path in zip(batch, paths, strict=True))
    if told := list(islice(chain.from_iterable(wrong), _TOLD)):
        raise InvalidStatementsError(told)
    done = [_completed(each, version, authority) for each in batch]
    if len({each["id"].lower() for each in done}) < len(done):
        raise BadRequest("Two statements of the batch have the same id.")
    return done


def _problems(statement: Any, version: Version, path: str) -> Iterator[Problem]:
    wrong = False
    for problem in shape(version)(statement, path):
        wrong = True
        yield problem
    if not wrong:
        yield from _without_file(statement, path)


def _without_file(statement: Json, path: str) -> Iterator[Problem]:
    for place, attachment in enumerate(statement.get("attachments", ())):
        if "fileUrl" not in attachment:
            yield Problem(at(at(path, "attachments"), place), "needs a fileUrl: this store takes no files")
    if object_type(statement["object"]) == "SubStatement":
        yield from _without_file(statement["object"], at(path, "object"))


def _completed(statement: Json, version: Version, authority: Json) -> Json:
    """Return a statement with what a store must add to it, and its context activities as arrays."""
    added = {"id": str(uuid.uuid4()), "version": "2.0.0" if version == "2.0.0" else "1.0.0"}
    return {**added, **_arrays(statement), "authority": authority}


def _arrays(statement: Json) -> Json:
    result = dict(statement)
    if object_type(statement["object"]) == "SubStatement":
        result["object"] = _arrays(statement["object"])
    if "contextActivities" in statement.get("context", ()):
        around = {role: as_list(some) for role, some in statement["context"]["contextActivities"].items()}
        result["context"] = {**statement["context"], "contextActivities": around}
    return result
