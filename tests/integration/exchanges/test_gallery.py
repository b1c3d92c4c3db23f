"""The gallery over HTTP: who may see it, what it shows to whom, filters, pages, and what it costs."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from lti_tool.activities.kinds import KINDS
from lti_tool.activities.models import Activity, Grading, Kind, Placement
from lti_tool.contributions import actions
from lti_tool.contributions.actions import Written
from lti_tool.contributions.models import Contribution
from lti_tool.contributions.steps import Step, numbered
from lti_tool.exchanges import gallery
from lti_tool.exchanges.filters import PAGE, Show
from lti_tool.exchanges.models import Bookmark, Comment, Reading
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.errors import NotFoundError
from lti_tool.kernel.permissions import Role
from lti_tool.lti.models import ResourceLink
from lti_tool.people.models import Enrolment, Person

MOST = 10  # SQL statements of a page
ANSWERS = {"situation": "Monday morning."}
STEPS = (Step(numbered(1), "Lift with the legs."),)
STEPS = (Step(numbered(1), "Lift with the legs."),)


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database, given=1, wanted=1)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


def share(
    room: Classroom,
    title: str = "A calm welcome",
    *,
    activity: Activity | None = None,
    author: UUID | None = None,
) -> UUID:
    """Somebody, by default one person more, shares; their id."""
    [who] = [author] if author else room.people(1, shared=False)
    with room.database.write() as session:
        on, visit = activity or room.activity, room.visit(who)
        answers = {prompt.key: "Monday morning." for prompt in KINDS[on.kind].prompts}
        actions.save_draft(session, visit, on, Written(title, answers, {}, 0, STEPS))
        actions.share(session, visit, on)
    return who


def another_activity(room: Classroom, **settings: object) -> Activity:
    """One more opened activity of the course."""
    now = clock.now()
    with room.database.write() as session:
        link = ResourceLink(course_id=room.course, resource_link_id=uuid4().hex)
        activity = Activity(
            course_id=room.course, creator_id=room.instructor, language="en", title="How I lift",
            instructions="", created_at=now, opened_at=now, **{"kind": Kind.PRACTICE, **settings},
        )  # fmt: skip
        session.add_all([link, activity])
        session.flush()
        session.add(Placement(resource_link_id=link.id, activity_id=activity.id, placed_at=now))
    return activity


def as_learner(app: Flask, room: Classroom, person: UUID) -> FlaskClient:
    return browser_of(app, room.database, room.visit(person))


def as_staff(app: Flask, room: Classroom) -> FlaskClient:
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 lang="\w+"><a [^>]*>(.*?)</a></h2>', page)


def work_of(room: Classroom, person: UUID) -> Contribution:
    [work] = room.all(Contribution, Contribution.author_id == person)
    return work


def test_it_opens_when_one_has_shared(room: Classroom, app: Flask) -> None:
    share(room, "Theirs")
    [me] = room.people(1, shared=False)
    browser = as_learner(app, room, me)
    locked = browser.get("/gallery").text
    assert "Share yours first" in locked
    assert "/share" in locked
    assert "Theirs" not in locked
    share(room, "Mine", author=me)
    assert titles(browser.get("/gallery").text) == ["Mine", "Theirs"]


@pytest.mark.parametrize(
    "settings",
    [{"grading": Grading.NONE}, {"closed_at": clock.now() - timedelta(minutes=1)}],
    ids=["ungraded", "closed"],
)
def test_it_is_open_where_nobody_can_copy(room: Classroom, app: Flask, settings: dict) -> None:
    share(room, "Theirs")
    room.set(Activity, Activity.id == room.activity.id, **settings)
    [me] = room.people(1, shared=False)
    assert titles(as_learner(app, room, me).get("/gallery").text) == ["Theirs"]


@pytest.mark.every_database
def test_who_came_too_late_to_share_is_told_when_they_can_read(room: Classroom, app: Flask) -> None:
    share(room)
    room.set(
        Activity,
        Activity.id == room.activity.id,
        share_by=clock.now() - timedelta(days=1),
        late_allowed=False,
    )
    page = as_learner(app, room, room.people(1, shared=False)[0]).get("/gallery").text
    assert "Not open for you yet" in page
    assert "/share" not in page


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SUPPORT, Role.DESIGNER])
def test_it_is_for_who_takes_part_or_sees_all_work(room: Classroom, app: Flask, role: Role) -> None:
    me = share(room)
    assert browser_of(app, room.database, room.visit(me, role=role)).get("/gallery").status_code == 403


@pytest.mark.every_database
def test_only_staff_see_who_and_when(room: Classroom, app: Flask) -> None:
    author, me = share(room), share(room, "Mine")
    room.set(Contribution, Contribution.author_id == author, late=True)
    room.set(Person, Person.id == author, name="Amelie Quennehen")
    peer = as_learner(app, room, me).get("/gallery").text
    staff = as_staff(app, room).get("/gallery").text
    shown = (work_of(room, author).id, "Amelie", str(author), ">Late<", "Late</span>")
    assert [str(each) in peer for each in shown] == [True, False, False, False, False]
    assert all(each in staff for each in ("Amelie Quennehen", str(author), "Late</span>"))
    assert str(author) not in as_learner(app, room, me).get(f"/gallery?person={me}").text
    assert titles(as_learner(app, room, me).get(f"/gallery?person={author}").text) == [
        "Mine",
        "A calm welcome",
    ]


@pytest.mark.every_database
def test_filters(room: Classroom, app: Flask) -> None:
    read, kept, served, me = (share(room, title) for title in ("Read", "Kept", "Served", "Mine"))
    now = clock.now()
    with room.database.write() as rows:
        rows.add(Reading(person_id=me, contribution_id=work_of(room, read).id, read_at=now))
        rows.add(Bookmark(person_id=me, contribution_id=work_of(room, kept).id, kept_at=now))
        rows.add(Bookmark(person_id=served, contribution_id=work_of(room, read).id, kept_at=now))
    room.set(Contribution, Contribution.author_id == served, served=1)
    browser, staff = as_learner(app, room, me), as_staff(app, room)
    shown = {
        "": ["Mine", "Served", "Kept", "Read"],
        "show=not-read": ["Served", "Kept"],
        "order=oldest-not-read": ["Kept", "Served"],
        "show=needs-help": ["Kept", "Read"],
        "show=bookmarked": ["Kept"],
        "show=mine": ["Mine"],
        "kind=practice": ["Mine", "Served", "Kept", "Read"],
        "kind=gesture": [],
        "show=nonsense&order=x&kind=y&after=z&person=1": ["Mine", "Served", "Kept", "Read"],
    }
    assert {query: titles(browser.get(f"/gallery?{query}").text) for query in shown} == shown
    assert titles(staff.get(f"/gallery?person={kept}").text) == ["Kept"]
    assert titles(staff.get(f"/gallery?person={uuid4()}").text) == []


@pytest.mark.every_database
def test_what_needs_help_depends_on_what_peers_give(room: Classroom, app: Flask) -> None:
    said, lone = share(room, "Said"), share(room, "Lone")
    with room.database.write() as rows:
        rows.add(
            Comment(
                contribution_id=work_of(room, said).id,
                author_id=lone,
                text="Nice.",
                said_at=clock.now(),
                form=uuid4(),
            )
        )
    staff = as_staff(app, room)

    def waiting(**settings: object) -> list[str]:
        room.set(Activity, Activity.id == room.activity.id, **({"wanted": 1} | settings))
        return titles(staff.get("/gallery?show=needs-help").text)

    assert waiting() == ["Lone", "Said"]
    assert waiting(feedback="comments") == ["Lone"]
    assert waiting(feedback="none") == []
    room.set(Contribution, Contribution.author_id == said, answered_at=clock.now())
    assert waiting(kind=Kind.QUESTION) == ["Lone"]
    assert titles(staff.get("/gallery?show=open").text) == ["Lone"]


def test_a_tag_leads_to_what_has_it(room: Classroom, app: Flask) -> None:
    share(room, "Calm #First-Day and #rire")
    share(room, "Mail me#firstday or &#firstday; or 1/#firstday, the first day")
    share(room, "After the #FIRSTDAY")
    browser = as_staff(app, room)
    page = browser.get("/gallery").text
    assert page.count(">#First-Day</a>") == page.count(">#FIRSTDAY</a>") == 1
    [link] = set(re.findall(r'href="([^"]*)">#First-Day<', page))
    found = browser.get(link.replace("&amp;", "&")).text
    assert titles(found) == ["After the <mark>#FIRSTDAY</mark>", "Calm <mark>#First-Day</mark> and #rire"]
    assert titles(browser.get("/gallery?q=calm+%23firstday").text) == [
        titles(found)[1].replace("Calm", "<mark>Calm</mark>")
    ]


@pytest.mark.every_database
def test_everybody_looks_by_person_where_people_are_named(room: Classroom, app: Flask) -> None:
    author, me = share(room), share(room, "Mine")
    room.set(Person, Person.id == author, name="Amelie Quennehen")
    room.set(Activity, Activity.id == room.activity.id, named=True)
    browser = as_learner(app, room, me)
    page = browser.get("/gallery").text
    assert f"person={author}" in page
    assert "Amelie Quennehen" in page
    assert titles(browser.get(f"/gallery?person={author}").text) == ["A calm welcome"]


@pytest.mark.every_database
def test_three_ways_to_be_empty(room: Classroom, app: Flask) -> None:
    staff = as_staff(app, room)
    assert "Nobody has shared yet" in staff.get("/gallery?show=not-read&q=x").text
    author = share(room)
    assert "Nothing found" in staff.get("/gallery?q=zebra&show=not-read").text
    assert "Nothing found" in staff.get("/gallery?show=bookmarked").text
    with room.database.write() as rows:
        work = work_of(room, author).id
        rows.add(Reading(person_id=room.instructor, contribution_id=work, read_at=clock.now()))
    assert "You have read everything" in staff.get("/gallery?show=not-read").text
    assert "You have read everything" in staff.get("/gallery?order=oldest-not-read").text


@pytest.mark.every_database
def test_pages_show_each_once(room: Classroom, app: Flask) -> None:
    wanted = [f"Welcome {n}" for n in range(2 * PAGE + 3)]
    for title in wanted:
        share(room, title)
    browser = as_staff(app, room)
    for query in ("", "order=oldest-not-read", "q=welcome"):
        seen, address = [], f"/gallery?{query}"
        while address:
            page = browser.get(address).text
            seen.append(titles(re.sub("</?mark>", "", page)))
            following = re.search(r'<nav class="pager".*?href="([^"]+)"', page, re.DOTALL)
            address = following[1].replace("&amp;", "&") if following else ""
        assert [len(page) for page in seen] == [20, 20, 3]
        in_order = [title for page in seen for title in page]
        assert in_order == (wanted if "oldest" in query else wanted[::-1])


@pytest.mark.every_database
def test_the_whole_course(room: Classroom, app: Flask) -> None:
    lifting = another_activity(room, kind=Kind.GESTURE)
    unknown = another_activity(room)
    me = share(room, "Mine here")
    share(room, "Mine there", activity=lifting, author=me)
    share(room, "Theirs there", activity=lifting)
    elsewhere = share(room, "Not mine to see", activity=unknown)
    browser, staff = as_learner(app, room, me), as_staff(app, room)
    course = browser.get("/gallery?scope=course").text
    assert titles(course) == ["Theirs there", "Mine there", "Mine here"]
    assert "How I lift" in course
    assert titles(browser.get("/gallery?scope=course&kind=gesture").text) == ["Theirs there", "Mine there"]
    assert titles(browser.get("/gallery?scope=course&q=there").text)[0] == "Theirs <mark>there</mark>"
    assert titles(browser.get("/gallery").text) == ["Mine here"]
    assert len(titles(staff.get("/gallery?scope=course").text)) == 4
    alone = share(room)
    assert "scope=course" not in as_learner(app, room, alone).get("/gallery").text

    def found(person: UUID, work: UUID, role: Role = Role.LEARNER) -> UUID:
        with room.database.read() as session:
            visit = room.visit(person, role=role)
            return gallery.place_of(session, visit, work_of(room, work).id).id

    [there] = room.all(Contribution, Contribution.title == "Theirs there")
    assert found(me, there.author_id) == lifting.id
    assert found(room.instructor, elsewhere, Role.INSTRUCTOR) == unknown.id
    assert "Theirs there" in browser.get(f"/c/{there.id}").text  # a card leads to it
    with pytest.raises(NotFoundError):
        found(me, elsewhere)
    neighbours = Classroom(room.database)
    stranger = share(neighbours, "Of another tenant")
    with pytest.raises(NotFoundError):
        found(room.instructor, stranger, Role.INSTRUCTOR)


@pytest.mark.every_database
def test_a_graded_activity_stays_shut_in_the_course_until_one_shares(room: Classroom, app: Flask) -> None:
    graded = another_activity(room)
    share(room, "To copy from", activity=graded)
    me = share(room, "Mine")
    with room.database.write() as session:
        actions.save_draft(session, room.visit(me), graded, Written("Draft", ANSWERS, {}, 0))
    browser = as_learner(app, room, me)
    assert titles(browser.get("/gallery?scope=course").text) == ["Mine"]
    assert titles(browser.get("/gallery?scope=course&q=copy").text) == []


def test_it_never_shows_drafts_nor_what_is_of_others(room: Classroom, app: Flask, database: Database) -> None:
    me = share(room, "Mine")
    [drafting, left_a_draft] = room.people(2, shared=False)
    with database.write() as session:
        actions.save_draft(session, room.visit(drafting), room.activity, Written("Draft", ANSWERS, {}, 0))
    [tester] = room.people(1, shared=False, test_user=True)
    share(room, "Of a test user", author=tester)
    neighbours = Classroom(database)  # another tenant with its own course
    stranger = share(neighbours, "Of another tenant")
    share(room, "Changed", author=left_a_draft)
    with database.write() as session:
        change = Written("Half a change", ANSWERS, {}, 2)
        actions.save_draft(session, room.visit(left_a_draft), room.activity, change)
    browser, staff = as_learner(app, room, me), as_staff(app, room)
    for scope in ("", "scope=course&"):
        assert titles(browser.get(f"/gallery?{scope}").text) == ["Changed", "Mine"]
        assert titles(staff.get(f"/gallery?{scope}").text) == ["Changed", "Of a test user", "Mine"]
    for words in ("draft", "half", "another", "tenant", "test", room.course.hex, f"@{neighbours.course.hex}"):
        assert titles(browser.get(f"/gallery?q={words}").text) == []
    after = work_of(neighbours, stranger).id
    assert titles(browser.get(f"/gallery?after={after}").text) == ["Changed", "Mine"]
    assert titles(staff.get(f"/gallery?person={stranger}").text) == []
    room.set(Contribution, Contribution.author_id == me, state="draft", shared_at=None)
    assert titles(staff.get("/gallery").text) == ["Changed", "Of a test user"]


def test_who_left_the_course_sees_nothing(room: Classroom, app: Flask) -> None:
    me = share(room)
    browser = as_learner(app, room, me)
    room.set(Enrolment, Enrolment.person_id == me, active=False)
    assert browser.get("/gallery").status_code == 403


@pytest.mark.every_database
def test_the_picture_of_a_card(room: Classroom, app: Flask) -> None:
    [author] = room.people(1, shared=False)
    writing = as_learner(app, room, author)
    content = io.BytesIO()
    Image.new("RGBA", (1600, 1200), (0, 90, 90, 90)).save(content, "PNG")
    content.seek(0)
    writing.post("/share/files", data={"file": (content, "a.png"), "version": "0"})
    with room.database.write() as session:
        mine = session.scalars(select(Contribution).where(Contribution.author_id == author)).one()
        answers = {prompt.key: "Monday morning." for prompt in KINDS[Kind.PRACTICE].prompts}
        written = Written("Seen", answers, {}, mine.version)
        actions.save_draft(session, room.visit(author), room.activity, written)
    (picture,) = re.findall(r"/media/([0-9a-f-]{36})", writing.get("/share").text)[:1]
    assert as_staff(app, room).get(f"/gallery/picture/{picture}").status_code == 404, "it is a draft's"
    with room.database.write() as session:
        actions.share(session, room.visit(author), room.activity)
    reader, locked = as_learner(app, room, share(room)), room.people(1, shared=False)[0]
    (address,) = re.findall(r'<img src="([^"]*gallery/picture[^"]*)"', reader.get("/gallery").text)
    answer = reader.get(address)
    small = Image.open(io.BytesIO(answer.data))
    assert (answer.mimetype, small.size, small.format) == ("image/jpeg", (360, 270), "JPEG")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert as_learner(app, room, locked).get(f"/gallery/picture/{picture}").status_code == 404
    neighbours = Classroom(room.database)
    assert (
        as_learner(app, neighbours, share(neighbours)).get(f"/gallery/picture/{picture}").status_code == 404
    )


@pytest.mark.every_database
def test_a_page_costs_few_statements(room: Classroom, app: Flask) -> None:
    people = [share(room) for _ in range(PAGE + 5)]
    another_activity(room)
    everything = "scope=course&q=welcome&kind=practice&order=oldest-not-read&after={after}&person={person}"
    for browser in (as_learner(app, room, people[0]), as_staff(app, room)):
        browser.get("/gallery")
        for query in (
            "",
            "scope=course",
            *(f"show={show}" for show in Show),
            "q=nothing",
            everything,
        ):
            path = "/gallery?" + query.format(after=work_of(room, people[-1]).id, person=people[0])
            with statements(app.extensions["entraide.database"].engine) as seen:
                assert browser.get(path).status_code == 200
            assert len(seen) <= MOST, query
