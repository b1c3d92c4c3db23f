"""From the body of a request to statements that may be stored."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Request

from xapi.store import multipart, signatures
from xapi.store.calls import whole_body
from xapi.store.parts import Json, as_list, attachments, object_type
from xapi.validation import Problem, Version, strictjson
from xapi.validation.checks import at
from xapi.validation.shapes import statement as shape

BATCH = 5_000  # the most statements that one request stores
_TOLD = 50  # the most problems that one answer tells
_HASHES = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}

Files = Mapping[str, bytes]  # contents of attachments, by their SHA-2 in small letters


class InvalidStatementsError(BadRequest):
    """Statements that break the specification; `problems` say where and how."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"The statements are not valid: {problems[0].path} {problems[0].message}")
        self.problems = problems


def parse(request: Request) -> tuple[Any, Files]:
    """Return the JSON of a request's body, and the files that came with it.

    Raises BadRequest for what is not JSON, or not JSON followed by files that are what their headers say
    (xAPI 1.0.3, Part Three, 1.5); raises RequestEntityTooLarge for more than the request allows.
    """
    if request.mimetype == "multipart/mixed":
        return _parts(multipart.split(whole_body(request), request.mimetype_params.get("boundary", "")))
    if request.mimetype != "application/json":
        raise BadRequest("The content type must be application/json, or multipart/mixed for files.")
    return _json(whole_body(request)), {}


def ready(received: Any, files: Files, version: Version, authority: Json) -> list[Json]:
    """Return one statement, or an array of them, as a list with all that a store must add to them.

    Raises InvalidStatementsError when one is not valid under `version`, or has an attachment with neither
    a fileUrl nor one of the `files`; BadRequest when two have the same id or a file belongs to none;
    RequestEntityTooLarge when they are too many.
    """
    batch = received if isinstance(received, list) else [received]
    paths = [at("", place) for place in range(len(batch))] if isinstance(received, list) else [""]
    if len(batch) > BATCH:
        raise RequestEntityTooLarge(f"At most {BATCH} statements are stored by one request.")
    wrong = (_problems(each, files, version, path) for each, path in zip(batch, paths, strict=True))
    if told := list(islice(chain.from_iterable(wrong), _TOLD)):
        raise InvalidStatementsError(told)
    if files.keys() - {each["sha2"].lower() for one in batch for each in attachments(one)}:
        raise BadRequest("A file came that is no statement's attachment.")
    done = [_completed(each, version, authority) for each in batch]
    if len({each["id"].lower() for each in done}) < len(done):
        raise BadRequest("Two statements of the batch have the same id.")
    return done


def _json(body: bytes) -> Any:
    try:
        return strictjson.loads(body)
    except strictjson.JSONError as error:
        raise BadRequest(f"The body is refused: {error}.") from error


def _parts(parts: list[multipart.Part]) -> tuple[Any, Files]:
    if not parts or parts[0].headers.get_content_type() != "application/json":
        raise BadRequest("The first part must be the statements, as application/json.")
    return _json(parts[0].content), dict(map(_file, parts[1:]))


def _file(part: multipart.Part) -> tuple[str, bytes]:
    """Return a file with its SHA-2; raise BadRequest where its headers are missing, or say another thing."""
    if str(part.headers["Content-Transfer-Encoding"]).strip().lower() != "binary":
        raise BadRequest("Content-Transfer-Encoding must be binary in each part after the first.")
    sha2 = str(part.headers["X-Experience-API-Hash"]).strip().lower()
    if len(sha2) not in _HASHES or hashlib.new(_HASHES[len(sha2)], part.content).hexdigest() != sha2:
        raise BadRequest("X-Experience-API-Hash must be the SHA-2 of its part.")
    return sha2, part.content


def _problems(statement: Any, files: Files, version: Version, path: str) -> Iterator[Problem]:
    wrong = False
    for problem in shape(version)(statement, path):
        wrong = True
        yield problem
    if not wrong:
        yield from _without_file(statement, files, path)
        yield from _badly_signed(statement, files, version, path)


def _without_file(statement: Json, files: Collection[str], path: str) -> Iterator[Problem]:
    for place, attachment in enumerate(statement.get("attachments", ())):
        if "fileUrl" not in attachment and attachment["sha2"].lower() not in files:
            yield Problem(at(at(path, "attachments"), place), "needs a fileUrl, or its file as another part")
    if object_type(statement["object"]) == "SubStatement":
        yield from _without_file(statement["object"], files, at(path, "object"))


def _badly_signed(statement: Json, files: Files, version: Version, path: str) -> Iterator[Problem]:
    for place, attachment in enumerate(statement.get("attachments", ())):
        if attachment["usageType"] != signatures.USAGE:
            continue
        where = at(at(path, "attachments"), place)
        if attachment["contentType"] != signatures.CONTENT_TYPE:
            yield Problem(at(where, "contentType"), f"of a signature must be {signatures.CONTENT_TYPE}")
        elif attachment["sha2"].lower() not in files:
            yield Problem(where, "a signature must come with its statement, as another part")
        else:
            try:
                signatures.check(statement, files[attachment["sha2"].lower()], version)
            except signatures.SignatureError as error:
                yield Problem(where, f"the signature {error}")


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
