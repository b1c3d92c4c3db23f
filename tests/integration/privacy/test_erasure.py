"""Who is erased is found nowhere any more, and what others did stays as it was."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from classroom import Classroom
from sqlalchemy import func, inspect, select

from lti_tool.activities.models import Rubric
from lti_tool.contributions.index import keep_findable
from lti_tool.contributions.models import Attachment, Contribution, Revision
from lti_tool.exchanges.models import (
    Bookmark,
    Comment,
    MailChoice,
    Mention,
    Reaction,
    ReactionKind,
    Reading,
    Report,
)
from lti_tool.kernel import clock
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.database import Database
from lti_tool.migrations.metadata import ALL
from lti_tool.people.models import Person
from lti_tool.privacy.erasure import THEIRS, erase
from lti_tool.reviews import actions
from lti_tool.reviews.models import Annotation, Appraisal, Flag, FlagReason, Rescore, Review
from lti_tool.reviews.steering_models import Comparison, ComparisonState, PairRule

pytestmark = pytest.mark.every_database

SECRET = "Zygmuntowicz"  # in everything that the person writes, and in their name
NAME = f"Róża {SECRET}"
TABLES = [table for metadata in ALL for table in metadata.sorted_tables]
# Columns that point at a person, and that erasing empties, keeps without words, or leaves to nobody's name.
ELSEWHERE = {
    "activity.creator_id", "extension.given_by_id", "contribution.hidden_by_id", "contribution.written_by_id",
    "contribution.author_id", "revision.author_id", "comment.hidden_by_id", "comment.author_id",
    "comment.endorsed_by_id", "report.settled_by_id", "event.person_id", "enrolment.person_id",
    "review.reviewer_id", "upload.person_id", "rubric.owner_id", "appraisal.person_id", "flag.person_id",
    "flag.settled_by_id", "example.made_by_id", "comparison.judge_id", "override.set_by_id", "reminder.by_id",
    "erasure.person_id",
}  # fmt: skip


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database)


def everything(room: Classroom) -> str:
    """All rows of all tables, as text."""
    with room.database.read() as rows:
        found = [[list(map(str, row)) for row in rows.execute(select(table))] for table in TABLES]
    return json.dumps(found, ensure_ascii=False)


def in_reviews(
    room: Classroom, person: UUID, peer: UUID, mine: Contribution, theirs: Contribution, rows: Any
) -> list[Any]:
    """What they said in and about reviews, and what a peer quotes of them."""
    now = clock.now()
    given, received = (
        rows.scalars(select(Review).where(Review.reviewer_id == who, Review.author_id == author)).one()
        for who, author in ((person, peer), (peer, person))
    )
    passage: dict[str, Any] = {"prompt": "situation", "start": 0, "end": 4, "said_at": now}
    first, second = sorted((mine, theirs), key=lambda work: work.id)
    about: dict[str, Any] = {"activity_id": room.activity.id}
    return [
        Annotation(review_id=given.id, quote="calm", text=SECRET, **passage),
        Annotation(review_id=received.id, quote=SECRET, text="Say more.", **passage),
        Rescore(review_id=given.id, revision=2, marks=[], score=1, text=SECRET, sent_at=now),
        Appraisal(
            review_id=received.id, person_id=person, useful=4, thanks=SECRET, reply=SECRET, said_at=now
        ),
        Flag(
            contribution_id=mine.id, review_id=received.id, of_review=True, person_id=person,
            reason=FlagReason.UNFAIR, because=SECRET, flagged_at=now, **about,
        ),
        Comparison(
            judge_id=person, first_id=first.id, second_id=second.id, second_left=False, winner_id=first.id,
            state=ComparisonState.JUDGED, because=SECRET, assigned_at=now, lease_until=now, judged_at=now,
            **about,
        ),
        Rubric(
            tenant_id=room.tenant, owner_id=person, name=SECRET, language="en", criteria=[], saved_at=now
        ),
        PairRule(reviewer_id=person, author_id=peer, must=True, **about),
    ]  # fmt: skip


def take_part(room: Classroom) -> tuple[UUID, UUID]:
    """Somebody who wrote wherever one can write, and a peer who answered."""
    person, peer, third = room.people(3)
    room.set(Person, Person.id == person, name=NAME, email=f"r@{SECRET}.example", locale="pl")
    now = clock.now()
    for reviewer, author in ((person, peer), (peer, person)):
        with room.database.write() as rows:
            visit = room.visit(reviewer)
            review = actions.pull(rows, visit, room.activity)
            while review.author_id != author:
                actions.send(rows, visit, room.activity, review.id, 0, room.written())
                review = actions.pull(rows, visit, room.activity)
            text = "What works is the calm. One thing to try is more time."
            text += SECRET if reviewer == person else ""
            written = room.written(overall=text, comment=text)
            actions.send(rows, visit, room.activity, review.id, 0, written)
    with room.database.write() as rows:
        mine = rows.scalars(select(Contribution).where(Contribution.author_id == person)).one()
        theirs = rows.scalars(select(Contribution).where(Contribution.author_id == peer)).one()
        mine.title, mine.answers = SECRET, {"situation": SECRET}
        mine.change = {"title": SECRET, "answers": {}}
        keep_findable(rows, room.activity, mine)
        said: dict[str, Any] = {"said_at": now, "hidden_because": ""}
        comment = Comment(contribution_id=theirs.id, author_id=person, text=SECRET, form=uuid4(), **said)
        naming = Comment(
            contribution_id=mine.id, author_id=peer, text=f"Hello @{NAME}!", form=uuid4(), **said
        )
        rows.add_all([comment, naming])
        rows.flush()
        rows.add_all(
            [
                Revision(
                    contribution_id=mine.id, number=1, author_id=person, title=SECRET, answers={}, words=1,
                    why=SECRET, merged=False, saved_at=now,
                ),
                Attachment(
                    contribution_id=mine.id, position=0, media_type="image/webp", size=22,
                    storage_key="the key", digest="d", shows=SECRET,
                ),
                Reaction(
                    contribution_id=theirs.id, person_id=person, kind=ReactionKind.APPLIED, because=SECRET,
                    applied_on=date(2026, 1, 1), said_at=now,
                ),
                Mention(comment_id=naming.id, person_id=person),
                Bookmark(person_id=person, contribution_id=theirs.id, kept_at=now),
                Reading(person_id=person, contribution_id=theirs.id, read_at=now),
                MailChoice(person_id=person),
                Report(
                    activity_id=room.activity.id, contribution_id=theirs.id, reporter_id=person,
                    because=SECRET, then="", reported_at=now,
                ),
                Report(
                    activity_id=room.activity.id, contribution_id=mine.id, reporter_id=third, because="Rude",
                    then=SECRET, reported_at=now,
                ),
                *in_reviews(room, person, peer, mine, theirs, rows),
            ]
        )  # fmt: skip
    return person, peer


def test_nothing_of_the_person_is_left_and_their_files_are_named(room: Classroom) -> None:
    person, peer = take_part(room)
    before = everything(room)
    sub = person.hex
    assert before.count(SECRET) > 14, "the person wrote less than this test is about"
    with room.database.write() as rows:
        assert erase(rows, rows.get_one(Person, person), "tests") == ["the key"]
    after = everything(room)
    assert SECRET not in after
    assert SECRET.casefold() not in after.casefold(), "the search remembers"
    assert f"'{sub}'" not in after.replace(str(person), "")
    with room.database.read() as rows:
        assert rows.get_one(Person, person).sub == f"erased:{person}"
        assert rows.scalar(select(Review.overall).where(Review.reviewer_id == person)) == ""
        kept = rows.scalars(select(Review).where(Review.reviewer_id == peer)).all()
        assert all("What works" in review.overall for review in kept)
        assert rows.scalar(select(Comment.text).where(Comment.author_id == peer)) == "Hello @…!"
        assert (
            rows.scalar(select(Contribution.title).where(Contribution.author_id == peer)) == "A calm welcome"
        )


def test_a_second_time_changes_nothing(room: Classroom) -> None:
    person, _ = take_part(room)
    for _time in range(2):
        with room.database.write() as rows:
            files = erase(rows, rows.get_one(Person, person), "tests")
    assert files == []
    with room.database.read() as rows:
        noted = select(func.count()).where(AuditEntry.act == "person.erased")
        assert rows.scalar(noted) == 1


def test_work_in_hand_goes_back_to_the_pool(room: Classroom) -> None:
    person, *_ = room.people(3)
    with room.database.write() as rows:
        actions.pull(rows, room.visit(person), room.activity)
    assert sum(room.served().values()) == 1
    with room.database.write() as rows:
        erase(rows, rows.get_one(Person, person), "tests")
    assert sum(room.served().values()) == 0
    assert room.counted() == 0


def test_every_table_that_knows_a_person_is_thought_of() -> None:
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in TABLES
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    theirs = {f"{inspect(column.class_).local_table.name}.{column.key}" for column in THEIRS}
    assert pointing == theirs | ELSEWHERE
