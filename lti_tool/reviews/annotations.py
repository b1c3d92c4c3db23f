"""Comments at places of a work: part of a review, kept at once, and changed as long as the review may be."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.prompts import prompts_of
from ..contributions.models import Attachment, Contribution
from ..contributions.queries import attachment_of
from ..contributions.texts import Text
from ..kernel import clock
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.markup import count_words, plain
from ..kernel.permissions import Visit
from . import editing, queries
from .models import Annotation, Review
from .places import TITLE, Place, clock_time, located, pointed, spot_name, texts_of

MOST = 50  # in one review
TEXT_MOST = 2000  # characters
LABEL_MOST = 60  # characters of what names a file
_FILES = {
    "image": N_("Picture %(number)d"),
    "video": N_("Video %(number)d"),
    "audio": N_("Sound %(number)d"),
    "application": N_("Document %(number)d"),
}


def annotate(
    session: Session, visit: Visit, activity: Activity, review_id: UUID, place: Place, text: str
) -> Annotation:
    """Comment on a place of the work under review. The same comment at the same place twice is there once.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to review, or the work has no such file.
        ConflictError: the author reads the review already, or it has MOST comments.
        InvalidError: there is no such place in the work; nothing is said, or too much.

    """
    review = editing.to_write(session, visit, activity, review_id)
    said = _said(text)
    there = asdict(_found(session, queries.work_under_review(session, review), place))
    before = annotations_of(session, [review.id]).get(review.id, ())
    for note in before:
        if note.text == said and all(getattr(note, name) == value for name, value in there.items()):
            return note
    if len(before) >= MOST:
        raise ConflictError(
            N_("A review can have %(most)d comments in the work at most."), code="many-comments", most=MOST
        )
    note = Annotation(review_id=review.id, text=said, said_at=clock.now(), **there)
    session.add(note)
    session.flush()
    return note


def change(
    session: Session, visit: Visit, activity: Activity, review_id: UUID, note_id: UUID, text: str
) -> Annotation:
    """Say something else at the same place. Raises what `annotate` raises."""
    review = editing.to_write(session, visit, activity, review_id)
    note = note_of(session, review, note_id)
    note.text = _said(text)
    return note


def take_away(session: Session, visit: Visit, activity: Activity, review_id: UUID, note_id: UUID) -> None:
    """Take a comment away. Twice is once. Raises what `annotate` raises."""
    review = editing.to_write(session, visit, activity, review_id)
    note = session.get(Annotation, note_id)
    if note and note.review_id == review.id:
        session.delete(note)


def note_of(session: Session, review: Review, note_id: UUID) -> Annotation:
    """A comment of a review. One statement. Raises NotFoundError: that review has no such comment."""
    note = session.get(Annotation, note_id)
    if note is None or note.review_id != review.id:
        raise NotFoundError(N_("This comment does not exist."))
    return note


def annotations_of(session: Session, reviews: Collection[UUID]) -> Mapping[UUID, Sequence[Annotation]]:
    """The comments of some reviews, by review, each in the order in which they were said. One statement."""
    rows = session.scalars(
        select(Annotation)
        .where(Annotation.review_id.in_(reviews))
        .order_by(Annotation.said_at, Annotation.id)
    )
    found: dict[UUID, list[Annotation]] = defaultdict(list)
    for note in rows:
        found[note.review_id].append(note)
    return dict(found)


def words(session: Session, review_id: UUID) -> int:
    """The words of a review's comments. One statement."""
    texts = session.scalars(select(Annotation.text).where(Annotation.review_id == review_id))
    return sum(map(count_words, texts))


def labels(activity: Activity, work: Contribution) -> dict[str, str]:
    """What the parts of a work are called in the reader's language: texts by name, files by id (hex)."""
    text = Text.read(work.title, work.answers)
    written = [key for key, answer in text.answers.items() if answer]
    named = {TITLE: gettext("The title")}
    named |= {
        prompt.key: prompt.label for prompt in prompts_of(activity, gettext, written) if prompt.key in written
    }
    for number, step in enumerate(text.steps, start=1):
        named |= {step.field(part): gettext("Step %(n)d", n=number) for part in ("text", "watch_out")}
    return named | {each.id.hex: _called(each, n) for n, each in enumerate(work.attachments, start=1)}


def at(note: Annotation) -> str:
    """Where in its picture, video or sound a comment points to, in the reader's language; else nothing."""
    if note.x is not None and note.y is not None:
        return str(gettext(spot_name(note.x, note.y)))
    if note.seconds is not None:
        return str(gettext("at %(time)s", time=clock_time(note.seconds)))
    return ""


def _called(file: Attachment, number: int) -> str:
    name = str(gettext(_FILES[file.media_type.partition("/")[0]], number=number))
    shows = file.shows if len(file.shows) <= LABEL_MOST else file.shows[: LABEL_MOST - 1] + "…"
    return str(gettext("%(name)s – %(shows)s", name=name, shows=shows)) if shows else name


def _found(session: Session, work: Contribution, place: Place) -> Place:
    if place.attachment_id:
        return pointed(attachment_of(session, work.id, place.attachment_id).media_type, place)
    texts = texts_of(work)
    if place.prompt not in texts:
        raise InvalidError(N_("Choose a part of the work."), field="part")
    return located(texts[place.prompt], place)


def _said(text: str) -> str:
    said = plain(text)
    if not said:
        raise InvalidError(N_("Write your comment."), field="text")
    if len(said) > TEXT_MOST:
        raise InvalidError(N_("Shorten this to %(most)d characters."), field="text", most=TEXT_MOST)
    return said
