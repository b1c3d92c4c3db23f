"""What a statement's verb and object say was done: our own words, and the well-known ones of others."""

from xapi import vocabulary as words
from xapi.vocabulary import PROFILE, under

_OWN = {
    words.LAUNCHED.iri: "launched",
    words.VIEWED.iri: "viewed",
    words.SUBMITTED.iri: "submitted",
    words.REVISED.iri: "revised",
    words.SHARED.iri: "shared",
    words.ASSIGNED_REVIEW.iri: "assigned",
    words.RETURNED.iri: "returned",
    words.REVIEWED.iri: "reviewed",
    words.RATED.iri: "rated",
    words.RANKED.iri: "compared",
    words.SCORED.iri: "scored",
    words.COMPLETED.iri: "completed",
    words.PASSED.iri: "passed",
    words.FAILED.iri: "failed",
    words.COMMENTED.iri: "commented",
    words.REPLIED.iri: "replied",
    words.MENTIONED.iri: "mentioned",
    words.ASKED.iri: "asked",
    words.ANSWERED.iri: "answered",
    words.ACCEPTED.iri: "accepted",
    words.ENDORSED.iri: "endorsed",
    words.LIKED.iri: "thanked",
    words.APPLIED.iri: "applied",
    words.DISAGREED.iri: "disagreed",
    words.EARNED.iri: "earned",
}

_FOREIGN = {
    # ADL's verbs and cmi5
    "http://adlnet.gov/expapi/verbs/experienced": "viewed",
    "http://adlnet.gov/expapi/verbs/responded": "replied",
    "http://adlnet.gov/expapi/verbs/scored": "scored",
    "http://adlnet.gov/expapi/verbs/mentioned": "mentioned",
    # Activity Streams, as moodle-logstore_xapi and ComPAIR write it
    "http://activitystrea.ms/schema/1.0/submit": "submitted",
    "http://activitystrea.ms/schema/1.0/share": "shared",
    "http://activitystrea.ms/schema/1.0/like": "thanked",
    "http://activitystrea.ms/schema/1.0/accept": "accepted",
    "http://activitystrea.ms/schema/1.0/disagree": "disagreed",
    "http://activitystrea.ms/share": "shared",
    "http://activitystrea.ms/like": "thanked",
    "http://activitystrea.ms/open": "viewed",
    # Open edX's forums (event-routing-backends), and AcrossX
    "https://w3id.org/xapi/acrossx/verbs/posted": "commented",
    "https://w3id.org/openedx/verb/voted": "voted",
    # The registry's
    "http://id.tincanapi.com/verb/voted-up": "voted",
    "http://id.tincanapi.com/verb/rated": "rated",
}

_WORK_TYPES = frozenset(
    {
        "http://id.tincanapi.com/activitytype/solution",
        "http://id.tincanapi.com/activitytype/essay",
        "http://activitystrea.ms/article",
        "http://activitystrea.ms/schema/1.0/article",
    }
)
_COURSE_TYPES = frozenset(
    {
        words.COURSE.iri,
        "http://id.tincanapi.com/activitytype/lms/course",
        "https://w3id.org/xapi/cmi5/activitytype/course",
    }
)
_REVIEW_KINDS = {"self": "self-reviewed", "staff": "staff-reviewed", "second-look": "looked-again"}
_OF_A_REVIEW = {"thanked": "review-thanked", "replied": "review-answered"}
_INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"

KINDS = frozenset(
    {"calibrated", "other"}.union(
        _OWN.values(), _FOREIGN.values(), _REVIEW_KINDS.values(), _OF_A_REVIEW.values()
    )
)
"""Everything that the column `act` may say."""


class Words:
    """Our vocabulary under one base IRI, and others', ready to be looked up."""

    def __init__(self, profile: str = PROFILE) -> None:
        self._acts = {plain(under(iri, profile)): act for iri, act in (_FOREIGN | _OWN).items()}
        self._attempted = plain(words.ATTEMPTED.iri)
        self.voided = plain(words.VOIDED.iri)
        self.contributions = _WORK_TYPES | {words.CONTRIBUTION.under(profile)}
        self.courses = _COURSE_TYPES
        self.reviews = frozenset({words.REVIEW.iri, "http://activitystrea.ms/schema/1.0/review"})
        self.comments = frozenset(
            {words.COMMENT.iri, words.QUESTION.iri, "http://activitystrea.ms/schema/1.0/comment"}
        )
        self.skills = frozenset({words.SKILL.iri})
        self.peer_activity = words.PEER_ACTIVITY.under(profile)
        self.example = words.EXAMPLE.under(profile)
        roles = (words.REVIEWEE_ROLE, words.AUTHOR_ROLE, words.MENTIONED_ROLE)
        self.roles = frozenset(role.under(profile) for role in roles)
        self.kind = words.KIND.under(profile)
        self.word_count = words.WORD_COUNT.under(profile)
        self.revision_number = words.REVISION_NUMBER.under(profile)
        self.rubric = words.RUBRIC.under(profile)
        self.winner = words.WINNER.under(profile)
        self.loser = words.LOSER.under(profile)
        people = (words.REVIEWEE, words.AUTHOR, words.MENTIONED_PERSON)
        self.people = tuple(person.under(profile) for person in people)
        self.review_kind = words.REVIEW_KIND.under(profile)
        self.synthetic = words.SYNTHETIC.under(profile)

    def act(self, verb: str, object_type: str | None, review_kind: object) -> str:
        """Return what was done, one of KINDS, upon an object of this type."""
        verb = plain(verb)
        act = self._acts.get(verb, "other")
        if act == "reviewed" and isinstance(review_kind, str):
            return _REVIEW_KINDS.get(review_kind, act)
        if object_type in self.reviews:
            return _OF_A_REVIEW.get(act, act)
        if act == "thanked" and object_type in self.comments:
            return "voted"
        if act == "answered" and object_type == _INTERACTION:
            return "other"  # of a quiz, not of a peer
        if verb == self._attempted and object_type == self.example:
            return "calibrated"
        return act


def plain(iri: str) -> str:
    """Return a verb's IRI without what people write in different ways: https, a slash at the end."""
    return iri.rstrip("/").replace("https://", "http://", 1)
