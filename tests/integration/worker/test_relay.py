"""From the journal to statements: what each event becomes, once, whatever happens."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import update

from lti_tool.contributions.models import Contribution
from lti_tool.gradebook.models import Column, Score
from lti_tool.kernel import journal
from lti_tool.kernel.journal import Event, EventType
from lti_tool.people.models import Person, Platform
from lti_tool.records.models import Delivery, DeliveryState, Statement
from lti_tool.reviews import actions as reviews
from lti_tool.worker import stores
from lti_tool.worker.local import ensure_local
from lti_tool.worker.relay import relay
from xapi.validation import problems

pytestmark = pytest.mark.every_database

BASE = "https://tool.example"
PROFILE = "https://w3id.org/entraide/xapi"


def relayed(plant) -> dict[str, list[dict]]:
    """All statements, 1.0.3, by verb's last word."""
    while relay(plant.database, BASE, PROFILE):
        pass
    found: dict[str, list[dict]] = {}
    for statement in plant.room.all(Statement, Statement.version == "1.0.3"):
        document = json.loads(statement.body)
        found.setdefault(document["verb"]["id"].rpartition("/")[2], []).append(document)
    return found


def one_of_each(plant):
    """A launch, a contribution, a review pulled and sent, a view."""
    room = plant.room
    plant.happen(1)
    author, reviewer = room.people(2)
    [work] = room.all(Contribution, Contribution.author_id == author)
    with plant.database.write() as rows:
        journal.record_act(
            rows, room.visit(author), EventType.SUBMITTED, room.activity.id, work.id, facts={"words": 42}
        )
    with plant.database.write() as rows:
        held = reviews.pull(rows, room.visit(reviewer), room.activity)
    with plant.database.write() as rows:
        reviews.note_view(rows, room.visit(reviewer), room.activity, work.id)
        reviews.send(rows, room.visit(reviewer), room.activity, held.id, held.version, room.written(3))
    return author, reviewer, work


def test_every_event_becomes_a_valid_statement(plant):
    ensure_local(plant.database, BASE, "entraide")
    author, reviewer, work = one_of_each(plant)
    told = relayed(plant)
    assert {verb: len(found) for verb, found in told.items()} == {
        "launched": 1, "submit": 1, "assigned-review": 1, "viewed": 1, "reviewed": 1, "scored": 1,
    }  # fmt: skip
    for statement in (one for found in told.values() for one in found):
        assert problems(statement) == []
    assert {s["id"] for found in told.values() for s in found} == {
        str(e.statement_id) for e in plant.events()
    }

    [platform] = plant.room.all(Platform)
    [submitted], [reviewed], [scored] = told["submit"], told["reviewed"], told["scored"]
    assert submitted["object"]["id"] == f"{BASE}/contributions/{work.id}"
    assert submitted["actor"]["account"] == {"homePage": platform.issuer, "name": author.hex}
    assert submitted["result"]["extensions"] == {f"{PROFILE}/extensions/word-count": 42}
    assert reviewed["object"]["id"] == submitted["object"]["id"]
    assert reviewed["actor"]["account"]["name"] == reviewer.hex
    assert reviewed["result"]["score"] == {"raw": 6, "min": 2, "max": 8, "scaled": 0.6667}
    assert len(reviewed["result"]["extensions"][f"{PROFILE}/extensions/rubric"]) == 2
    assert scored["actor"]["account"]["name"] == author.hex
    assert scored["result"]["score"]["scaled"] == 0.6667
    [activity] = reviewed["context"]["contextActivities"]["parent"]
    assert activity["id"] == f"{BASE}/activities/{plant.room.activity.id}"


def test_no_name_and_no_text_of_a_learner_is_in_a_statement(plant):
    ensure_local(plant.database, BASE, "entraide")
    one_of_each(plant)
    relayed(plant)
    for statement in plant.room.all(Statement):
        for private in (
            b"Learner ",
            b"Mornings",
            b"A calm welcome",
            b"calm welcome",
            b"Clear.",
            b"Instructor",
        ):
            assert private not in statement.body


def test_scores_follow_a_review_in_the_same_transaction(plant):
    room = plant.room
    author, reviewer = room.people(2)
    with plant.database.write() as rows:
        held = reviews.pull(rows, room.visit(reviewer), room.activity)
        reviews.send(rows, room.visit(reviewer), room.activity, held.id, held.version, room.written(3))
    relayed(plant)
    assert {(s.person_id, s.column) for s in plant.room.all(Score)} == {
        (author, Column.WORK),
        (reviewer, Column.REVIEWING),
    }


def test_the_statement_of_an_event_is_made_once(plant):
    ensure_local(plant.database, BASE, "entraide")
    plant.happen(3)
    relayed(plant)
    before = {s.event_id: s.body for s in plant.room.all(Statement)}
    plant.room.set(Person, Person.id == plant.room.instructor, sub="renamed")
    assert relay(plant.database, BASE, PROFILE) == 0
    assert {s.event_id: s.body for s in plant.room.all(Statement)} == before
    assert len(before) == 3


def test_both_versions_are_kept_while_a_store_has_not_said_which_it_speaks(plant, lrs_started):
    plant.add(lrs_started())
    plant.happen(1)
    relayed(plant)
    assert {s.version for s in plant.room.all(Statement)} == {"1.0.3", "2.0.0"}


def test_without_a_store_the_journal_is_relayed_all_the_same(plant):
    plant.happen(2)
    relayed(plant)
    assert all(event.relayed_at for event in plant.events())
    assert plant.room.all(Delivery) == []


def test_an_event_that_cannot_be_told_is_a_dead_letter_and_the_others_go_on(plant):
    ensure_local(plant.database, BASE, "entraide")
    plant.happen(1)
    with plant.database.write() as rows:
        visit = plant.room.visit(plant.room.instructor)
        facts = {"contribution": str(uuid4())}
        journal.record_act(rows, visit, EventType.VIEWED, plant.room.activity.id, uuid4(), facts=facts)
    plant.happen(1)
    assert len(relayed(plant)["launched"]) == 2
    [dead] = plant.room.all(Delivery, Delivery.state == DeliveryState.DEAD)
    assert dead.reason.startswith("viewed cannot be told")

    [author] = plant.room.people(1)
    [work] = plant.room.all(Contribution, Contribution.author_id == author)
    with plant.database.write() as rows:
        mended = {"contribution": str(work.id)}
        rows.execute(update(Event).where(Event.id == dead.event_id).values(facts=mended))
    assert stores.retry(plant.database) == 1
    assert len(relayed(plant)["viewed"]) == 1
    assert plant.room.all(Delivery, Delivery.state == DeliveryState.DEAD) == []


def test_what_a_test_user_does_is_told_to_nobody(plant):
    ensure_local(plant.database, BASE, "entraide")
    [student] = plant.room.people(1, test_user=True)
    visit = replace(plant.room.visit(student), test_user=True)
    with plant.database.write() as rows:
        journal.record_act(rows, visit, EventType.LAUNCHED, plant.room.activity.id, uuid4())
    assert plant.room.all(Event)
    assert relayed(plant) == {}
