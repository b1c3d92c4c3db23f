"""Whom statements name and what they hold of people's words: as the administrator chose, and not after."""

import hashlib
import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, true

from lti_tool.contributions import actions as writing
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.exchanges import actions as exchanges
from lti_tool.kernel import clock
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.storage import FolderStorage
from lti_tool.people import accounts
from lti_tool.people.models import ActorMode, Deployment, Erasure, Person, Platform
from lti_tool.privacy.erasure import erase
from lti_tool.records.letters import queue_again
from lti_tool.records.models import Delivery, DeliveryState, Lrs, Statement
from lti_tool.reviews import actions as reviews
from lti_tool.worker import attachments, stores
from lti_tool.worker.relay import relay
from lti_tool.worker.translate import journal_lines, translate
from lti_tool.worker.voiding import erasures_wait, void_due
from xapi.statements import statement_id
from xapi.validation import problems
from xapi.vocabulary import PROFILE

pytestmark = pytest.mark.every_database

BASE = "https://tool.example"


class Pen:
    """A room whose people write, and the statements that come of it."""

    def __init__(self, plant) -> None:
        self.room, self.database = plant.room, plant.database
        self.keys = accounts.Keys(self.database, plant.sealer)
        for name in ("near", "far"):
            url = f"https://{name}.example"
            stores.add(
                self.database, plant.sealer, name=name, url=url, username="u", password="p", version="1.0.3"
            )

    def choose(self, mode: ActorMode = ActorMode.LTI_SUB, *, texts: bool = False) -> None:
        """How statements speak of people from now on."""
        with self.database.write() as rows:
            accounts.choose(rows, rows.scalars(select(Platform)).one(), mode, texts=texts, actor="Ana")

    def forget(self) -> int:
        """Destroy the pseudonyms' key."""
        with self.database.write() as rows:
            return accounts.forget_pseudonyms(rows, rows.scalars(select(Platform)).one(), actor="Ana")

    def share(self, person: UUID, text: str) -> UUID:
        """Somebody shares a text, or a new version of it."""
        answers = {"situation": text, "what_i_do": "I wait.", "why_it_works": "It does."}
        here = self.room.visit(person), self.room.activity
        with self.database.write() as rows:
            mine = rows.scalars(select(Contribution).where(Contribution.author_id == person)).one_or_none()
            version = mine.version if mine else 0
            writing.save_draft(rows, *here, writing.Written("Mornings", answers, {}, version))
        with self.database.write() as rows:
            return writing.share(rows, *here).id

    def say(self, person: UUID, work: UUID, text: str) -> UUID:
        """Somebody comments."""
        with self.database.write() as rows:
            return exchanges.say(rows, self.room.visit(person), self.room.activity, work, text, uuid4()).id

    def relayed(self) -> list[dict]:
        """The statements that are kept, 1.0.3, the oldest first."""
        while relay(self.database, BASE, PROFILE, self.keys):
            pass
        with self.database.read() as rows:
            kept = rows.scalars(select(Statement.body).order_by(Statement.event_id)).all()
        found = [json.loads(body) for body in kept]
        assert [problems(each) for each in found] == [[]] * len(found)
        return found


@pytest.fixture
def pen(plant) -> Pen:
    return Pen(plant)


def name(statement: dict) -> str:
    return statement["actor"]["account"]["name"]


def test_people_are_named_as_the_administrator_chose_from_then_on(pen):
    author, peer = pen.room.people(2)
    [work] = pen.room.all(Contribution, Contribution.author_id == author)
    pen.say(peer, work.id, "One.")
    [first] = pen.relayed()
    assert name(first) == peer.hex
    assert first["context"]["extensions"][f"{PROFILE}/extensions/author"]["account"]["name"] == author.hex

    pen.choose(ActorMode.LIS_SOURCEDID)
    pen.room.set(Person, Person.id == author, sourcedid="S-1")
    pen.say(peer, work.id, "Two.")
    assert pen.relayed() == [first]
    dead = pen.room.all(Delivery, Delivery.state == DeliveryState.DEAD)
    assert {each.reason for each in dead} == {
        "commented cannot be told: ValueError: the LMS does not say which number the institution gives this"
        " person (lis person_sourcedid)"
    }
    pen.room.set(Person, Person.id == peer, sourcedid="S-2")
    with pen.database.write() as rows:
        for store in rows.scalars(select(Lrs)):
            queue_again(rows, store)
    assert [name(each) for each in pen.relayed()] == [peer.hex, "S-2"]

    pen.choose(ActorMode.PSEUDONYM)
    pen.say(peer, work.id, "Three.")
    pen.say(peer, work.id, "Four.")
    told = pen.relayed()
    assert name(told[2]) == name(told[3])
    assert len(name(told[2])) == 64
    assert peer.hex not in json.dumps(told[2:])
    [tenant] = pen.room.all(Deployment)
    assert tenant.pseudonym_key
    assert (pen.forget(), pen.forget()) == (1, 0)
    pen.say(peer, work.id, "Five.")
    again = pen.relayed()
    assert again[:4] == told
    assert name(again[4]) not in {name(each) for each in told}
    assert [each.act for each in pen.room.all(AuditEntry) if each.act.startswith("platform.")] == [
        "platform.statements", "platform.statements", "platform.pseudonyms-forgotten",
    ]  # fmt: skip


def test_what_people_write_is_told_once_it_is_switched_on(pen, tmp_path):
    [author], [reviewer] = pen.room.people(1, shared=False), pen.room.people(1)
    work = pen.share(author, "Before.")
    pen.choose(texts=True)
    content = b"a picture"
    storage = FolderStorage(tmp_path)
    picture = {"digest": hashlib.sha256(content).hexdigest(), "size": 9, "media_type": "image/webp"}
    with pen.database.write() as rows:
        key = storage.put(BytesIO(content))
        rows.add(Attachment(contribution_id=work, position=1, storage_key=key, shows="A hand", **picture))
    pen.room.set(Contribution, Contribution.id == work, revised_at=clock.now() - timedelta(hours=1))
    pen.share(author, "On Monday.")
    with pen.database.write() as rows:
        held = reviews.pull(rows, pen.room.visit(reviewer), pen.room.activity)
        reviews.send(rows, pen.room.visit(reviewer), pen.room.activity, held.id, 0, pen.room.written(3))
    said = [pen.say(reviewer, work, text) for text in ("Kind.", "Gone.")]
    with pen.database.write() as rows:
        exchanges.take_back(rows, pen.room.visit(reviewer), pen.room.activity, work, said[1])
    first, revised, _assigned, reviewed, kind, gone, *_scores = pen.relayed()
    assert first["result"]["response"].startswith("Before."), "the words of that moment, not today's"
    assert "attachments" not in first
    assert revised["result"]["response"] == "On Monday.\n\nI wait.\n\nIt does."
    assert revised["object"]["definition"]["name"] == {"en": "Mornings"}
    [attached] = revised["attachments"]
    assert (attached["sha2"], attached["length"], attached["display"]) == (
        picture["digest"],
        9,
        {"en": "A hand"},
    )
    find = attachments.contents(pen.database, storage)
    assert (find(attached["sha2"]), find("00" * 32)) == (content, None)
    assert "What works" in reviewed["result"]["response"]
    assert kind["result"]["response"] == "Kind."
    assert "response" not in gone["result"]
    pen.choose()
    pen.say(reviewer, work, "Silent.")
    assert "response" not in pen.relayed()[-1]["result"]


def test_who_is_erased_is_voided_where_they_were_sent_and_told_no_more(pen):
    author, peer, other = pen.room.people(3)
    works = {each.author_id: each.id for each in pen.room.all(Contribution)}
    pen.say(author, works[peer], "By the author.")
    pen.say(peer, works[author], "To the author.")
    pen.say(other, works[peer], "Of nobody erased.")
    ids = [UUID(each["id"]) for each in pen.relayed()]
    near, far = pen.room.all(Lrs)[0].id, pen.room.all(Lrs)[1].id
    events = [each.id for each in pen.room.all(Event)]
    pen.room.set(
        Delivery, (Delivery.lrs_id == near) & Delivery.event_id.in_(events), state=DeliveryState.DELIVERED
    )
    with pen.database.write() as rows:
        erase(rows, rows.get_one(Person, author), "tests")
    pen.room.set(Erasure, true(), due_at=clock.now())
    with pen.database.read() as rows:
        assert erasures_wait(rows)
    while void_due(pen.database, BASE, PROFILE):
        pass
    assert pen.room.all(Erasure) == []
    left = pen.relayed()
    assert author.hex not in json.dumps(left)
    assert [each["verb"]["id"].rpartition("/")[2] for each in left] == ["commented", "voided", "voided"]
    assert {each["object"]["id"] for each in left[1:]} == set(map(str, ids[:2]))
    assert {each["id"] for each in left[1:]} == {
        str(statement_id(pen.room.tenant, "voided", each, 0)) for each in ids[:2]
    }
    assert {name(each) for each in left[1:]} == {"entraide"}
    where = {each.lrs_id for each in pen.room.all(Delivery) if each.event_id > events[-1]}
    assert where == {near}, "a store that was sent nothing has nothing to void"
    assert [each.event_id for each in pen.room.all(Delivery, Delivery.lrs_id == far)] == [events[2]]
    with pen.database.read() as rows:  # told anew to another store, nothing of them comes back
        lines = journal_lines(rows, true(), 20)
        told = [each for each in translate(rows, lines, BASE, pen.keys) if not isinstance(each, ValueError)]
    assert [each.id for each in told] == [ids[2]]


def test_a_withdrawn_statement_is_not_voided_twice(pen):
    [author] = pen.room.people(1, shared=False)
    pen.share(author, "Mine.")
    with pen.database.write() as rows:
        writing.withdraw(rows, pen.room.visit(author), pen.room.activity)
    pen.relayed()
    pen.room.set(Delivery, true(), state=DeliveryState.DELIVERED)
    with pen.database.write() as rows:
        erase(rows, rows.get_one(Person, author), "tests")
    pen.room.set(Erasure, true(), due_at=clock.now())
    assert not void_due(pen.database, BASE, PROFILE)
    assert pen.relayed() == []
    assert [each.type for each in pen.room.all(Event)] == [EventType.SUBMITTED, EventType.WITHDRAWN]
