"""Trying an LRS: what it is, which versions it speaks, what it lets us do. Nothing that is sent is stored."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from xapi.answers import Answer
from xapi.exchange import Exchange
from xapi.outcomes import LrsError
from xapi.statements import Version
from xapi.vocabulary import PROFILE

_MOST = 256 * 1024  # bytes read of one answer


@dataclass(frozen=True)
class Probe:
    """What an LRS said when it was tried.

    Attributes:
        version: the xAPI version to speak with it; empty when it cannot be asked.
        versions: those that it lists.
        kind: which product it seems to be; empty when nothing gives it away.
        about: what it says of itself.
        can_read: whether these credentials may read statements.
        can_write: whether they may store some.
        clock: seconds that its clock is ahead of ours, or None when it tells no time.
        gzip: whether it compresses answers for those who ask.
        problem: why it will not do, in its own words; empty when it will.

    """

    version: str = ""
    versions: tuple[str, ...] = ()
    kind: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    can_read: bool = False
    can_write: bool = False
    clock: float | None = None
    gzip: bool = False
    problem: str = ""


def chosen(about: Mapping[str, Any]) -> tuple[Version, tuple[str, ...]]:
    """Return the version to speak, 2.0.0 if the LRS lists it and else 1.0.3, and all that it lists."""
    listed = about.get("version")
    versions = tuple(str(one) for one in (listed if isinstance(listed, list) else [listed]) if one)
    return "2.0.0" if any(one.startswith("2.0") for one in versions) else "1.0.3", versions


def probe(exchange: Exchange, fixed: Version | None) -> Probe:
    """Try an LRS with four requests; `fixed` is the version to speak, where that is settled.

    To learn whether statements may be stored an empty list is sent: some LRSs take it and some refuse it as
    bad (400), but who may not store is told so (401, 403), and there is nothing in it that could be stored.
    A query with a parameter that xAPI does not know makes an LRS speak in its own words.
    """
    problems: list[str] = []
    seen: list[Answer] = []

    def ask(
        method: str, path: str, version: Version, content: tuple[str, bytes] | None = None
    ) -> Answer | None:
        try:
            answer = exchange.ask(method, exchange.base.join(path), version, _MOST, content)
        except LrsError as error:
            if error.status is None or path != "about":
                problems.append(error.outcome.reason)
            return None
        seen.append(answer)
        return answer

    about = _document(ask("GET", "about", fixed or "1.0.3"))
    version, versions = chosen(about)
    version = fixed or version
    if problems:  # nobody is there
        return Probe(versions=versions, problem=problems[0])
    read = ask("GET", "statements?limit=1", version)
    write = ask("POST", "statements", version, ("application/json", b"[]"))
    can_read = read is not None and read.ok and "statements" in _document(read)
    can_write = write is not None and (write.ok or write.status in {400, 422})
    if can_read:
        problems_so_far = len(problems)
        ask("GET", "statements?entraide=probe", version)
        del problems[problems_so_far:]
    if read is not None and not can_read:
        problems.append(f"not a list of statements: {read.words}")
    return Probe(
        version,
        versions,
        kind(exchange.base, about, seen),
        about,
        can_read,
        can_write,
        next((ahead for answer in seen if (ahead := seconds_ahead(answer.headers)) is not None), None),
        any(answer.headers.get("content-encoding") == "gzip" for answer in seen),
        problems[0] if problems and not can_write else "",
    )


def _document(answer: Answer | None) -> Mapping[str, Any]:
    try:
        return answer.document() if answer is not None and answer.ok else {}
    except LrsError:
        return {}


def seconds_ahead(headers: httpx.Headers) -> float | None:
    """How far a clock is ahead of ours, by the Date of its owner's answer, which is exact to the second."""
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    ahead = (told - datetime.now(UTC)).total_seconds()
    return 0.0 if abs(ahead) <= 1 else round(ahead)


def kind(base: httpx.URL, about: Mapping[str, Any], answers: list[Answer]) -> str:
    """Return which LRS it seems to be: by its address, what it says of itself, and how it words a refusal."""
    host = base.host.lower()
    for name, domain in _HOSTED:
        if host == domain or host.endswith(f".{domain}"):
            return name
    extensions = about.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    refusals = [_refusal(answer) for answer in answers if not answer.ok]
    for name, tells in _TELLS:
        if any(tells(extensions, refusal) for refusal in [*refusals, {}]):
            return name
    headers = (f"{name}: {value}" for answer in answers for name, value in answer.headers.items())
    named = "\n".join([json.dumps(about, default=str), *headers])
    return next((name for name, pattern in _NAMES if re.search(pattern, named, re.IGNORECASE)), "")


def _refusal(answer: Answer) -> Mapping[str, Any]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {"text": answer.words}
    return document if isinstance(document, dict) else {"text": answer.words}


# Products that are one service: its domain stands in every endpoint
_HOSTED = (
    ("scorm-cloud", "cloud.scorm.com"),  # https://cloud.scorm.com/lrs/<app>/
    ("watershed", "watershedlrs.com"),  # support.watershedlrs.com, "Watershed's APIs"
    ("veracity", "lrs.io"),  # https://<name>.lrs.io/xapi/
    ("learning-locker", "learninglocker.net"),  # https://saas.learninglocker.net/data/xAPI/
)

Tells = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]

# Products that can be had as programs: by the extensions of /about, or by the shape and words of a refusal
_TELLS: tuple[tuple[str, Tells], ...] = (
    ("entraide", lambda extensions, refusal: f"{PROFILE}/store" in extensions),  # xapi/store/app.py
    # adlnet/ADL_LRS, lrs/views.py (about), lrs/utils/req_validate.py (statements_get)
    ("adl", lambda extensions, refusal: {"activities", "agents"} <= _resources(extensions)),
    ("adl", lambda extensions, refusal: "contained unexpected parameters" in _text(refusal)),
    # openfun/ralph, src/ralph/api/routers/xapi.py (about), statements.py (strict_query_params)
    ("ralph", lambda extensions, refusal: _resources(extensions) == {"statements"}),
    ("ralph", lambda extensions, refusal: "parameter is not allowed" in str(refusal.get("detail"))),
    # LearningLocker/xapi-service, src/apps/statements/expressPresenter/getAbout.ts; jscommons, sendMessage
    ("learning-locker", lambda extensions, refusal: "X-Experience-API-Version" in extensions),
    ("learning-locker", lambda extensions, refusal: "errorId" in refusal),
    # yetanalytics/lrs (SQL LRS is made of it), pedestal/interceptor/xapi.cljc (params-interceptor)
    ("sql-lrs", lambda extensions, refusal: isinstance(refusal.get("error"), dict)),
    # trax-project/trax2-framework and trax3-core, PreventUnkownInputs.php; its /about has the version only
    ("trax", lambda extensions, refusal: "request input is not allowed" in _text(refusal)),
    # g3i/lxHive, src/xAPI/Controller/V10/About.php, and the extension that Config.yml has on
    ("lxhive", lambda extensions, refusal: "ExtendedQuery" in extensions),
)

# What no source was found for, as its code is not public: an LRS that names itself, in /about or in a header
_NAMES = (
    ("veracity", r"veracity"),
    ("watershed", r"watershed"),
    ("scorm-cloud", r"scorm ?cloud"),
    ("trax", r"\btrax(_|\b)"),  # the session's cookie, where APP_NAME begins so: config/session.php
    ("learning-locker", r"learning[ _-]?locker"),
    ("sql-lrs", r"\blrsql\b|sql ?lrs|yetanalytics"),
    ("lxhive", r"lxhive"),
)


def _text(refusal: Mapping[str, Any]) -> str:
    return str(refusal.get("text"))


def _resources(extensions: Mapping[str, Any]) -> set[str]:
    listed = extensions.get("xapi")
    return set(listed) if isinstance(listed, Mapping) else set()
