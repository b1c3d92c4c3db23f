"""What is posted is heard by those who look, through real web processes and either database."""

import os
import signal
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from classroom import Classroom
from listening import Entered, Web, web
from sqlalchemy import update

from lti_tool.contributions.models import Contribution, ContributionState
from lti_tool.exchanges import actions, live
from lti_tool.exchanges.models import News, NewsKind, Presence, ReactionKind
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.journal import EventType, record_act
from lti_tool.kernel.permissions import Visit
from lti_tool.lti.models import Launch

pytestmark = [pytest.mark.every_database, pytest.mark.processes]

SOON = 4  # s, on a busy machine
QUIET = 0.6  # s: longer than between two looks


@pytest.fixture(scope="module")
def server(database_server, template_url, tmp_path_factory):
    """One web process on SQLite, two on PostgreSQL."""
    with database_server.fresh(template_url) as url:
        database = Database(url)
        processes = 1 if url.startswith("sqlite") else 2
        with web(database, tmp_path_factory.mktemp("live"), processes=processes) as running:
            yield running
            running.hush()
        database.dispose()


class Course(Classroom):
    """A course with peers who look, and what they can hear."""

    def __init__(self, server: Web, **settings) -> None:
        super().__init__(server.database, **settings)
        self.server = server
        self.authors = self.people(3)
        self.works = {work.author_id: work.id for work in self.all(Contribution, self._here())}

    def _here(self):
        return Contribution.activity_id == self.activity.id

    def enter(self, person: UUID, **how) -> Entered:
        return self.server.enter(self.visit(person), **how)

    def say(self, visit: Visit, work: UUID) -> None:
        with self.database.write() as session:
            actions.say(session, visit, self.activity, work, "I try it tomorrow.", uuid4())

    def now(self) -> str:
        with self.database.read() as session:
            return live.sealed(self.server.sealer, live.now(session)[0])

    def later(self, text: str) -> str:
        """A cursor, so much later that nothing was in flight."""
        cursor = live.unsealed(self.server.sealer, text)
        return live.sealed(self.server.sealer, cursor._replace(at=cursor.at + live.IN_FLIGHT))


@pytest.fixture
def course(server: Web) -> Iterator[Course]:
    yield Course(server)
    server.hush()


def test_a_comment_is_heard_where_it_is_said_and_reveals_nothing(course: Course) -> None:
    author, reader, peer = course.authors
    work = course.works[author]
    since = course.now()
    here = [course.enter(reader).listen(f"c-{work}", since=since).opened() for _ in range(4)]
    elsewhere = course.enter(peer).listen(f"c-{course.works[peer]}", since=since).opened()
    start = time.monotonic()
    course.say(course.visit(peer), work)
    heard = [ear.next() for ear in here]
    assert time.monotonic() - start < SOON
    for news in heard:
        assert news.keys() == {"at", "within", "id"}
        assert news["at"] == [f"c-{work}"]
    assert elsewhere.is_quiet(QUIET)


def test_what_others_do_unseen_is_not_heard(course: Course) -> None:
    author, reader, peer = course.authors
    ear = course.enter(author).listen(f"c-{course.works[author]}", since=course.now()).opened()
    assert course.enter(reader).get(f"/c/{course.works[author]}").status_code == 200  # a view is an event
    with course.database.write() as session:
        visit = course.visit(peer)
        actions.bookmark(session, visit, course.activity, course.works[author], keep=True)
        facts = {"contribution": str(course.works[author])}
        record_act(session, visit, EventType.REVIEWED, course.activity.id, uuid4(), facts=facts)
    assert ear.is_quiet(QUIET)


def test_what_a_page_cannot_show_cannot_be_listened_to(course: Course, server: Web) -> None:
    author, reader, _ = course.authors
    [newcomer] = course.people(1, shared=False)
    draft = course.works[author]
    drafted = {"state": ContributionState.DRAFT, "shared_at": None}
    course.set(Contribution, Contribution.id == draft, **drafted)
    other = Course(server)
    foreign = other.works[other.authors[0]]
    for who, topic in (
        (reader, f"c-{draft}"), (reader, f"c-{foreign}"), (reader, f"c-{uuid4()}"), (reader, "c-"),
        (newcomer, f"c-{course.works[reader]}"), (newcomer, "gallery"), (reader, f"p-{author}"),
    ):  # fmt: skip
        assert course.enter(who).listen(topic).until(b"\r\n").split()[1] == "204", topic
    stranger = Entered(server, course.enter(reader).prefix, "entraide=forged")
    assert stranger.listen("gallery").until(b"\r\n").split()[1] == "401"


def test_the_gallery_and_ones_own_bell(course: Course) -> None:
    author, reader, peer = course.authors
    since = course.now()
    gallery = course.enter(reader).listen("gallery", since=since).opened()
    mine, others = (course.enter(who).listen("me", since=since).opened() for who in (author, peer))
    with course.database.write() as session:
        visit = course.visit(peer)
        entity = course.works[peer]
        shared = record_act(session, visit, EventType.SUBMITTED, course.activity.id, entity)
        session.flush()
        told = {"course_id": course.course, "activity_id": course.activity.id, "event_id": shared.id}
        kind, now = NewsKind.COMMENT, clock.now()
        session.add(News(person_id=author, kind=kind, told_at=now, **told))
    assert gallery.next()["at"] == [live.gallery_topic(course.activity.id)]
    assert mine.next()["at"] == [live.bell_topic(author)]
    assert others.is_quiet(QUIET)


def test_who_comes_back_goes_on_where_they_were(course: Course) -> None:
    author, reader, peer = course.authors
    work = course.works[author]
    entered = course.enter(reader, by_address=True)
    ear = entered.listen(f"c-{work}", since=course.now()).opened()
    course.say(course.visit(peer), work)
    first = ear.next()["id"]
    ear.socket.close()
    with course.database.write() as session:
        visit = course.visit(peer)
        actions.react(
            session, visit, course.activity, work, ReactionKind.THANKS, "Well told.", None, clock.now().date()
        )
    again = {"since": "of the page", "last": first}
    second = entered.listen(f"c-{work}", **again).opened().next()
    assert second["at"] == [f"c-{work}"]
    again["last"] = course.later(second["id"])
    assert entered.listen(f"c-{work}", **again).opened().is_quiet(QUIET)
    ask = f"/live/news?on=c-{work}&since="
    asked = entered.get(ask + first)
    assert (asked.status_code, asked.json()["at"]) == (200, [f"c-{work}"])
    assert entered.get(ask + course.later(asked.json()["since"])).status_code == 204


def test_who_is_here_now_is_counted_where_that_is_wanted(server: Web) -> None:
    course, silent = Course(server, presence=True), Course(server)
    author, reader, _ = course.authors
    one = course.enter(author).listen("here").opened()
    assert one.next() == {"event": "here", "here": 1}
    page = course.enter(reader).get("/gallery").text
    assert "2 people are here now" in page
    assert "Learner" not in page  # no name
    assert "data-live-here" not in silent.enter(silent.authors[0]).get("/gallery").text
    assert {row.person_id for row in course.all(Presence)} == {author}
    later = clock.now().replace(year=2001)
    with course.database.write() as session:
        session.execute(update(Presence).values(seen_at=later))
    assert "1 person is here now" in course.enter(reader).get("/gallery").text


def test_the_stream_ends_with_the_visit(course: Course) -> None:
    author, reader, _ = course.authors
    entered = course.enter(reader)
    ear = entered.listen(f"c-{course.works[author]}").opened()
    course.set(Launch, Launch.person_id == reader, expires_at=clock.now())
    course.enter(author).listen(f"c-{course.works[author]}").opened()  # the roll is called for who comes
    if not course.database.engine.url.drivername.startswith("sqlite"):
        return  # they may be in another process, whose roll is called within half a minute
    ear.ended()
    assert entered.listen("gallery").until(b"\r\n").split()[1] == "401"


@pytest.mark.postgres
def test_an_earlier_id_that_is_committed_later_is_heard(course: Course) -> None:
    if course.database.engine.url.drivername.startswith("sqlite"):
        return  # one writes after the other
    author, reader, peer = course.authors
    work = course.works[author]
    ear = course.enter(reader).listen(f"c-{work}", since=course.now()).opened()
    with course.database.write() as session:
        actions.say(session, course.visit(peer), course.activity, work, "First.", uuid4())
        session.flush()
        course.say(course.visit(author), work)
        ear.next()
    assert ear.next()["at"] == [f"c-{work}"]


def test_a_restart_closes_all_streams_and_nothing_is_lost(course: Course, server: Web) -> None:
    author, reader, peer = course.authors
    work = course.works[author]
    entered, since = course.enter(reader), course.now()
    ears = [entered.listen(f"c-{work}", since=since).opened() for _ in range(4)]
    start = time.monotonic()
    for worker in server.workers:
        os.kill(worker, signal.SIGTERM)
    for ear in ears:
        assert "retry: " in ear.ended()
    assert time.monotonic() - start < 10
    course.say(course.visit(peer), work)
    assert entered.listen(f"c-{work}", since=since).opened().next()["at"] == [f"c-{work}"]
