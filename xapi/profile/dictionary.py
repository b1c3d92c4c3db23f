"""The data dictionary: every field of every kind of statement, in words, with an example."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from xapi.profile import jsonpath
from xapi.profile.demands import Demand
from xapi.profile.examples import example
from xapi.profile.kinds import KINDS
from xapi.profile.words import Words, words
from xapi.vocabulary import PROFILE, under

SENT: dict[str, Words] = {
    "included": words("always", "toujours"),
    "recommended": words("where it applies", "si cela s’applique"),
    "excluded": words("never", "jamais"),
}
_ONE_IS = words("one of them is", "l’un d’eux est")
_ONLY = words("only", "seulement")

NEVER_SENT = (
    words("Names, mail addresses and pictures of people.", "Les noms, les courriels et les portraits."),
    words(
        "What learners write, and their files, unless the platform’s administrator lets them travel.",
        "Ce que les personnes écrivent, et leurs fichiers, sauf si l’administration le permet.",
    ),
    words(
        "Drafts, what is moderated or flagged, and scores before their release.",
        "Les brouillons, la modération, les signalements, et les notes avant leur publication.",
    ),
    words("What a test user does.", "Ce que fait une personne de test."),
)
"""What no statement holds."""


class Field(NamedTuple):
    """One field of a statement: where it is, when it is sent, which values it may have, what it says."""

    location: str
    presence: str
    sent: str
    values: str
    meaning: str
    example: str


class Row(NamedTuple):
    """One field of one kind of statement: a line of the data dictionary."""

    statement: str
    template: str
    verb: str
    object_type: str
    field: str
    sent: str
    values: str
    meaning: str
    example: str


def fields(
    demands: Iterable[Demand], language: str, shown: Mapping[str, Any], profile: str = PROFILE
) -> Iterator[Field]:
    """Yield what is demanded, in "en" or "fr", with the values that the statement `shown` has."""
    for demand in demands:
        location = demand.location.replace(PROFILE, profile)
        yield Field(
            location,
            demand.presence,
            SENT[demand.presence][language],
            _allowed(demand, language).replace(PROFILE, profile),
            demand.note[language],
            _list(jsonpath.parse(location).values(shown)),
        )


def rows(language: str, profile: str = PROFILE) -> Iterator[Row]:
    """Yield the whole data dictionary, in "en" or "fr"."""
    for kind in KINDS:
        about = kind.object_type.under(profile) if kind.object_type else "StatementRef"
        head = kind.label[language], under(kind.iri, profile), kind.verb.under(profile), about
        shown = example(kind.name, profile=profile)
        for field in fields(kind.demands, language, shown, profile):
            yield Row(*head, field.location, field.sent, field.values, field.meaning, field.example)


def _allowed(demand: Demand, language: str) -> str:
    if demand.all:
        return f"{_ONLY[language]} {_list(demand.all)}"
    return f"{_ONE_IS[language]} {_list(demand.any)}" if demand.any else ""


def _list(values: Iterable[Any]) -> str:
    return ", ".join(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values)
