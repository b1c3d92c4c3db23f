"""Comparing over HTTP and many at once: balanced pairs, reasons without names, and no count lost."""

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from classroom import TEXT, Classroom, statements
from factories import browser_of, tool
from lxml import html
from sqlalchemy import select

from lti_tool.activities.models import ReviewType
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.gradebook import refits
from lti_tool.gradebook.models import WorkScore
from lti_tool.kernel import clock
from lti_tool.kernel.errors import ConflictError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment
from lti_tool.reviews import actions, comparing, comparing_fit, pairs, queries
from lti_tool.reviews.actions import NothingToReviewError
from lti_tool.reviews.comparing import Side, Verdict
from lti_tool.reviews.releasing import GRACE
from lti_tool.reviews.steering_models import ComparedWork, Comparison, ComparisonFit, PairRule

FETCH = {"X-Requested-With": "fetch"}
LIVE = Comparison.state.in_(("assigned", "judged"))


@pytest.fixture
def room(database):
    return Classroom(database, given=2, wanted=2, review_type=ReviewType.COMPARISON)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def people(room):
    return room.people(4)


@pytest.fixture
def me(room, app, people):
    return browser_of(app, room.database, room.visit(people[0]))


def page(response, status=200):
    assert (response.status_code, response.mimetype) == (status, "text/html"), response.get_data(as_text=True)
    return html.fromstring(response.get_data(as_text=True))


def text(response, status=200):
    return " ".join(page(response, status).find(".//main").text_content().split())


def taken(me):
    """The address of the pair that the visitor takes."""
    response = me.post("/compare/next")
    assert response.status_code == 303, text(response)
    return re.search(r"/compare/[0-9a-f-]{36}$", response.location).group()


def chosen(room, better="a", because=TEXT, **more):
    criterion = room.activity.criteria[0].id
    fields = {"version": "0", "better": better, "because": because, "do": "send"}
    return fields | {f"criterion-{criterion}": "same"} | more


def pull(room, person):
    with room.database.write() as session:
        return comparing.pull(session, room.visit(person), room.activity)


def judge(room, person, mine, better=Side.A, because=TEXT):
    with room.database.write() as session:
        here = session, room.visit(person), room.activity
        return comparing.judge(*here, mine.id, mine.version, Verdict(better, because))


def counted(room):
    """How often each work is in a pair that is in hand or judged, counted one by one."""
    return Counter(work for each in room.all(Comparison, LIVE) for work in (each.first_id, each.second_id))


def served(room):
    return {work: times for work, times in room.served().items() if times}


def refused(room, person):
    with pytest.raises(NothingToReviewError) as refusal:
        pull(room, person)
    with room.database.read() as session:
        assert queries.progress(session, room.activity, person).because == refusal.value.because
    return refusal.value.because.value


@pytest.mark.every_database
def test_from_the_first_click_to_what_the_authors_read(room, app, people, me):
    with statements(room.database.engine) as home:
        start = page(me.get("/"))
    assert len(home) <= 12
    assert start.xpath("//form[contains(@action, '/compare/next')]")
    address = taken(me)
    with statements(room.database.engine) as seen:
        pair = page(me.get(address))
    assert len(seen) <= 12
    assert pair.xpath("count(//h1)") == 1
    assert pair.xpath("//section[@id='side-a']//h2/text()") == ["A calm welcome"]
    assert [len(field) for field in pair.xpath("//fieldset/div")] == [3, 3, 2]
    assert "Learner" not in me.get(address).get_data(as_text=True), "no name of a peer"
    assert me.post(address, data=chosen(room)).location.endswith(address + "/done")
    me.post(address, data=chosen(room))  # twice is once
    assert "1 of 2 done" in text(me.get(address + "/done"))
    [mine], [event] = room.all(Comparison), room.all(Event, Event.type == EventType.COMPARED)
    loser = mine.first_id if mine.winner_id == mine.second_id else mine.second_id
    assert mine.choices == [{"criterion": str(room.activity.criteria[0].id), "winner": None}]
    facts = {"winner": str(mine.winner_id), "loser": str(loser), "words": 19}
    assert event.facts.items() >= facts.items()
    assert event.facts.keys() == facts.keys() | {"seconds"}
    assert served(room) == counted(room) == {mine.first_id: 1, mine.second_id: 1}

    changed = me.post(address, data=chosen(room, "b", version=str(mine.version)))
    assert changed.location.endswith(address + "/done")
    assert room.all(Comparison)[0].winner_id == loser
    room.set(Comparison, Comparison.id == mine.id, judged_at=clock.now() - GRACE)
    assert me.get(address).location.endswith(address + "/done"), "its authors read it now"
    late = me.post(address, data=chosen(room, "a", version="9"))
    assert "It stays as it is" in text(late, 409)

    authors = {work.id: work.author_id for work in room.all(Contribution)}
    for work, side, word in ((loser, "B", "preferred yours"), (mine.winner_id, "A", "preferred the other")):
        author = room.visit(authors[work])
        theirs = browser_of(app, room.database, author)
        assert "You can read them once" in text(theirs.get("/received")), "they gave nothing yet"
        judge(room, authors[work], pull(room, authors[work]))
        judge(room, authors[work], pull(room, authors[work]))
        received = theirs.get("/received")
        said = page(received).xpath(f"//article[contains(., '{word}')]")
        assert TEXT in said[0].text_content()
        assert f"yours was {side}" in said[0].text_content()
        assert str(mine.id) not in received.get_data(as_text=True)


def test_a_faulty_choice_is_told_where_it_is_and_nothing_is_lost(room, me, people, app):
    address = taken(me)
    for better, because, sentence in (
        ("", TEXT, "Choose the better one"), (str(uuid4()), TEXT, "Choose the better one"),
        ("a", "Short.", "at least 5 words"), ("b", "x" * 10_001, "10000 characters"),
    ):  # fmt: skip
        assert sentence in text(me.post(address, data=chosen(room, better, because, version="9")), 422)
    again = page(me.get(address)).get_element_by_id("compare-form")
    assert again.fields["because"].strip() == ""
    me.post(address + "/save", data=chosen(room, "b", "So far"))
    form = page(me.get(address)).get_element_by_id("compare-form")
    assert (form.fields["better"], form.fields["because"].strip()) == ("b", "So far")
    two_tabs = me.post(address + "/save", data=chosen(room, "a", "Other"), headers=FETCH)
    assert (two_tabs.status_code, two_tabs.json["code"]) == (409, "two-tabs")
    for stranger in (room.visit(people[1]), Classroom(room.database).visit(people[0])):
        other = browser_of(app, room.database, stranger)
        assert {other.get(address).status_code, other.post(address).status_code} <= {403, 404}
    assert "Say it in a few words" in text(me.post(address, data={"version": "1", "do": "skip"}), 422)


def test_files_are_opened_while_they_are_ones_own_to_compare(room, me, people, app):
    address = taken(me)
    [mine] = room.all(Comparison)
    file = Attachment(
        contribution_id=mine.second_id, media_type="application/pdf", size=8, position=0,
        storage_key=app.extensions["entraide.storage"].put(BytesIO(b"%PDF-1.4")), digest="d",
    )  # fmt: skip
    with room.database.write() as session:
        session.add(file)
    path, other = f"{address}/media/{file.id}", browser_of(app, room.database, room.visit(people[1]))
    assert (me.get(path).status_code, other.get(path).status_code) == (200, 404)
    judge(room, people[0], mine)
    assert me.get(path).status_code == 200
    room.set(Comparison, Comparison.id == mine.id, state="lapsed", judged_at=None)
    assert me.get(path).status_code == 404


def test_a_skipped_pair_is_free_and_does_not_come_back(room, people):
    me = people[0]
    first = pull(room, me)
    assert pull(room, me).id == first.id
    with room.database.write() as session:
        here = session, room.visit(me), room.activity, first.id
        comparing.skip(*here, "I know who wrote one of them.")
        comparing.skip(*here, "Twice is once.")
    assert served(room) == {}
    with pytest.raises(ConflictError, match="skipped"):
        judge(room, me, first)
    seen = {(first.first_id, first.second_id)}
    for _ in range(2):
        mine = judge(room, me, pull(room, me))
        assert (mine.first_id, mine.second_id) not in seen
        seen.add((mine.first_id, mine.second_id))
    assert refused(room, me) == "all-judged"
    assert served(room) == counted(room)


def test_who_gets_no_pair_is_told_why(room, people):
    newcomer = room.people(1, shared=False)[0]
    assert refused(room, newcomer) == "share-first"
    with room.database.write() as session:
        session.add_all(
            PairRule(activity_id=room.activity.id, reviewer_id=people[0], author_id=each, must=False)
            for each in people[1:3]
        )
    assert refused(room, people[0]) == "too-few"
    for _ in range(2):
        judge(room, people[1], pull(room, people[1]))
    room.set(Contribution, Contribution.id.is_not(None), served=2)
    assert refused(room, people[1]) == "all-compared"
    room.set(type(room.activity), type(room.activity).id == room.activity.id, closed_at=clock.now())
    room.activity = room.reload()
    assert refused(room, people[2]) == "closed"
    with pytest.raises(NothingToReviewError), room.database.write() as session:
        actions.pull(session, room.visit(people[2]), room.activity)


def test_after_the_lease_the_phase_and_the_work(room, people, me):
    address = taken(me)
    [mine] = room.all(Comparison)
    room.set(Comparison, Comparison.id == mine.id, lease_until=clock.now() - timedelta(hours=1))
    with room.database.write() as session:
        assert (pairs.lapse_expired(session, clock.now()), pairs.lapse_expired(session, clock.now())) == (
            1,
            0,
        )
    assert served(room) == {}
    room.set(Contribution, Contribution.id == mine.first_id, hidden_at=clock.now())
    assert "no longer here" in text(me.get(address))
    me.post(address, data=chosen(room))
    assert "taken back" in text(me.get(address + "/done"))
    assert served(room) == counted(room) == {}
    room.set(Contribution, Contribution.id == mine.first_id, hidden_at=None)
    room.set(type(room.activity), type(room.activity).id == room.activity.id, closed_at=clock.now())
    assert "closed" in text(me.post(address, data=chosen(room)), 409)
    assert room.all(Comparison)[0].because == TEXT, "what was written is kept"
    room.set(type(room.activity), type(room.activity).id == room.activity.id, closed_at=None)
    version = str(room.all(Comparison)[0].version)
    assert me.post(address, data=chosen(room, version=version)).status_code == 303
    assert served(room) == counted(room) == {mine.first_id: 1, mine.second_id: 1}

    other = pull(room, people[1])
    room.set(Enrolment, Enrolment.person_id == people[1], active=False)
    with room.database.write() as session:
        assert [pairs.release_departed(session) for _ in range(2)] == [1, 0]
    assert served(room) == counted(room)
    assert room.all(Comparison, Comparison.id == other.id)[0].state == "lapsed"


@pytest.mark.every_database
def test_eight_at_once_hold_one_pair_each_and_no_count_is_lost(room):
    people = room.people(16)
    start = threading.Barrier(8)

    def take_turns(mine, tab):
        start.wait()
        for person in mine:
            first = pull(room, person)
            if tab == 0:
                judge(room, person, first)
            pull(room, person)

    with ThreadPoolExecutor(8) as threads:
        turns = [threads.submit(take_turns, people[n % 4 :: 4], n // 4) for n in range(8)]
        assert [each.result() for each in turns] == [None] * 8
    open_ = Counter(each.judge_id for each in room.all(Comparison, Comparison.state == "assigned"))
    assert open_ == dict.fromkeys(people, 1)
    assert room.served() == counted(room)
    assert max(room.served().values()) - min(room.served().values()) <= 2


def test_the_scale_is_kept_and_read_by_who_may_see_all_work(room, app, people):
    best = sorted(work.id for work in room.all(Contribution))
    with room.database.write() as session:
        for person in people:
            for _ in range(3):
                visit = room.visit(person)
                try:
                    mine = comparing.pull(session, visit, room.activity)
                except NothingToReviewError:
                    break
                winner = min(comparing.pair_of(mine), key=best.index)
                side = dict(zip(comparing.pair_of(mine), Side, strict=True))[winner]
                comparing.judge(session, visit, room.activity, mine.id, 0, Verdict(side, TEXT))
    for _ in range(2):
        refits.refit(room.database, room.activity.id)
    with room.database.read() as session:
        found = comparing_fit.fit(session, room.activity).works
    assert {each.contribution_id: each.value for each in room.all(WorkScore)} == {
        work: pytest.approx(each.value) for work, each in found.items()
    }
    assert sorted(found, key=lambda work: -found[work].value) == best
    assert all(0 < each.low < each.value < each.high < 1 for each in found.values())
    assert sum(each.compared for each in found.values()) == 2 * len(room.all(Comparison))
    assert len(room.all(ComparedWork)) == 4
    assert len(room.all(ComparisonFit)) == 1
    teacher = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    with statements(room.database.engine) as seen:
        scale = page(teacher.get("/comparisons"))
    assert len(seen) <= 12
    links = scale.xpath("//tbody/tr/th/a/@href")
    assert [UUID(link.rpartition("/")[2]) for link in links] == best
    judges = text(teacher.get("/comparisons/judges"))
    assert judges.count("of 2") == 4
    learner = browser_of(app, room.database, room.visit(people[0]))
    assert {learner.get(path).status_code for path in ("/comparisons", "/comparisons/judges")} == {403}
    with room.database.write() as session:
        session.execute(Comparison.__table__.delete())
        comparing_fit.keep(session, room.activity, comparing_fit.fit(session, room.activity))
        assert session.scalars(select(ComparedWork)).all() == []
