"""Who stays outside: every address of something that is there, asked for by who has no right to it.

The addresses are those that the application lists: a new one is asked for too, and must be refused or named
among those that learners have.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from classroom import Classroom
from factories import browser_of
from flask.testing import FlaskClient
from reviewed import COMPARED, REVIEWED
from routes import addresses, place, rules
from sqlalchemy import func, select
from villagers import GESTURE, HOUR, Village

from lti_tool.activities.models import Activity, Kind
from lti_tool.kernel import clock
from lti_tool.kernel.database import Base
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment

WORDS = {"text": "Mine now.", "because": "Because.", "good": "1", "helps": "1", "keep": "1", "do": "save"}
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
NO_IDS = {"launch", "key", "what", "case"}
PLACES = (GESTURE, REVIEWED, COMPARED)
METHODS = ("GET", "POST", "HEAD", "PATCH", "DELETE")


def asked(
    village: Village, browsers: Mapping[str, FlaskClient], *, ids: bool = True
) -> Iterator[tuple[str, int]]:
    """Each address in every way, and what came of it: those with something's id, or those without.

    It is asked for from the activity in which it is at home, by one of the `browsers`.
    """
    for method in METHODS:
        for rule in rules(village.app, method):
            has_ids = bool(rule.arguments - NO_IDS)
            if has_ids is not ids or (method == "HEAD" and "GET" in rule.methods):
                continue
            tus = rule.endpoint.startswith("uploads")
            browser = browsers[place(rule)]
            form = {"headers": TUS} if tus else {"data": WORDS if method == "POST" else None}
            for path in addresses(village, rule):
                answer = browser.open(path, method=method, **form)
                if rule.endpoint == "contributions.on_behalf":  # it knows the way only: the desk decides
                    answer = browser.get(answer.location)
                yield f"{method} {rule.endpoint}", answer.status_code


def rows(village: Village) -> dict[str, int]:
    """How many rows there are in each table; visits are nothing of the course."""
    tables = [each for name, each in Base.metadata.tables.items() if name != "launch"]
    with village.room.database.read() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def news_of(village: Village, browser: FlaskClient) -> int:
    """What one hears who listens to the village from its beginning."""
    about = "&".join(f"on=c-{village.ids[name]}" for name in ("contribution", "asked"))
    return browser.get(f"/live/news?{about}&on=a-{village.room.activity.id}&since=spoilt").status_code


@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR])
@pytest.mark.parametrize("same_tenant", [True, False], ids=["course", "tenant"])
def test_from_elsewhere_nothing_is_there(village: Village, role: Role, same_tenant: bool) -> None:
    room = Classroom(village.room.database, kind=Kind.GESTURE)
    person = room.people(1)[0] if role is Role.LEARNER else room.instructor
    visit = room.visit(person, role=role)
    visit = replace(visit, tenant_id=village.room.tenant) if same_tenant else visit
    browser, before = browser_of(village.app, room.database, visit), rows(village)
    stranger = dict.fromkeys(PLACES, browser)
    found = {name: status for name, status in asked(village, stranger) if status not in {403, 404}}
    copying = {name: found.pop(name) for name in list(found) if name.endswith(" activities.copy")}
    assert set(copying.values()) <= {303}, "back to the activity that there is: nothing is copied or shown"
    assert found == {}
    assert news_of(village, browser) == 204
    assert rows(village) == before


# What comes of an address that is not refused to a learner of the course who has shared nothing yet.
LEARNERS = {
    "GET": (
        "coauthors.index contributions.edit contributions.preview contributions.show contributions.withdraw "
        "exchanges.contribution exchanges.file exchanges.people exchanges.questions exchanges.report "
        "gallery.index gallery.picture gradebook.asked_for home.help_page home.index live.news live.stream "
        "news.index overrides.own privacy.copy privacy.mine reviews.calibrate reviews.compare_trial "
        "reviews.given reviews.improve reviews.received reviews.self_review reviews.trial versions.index"
    ),
    "POST": (
        "coauthors.take_out contributions.autosave contributions.save contributions.send "
        "contributions.withdraw exchanges.bookmark exchanges.react exchanges.report exchanges.say "
        "exchanges.vote files.add news.choose news.read people.language reviews.compare_next "
        "reviews.pull_next reviews.share_improved reviews.trial uploads.begin"  # they say why there is none
    ),
}
OUTSIDE = {  # before it opens, or for who has left
    "GET": (
        "gradebook.asked_for home.help_page home.index live.news live.stream news.index privacy.copy "
        "privacy.mine"
    ),
    "POST": "news.choose news.read people.language",
}
AFTER = (  # it was closed
    "coauthors.take_out contributions.autosave contributions.save contributions.withdraw exchanges.bookmark "
    "exchanges.report files.add news.choose news.read people.language reviews.compare_next reviews.pull_next "
    "reviews.share_improved reviews.trial uploads.begin"  # one's own text, and what nobody reads
)


def named(ways: dict[str, str]) -> set[str]:
    return {f"{method} {name}" for method, names in ways.items() for name in names.split()}


def let_in(village: Village, who: str) -> set[str]:
    """The addresses that are not refused to somebody."""
    browsers = {where: village.browser(who, where) for where in PLACES}
    every = [each for ids in (True, False) for each in asked(village, browsers, ids=ids)]
    return {name for name, status in every if status not in {403, 404, 409}}


def test_before_it_opens_and_who_has_left(village: Village) -> None:
    room = village.room
    room.set(Activity, Activity.id.is_not(None), opened_at=None)
    before = rows(village)
    assert let_in(village, "reader") == named(OUTSIDE)
    room.set(Activity, Activity.id.is_not(None), opened_at=clock.now() - HOUR)
    room.set(Enrolment, Enrolment.person_id == village.people["reader"], active=False)
    assert let_in(village, "reader") == named(OUTSIDE) - {"GET news.index"}
    room.set(Enrolment, Enrolment.person_id == village.people["reader"], active=True)
    assert rows(village) == before


def test_a_learner_does_what_learners_do_and_less_once_it_is_closed(village: Village) -> None:
    reader = village.browser("reader")
    assert news_of(village, reader) == 200
    assert let_in(village, "reader") == named(LEARNERS)
    village.room.set(Activity, Activity.id.is_not(None), closed_at=clock.now())
    assert let_in(village, "reader") == named(LEARNERS | {"POST": AFTER}) - {"GET exchanges.people"}
