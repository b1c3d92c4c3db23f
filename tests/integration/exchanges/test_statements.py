"""What is said about a contribution becomes statements: valid, once, without a word of it."""

import json
from uuid import uuid4

import pytest
from classroom import Classroom
from sqlalchemy import true

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import actions
from lti_tool.exchanges.models import ReactionKind
from lti_tool.kernel import clock
from lti_tool.people.models import Person
from lti_tool.worker.translate import journal_lines, translate
from xapi.statements import to_bytes
from xapi.validation import problems

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
