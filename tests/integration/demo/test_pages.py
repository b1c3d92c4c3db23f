from datetime import UTC, datetime

import httpx
import pytest

from lti_tool.demo.pages import Page, PageError, nearest
from lti_tool.demo.platform import LmsSettings, Platform

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def signed_in(settings: LmsSettings, person: str) -> httpx.Client:
    client = httpx.Client(base_url=settings.url, follow_redirects=True)
    client.post("/sign-in", data={"person": person})
    return client


def grade(lms: Platform, person: str, given: float, comment: str = "") -> None:
    lms.runs["2"].gradebook.record(
        1,
        {
            "userId": person,
            "timestamp": NOW.isoformat(),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": given,
            "scoreMaximum": 10,
            "comment": comment,
        },
    )


def test_nobody_gets_past_the_sign_in(settings: LmsSettings, lms: Platform) -> None:
    for path in ("/course", "/course/activities/11", "/course/grades"):
        assert httpx.get(settings.url + path).headers["location"] == "/"
    assert httpx.post(f"{settings.url}/sign-in", data={"person": "99"}).status_code == 400


def test_the_course_speaks_the_language_of_its_reader(settings: LmsSettings, lms: Platform) -> None:
    french = signed_in(settings, "4").get("/course").text
    english = signed_in(settings, "8").get("/course").text
    assert '<html lang="fr">' in french
    assert "Se déconnecter" in french
    assert '<html lang="en">' in english
    assert "Sign out" in english
    for page in (french, english):
        assert page.count('class="activity"') == 4


def test_a_learner_sees_their_own_grades_and_the_instructor_all(settings: LmsSettings, lms: Platform) -> None:
    grade(lms, "4", 8.125, "Bravo & merci")
    grade(lms, "5", 5)
    own = signed_in(settings, "4").get("/course/grades").text
    everybody = signed_in(settings, "3").get("/course/grades").text
    assert "81,25" in own
    assert "Bravo &amp; merci" in own
    assert "Karim" not in own
    assert "81.25" in everybody
    assert "Karim Benali" in everybody
    assert everybody.count("–") >= 4 * 8 - 2
    exported = signed_in(settings, "5").get("/course/grades?format=json").json()
    assert {person for column in exported for person in column["grades"]} == {"5"}


def test_the_frame_may_use_camera_and_microphone(settings: LmsSettings, lms: Platform) -> None:
    page = signed_in(settings, "4").get("/course/activities/11").text
    assert f"camera {settings.tool_url}; microphone {settings.tool_url}" in page


PAGE = """<title>T</title><h1>Head <b>line</b></h1>
<form id="f" action="go?x=1" method="POST">
  <input type="hidden" name="csrf" value="t&amp;k"><input name="title" value="old">
  <textarea name="text">
kept &lt;b&gt;</textarea>
  <input type="radio" name="mark" value="1"><input type="radio" name="mark" value="2" checked>
  <input type="checkbox" name="late"><input type="checkbox" name="sure" checked>
  <select name="size"><option value="s">S</option><option value="m" selected>M</option></select>
  <input name="off" disabled><input type="file" name="file">
  <button name="do" value="save">S</button><button type="button" name="do" value="nothing">N</button>
</form><button form="f" name="do" value="send">Send</button><a id="next" href="../n">n</a>"""


def test_a_form_is_sent_as_a_browser_would() -> None:
    page = Page("http://localhost/a/b/", PAGE)
    form = page.form("f")
    assert (form.action, form.method) == ("http://localhost/a/b/go?x=1", "post")
    assert form.filled({"title": "new", "mark": "1"}, ("do", "send")) == {
        "csrf": ["t&k"],
        "title": ["new"],
        "text": ["kept <b>"],
        "mark": ["1"],
        "sure": ["on"],
        "size": ["m"],
        "do": ["send"],
    }
    assert page.links == {"next": "http://localhost/a/n"}
    assert page.texts["h1"] == "Head line"


@pytest.mark.parametrize(
    ("answers", "press"),
    [({"nobody": "x"}, None), ({"mark": "3"}, None), ({}, ("do", "nothing")), ({"off": "x"}, None)],
)
def test_what_a_page_does_not_offer_cannot_be_filled_in(
    answers: dict[str, str], press: tuple[str, str] | None
) -> None:
    form = Page("http://localhost/", PAGE).form("f")
    with pytest.raises(PageError):
        form.filled(answers, press)


def test_only_a_form_with_nothing_to_fill_in_posts_itself() -> None:
    hidden = '<form id="p" method="post"><input type="hidden" name="a"></form><script>x.submit()</script>'
    assert Page("http://localhost/", hidden).posts_itself() is not None
    assert Page("http://localhost/", hidden.replace("x.submit()", "")).posts_itself() is None
    assert Page("http://localhost/", hidden.replace('type="hidden"', "")).posts_itself() is None


def test_a_page_for_those_without_scripts_leads_on() -> None:
    page = '<noscript><meta http-equiv="refresh" content="0;url=next?a=1&amp;b=2"></noscript>'
    assert Page("http://localhost/here/", page).leads_on == "http://localhost/here/next?a=1&b=2"
    assert Page("http://localhost/", "<meta name='refresh' content='0;url=x'>").leads_on == ""


def test_the_choice_nearest_to_a_mark() -> None:
    assert nearest(["0", "1", "2.5"], 2) == "2.5"
    assert nearest(["1", "2", "3", "4"], 4) == "4"
    with pytest.raises(PageError):
        nearest(["a"], 1)
