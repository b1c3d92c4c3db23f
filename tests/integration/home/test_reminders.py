"""Reminders: who is told, how often, and by whose date."""

from datetime import timedelta

import pytest
from classroom import Classroom
from factories import browser_of, tool

from lti_tool.activities.models import Activity, Extension
from lti_tool.exchanges import news_queries
from lti_tool.exchanges.models import Frequency, MailChoice, News
from lti_tool.home import reminding
from lti_tool.home.models import Reminder, ReminderKind
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, Person

UTC = clock.now().tzinfo
HOUR = timedelta(hours=1)


@pytest.fixture
def room(database):
    return Classroom(database)


def work_off(room):
    while reminding.remind_due(room.database, UTC, mail=True):
        pass


@pytest.mark.every_database
def test_two_clicks_tell_those_who_have_not_shared_once(room, tmp_path, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    late = room.people(5, shared=False)
    room.people(2)
    gone, test_person = *room.people(1, shared=False), *room.people(1, shared=False, test_user=True)
    room.set(Enrolment, Enrolment.person_id == gone, active=False)
    room.set(Person, Person.id == late[0], email="awa@mail.example")
    room.set(Person, Person.id == late[1], email="bo@mail.example")
    with room.database.write() as rows:
        rows.add(MailChoice(person_id=late[1], frequency=Frequency.OFF))
    app = tool(room.database, tmp_path)
    browser = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert "Remind 5 people" in browser.get("/?show=not-shared").text
    assert '/remind?what=share"' in browser.get("/").text, "one click from the first screen, the second sends"
    page = browser.get("/remind?what=share").text
    assert "5 people get it" in page
    assert '<p lang="fr">' in page
    for _ in range(2):
        assert browser.post("/remind?what=share").status_code == 303
    work_off(room)
    told = {news.person_id: news.mail_at for news in room.all(News)}
    assert told.keys() == set(late)
    assert told[late[0]]
    assert not told[late[1]]
    [reminder] = room.all(Reminder)
    assert reminder.told == 5
    assert reminder.sent_at
    assert len(room.all(Event, Event.type == EventType.REMINDED)) == 1
    assert "5 people told" in browser.get("/?show=not-shared").text
    learner = browser_of(app, room.database, room.visit(late[0]))
    assert "Your peers can learn from what you do." in learner.get("/news").text
    assert {gone, test_person}.isdisjoint(told)
    app.extensions["entraide.database"].dispose()


def test_nobody_is_reminded_more_than_three_times(room, tmp_path):
    room.people(1, shared=False)
    app = tool(room.database, tmp_path)
    browser = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    statuses = []
    for _ in range(4):
        statuses.append(browser.post("/remind?what=share").status_code)
        work_off(room)
        room.set(Reminder, Reminder.id.is_not(None), asked_at=clock.now() - HOUR)
    assert statuses == [303, 303, 303, 409]
    assert len(room.all(News)) == 3
    app.extensions["entraide.database"].dispose()


def test_a_date_reminds_those_whose_own_it_is(room, monkeypatch):
    soon, later = room.people(2, shared=False)
    now = clock.now()
    day = now.replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=10)
    opened = {"opened_at": now, "share_by": day}
    room.set(Activity, Activity.id == room.activity.id, **opened)
    with room.database.write() as rows:
        rows.add(
            Extension(
                activity_id=room.activity.id, person_id=later, share_by=day + timedelta(days=7), given_at=now
            )
        )

    def told_at(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        work_off(room)
        work_off(room)
        return sorted(room.all(News), key=lambda news: news.id)

    assert told_at(day - timedelta(hours=49)) == []
    assert [news.person_id for news in told_at(day - timedelta(hours=47))] == [soon]
    assert [news.person_id for news in told_at(day - 2 * HOUR)] == [soon, soon]
    assert len(told_at(day + HOUR)) == 2
    assert told_at(day + timedelta(days=7) - 2 * HOUR)[-1].person_id == later
    with room.database.read() as rows:
        said = [each.sentence for each in news_queries.page(rows, room.visit(soon))[0]]
    assert said[0].endswith("The last day has come.")
    assert said[1].endswith("Two days are left.")


def test_a_reviewers_reminder_names_whom_it_helps(room):
    first, _ = room.people(2)
    room.set(
        Activity,
        Activity.id == room.activity.id,
        review_by=clock.now() + HOUR,
        opened_at=clock.now() - 90 * HOUR,
    )
    room.set(Activity, Activity.id == room.activity.id, reminders=True)
    work_off(room)
    kinds = {reminder.kind for reminder in room.all(Reminder)}
    assert kinds == {ReminderKind.REVIEW}
    with room.database.read() as rows:
        [item] = news_queries.page(rows, room.visit(first))[0]
    assert item.sentence.startswith("2 colleagues wait for a reader.")
    room.set(Activity, Activity.id == room.activity.id, reminders=False, review_by=clock.now() + 2 * HOUR)
    work_off(room)
    assert len(room.all(Reminder)) == 1
