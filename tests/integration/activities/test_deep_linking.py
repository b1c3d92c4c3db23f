"""Choosing in the platform's dialog: every LMS takes the answer, and its link leads where it should."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import jwt
import pytest
from platforms import lms as platforms
from platforms.lms.linking import DL

from lti_tool.activities.models import Activity, Placement
from lti_tool.contributions.models import Contribution
from lti_tool.gradebook.models import Column
from lti_tool.kernel.journal import Event
from lti_tool.lti.models import DeepLinkRequest, ResourceLink

from .conftest import ACTIVITY

pytestmark = pytest.mark.every_database

MOODLE = Path(__file__).parents[2] / "platforms" / "moodle"
LMSS = [platforms.MOODLE, platforms.CANVAS, platforms.BLACKBOARD, platforms.D2L, platforms.SAKAI,
        platforms.OPENEDX]  # fmt: skip


@pytest.mark.parametrize("school", LMSS, ids=lambda each: each.name, indirect=True)
def test_a_new_activity_becomes_a_link_with_its_column(school):
    """Two clicks, nothing typed; a launch of the link finds the activity, and the gradebook its column."""
    page = school.choose()
    assert page.path.endswith("/pick")
    answered = page.submit("create-activity", {"kind": "practice", "open": "now"})
    assert answered.status == 200
    [link] = school.take(answered)
    [activity] = school.rows(Activity)
    assert (activity.title, activity.opened_at is not None) == ("A practice that works for me", True)
    assert (link.title, link.custom["activity"]) == (activity.title, str(activity.id))
    assert school.rows(Placement) == []

    assert "Share mine" in school.launch(school.ann, link).text
    assert school.activity(link).id == activity.id
    [row] = school.rows(ResourceLink)
    assert row.lineitem_url == link.line_item.id
    fields = link.line_item.fields
    assert (fields["resourceId"], fields["tag"]) == (str(activity.id), Column.WORK.value)
    assert (fields["scoreMaximum"], fields["label"]) == (100, activity.title)
    assert fields["submissionReview"]["custom"] == {"activity": str(activity.id)}
    assert [event.type.value for event in school.rows(Event)] == ["launched"]


def test_the_answer_says_what_the_specification_asks(school):
    school.lms.deep_linking = {"data": "csrf:  é\"'<>&= as it is\n"}
    page = school.choose().submit("create-activity", ACTIVITY | {"title": "A <b>calm</b> & clear welcome"})
    token = page.form("answer").fields["JWT"]
    assert set(jwt.get_unverified_header(token)) == {"alg", "kid", "typ"}
    school.take(page)
    [claims] = school.lms.returned
    assert claims["exp"] - claims["iat"] == 300
    assert claims[DL + "data"] == "csrf:  é\"'<>&= as it is\n"
    assert claims[DL + "msg"] == "Added to your course: A <b>calm</b> & clear welcome"
    [item] = claims[DL + "content_items"]
    assert item["title"] == "A <b>calm</b> & clear welcome"
    assert item["url"] == "https://tool.example/lti/launch"
    assert item["custom"]["context_history"] == "$Context.id.history"
    assert item["custom"]["resource_link_history"] == "$ResourceLink.id.history"
    assert item["iframe"] == {"height": 720}
    assert "window" not in item
    # What a real Moodle was seen to take: each of its names is there, with a value of the same type.
    taken = json.loads((MOODLE / "deep_linking_response_one.json").read_text())
    [known] = taken[DL + "content_items"]
    for here, there in (
        (claims | {"aud": [claims["aud"]]}, taken | {DL + "data": ""}),
        (item, known),
        (item["lineItem"], known["lineItem"]),
        (item["lineItem"]["submissionReview"], known["lineItem"]["submissionReview"]),
    ):
        assert {name: type(value) for name, value in there.items()}.items() <= {
            name: type(value) for name, value in here.items()
        }.items()


def test_only_the_page_that_answers_may_post_to_the_platform(school):
    page = school.choose()
    assert "form-action 'self';" in page.answer.headers["Content-Security-Policy"]
    answered = page.submit("create-activity", ACTIVITY)
    policy = answered.answer.headers["Content-Security-Policy"]
    assert re.search(r"form-action ([^;]*)", policy)[1] == f"'self' {school.lms.url}"
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert answered.form("answer").xpath(".//button[@type='submit']")
    assert not answered.html.xpath("//script[not(@src)][not(@type='application/json')]")
    assert answered.answer.headers["Referrer-Policy"] == "strict-origin"  # the platform sees a real Origin


def test_data_comes_back_only_if_it_came(school):
    school.picked()
    assert DL + "data" not in school.lms.returned[0]
    school.lms.deep_linking = {"data": ""}
    school.picked()
    assert school.lms.returned[1][DL + "data"] == ""


def test_what_the_platform_does_not_take_is_left_out(school):
    """Real booleans or texts; no grade, no column."""
    school.lms.deep_linking = {"accept_lineitem": "false", "accept_presentation_document_targets": ["window"]}
    item = school.picked().item
    assert "lineItem" not in item
    assert item["window"] == {"targetName": "_blank"}
    school.lms.deep_linking = {"accept_lineitem": None, "accept_presentation_document_targets": []}
    assert "lineItem" in school.picked().item
    item = school.picked(grading="none").item
    assert not {"lineItem", "window", "iframe"} & item.keys()


def test_dates_travel_with_the_link(school):
    share = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    review = share + timedelta(days=4)
    form = "%Y-%m-%dT%H:%M"
    link = school.picked(when="dates", share_by=share.strftime(form), review_by=review.strftime(form))
    zone = school.app.config["ENTRAIDE"].zone
    ends = share.replace(tzinfo=zone).astimezone(UTC)
    assert link.dates["submission.endDateTime"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert link.dates["available.startDateTime"] == link.dates["submission.startDateTime"]
    assert "available.endDateTime" not in link.dates  # what was shared stays readable
    assert school.picked(open="later").dates == {}


def test_several_at_once(school):
    for title in ("One", "Two", "Three"):
        school.picked(title=title)
    page = school.choose().follow("Use one of this course")
    assert page.title == "Choose activities"
    ids = {activity.title: str(activity.id) for activity in school.rows(Activity)}
    assert len(page.html.xpath("//input[@type='checkbox']")) == 3
    links = school.take(page.submit("pick-existing", {"activities": [ids["Three"], ids["One"]]}))
    assert [link.title for link in links] == ["Three", "One"]
    assert len(school.rows(Activity)) == 3


def test_one_where_the_platform_takes_one(school):
    school.lms.deep_linking = {"accept_multiple": False}
    school.picked(title="One")
    school.picked(title="Two")
    page = school.choose().follow("Use one of this course")
    assert len(page.html.xpath("//input[@type='radio']")) == 2
    ids = [str(activity.id) for activity in school.rows(Activity)]
    assert page.submit("pick-existing", {"activities": ids}).status == 422
    assert school.rows(DeepLinkRequest, DeepLinkRequest.answered_at.is_(None))
    [link] = school.take(page.submit("pick-existing", {"activities": ids[:1]}))
    assert link.custom["activity"] == ids[0]


def test_choosing_nothing_is_told_beside_the_list(school):
    school.picked()
    page = school.choose().follow("Use one of this course").submit("pick-existing")
    assert page.status == 422
    assert "Choose an activity." in page.text
    assert page.submit("pick-existing", {"activities": "x"}).status == 422


def test_errors_of_the_form_keep_the_dialog(school):
    page = school.choose().submit("create-activity", ACTIVITY | {"given": "1", "title": "Kept"})
    assert page.status == 422
    assert page.form("create-activity").fields["title"] == "Kept"
    [link] = school.take(page.submit("create-activity", ACTIVITY))
    assert school.rows(Activity)[0].title == "Kept" == link.title


def test_cancel_makes_nothing(school):
    assert school.take(school.choose().submit("cancel-pick")) == []
    assert DL + "msg" not in school.lms.returned[0]
    assert school.rows(Activity) == []


def test_long_lists_are_paged(school_anywhere, monkeypatch):
    school = school_anywhere
    monkeypatch.setattr("lti_tool.activities.queries.PAGE", 2)
    for title in "abcde":
        school.picked(title=title)
    page, seen = school.choose().follow("Use one of this course"), []
    while True:
        seen += [each.text_content().strip() for each in page.html.xpath("//label//strong")]
        if "Next" not in page.links():
            break
        page = page.follow("Next")
    assert seen == list("edcba")


def test_a_link_leads_where_it_was_chosen_to_until_somebody_shares(school):
    """As in Moodle, where an instructor edits the link and selects other content."""
    link, other = school.picked(title="First"), school.picked(title="Other")
    school.launch(school.tina, link)
    assert school.activity(link).title == "First"
    chosen, link.custom = link.custom, other.custom
    school.launch(school.tina, link)
    assert school.activity(link).title == "Other"
    page = school.launch(school.ann, link).follow("Share mine")
    texts = {area.name: "At seven." for area in page.form("share-form").xpath(".//textarea")}
    page.submit("share-form", texts | {"title": "Mine", "do": "preview"}).submit("send-form")
    assert [each.state.value for each in school.rows(Contribution)] == ["shared"]
    link.custom = chosen
    assert "See" in school.launch(school.ann, link).links()
    assert school.activity(link).title == "Other"


def test_two_links_may_lead_to_one_activity(school):
    """Duplicated inside the course, or picked twice: nobody can tell the two apart."""
    link = school.picked()
    twin = school.lms.link(school.course, "Again", custom=dict(link.custom))
    for each in (link, twin):
        school.launch(school.ann, each)
    assert school.activity(link).id == school.activity(twin).id
    assert len(school.rows(Placement)) == 2


@pytest.mark.parametrize("chosen", ["x", "", "$activity", "0" * 32, "é" * 400, "{}", "' OR 1=1"])
def test_a_chosen_activity_that_is_none_leads_nowhere(school, chosen):
    link = school.lms.link(school.course, custom={"activity": chosen})
    assert "Opens soon" in school.launch(school.ann, link).text
    assert "New activity" in school.launch(school.tina, link).text


def test_first_launches_at_one_moment_place_it_once(school_anywhere):
    school = school_anywhere
    link = school.picked()
    people = [school.lms.add_person(f"p{n}", f"P {n}", courses=[school.course]) for n in range(4)]
    ready, pages = Barrier(len(people)), []

    def come(person):
        ready.wait()
        pages.append(school.launch(person, link).text)

    threads = [Thread(target=come, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["Share mine" in page for page in pages] == [True] * 4
    assert len(school.rows(Placement)) == 1
