"""Settings of an activity in use: what a change does is read before it is saved; dates, names, closing."""

from datetime import timedelta

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html

from lti_tool.activities.dates import Dates
from lti_tool.activities.extending import extend
from lti_tool.activities.models import Activity
from lti_tool.activities.revealing import reveal
from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.errors import InvalidError
from lti_tool.kernel.journal import EventType, record_act
from lti_tool.kernel.permissions import Role


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def staff(room, app):
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


class SettingsPage:
    """The form of the settings, filled in as a browser would."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.html = html.fromstring(answer.text)
        self.form = self.html.get_element_by_id("activity-settings")

    @property
    def told(self):
        """The list of consequences."""
        return [each.text_content() for each in self.html.xpath("//*[@id='changes']//li")]

    def send(self, staff, **values):
        return staff.post("/activity/settings", data=dict(self.form.form_values()) | values)


def settings_page(staff):
    return SettingsPage(staff.get("/activity/settings"))


def share(room, count):
    """People who have shared, as the journal tells it."""
    people = room.people(count)
    with room.database.write() as rows:
        for work in room.all(Contribution):
            record_act(
                rows, room.visit(work.author_id), EventType.SUBMITTED, room.activity.id, work.id,
                facts={"late": work.author_id == people[0]},
            )  # fmt: skip
    return people


@pytest.mark.every_database
def test_a_change_is_told_before_it_is_saved(room, staff):
    me, *_ = share(room, 2)
    room.people(1, shared=False)
    with room.database.write() as rows:
        [mine] = room.all(Contribution, Contribution.author_id == me)
        for number in range(5):
            record_act(
                rows, room.visit(me), EventType.REVIEWED, room.activity.id, room.people(1)[0],
                facts={"author": str(number)},
            )  # fmt: skip
        record_act(rows, room.visit(me), EventType.WITHDRAWN, room.activity.id, mine.id, revision=1)
    changed = {"wanted": "4", "given": "6", "scoring": "median", "late_penalty": "5"}
    first = SettingsPage(settings_page(staff).send(staff, **changed))
    assert first.status == 200
    assert first.told == [
        "+1 review wanted. 1 contribution gets more; none loses one.",
        "Each person is asked for 2 more.",
        "1 person was done and has more to give.",
        "The scores of 5 works are worked out anew. They may change.",
        "The scores of 0 late works may change.",
    ]
    assert room.reload().wanted == 3
    # Other changes than those that were read are told again.
    second = SettingsPage(first.send(staff, given="7"))
    assert "Each person is asked for 3 more." in second.told
    assert second.send(staff).status_code == 303
    now = room.reload()
    assert (now.wanted, now.given, now.scoring, now.late_penalty) == (4, 7, "median", 0.05)
    assert settings_page(staff).send(staff, title="Words alone").status_code == 303
    assert room.reload().title == "Words alone"


def test_dates_are_read_in_the_zone_of_the_course_and_odd_hours_told(room, staff):
    page = settings_page(staff)
    dates = {
        "when": "dates", "zone": "America/Toronto", "share_by": "2040-03-11T02:30",
        "review_from": "2040-03-12T08:00", "review_by": "2040-03-20T18:00", "revising": "y",
        "revise_by": "2040-03-27T18:00", "closes_at": "2040-11-04T01:30",
    }  # fmt: skip
    assert page.send(staff, **dates).status_code == 303
    told = staff.get("/").text
    assert "02:30 does not exist. We took 03:30." in told
    assert "01:30 comes twice. The first one counts." in told
    now = room.reload()
    assert now.share_by.isoformat() == "2040-03-11T07:30:00+00:00"
    assert now.closes_at.isoformat() == "2040-11-04T05:30:00+00:00"  # summer time still
    assert "Share by Sun 11 Mar 2040, 03:30" in " ".join(html.fromstring(told).text_content().split())
    # Saved again as it stands, nothing moves: seconds, and the second of two equal hours.
    share(room, 1)
    second = now.closes_at + timedelta(hours=1, seconds=7)
    room.set(Activity, Activity.id == room.activity.id, closes_at=second, tolerance=1 / 3)
    assert settings_page(staff).send(staff).status_code == 303
    assert (room.reload().closes_at, room.reload().tolerance) == (second, 1 / 3)


def test_one_person_later_but_never_after_the_closing(room, app, staff):
    now = clock.now()
    [me] = share(room, 1)
    mine = browser_of(app, room.database, room.visit(me))
    room.set(
        Activity, Activity.id == room.activity.id, share_by=now - timedelta(days=3), late_allowed=False,
        review_from=now + timedelta(days=1), review_by=now + timedelta(days=2), revising=True,
        revise_by=now + timedelta(days=3), closes_at=now + timedelta(days=5),
    )  # fmt: skip
    assert "Reviews begin on" in mine.get("/").text
    activity, visit = room.reload(), room.visit(room.instructor, role=Role.INSTRUCTOR)
    with pytest.raises(InvalidError) as refused, room.database.write() as rows:
        extend(rows, visit, activity, me, Dates(revise_by=now + timedelta(days=6)))
    assert refused.value.field == "revise_by"
    sent = {"revise_by": f"{now + timedelta(days=4):%Y-%m-%dT%H:%M}"}
    assert staff.post(f"/people/{me}/dates", data=sent).status_code == 303
    assert sent["revise_by"][:10] in staff.get(f"/people/{me}/dates").text


@pytest.mark.every_database
def test_names_are_shown_once_it_has_closed(room, app, staff):
    [me] = share(room, 1)
    mine = browser_of(app, room.database, room.visit(me))
    first = SettingsPage(settings_page(staff).send(staff, names="at-end"))
    assert first.told == ["Once it closes, all people see all names, also on earlier work."]
    first.send(staff)
    assert "Names are shown when it closes." in mine.get("/").text
    assert "Names are shown when it closes." in mine.get("/share").text
    now = clock.now()

    def shown(at):
        with room.database.write() as rows:
            done = reveal(rows, at)
        return done, room.reload().named, room.reload().reviews_named

    assert shown(now) == (0, False, False)
    room.set(Activity, Activity.id == room.activity.id, closes_at=now + timedelta(hours=1))
    assert shown(now + timedelta(hours=2)) == (1, True, True)
    assert shown(now) == (0, True, True)  # the clock jumps back: what people have read stays
    assert "Peers see names here, also of who reviewed." in mine.get("/").text
    assert settings_page(staff).send(staff, title="Other").status_code == 303
    assert room.reload().named


def test_it_closes_by_its_date_and_opens_again(room, app, staff):
    [me] = share(room, 1)
    mine = browser_of(app, room.database, room.visit(me))
    room.set(Activity, Activity.id == room.activity.id, closes_at=clock.now() - timedelta(minutes=1))
    assert "Closed. You can still read." in mine.get("/").text
    [work] = room.all(Contribution)
    said = mine.post(f"/contributions/{work.id}/comments", data={"text": "Late"})
    assert said.status_code in {403, 404, 409}
    assert "Open it again" in staff.get("/").text
    assert staff.post("/activity/open").status_code == 303
    assert room.reload().closes_at is None
    assert "Always open" in mine.get("/").text
