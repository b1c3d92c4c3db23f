import re
from typing import Any

import httpx
import jwt
import pytest

from lti_tool.demo.course import PEOPLE
from lti_tool.demo.pages import Page, PageError
from lti_tool.demo.platform import Platform
from lti_tool.demo.visitors import Visitor

from .minitool import LTI, MiniTool

AMELIE, MARGARET = PEOPLE["4"], PEOPLE["3"]
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


def test_a_learner_arrives_with_the_claims_that_moodle_sends(tool: MiniTool) -> None:
    Visitor(AMELIE, tool.settings.url).launch("11")
    claims = tool.last_launch()
    assert claims["exp"] - claims["iat"] == 60
    assert (claims["sub"], claims["name"], claims["email"]) == ("4", "Amélie Rousseau", "amelie@example.com")
    assert claims[LTI + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert claims[LTI + "context"]["id"] == "2"
    assert claims[LTI + "resource_link"]["id"] == "11"
    assert claims[LTI + "launch_presentation"]["locale"] == "fr"
    assert claims[LTI + "tool_platform"]["product_family_code"] == "moodle"
    assert claims[LTI + "custom"] == {"context_history": "", "resource_link_history": ""}
    assert claims[ENDPOINT]["lineitem"].endswith("/lineitem?type_id=1")


def test_the_instructor_is_one_and_may_change_the_language(tool: MiniTool) -> None:
    visitor = Visitor(MARGARET, tool.settings.url)
    visitor.launch("11")
    assert tool.last_launch()[LTI + "launch_presentation"]["locale"] == "en"
    visitor.speak("fr")
    visitor.launch("11")
    claims = tool.last_launch()
    assert claims[LTI + "launch_presentation"]["locale"] == "fr"
    assert claims[LTI + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]


def test_a_second_coupled_column_takes_lineitem_out_of_the_launch(tool: MiniTool, lms: Platform) -> None:
    gradebook = lms.runs["2"].gradebook
    gradebook.add({"label": "Reviewing", "scoreMaximum": 10, "resourceId": "x", "tag": "reviewing"})
    visitor = Visitor(AMELIE, tool.settings.url)
    visitor.launch("11")
    assert "lineitem" in tool.last_launch()[ENDPOINT]
    gradebook.add({"label": "Reviewing", "scoreMaximum": 10, "resourceLinkId": "11"})
    visitor.launch("11")
    assert "lineitem" not in tool.last_launch()[ENDPOINT]


def test_a_login_that_the_tool_posts_is_posted_once_more(tool: MiniTool) -> None:
    """A browser leaves a SameSite=Lax cookie out there; httpx does not: a second try goes without any."""
    tool.self_posting_login = True
    Visitor(AMELIE, tool.settings.url).launch("11")
    assert tool.last_launch()["sub"] == "4"
    answer = httpx.post(tool.settings.auth_url, data=asked(tool, "{}"))
    again = Page(tool.settings.auth_url, answer.text).posts_itself()
    assert again is not None
    assert again.action == tool.settings.auth_url
    assert again.filled({})["repost"] == ["1"]


def asked(tool: MiniTool, hint: str, **changes: str | None) -> dict[str, str]:
    right: dict[str, str | None] = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": tool.settings.client_id,
        "redirect_uri": tool.settings.launch_url,
        "login_hint": "4",
        "lti_message_hint": hint,
        "state": "s",
        "nonce": "n",
    }
    return {name: value for name, value in (right | changes).items() if value is not None}


def browser(tool: MiniTool, person: str = "4") -> httpx.Client:
    client = httpx.Client(base_url=tool.settings.url)
    client.post("/sign-in", data={"person": person})
    return client


def begun(tool: MiniTool, client: httpx.Client) -> str:
    """A message hint, issued by the LMS at the beginning of a launch."""
    page = Page(tool.settings.url, client.get("/mod/lti/launch/11").text)
    return page.forms[0].filled({})["lti_message_hint"][0]


def answered(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 200, response.text
    form = Page(str(response.url), response.text).forms[0]
    return {"to": form.action} | {name: values[0] for name, values in form.filled({}).items()}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"login_hint": "5"}, "access_denied"),
        ({"login_hint": "04"}, "access_denied"),
        ({"lti_message_hint": "nonsense"}, "access_denied"),
        ({"lti_message_hint": '{"cmid": 11, "launchid": "invented"}'}, "access_denied"),
        ({"lti_message_hint": "[]"}, "access_denied"),
    ],
)
def test_a_wrong_request_is_answered_with_an_error_to_the_tool(
    tool: MiniTool, changes: dict[str, str | None], error: str
) -> None:
    client = browser(tool)
    answer = answered(client.get("/mod/lti/auth", params=asked(tool, begun(tool, client), **changes)))
    state = "" if "state" in changes else "s"
    assert answer == {"to": tool.settings.launch_url, "error": error, "state": state}


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "other"}, {"redirect_uri": "http://localhost:1/lti/launch"}, {"redirect_uri": None}],
)
def test_an_unregistered_client_or_address_is_sent_nothing(
    tool: MiniTool, changes: dict[str, str | None]
) -> None:
    client = browser(tool)
    answer = client.get("/mod/lti/auth", params=asked(tool, begun(tool, client), **changes))
    assert answer.status_code == 400
    assert "id_token" not in answer.text
    assert "localhost:1" not in answer.text


def test_prompt_may_be_empty_and_a_hint_serves_once(tool: MiniTool) -> None:
    client = browser(tool)
    query = asked(tool, begun(tool, client), prompt="")
    assert "id_token" in answered(client.get("/mod/lti/auth", params=query))
    assert answered(client.get("/mod/lti/auth", params=query))["error"] == "access_denied"


def test_a_hint_serves_only_the_person_who_began(tool: MiniTool) -> None:
    hint = begun(tool, browser(tool, "4"))
    other = browser(tool, "5")
    query = asked(tool, hint, login_hint="5")
    assert answered(other.get("/mod/lti/auth", params=query))["error"] == "access_denied"


def test_without_a_session_nobody_is_let_in(tool: MiniTool) -> None:
    hint = begun(tool, browser(tool))
    answer = answered(httpx.get(tool.settings.auth_url, params=asked(tool, hint, repost="1")))
    assert answer["error"] == "login_required"
    assert httpx.get(f"{tool.settings.url}/mod/lti/launch/11").status_code == 404


def begin(tool: MiniTool, person: str, path: str) -> dict[str, Any]:
    """The claims of the launch that this address of the LMS begins."""
    client = browser(tool, person)
    page = Page(tool.settings.url, client.get(path).raise_for_status().text)
    sent = page.forms[0].filled({})
    query = asked(tool, sent["lti_message_hint"][0], login_hint=sent["login_hint"][0])
    token = answered(client.get("/mod/lti/auth", params=query))["id_token"]
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_the_instructor_opens_one_learners_work_from_the_gradebook(tool: MiniTool, lms: Platform) -> None:
    item = {"label": "New", "scoreMaximum": 10, "submissionReview": {"custom": {"activity": "a"}}}
    link = lms.add_link(lms.runs["2"], "New", "", {"activity": "b", "more": "$Other"}, item, "en")
    claims = begin(tool, "3", "/mod/lti/review/2/5/4")
    assert claims[LTI + "message_type"] == "LtiSubmissionReviewRequest"
    assert (claims["sub"], claims[LTI + "for_user"]) == ("3", {"user_id": "4"})
    assert claims[LTI + "resource_link"]["id"] == link.id
    assert claims[ENDPOINT]["lineitem"].endswith("/lineitems/5/lineitem?type_id=1")
    history = {"context_history": "", "resource_link_history": ""}
    assert claims[LTI + "custom"] == {"activity": "a", "more": "$Other"} | history
    assert browser(tool, "4").get("/mod/lti/review/2/5/4").status_code == 403
    assert browser(tool, "3").get("/mod/lti/review/2/99/4").status_code == 404


def test_a_person_looks_at_their_own_data_without_a_course(tool: MiniTool) -> None:
    claims = begin(tool, "4", "/mod/lti/privacy")
    assert claims[LTI + "message_type"] == "DataPrivacyLaunchRequest"
    assert claims[LTI + "for_user"] == {"user_id": "4"}
    assert not {LTI + "context", LTI + "resource_link"} & claims.keys()


def test_a_copied_course_tells_what_it_was_copied_from(tool: MiniTool, lms: Platform) -> None:
    lms.add_link(lms.runs["2"], "New", "", {"activity": "a"}, {"label": "New", "scoreMaximum": 10}, "en")
    assert browser(tool, "4").post("/course/2/copy").status_code == 403
    teacher = browser(tool, "3")
    course_id = teacher.post("/course/2/copy").headers["location"].rpartition("/")[2]
    copied = lms.runs[course_id].course
    assert [link.title for link in copied.links.values()][-1] == "New"
    assert not copied.links.keys() & lms.runs["2"].course.links.keys()
    link = copied.added[0]
    claims = begin(tool, "4", f"/mod/lti/launch/{link.id}")
    assert claims[LTI + "context"]["id"] == course_id
    history = {"context_history": "2", "resource_link_history": link.history[0]}
    assert claims[LTI + "custom"] == {"activity": "a"} | history
    assert f"/services/{course_id}/lineitems/5/" in claims[ENDPOINT]["lineitem"]
    again = teacher.post(f"/course/{course_id}/copy").headers["location"].rpartition("/")[2]
    assert lms.runs[again].course.history == (course_id, "2")


def test_the_login_initiation_has_every_parameter(tool: MiniTool) -> None:
    client = browser(tool)
    form = Page(tool.settings.url, client.get("/mod/lti/launch/12").text).forms[0]
    sent: dict[str, Any] = form.filled({})
    assert form.action == tool.settings.login_url
    assert sent["iss"] == [tool.settings.url]
    assert sent["target_link_uri"] == [tool.settings.launch_url]
    assert sent["lti_deployment_id"] == ["1"]
    assert sent["lti_storage_target"] == ["_parent"]
    assert re.fullmatch(r'\{"cmid": 12, "launchid": "[\w-]{20,}"\}', sent["lti_message_hint"][0])


def test_a_refusal_reaches_the_visitor_as_one(tool: MiniTool) -> None:
    with pytest.raises(PageError, match="404"):
        Visitor(AMELIE, tool.settings.url).launch("99")
