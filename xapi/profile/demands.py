"""What a place in a statement of ours must hold, for machines and for people: the rules of the templates."""

from dataclasses import dataclass
from typing import Any, Literal

from xapi import vocabulary as v
from xapi.profile.words import Words, words
from xapi.vocabulary import PROFILE_VERSION, ActivityType, Extension

Presence = Literal["included", "excluded", "recommended"]


@dataclass(frozen=True)
class Demand:
    """A rule of a template: `location` is a JSONPath; `any`, `all` say which values it may have."""

    location: str
    presence: Presence
    note: Words
    any: tuple[Any, ...] = ()
    all: tuple[Any, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the rule as the profile has it."""
        rule: dict[str, Any] = {"location": self.location, "presence": self.presence, "scopeNote": self.note}
        return rule | {name: list(values) for name in ("any", "all") if (values := getattr(self, name))}


def included(location: str, en: str, fr: str, **values: tuple[Any, ...]) -> Demand:
    """It is always there."""
    return Demand(location, "included", words(en, fr), **values)


def excluded(location: str, en: str, fr: str) -> Demand:
    """It is never there."""
    return Demand(location, "excluded", words(en, fr))


def optional(location: str, en: str, fr: str, **values: tuple[Any, ...]) -> Demand:
    """It is there where it applies."""
    return Demand(location, "recommended", words(en, fr), **values)


def in_result(extension: Extension) -> str:
    """Return where an extension of a result stands."""
    return f"$.result.extensions['{extension.iri}']"


def in_context(extension: Extension) -> str:
    """Return where an extension of a context stands."""
    return f"$.context.extensions['{extension.iri}']"


def other(of_type: ActivityType, en: str, fr: str) -> Demand:
    """Something that the act is about beside its object."""
    return included("$.context.contextActivities.other[*].definition.type", en, fr, any=(of_type.iri,))


EVERYWHERE = (
    included(
        "$.id",
        "The same at every try: a UUID (version 5) of the tenant and the event.",
        "Le même à chaque envoi : un UUID (version 5) du locataire et de l’événement.",
    ),
    included(
        "$.actor.account.homePage",
        "The LMS that knows the person.",
        "Le LMS qui connaît la personne.",
    ),
    included(
        "$.actor.account.name",
        "Who it is: the LTI subject, the institution’s person id or a pseudonym, as the platform’s "
        "administrator chose.",
        "Qui c’est : l’identifiant LTI, celui de l’établissement ou un pseudonyme, selon le choix de "
        "l’administration.",
    ),
    excluded(
        "$.actor.name | $.actor.mbox | $.actor.mbox_sha1sum | $.actor.openid",
        "Names and mail addresses are never sent.",
        "Les noms et les adresses de courriel ne sont jamais envoyés.",
    ),
    included(
        "$.timestamp",
        "When it happened, in UTC, to the millisecond.",
        "Quand cela s’est passé, en UTC, à la milliseconde.",
    ),
    included("$.version", "The version of xAPI.", "La version de xAPI.", all=("1.0.3", "2.0.0")),
    included(
        "$.context.registration",
        "All that one person does in one run of the activity has the same.",
        "Le même pour tout ce que fait une personne dans une activité.",
    ),
    included(
        "$.context.contextActivities.category[*].id",
        "The version of this profile.",
        "La version de ce profil.",
        any=(PROFILE_VERSION,),
    ),
    included(
        "$.context.contextActivities.grouping[*].definition.type",
        "The course. On Moodle its IRI is the course page’s address, as moodle-logstore_xapi sends it.",
        "Le cours. Sur Moodle, son IRI est l’adresse de sa page, comme l’envoie moodle-logstore_xapi.",
        any=(v.COURSE.iri,),
    ),
    optional(
        "$.context.language",
        "The language of the activity (RFC 5646).",
        "La langue de l’activité (RFC 5646).",
    ),
    optional(
        "$.context.instructor.account.name",
        "The instructor who wrote it for the actor.",
        "La personne qui forme et qui l’a écrit pour l’acteur.",
    ),
    optional(
        "$.context.team.account.name",
        "The group in which it was done.",
        "Le groupe dans lequel cela s’est fait.",
    ),
    optional(
        in_context(v.SYNTHETIC),
        "True where a demonstration or a test made it up.",
        "Vrai si une démonstration ou un essai l’a inventé.",
        all=(True,),
    ),
)

INSIDE = (
    included(
        "$.context.contextActivities.parent[*].definition.type",
        "The peer activity in which it happened.",
        "L’activité entre pairs où cela s’est passé.",
        any=(v.PEER_ACTIVITY.iri,),
    ),
)
AT_THE_TOP = (
    excluded(
        "$.context.contextActivities.parent",
        "The activity is the object, and not its own parent.",
        "L’activité est l’objet, et n’est pas son propre parent.",
    ),
)
PLATFORM = optional(
    "$.context.platform",
    "The LMS, by the name it has in the tool.",
    "Le LMS, sous le nom qu’il a dans l’outil.",
)
NO_PLATFORM = excluded(
    "$.context.platform",
    "A platform goes with an activity only (xAPI 1.0.3, Part Two, 2.4.6).",
    "Une plateforme ne va qu’avec une activité (xAPI 1.0.3, Part Two, 2.4.6).",
)

NO_RESULT = (
    excluded(
        "$.result['score','success','completion','duration','extensions']",
        "The act has no result.",
        "L’acte n’a pas de résultat.",
    ),
)
DONE = included("$.result.completion", "It is done.", "C’est fait.", all=(True,))
WORDS = included(in_result(v.WORD_COUNT), "How many words were written.", "Le nombre de mots écrits.")
DURATION = optional(
    "$.result.duration",
    "How long it took, without pauses (ISO 8601).",
    "Le temps passé, sans les pauses (ISO 8601).",
)
SCORE = (
    included(
        "$.result.score.scaled",
        "The share of the scale, 0 to 1, four decimals.",
        "La part de l’échelle, de 0 à 1, à quatre décimales.",
    ),
    included("$.result.score.raw", "The points.", "Les points."),
    included("$.result.score.min", "The least there is.", "Le minimum possible."),
    included("$.result.score.max", "The most there is.", "Le maximum possible."),
)
TEXT = optional(
    "$.result.response",
    "The words themselves, only where the platform’s administrator lets texts travel.",
    "Les mots eux-mêmes, seulement si l’administration de la plateforme l’a permis.",
)
WRITTEN = (WORDS, TEXT)
FILES = optional(
    "$.attachments[*].usageType",
    "Files of the contribution, only where the platform’s administrator lets texts travel.",
    "Les fichiers de la contribution, seulement si l’administration de la plateforme l’a permis.",
    all=(v.SHARED_FILE.iri,),
)


def _whom(extension: Extension, role: ActivityType, en: str, fr: str) -> tuple[Demand, ...]:
    return (
        optional(f"{in_context(extension)}.account.name", en, fr),
        optional(
            "$.context.contextAgents[*].relevantTypes[*]",
            "In xAPI 2.0 the same person stands here too.",
            "En xAPI 2.0, la même personne est aussi ici.",
            any=(role.iri,),
        ),
    )


REVIEWEE = _whom(
    v.REVIEWEE,
    v.REVIEWEE_ROLE,
    "Whose contribution it is, where that is known.",
    "La personne dont c’est la contribution, si elle est connue.",
)
AUTHOR = _whom(
    v.AUTHOR,
    v.AUTHOR_ROLE,
    "Who made what is acted upon, where it is somebody else.",
    "L’auteur de ce dont il s’agit, si c’est quelqu’un d’autre.",
)
MENTIONED = _whom(
    v.MENTIONED_PERSON, v.MENTIONED_ROLE, "Whom the message names.", "La personne que nomme le message."
)
THE_WORK = other(v.CONTRIBUTION, "The contribution it is about.", "La contribution dont il s’agit.")
THE_COMMENT = other(v.COMMENT, "The message that was written.", "Le message qui a été écrit.")
