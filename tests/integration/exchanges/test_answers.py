"""Questions and answers over HTTP: what helps, what is accepted and endorsed, and who is named."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from lxml import html
from sqlalchemy import insert

from lti_tool.activities.models import Activity, Kind
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Comment, CommentRole, Mention, Vote
from lti_tool.exchanges.questions import count_open
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, Person

MOST = 12  # SQL statements of a page


@pytest.fixture
def room(database):
    return Classroom(database, kind=Kind.QUESTION)


@pytest.fixture
def people(room):
    """Who asked, and two peers who asked something too."""
    return room.people(3)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def come(room, app):
    """The browser of somebody, who may be an instructor."""

    def come(person):
        role = Role.INSTRUCTOR if person == room.instructor else Role.LEARNER
        return browser_of(app, room.database, room.visit(person, role=role))

    return come


@pytest.fixture
def at(room, people):
    """The address of the first one's contribution."""
    return f"/c/{work_of(room, people[0]).id}"


def work_of(room, person):
    [work] = room.all(Contribution, Contribution.author_id == person)
    return work


def say(browser, at, words="Ten minutes.", **more):
    answer = browser.post(f"{at}/comments", data={"text": words, "form": uuid4().hex} | more)
    assert answer.status_code == 303, answer.text
    return answer


def page(response):
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def text(response):
    return " ".join(page(response).find(".//main").text_content().split())


def said(room, words):
    [comment] = room.all(Comment, Comment.text == words)
    return comment


def shown(response):
    return re.findall(r"Words (\d+)", page(response).text_content())


def act(browser, at, name, comment, do="do"):
    return browser.post(f"{at}/comments/{comment.id}/{name}", data={"do": do})


def told(room, *kinds):
    return [(event.type, event.revision) for event in room.all(Event) if event.type in kinds]


def test_a_question_is_open_until_who_asked_accepts_an_answer(room, come, people, at):
    asker, peer, other = (come(person) for person in people)
    assert "Still open" in text(peer.get(at))
    assert "No answer yet" in text(peer.get(at))
    say(peer, at, "Ten minutes.")
    say(other, at, "An hour.")
    ten, hour = said(room, "Ten minutes."), said(room, "An hour.")
    assert {ten.role, hour.role} == {CommentRole.ANSWER}
    for browser in (peer, other, come(room.instructor)):
        assert act(browser, at, "accept", hour).status_code == 403
    for answer in (hour, ten, hour):
        for _ in range(2):
            assert act(asker, at, "accept", answer).status_code == 303
    answers = page(other.get(at)).xpath("//ol[@class='threads']/li/article")
    assert ["An hour." in answers[0].text_content(), "Accepted" in answers[0].text_content()] == [True, True]
    assert "Accepted" not in answers[1].text_content()
    assert "Answered on" in text(other.get(at))
    assert "The first answer came after 1 minute." in text(other.get(at))
    again = (EventType.ACCEPTED, 0), (EventType.ACCEPTED, 0), (EventType.ACCEPTED, 1)
    assert told(room, EventType.ACCEPTED) == list(again)
    assert act(asker, at, "accept", hour, do="undo").status_code == 303
    assert work_of(room, people[0]).answered_at is None
    assert "Still open" in text(other.get(at))


def test_an_instructor_endorses_an_answer_by_name(room, come, people, at):
    room.set(Person, Person.id == room.instructor, name="Ines Roy")
    peer, instructor = come(people[1]), come(room.instructor)
    say(peer, at)
    answer = said(room, "Ten minutes.")
    assert act(peer, at, "endorse", answer).status_code == 403
    assert act(instructor, at, "endorse", answer).status_code == 303
    assert "Endorsed by your instructor, Ines Roy" in text(come(people[2]).get(at))
    assert work_of(room, people[0]).answered_at is not None
    peer.post(f"{at}/comments/{answer.id}", data={"do": "take-back"})
    assert work_of(room, people[0]).answered_at is None
    assert act(instructor, at, "endorse", answer, do="undo").status_code == 409


@pytest.mark.every_database
def test_an_answer_helps_each_person_once_and_nobody_by_themselves(room, come, people, at):
    peer, other = come(people[1]), come(people[2])
    say(peer, at)
    answer = said(room, "Ten minutes.")
    assert act(peer, at, "vote", answer).status_code == 403
    for do in ("do", "do", "undo", "undo", "do"):
        assert act(other, at, "vote", answer, do).status_code == 303
    assert len(room.all(Vote)) == len(told(room, EventType.VOTED)) == 1
    assert "1 person finds this helpful" in text(peer.get(at))
    assert "It helps me no longer" in text(other.get(at))
    remark = say(peer, at, "Or twelve.", thread=str(answer.id)) and said(room, "Or twelve.")
    assert remark.role is CommentRole.REMARK
    assert act(other, at, "vote", remark).status_code == 404
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    assert act(other, at, "vote", answer, "undo").status_code == 409


def crowd(room, work, count):
    """`count` answers; of each ten, the last helps three and the one before it two."""
    helped = room.people(3, shared=False)
    author, *_ = room.people(1, shared=False)
    start = clock.now() - timedelta(hours=2)
    rows = [
        {
            "id": uuid4(), "contribution_id": work, "author_id": author, "role": CommentRole.ANSWER,
            "text": f"Words {n:03}.", "said_at": start + timedelta(seconds=n), "hidden_because": "",
            "form": uuid4(),
        }
        for n in range(count)
    ]  # fmt: skip
    votes = [
        {"comment_id": row["id"], "person_id": person, "voted_at": start}
        for n, row in enumerate(rows)
        for person in helped[: {9: 3, 8: 2}.get(n % 10, 0)]
    ]
    with room.database.write() as session:
        session.execute(insert(Comment), rows)
        session.execute(insert(Vote), votes)
    return [row["id"] for row in rows]


@pytest.mark.every_database
def test_answers_come_by_what_they_help_then_the_oldest_and_page_without_gaps(room, app, come, people, at):
    ids = crowd(room, work_of(room, people[0]).id, 50)
    act(come(people[0]), at, "accept", room.all(Comment, Comment.id == ids[33])[0])
    order = [33, *range(9, 50, 10), *range(8, 50, 10), *(n for n in range(50) if n % 10 < 8 and n != 33)]
    reader = come(people[1])
    reader.get(at)
    found, path = [], at
    while path:
        with statements(app.extensions["entraide.database"].engine) as seen:
            answer = reader.get(path)
        assert len(seen) <= MOST
        assert len(shown(answer)) <= 20
        found += shown(answer)
        [path] = page(answer).xpath("//a[contains(., 'More answers')]/@href") or [None]
    assert found == [f"{n:03}" for n in order]
    back = page(reader.get(f"{at}?at={ids[17]}")).xpath("//a[contains(., 'Answers before')]/@href")
    assert shown(reader.get(back[0]))[-1] == f"{order[order.index(17) - 1]:03}"
    assert shown(reader.get(f"{at}?at={ids[9]}"))[0] == "033", "near the top, the page begins there"
    assert shown(reader.get(f"{at}?at={uuid4()}"))[0] == "033"


@pytest.mark.every_database
def test_a_question_about_a_contribution_has_answers_of_its_own(database, app):
    room = Classroom(database)
    author, asker, peer = room.people(3)
    at = f"/c/{work_of(room, author).id}"
    come = {each: browser_of(app, database, room.visit(each)) for each in (author, asker, peer)}
    say(come[asker], at, "Does it hurt?", role="question")
    question = said(room, "Does it hurt?")
    assert (question.role, question.open_in_id) == (CommentRole.QUESTION, room.activity.id)
    thread = str(question.id)
    say(come[author], at, "No.", thread=thread)
    say(come[peer], at, "A little.", thread=thread)
    for _ in range(2):
        act(come[peer], at, "vote", said(room, "No."))
    assert act(come[author], at, "accept", said(room, "A little.")).status_code == 403, "only who asked"
    assert act(come[asker], at, "accept", said(room, "A little.")).status_code == 303
    shown = text(come[peer].get(f"{at}?thread={thread}"))
    assert shown.index("A little.") < shown.index("No.")
    assert "Answered on" in shown
    question = said(room, "Does it hurt?")
    assert (question.answered_at is None, question.open_in_id) == (False, None)
    events = sorted(room.all(Event, Event.type != EventType.VIEWED), key=lambda event: event.id)
    assert [event.type.value for event in events] == ["asked", "answered", "answered", "voted", "accepted"]
    asked, answered, *_ = events
    assert asked.facts == {"contribution": at[3:], "words": 3}
    assert answered.facts == {"contribution": at[3:], "words": 1, "thread": thread}
    come[peer].post(f"{at}/comments/{said(room, 'A little.').id}", data={"do": "take-back"})
    assert said(room, "Does it hurt?").open_in_id == room.activity.id


# Naming somebody


@pytest.mark.every_database
def test_somebody_of_the_course_is_named_once_and_nobody_else_is(database, room, come, people, at):
    elsewhere = Classroom(database)
    [foreign] = elsewhere.people(1)
    for person, name in ((people[1], "Awa Diallo"), (people[2], "Zoé d’Été"), (foreign, "Max Frisch")):
        room.set(Person, Person.id == person, name=name)
    [gone] = room.people(1, shared=False)
    room.set(Person, Person.id == gone, name="Gone Away", erased_at=clock.now())
    asker = come(people[0])
    words = "@Awa Diallo, @Zoé d’Été; a@Awa Diallo @Max Frisch @Gone Away <b>@Awa Diallo</b>"
    answer = say(asker, at, words, mentions=[str(foreign), str(gone), "junk"])
    assert {each.person_id for each in room.all(Mention)} == set(people[1:])
    assert len(told(room, EventType.MENTIONED)) == 2
    notices = text(asker.get(answer.location))
    assert "Max is not in this course: the name stays as plain text." in notices
    assert "Gone is not in this course" in notices
    found = page(come(people[1]).get(at)).xpath("//span[@class='mention']/text()")
    assert found == ["@Awa Diallo", "@Zoé d’Été", "@Awa Diallo", "@Awa Diallo"]
    assert "Peer 1" not in text(come(people[1]).get(at)), "who named them is who asked"
    asker.post(f"{at}/comments/{said(room, words).id}", data={"text": "@Awa Diallo", "do": "keep"})
    assert {each.person_id for each in room.all(Mention)} == {people[1]}
    assert len(told(room, EventType.MENTIONED)) == 2


@pytest.mark.every_database
def test_two_of_the_same_name_are_told_apart_by_the_choice(room, come, people, at):
    room.set(Person, Person.id.in_(people[1:]), name="Awa Diallo")
    say(come(people[0]), at, "@Awa Diallo!")
    assert room.all(Mention) == []
    say(come(people[0]), at, "@Awa Diallo?", mentions=str(people[2]))
    assert [each.person_id for each in room.all(Mention)] == [people[2]]


def test_names_are_offered_by_their_parts_to_who_may_speak(room, come, people, at):
    room.set(Person, Person.id == people[1], name="Élodie O’Neill-Çelik")
    room.set(Person, Person.id == people[2], name="Left Behind")
    room.set(Enrolment, Enrolment.person_id == people[2], active=False)
    peer = come(people[0])

    def offered(typed):
        return [each["name"] for each in peer.get(f"{at}/people", query_string={"q": typed}).json["people"]]

    assert offered("elo") == offered("CELIK") == offered("neill él") == ["Élodie O’Neill-Çelik"]
    assert offered("left") == offered("lodie") == offered("") == offered("%") == []
    assert len(offered("learner")) <= 8
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    assert peer.get(f"{at}/people?q=e").status_code == 409


# Open questions of a course


@pytest.mark.every_database
def test_open_questions_of_both_forms_are_found_until_they_are_answered(room, app, come, people, at):
    ask = come(people[1])
    room.set(Contribution, Contribution.author_id == people[2], hidden_at=clock.now())
    elsewhere = another(room, people[1])
    for n in range(25):
        say(ask, elsewhere, f"Words {n:03}?", role="question")
    here = come(people[1])
    with room.database.read() as session:
        assert count_open(session, room.visit(people[1]), room.activity) == 27
    found, path = [], "/questions"
    while path:
        with statements(app.extensions["entraide.database"].engine) as seen:
            answer = here.get(path)
        assert len(seen) <= 12
        found.append(shown(answer))
        [path] = page(answer).xpath("//nav[@class='pager']/a[contains(., 'Next')]/@href") or [None]
    assert [len(each) for each in found] == [20, 5]
    assert [*found[0], *found[1]] == [f"{n:03}" for n in reversed(range(25))]
    assert text(here.get("/questions?after=junk")).count("Words") == 20
    say(here, at)
    act(come(people[0]), at, "accept", said(room, "Ten minutes."))
    ask.post(f"{elsewhere}/comments/{said(room, 'Words 024?').id}", data={"do": "take-back"})
    with room.database.read() as session:
        assert count_open(session, room.visit(people[1]), room.activity) == 25
    assert "Share your own contribution first" not in text(here.get("/questions"))


def another(room, author):
    """The address of a contribution of somebody in another activity of the course."""
    now = clock.now()
    with room.database.write() as session:
        activity = Activity(
            course_id=room.course, creator_id=room.instructor, kind=Kind.PRACTICE, language="en",
            title="How I lift", instructions="", created_at=now, opened_at=now,
        )  # fmt: skip
        session.add(activity)
        session.flush()
        work = Contribution(
            activity_id=activity.id, author_id=author, language="en", state="shared", title="With two",
            saved_at=now, shared_at=now,
        )  # fmt: skip
        session.add(work)
        session.flush()
        return f"/c/{work.id}"


def test_names_are_shown_where_the_activity_is_named_and_nowhere_else(room, come, people, at):
    room.set(Person, Person.id == people[1], name="Awa Diallo")
    say(come(people[1]), at)
    other = come(people[2])
    assert "Awa" not in other.get(at).text
    assert "Peer 1" in text(other.get(at))
    room.set(Activity, Activity.id == room.activity.id, named=True)
    assert "Awa Diallo" in text(other.get(at))
    assert "Asked by Learner" in text(other.get(at))
