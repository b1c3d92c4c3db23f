"""What is said about a contribution becomes statements: valid, once, without a word of it."""

import json
from uuid import uuid4

import pytest
from classroom import Classroom
from sqlalchemy import true

from lti_tool.activities.models import Feedback
from lti_tool.contributions import actions as writing
from lti_tool.contributions.models import Contribution, Revision
from lti_tool.exchanges import actions, answering, curating
from lti_tool.exchanges.models import ReactionKind
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person
from lti_tool.worker.translate import journal_lines, translate
from xapi.statements import statement_id, to_bytes
from xapi.validation import problems

pytestmark = pytest.mark.every_database

BASE = "https://tool.example"
SECRET = "My patient Quennehen smiled."


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_every_act_becomes_a_valid_statement(database, version):
    room = Classroom(database)
    author, peer = room.people(2)
    [work] = room.all(Contribution, Contribution.author_id == author)
    today = clock.now().date()
    here = room.visit(peer), room.activity, work.id
    with database.write() as rows:
        comment = actions.say(rows, *here, SECRET, uuid4())
        reply = actions.say(rows, *here, "Since then too.", uuid4(), comment.id)
        for kind in ReactionKind:
            actions.react(rows, *here, kind, SECRET, today, today)
    with database.read() as rows:
        lines = journal_lines(rows, true(), 10)
        bodies = [to_bytes(event, version) for event in translate(rows, lines, BASE)]
    told = [json.loads(body) for body in bodies]
    assert [problems(statement, version) for statement in told] == [[]] * 5
    assert [statement["verb"]["id"].rpartition("/")[2] for statement in told] == [
        "commented", "replied", "liked", "applied", "disagree",
    ]  # fmt: skip
    for statement, body in zip(told, bodies, strict=True):
        assert b"Quennehen" not in body
        assert b"Learner" not in body
        assert f"{BASE}/contributions/{work.id}".encode() in body
        assert statement["actor"]["account"]["name"] == room.all(Person, Person.id == peer)[0].sub
    assert told[0]["context"]["contextActivities"]["other"][0]["id"] == f"{BASE}/comments/{comment.id}"
    assert told[1]["object"]["id"] == f"{BASE}/comments/{comment.id}"
    assert told[1]["context"]["contextActivities"]["other"][0]["id"] == f"{BASE}/comments/{reply.id}"
    assert list(told[3]["result"]["extensions"].values()) == [today.isoformat(), 4]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_asking_answering_and_sharing_anew_too(database, version):
    room = Classroom(database, feedback=Feedback.COMMENTS)
    author, peer = room.people(2)
    room.set(Person, Person.id == author, name="Awa Diop")
    [work] = room.all(Contribution, Contribution.author_id == author)
    answers = {"situation": "On Monday.", "what_i_do": "I wait.", "why_it_works": "It does."}
    room.set(Contribution, Contribution.id == work.id, revision=1, answers=answers)
    with database.write() as rows:
        shared = {
            "author_id": author,
            "title": work.title,
            "answers": answers,
            "words": 1,
            "saved_at": clock.now(),
        }
        rows.add(Revision(contribution_id=work.id, number=1, **shared))
    here, theirs = (room.activity, work.id), (room.visit(author), room.activity)
    teacher = room.visit(room.instructor, role=Role.INSTRUCTOR)
    with database.write() as rows:
        question = actions.say(rows, room.visit(peer), *here, SECRET, uuid4(), asks=True, mentions=[])
        answer = actions.say(rows, room.visit(author), *here, f"{SECRET}", uuid4(), question.id)
        answering.vote(rows, room.visit(peer), *here, answer.id, helps=True)
        answering.accept(rows, room.visit(peer), *here, answer.id, good=True)
        answering.endorse(rows, teacher, *here, answer.id, good=True)
        for because in ("It is calm.", "It is calm, and quick."):
            curating.highlight(rows, teacher, *here, because)
        actions.say(rows, room.visit(peer), *here, "Thank you @Awa Diop!", uuid4())
    with database.write() as rows:
        mine = rows.get_one(Contribution, work.id)
        mine.change, mine.version = {"title": "Calmer", "answers": {**mine.answers, "situation": SECRET}}, 2
    with database.write() as rows:
        writing.share(rows, *theirs)
    with database.write() as rows:
        writing.withdraw(rows, *theirs)
    with database.write() as rows:
        writing.share(rows, *theirs)
    with database.read() as rows:
        lines = journal_lines(rows, true(), 20)
        told = [json.loads(to_bytes(event, version)) for event in translate(rows, lines, BASE)]
    assert [problems(statement, version) for statement in told] == [[]] * len(lines)
    verbs = [statement["verb"]["id"].rpartition("/")[2] for statement in told]
    assert verbs == [
        "asked", "answered", "liked", "accept", "endorsed", "shared", "commented", "mentioned", "revised",
        "voided", "voided", "submit",
    ]  # fmt: skip
    assert "Quennehen" not in json.dumps(told)
    asked = f"{BASE}/comments/{question.id}"
    assert told[0]["object"]["id"] == told[1]["object"]["id"] == asked
    assert {told[n]["object"]["id"] for n in (2, 3, 4)} == {f"{BASE}/comments/{answer.id}"}
    first = statement_id(room.tenant, "submitted", work.id, 0)
    assert told[8]["context"]["statement"]["id"] == told[9]["object"]["id"] == str(first)
    assert told[10]["object"]["id"] == told[8]["id"], "what was told of the new version is voided too"
    assert told[10]["id"] != str(first), "sharing it again is another act"
