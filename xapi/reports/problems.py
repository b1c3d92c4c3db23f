"""What kept a report from its LRS, as its reader is told: in their language, and in the LRS's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from xapi.outcomes import LrsError, Retry
from xapi.reports.measures.model import Language, Words

CIRCLE = "its pages lead in a circle: asked again, it tells the same ones"

PROBLEMS: Mapping[str, Words] = {
    "refused": {
        "en": "it refuses this user name or password, or reading with them",
        "fr": "il refuse cet identifiant ou ce mot de passe, ou la lecture",
    },
    "nowhere": {"en": "there is no LRS at this address", "fr": "il n’y a pas de LRS à cette adresse"},
    "elsewhere": {
        "en": "it sends readers to another address, which is not followed",
        "fr": "il renvoie vers une autre adresse, qui n’est pas suivie",
    },
    "busy": {"en": "it asks to be left alone for now", "fr": "il demande qu’on attende"},
    "failing": {"en": "it fails", "fr": "il est en panne"},
    "silent": {"en": "it does not answer as it should", "fr": "il ne répond pas comme il faut"},
    "web page": {"en": "a web page stands in its place", "fr": "une page web est à sa place"},
    "no json": {"en": "an answer is no JSON", "fr": "une réponse n’est pas du JSON"},
    "long": {"en": "an answer is too long", "fr": "une réponse est trop longue"},
    "no list": {"en": "an answer has no list of statements", "fr": "une réponse est sans liste d’énoncés"},
    "circle": {"en": CIRCLE, "fr": "ses pages tournent en rond\u202f: il redit toujours les mêmes"},
    "other host": {
        "en": "its next page is on another host, which is not asked",
        "fr": "sa page suivante est chez un autre hôte, qui n’est pas interrogé",
    },
    "no address": {
        "en": "the address of its next page is none",
        "fr": "l’adresse de sa page suivante n’en est pas une",
    },
    "odd": {"en": "it answers in an odd way", "fr": "il répond d’une façon inattendue"},
}
"""What an LRS may do; a sentence's end, which begins with the LRS."""

_QUOTED: Words = {"en": "{what} (“{said}”)", "fr": "{what} («\u202f{said}\u202f»)"}
_LETTERS = 160  # of what an LRS says

_BY_STATUS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "refused", HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.NOT_FOUND: "nowhere", HTTPStatus.METHOD_NOT_ALLOWED: "nowhere", HTTPStatus.GONE: "nowhere",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
}  # fmt: skip
_BY_BEGINNING = {
    "a web page answers in place of an LRS": "web page", "not a JSON object": "no json",
    "the answer is longer": "long", "not a StatementResult": "no list", CIRCLE: "circle",
    "`more` leads to another host": "other host", "`more` is not an address": "no address",
}  # fmt: skip
_UNQUOTED = frozenset({"no json", "long", "no list", "no address"})
"""Such an answer may hold statements, and these name people."""


@dataclass(frozen=True)
class Problem:
    """What an LRS did, one of PROBLEMS, and what was heard of it: in its own words, of any length."""

    what: str
    said: str = ""

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: Language) -> str:
        """Return it as the end of a sentence, without its point."""
        what = PROBLEMS[self.what][language]
        said = self.said if len(self.said) <= _LETTERS else f"{self.said[: _LETTERS - 1]}…"
        return _QUOTED[language].format(what=what, said=said) if said else what


def problem(error: LrsError) -> Problem:
    """Return what `error` says of its LRS."""
    reason = error.outcome.reason
    for beginning, what in _BY_BEGINNING.items():
        if reason.startswith(beginning):
            said = "" if what in _UNQUOTED else reason.removeprefix(beginning).lstrip(": ")
            return Problem(what, said)
    status = error.status or 0
    if status in _BY_STATUS:
        return Problem(_BY_STATUS[status], reason)
    if 300 <= status < 400:
        return Problem("elsewhere", reason)
    if isinstance(error.outcome, Retry):
        return Problem("failing" if status >= 500 else "silent", reason)
    return Problem("odd", reason)
