"""What authors say of the reviews they received: thanks, how useful, a reply; and how reviewers read it.

Authors rate a review before or after they see a score: where scores are held, before, which is the better
way. Nothing of it changes a score at once: what the ratings are worth is told in the grade for reviewing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..kernel import clock, journal
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.markup import count_words, plain
from ..kernel.permissions import Visit
from . import queries
from .models import Appraisal, Review
from .received import received_review

USEFUL: Mapping[int, str] = {
    1: N_("Not useful"),
    2: N_("A little useful"),
    3: N_("Useful"),
    4: N_("Very useful"),
    5: N_("It changes what I do"),
}


class Part(StrEnum):
    """What may be said of a review; each is said, and said otherwise, by itself."""

    USEFUL = "useful"
    THANKS = "thanks"
    REPLY = "reply"


MOST = {Part.THANKS: 500, Part.REPLY: 5_000}  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a review. Pure."""

    useful: int | None = None
    thanks: str = ""
    reply: str = ""

    @classmethod
    def of(cls, appraisal: Appraisal | None) -> "Said":
        """What is kept."""
        return cls(appraisal.useful, appraisal.thanks, appraisal.reply) if appraisal else cls()

    def with_(self, part: Part, words: str | None) -> "Said":
        """The same with one part said otherwise; None takes it back.

        Raises:
            InvalidError: there is no such rating, nothing is said, or too much.

        """
        if words is None:
            return replace(self, **{part.value: getattr(Said(), part)})
        if part is Part.USEFUL:
            if words not in set(map(str, USEFUL)):
                raise InvalidError(N_("Choose one of these."), field=part, code="not-a-rating")
            return replace(self, useful=int(words))
        words, most = plain(words), MOST[part]
        if not words:
            raise InvalidError(N_("Write a few words here."), field=part, code="empty")
        if len(words) > most:
            sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
            raise InvalidError(sentence, field=part, code="too-long", length=len(words), most=most)
        return replace(self, thanks=words) if part is Part.THANKS else replace(self, reply=words)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reviewer reads: nothing of who said it, and of the time only the day."""

    useful: str  # as words, to be translated; empty where it is not rated
    thanks: str
    reply: str
    said_on: datetime  # noon of that day


def appraise(
    session: Session, visit: Visit, activity: Activity, review_id: UUID, part: Part, words: str | None
) -> None:
    """Say one part of what the visitor, or those they write with, think of a review; the last word counts.

    The same again changes nothing.

    Args:
        session: the transaction.
        visit: who says it.
        activity: where.
        review_id: of which review.
        part: what of it.
        words: the words, or the rating from 1 to 5; None takes it back.

    Raises:
        NotAllowedError, NotFoundError: the review is not theirs to read; see `received.received_review`.
        InvalidError: no words, too many, or no such rating.

    """
    review = received_review(session, visit, activity, review_id)
    if not queries.progress(session, activity, visit.person_id).unlocked:
        raise NotFoundError(N_("This review does not exist."))
    kept = session.get(Appraisal, review_id)
    before = Said.of(kept)
    now_said = before.with_(part, words)
    if now_said == before:
        return
    if kept is None:
        kept = Appraisal(review_id=review_id, times=0)
        session.add(kept)
    kept.useful, kept.thanks, kept.reply = now_said.useful, now_said.thanks, now_said.reply
    kept.person_id, kept.said_at, kept.times = visit.person_id, clock.now(), kept.times + 1
    _record(session, visit, review, kept)


def appraisals_of(session: Session, review_ids: Collection[UUID], zone: tzinfo) -> dict[UUID, Heard]:
    """What was said of some reviews, for who wrote them. One statement.

    Args:
        session: a reading session.
        review_ids: the visitor's own reviews: the caller knows.
        zone: in which a day begins.

    """
    rows = session.scalars(select(Appraisal).where(Appraisal.review_id.in_(review_ids)))
    return heard_in(rows, zone)


def heard_in(appraisals: Iterable[Appraisal], zone: tzinfo) -> dict[UUID, Heard]:
    """What is said in some appraisals, by review; without what was taken back."""
    return {
        each.review_id: Heard(
            USEFUL[each.useful] if each.useful else "",
            each.thanks,
            each.reply,
            each.said_at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0),
        )
        for each in appraisals
        if each.useful or each.thanks or each.reply
    }


def _record(session: Session, visit: Visit, review: Review, said: Appraisal) -> None:
    journal.record_act(
        session,
        visit,
        EventType.RATED,
        review.activity_id,
        review.id,
        revision=said.times - 1,
        facts={
            "contribution": str(review.contribution_id),
            "review": str(review.id),
            "reviewer": str(review.reviewer_id),
            "useful": said.useful,
            "thanked": bool(said.thanks),
            "words": count_words(said.reply),
        },
    )
    session.flush()
