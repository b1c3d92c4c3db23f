"""Reports, hiding and putting forward over HTTP: who may, what peers no longer find, what is told to whom."""

from uuid import UUID, uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from lxml import html

from lti_tool.contributions.index import keep_findable
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Comment, Report
from lti_tool.exchanges.reports import waiting
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person

MOST = 12  # SQL statements of a page


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def people(room):
    """An author and two peers, all of them in the gallery."""
    people = room.people(3)
    with room.database.write() as session:
        for work in room.all(Contribution):
            keep_findable(session, room.activity, work)
    return people


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def come(room, app):
    """The browser of somebody."""

    def come(person, role=None):
        role = role or (Role.INSTRUCTOR if person == room.instructor else Role.LEARNER)
        return browser_of(app, room.database, room.visit(person, role=role))

    return come


@pytest.fixture
def at(room, people):
    [work] = room.all(Contribution, Contribution.author_id == people[0])
    return f"/c/{work.id}"


def text(response, status=200):
    assert response.status_code == status, response.text
    return " ".join(html.fromstring(response.text).find(".//main").text_content().split())


def say(room, browser, at, words):
    browser.post(f"{at}/comments", data={"text": words, "form": uuid4().hex})
    [comment] = room.all(Comment, Comment.text == words)
    return f"{at}/comments/{comment.id}"


def moderated(room):
    events = sorted(room.all(Event, Event.type == EventType.MODERATED), key=lambda event: event.id)
    return [(event.facts["what"], event.facts["done"], event.revision) for event in events]


def cards(browser, query=""):
    return browser.get(f"/gallery?{query}").text.count('class="gallery-card"')


@pytest.mark.every_database
def test_a_comment_that_was_reported_is_compared_and_hidden(room, app, come, people, at):
    room.set(Person, Person.id == people[2], name="Awa Diallo")
    author, peer, reporter = (come(person) for person in people)
    instructor = come(room.instructor)
    path = say(room, peer, at, "Rude words about you.")
    assert "few words" in text(reporter.post(f"{path}/report", data={"because": " "}), 422)
    for because in ("It hurts.", "Again."):
        assert reporter.post(f"{path}/report", data={"because": because}).status_code == 303
    assert author.post(f"{path}/report", data={"because": "Please."}).status_code == 303
    peer.post(path, data={"text": "Kind words about you.", "do": "keep"})
    for browser in (peer, come(room.instructor, Role.ASSISTANT)):
        assert browser.get("/reports").status_code == 403
    with statements(app.extensions["entraide.database"].engine) as seen:
        shown = instructor.get("/reports")
    assert len(seen) <= MOST
    for words in ("To look at (2)", "Awa Diallo", "It hurts.", "Changed since it was reported:"):
        assert words in text(shown)
    page = html.fromstring(shown.text)
    assert "Rude" in page.xpath("string(//del)")
    assert "Kind" in page.xpath("string(//ins)")
    [report] = room.all(Report, Report.reporter_id == people[2])
    refused = instructor.post(f"/reports/{report.id}", data={"do": "hide", "because": ""})
    assert "few words" in text(refused, 422)
    assert peer.post(f"/reports/{report.id}", data={"do": "leave"}).status_code == 403
    assert instructor.post(f"/reports/{uuid4()}", data={"do": "leave"}).status_code == 404
    done = instructor.post(f"/reports/{report.id}", data={"do": "hide", "because": "It hurts."})
    assert done.status_code == 303
    assert "Kind words" not in reporter.get(at).text
    assert "Nothing to look at" in text(instructor.get("/reports")), "both reports are settled"
    assert "Hidden" in text(instructor.get("/reports?show=settled"))
    assert {each.outcome for each in room.all(Report)} == {"hidden"}
    told = [("comment", "reported", 0)] * 2 + [("comment", "hidden", 0)]
    assert moderated(room) == told
    for do in ("restore", "hide"):
        instructor.post(f"{path}/hide", data={"do": do, "because": "Again."})
    assert moderated(room) == [*told, ("comment", "restored", 1), ("comment", "hidden", 2)]
    assert room.all(Comment)[0].hidden_by_id == room.instructor


@pytest.mark.every_database
def test_a_report_that_is_left_is_told_to_nobody(room, come, people, at):
    reporter, instructor = come(people[2]), come(room.instructor)
    assert reporter.post(f"{at}/report", data={"because": "Not mine?"}).status_code == 303
    [report] = room.all(Report)
    assert report.then == "A calm welcome\n\nMonday."
    assert "The contribution “A calm welcome”" in text(instructor.get("/reports"))
    for _ in range(2):
        assert instructor.post(f"/reports/{report.id}", data={"do": "leave"}).status_code == 303
    with room.database.read() as session:
        assert waiting(session, room.activity.id) == 0
    assert moderated(room) == [("contribution", "reported", 0)]
    assert reporter.post(f"{at}/report", data={"because": "Still."}).status_code == 303
    assert len(room.all(Report)) == 2


def test_peers_find_a_hidden_contribution_nowhere(room, come, people, at):
    author, peer, other = (come(person) for person in people)
    instructor = come(room.instructor)
    say(room, other, at, "Nice.")
    path = f"{at}/hide"
    for browser in (author, peer, come(room.instructor, Role.ASSISTANT)):
        assert browser.get(path).status_code == 403
        assert browser.post(path, data={"because": "No."}).status_code == 403
    assert instructor.post(path, data={"because": "It names a patient."}).status_code == 303
    for method, part in (("get", ""), ("post", "/comments"), ("get", "/report"), ("get", "/people?q=a")):
        assert getattr(peer, method)(at + part).status_code == 404, part
    assert [cards(each) for each in (author, peer, instructor)] == [3, 2, 3]
    assert cards(peer, "q=welcome") == 2
    for browser in (author, instructor):
        assert "Why: It names a patient." in text(browser.get(at))
    assert author.post(f"{at}/comments", data={"text": "But", "form": ""}).status_code == 409
    assert instructor.post(path, data={"do": "restore"}).status_code == 303
    assert cards(peer) == 3
    assert moderated(room) == [("contribution", "hidden", 0), ("contribution", "restored", 1)]


def test_another_courses_things_are_not_there_to_moderate(database, room, come, people):
    elsewhere = Classroom(database)
    elsewhere.people(1)
    [foreign] = elsewhere.all(Contribution, Contribution.activity_id == elsewhere.activity.id)
    instructor = come(room.instructor)
    for part in ("report", "hide", "pin", "highlight"):
        answer = instructor.post(f"/c/{foreign.id}/{part}", data={"because": "Mine."})
        assert answer.status_code == 404, part
    assert room.all(Report) == []


def test_three_are_pinned_and_come_first_once(room, come, people, at):
    instructor, peer = come(room.instructor), come(people[1])
    room.people(2)
    works = room.all(Contribution)
    with room.database.write() as session:
        for work in works:
            keep_findable(session, room.activity, work)
    assert peer.post(f"{at}/pin").status_code == 403
    pinned = [work for work in works if work.author_id in people]
    for work in (*pinned, pinned[0]):
        assert instructor.post(f"/c/{work.id}/pin", data={"do": "do"}).status_code == 303
    [fourth, fifth] = (work for work in works if work not in pinned)
    assert "3 contributions are pinned already." in text(instructor.post(f"/c/{fourth.id}/pin"), 409)
    links = html.fromstring(peer.get("/gallery").text).xpath("//h2/a/@href")
    order = [UUID(link.rsplit("/", 1)[1]) for link in links]
    assert order[:3] == [work.id for work in reversed(pinned)]
    assert sorted(order[3:]) == sorted([fourth.id, fifth.id])
    instructor.post(f"/c/{pinned[0].id}/pin", data={"do": "undo"})
    assert instructor.post(f"/c/{fourth.id}/pin").status_code == 303


def test_a_highlight_says_why_and_can_be_found(room, come, people, at):
    instructor, peer = come(room.instructor), come(people[1])
    assert peer.post(f"{at}/highlight", data={"because": "Mine!"}).status_code == 403
    assert "few words" in text(instructor.post(f"{at}/highlight", data={"because": ""}), 422)
    instructor.post(f"{at}/highlight", data={"because": "See how it <i>begins</i>."})
    assert "See how it <i>begins</i>." in text(peer.get(at))
    assert cards(peer, "show=highlighted") == 1
    instructor.post(f"{at}/highlight", data={"do": "stop"})
    assert cards(peer, "show=highlighted") == 0
