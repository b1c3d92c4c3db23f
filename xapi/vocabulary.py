"""Every verb, activity type and extension that Entraide speaks, each IRI written once.

Terms come from published vocabularies wherever one exists, so that an analyst's other statements and ours can
be counted together. Only what nobody publishes stands under our own profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

PROFILE = "https://w3id.org/entraide/xapi"
"""Base IRI of our own profile; every term of ours begins with it."""

PROFILE_VERSIONS = (f"{PROFILE}/v1.0",)
"""IRIs of all the profile's versions, the present one last; what was told under one of them keeps it."""

PROFILE_VERSION = PROFILE_VERSIONS[-1]
"""IRI of the present one, the `category` of each of our statements (xAPI Profiles, Part Two, 8.0)."""


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary, known by its IRI."""

    iri: str

    def under(self, profile: str) -> str:
        """Return the IRI, with our profile's base replaced by `profile`; foreign terms stay as they are."""
        return under(self.iri, profile)


@dataclass(frozen=True)
class Verb(Term):
    """What an actor did, with the word that people read in English and in French."""

    en: str
    fr: str

    @property
    def display(self) -> dict[str, str]:
        """Language map for a statement's verb."""
        return {"en": self.en, "fr": self.fr}


@dataclass(frozen=True)
class ActivityType(Term):
    """What kind of thing a statement's activity is."""


@dataclass(frozen=True)
class Extension(Term):
    """The key of one value that xAPI itself has no place for."""


@dataclass(frozen=True)
class ActivityExtension(Extension):
    """One in an activity's definition."""


@dataclass(frozen=True)
class ResultExtension(Extension):
    """One in a result."""


@dataclass(frozen=True)
class ContextExtension(Extension):
    """One in a context."""


@dataclass(frozen=True)
class AttachmentUsage(Term):
    """What a file that goes with a statement is for."""


def under(iri: str, profile: str) -> str:
    """Return `iri` moved from our profile's base to `profile`: tests do not speak in the profile's name."""
    return profile + iri.removeprefix(PROFILE) if iri.startswith(PROFILE + "/") else iri


_ADL = "http://adlnet.gov/expapi"
_TINCAN = "http://id.tincanapi.com"

# ADL's vocabulary, https://profiles.adlnet.gov (profile "ADL vocabulary")
LAUNCHED = Verb(f"{_ADL}/verbs/launched", "launched", "a ouvert")
SHARED = Verb(f"{_ADL}/verbs/shared", "shared", "a partagé")
COMMENTED = Verb(f"{_ADL}/verbs/commented", "commented", "a commenté")
ASKED = Verb(f"{_ADL}/verbs/asked", "asked", "a demandé")
ANSWERED = Verb(f"{_ADL}/verbs/answered", "answered", "a répondu à la question")
ATTEMPTED = Verb(f"{_ADL}/verbs/attempted", "attempted", "s'est exercé sur")
COMPLETED = Verb(f"{_ADL}/verbs/completed", "completed", "a terminé")
PASSED = Verb(f"{_ADL}/verbs/passed", "passed", "a réussi")
FAILED = Verb(f"{_ADL}/verbs/failed", "failed", "n'a pas réussi")
VOIDED = Verb(f"{_ADL}/verbs/voided", "voided", "a annulé")  # xAPI 1.0.3, Part Two, 2.3.2

COURSE = ActivityType(f"{_ADL}/activities/course")
QUESTION = ActivityType(f"{_ADL}/activities/question")
PROFILE_TYPE = ActivityType(f"{_ADL}/activities/profile")

# The Tin Can registry, https://registry.tincanapi.com
VIEWED = Verb(f"{_TINCAN}/verb/viewed", "viewed", "a consulté")
REVIEWED = Verb(f"{_TINCAN}/verb/reviewed", "reviewed", "a relu")
RATED = Verb(f"{_TINCAN}/verb/rated", "rated", "a évalué")
REPLIED = Verb(f"{_TINCAN}/verb/replied", "replied", "a répondu")
MENTIONED = Verb(f"{_TINCAN}/verb/mentioned", "mentioned", "a mentionné")
EARNED = Verb(f"{_TINCAN}/verb/earned", "earned", "a obtenu")

# Activity Streams as an xAPI profile, http://activitystrea.ms/schema/1.0.0
SUBMITTED = Verb("http://activitystrea.ms/submit", "submitted", "a remis")
ACCEPTED = Verb("http://activitystrea.ms/accept", "accepted", "a accepté")
RETURNED = Verb("http://activitystrea.ms/return", "returned", "a rendu sans relire")
DISAGREED = Verb("http://activitystrea.ms/disagree", "disagreed", "n'est pas d'accord avec")

REVIEW = ActivityType("http://activitystrea.ms/review")
BADGE = ActivityType("http://activitystrea.ms/badge")
COMMENT = ActivityType("http://activitystrea.ms/comment")

# DoD ISD profile, https://w3id.org/xapi/dod-isd
REVISED = Verb("https://w3id.org/xapi/dod-isd/verbs/revised", "revised", "a révisé")
RANKED = Verb("https://w3id.org/xapi/dod-isd/verbs/ranked", "ranked", "a classé")
APPLIED = Verb("https://w3id.org/xapi/dod-isd/verbs/applied", "applied", "a appliqué")

# AcrossX profile, https://w3id.org/xapi/acrossx
LIKED = Verb("https://w3id.org/xapi/acrossx/verbs/liked", "liked", "a aimé")

# ADL's Total Learning Architecture profile, https://w3id.org/xapi/tla
SCORED = Verb("https://w3id.org/xapi/tla/verbs/scored", "scored", "a reçu la note de")

SKILL = ActivityType("https://w3id.org/xapi/tla/activity-types/competency")

# Ours, because no public IRI exists for them
ASSIGNED_REVIEW = Verb(f"{PROFILE}/verbs/assigned-review", "was assigned to review", "a reçu à relire")
ENDORSED = Verb(f"{PROFILE}/verbs/endorsed", "endorsed", "a recommandé")

PEER_ACTIVITY = ActivityType(f"{PROFILE}/activity-types/peer-activity")
CONTRIBUTION = ActivityType(f"{PROFILE}/activity-types/contribution")
COMPARISON = ActivityType(f"{PROFILE}/activity-types/comparison")
EXAMPLE = ActivityType(f"{PROFILE}/activity-types/scored-example")  # a work scored beforehand
RUBRIC_CRITERION = ActivityType(f"{PROFILE}/activity-types/rubric-criterion")
# The relevantTypes of 2.0 context agents
REVIEWEE_ROLE = ActivityType(f"{PROFILE}/activity-types/reviewee")
AUTHOR_ROLE = ActivityType(f"{PROFILE}/activity-types/author")
MENTIONED_ROLE = ActivityType(f"{PROFILE}/activity-types/mentioned-person")

SHARED_FILE = AttachmentUsage(f"{PROFILE}/attachment-usages/shared-file")  # a file of a contribution

KIND = ActivityExtension(f"{PROFILE}/extensions/kind")  # what sharing it is: practice, gesture, experience
CONTEXT_ID = ActivityExtension(
    f"{PROFILE}/extensions/context-id"
)  # the LMS's own id of the course, beside its IRI
WORD_COUNT = ResultExtension(f"{PROFILE}/extensions/word-count")  # integer
REVISION_NUMBER = ResultExtension(
    f"{PROFILE}/extensions/revision-number"
)  # integer, the first submission is 1
RUBRIC = ResultExtension(f"{PROFILE}/extensions/rubric")  # array of {criterion, label, raw, min, max, scaled}
WINNER = ResultExtension(f"{PROFILE}/extensions/winner")  # IRI of the contribution judged better
LOSER = ResultExtension(f"{PROFILE}/extensions/loser")  # IRI of the other one
APPLIED_ON = ResultExtension(f"{PROFILE}/extensions/applied-on")  # the day it was done at work, ISO 8601
REVIEWEE = ContextExtension(f"{PROFILE}/extensions/reviewee")  # Agent: whose contribution is reviewed
AUTHOR = ContextExtension(f"{PROFILE}/extensions/author")  # Agent: who made what somebody else acts upon
MENTIONED_PERSON = ContextExtension(f"{PROFILE}/extensions/mentioned-person")  # Agent: whom a message names
REVIEW_KIND = ContextExtension(f"{PROFILE}/extensions/review-kind")  # "self", "staff", "second-look"
SYNTHETIC = ContextExtension(
    f"{PROFILE}/extensions/synthetic"
)  # true: a demo's or a test's course, not people's

T = TypeVar("T", bound=Term)


def _by_iri(kind: type[T]) -> Mapping[str, T]:
    return MappingProxyType({term.iri: term for term in list(globals().values()) if isinstance(term, kind)})


VERBS = _by_iri(Verb)
ACTIVITY_TYPES = _by_iri(ActivityType)
EXTENSIONS = _by_iri(Extension)
ATTACHMENT_USAGES = _by_iri(AttachmentUsage)
