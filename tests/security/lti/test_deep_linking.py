"""The platform's dialog: answered once, by who was asked, with what is theirs; no form says where to."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from door import TOOL, Door, assert_let_in, assert_refused
from flask.testing import FlaskClient
from lxml import html as lxml_html
from platforms.strict import DEEP_LINKING, LTI, MEMBERSHIP, Platform
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool.activities.models import Activity
from lti_tool.kernel import clock
from lti_tool.kernel.secrets import Sealer
from lti_tool.lti.keys import ensure_key
from lti_tool.lti.models import DeepLinkRequest, Launch

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
NEW = {
    "kind": "practice",
    "when": "always",
    "grading": "none",
    "wanted": "3",
    "given": "4",
    "minimum_words": "30",
}
INSTRUCTOR = {"sub": "tina", LTI + "roles": [f"{MEMBERSHIP}#Instructor"]}
FORBIDDEN = ("Learner", "Mentor", "Instructor#TeachingAssistant")


@dataclass
class Dialog:
    """One dialog, open in a browser."""

    client: FlaskClient
    place: str

    def get(self, path: str = "pick") -> TestResponse:
        return self.client.get(f"{self.place}{path}", base_url=TOOL)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("help").text)
        assert found
        return found[1]

    def post(self, path: str = "pick", **form: Any) -> TestResponse:
        given = {"csrf_token": self.csrf} | form
        return self.client.post(
            f"{self.place}{path}",
            data={name: value for name, value in given.items() if value is not None},
            base_url=TOOL,
            headers={"Referer": f"{TOOL}{self.place}"},
        )


Opener = Callable[..., Dialog]


@pytest.fixture
def door(sqlite_door: Door) -> Door:
    """On SQLite; what the database must hold, tests/integration/activities has on both kinds."""
    return sqlite_door


@pytest.fixture
def open_dialog(door: Door) -> Opener:
    """Opens a dialog of a platform; the claims may be changed, and its settings."""
    with door.database.write() as rows:
        ensure_key(rows, Sealer(door.app.config["ENTRAIDE"].secret_key))

    def open_one(
        platform: Platform | None = None, settings: dict[str, Any] | None = None, **claims: Any
    ) -> Dialog:
        platform, client = platform or door.register(), door.browser()
        asked = {"deep_link_return_url": f"{platform.issuer}/back", "accept_types": ["ltiResourceLink"]}
        said = {LTI + "message_type": "LtiDeepLinkingRequest", DEEP_LINKING: asked | (settings or {})}
        return Dialog(client, assert_let_in(door.launch(platform, client, **INSTRUCTOR | said | claims)))

    return open_one


def answer_in(page: TestResponse) -> tuple[str, dict[str, Any]]:
    """Where a page's answer goes, and its claims."""
    assert page.status_code == 200, page.text[-2000:]
    [form] = (form for form in lxml_html.fromstring(page.text).forms if form.get("id") == "answer")
    claims = jwt.decode(form.fields["JWT"], options={"verify_signature": False})
    return form.get("action"), claims


def activities(door: Door, dialog: Dialog) -> list[Activity]:
    """The activities of a dialog's course."""
    with door.database.read() as rows:
        launch = rows.get_one(Launch, dialog.place[3:-1])
        return list(rows.scalars(select(Activity).where(Activity.course_id == launch.course_id)))


def test_it_is_answered_once(door: Door, open_dialog: Opener) -> None:
    dialog = open_dialog()
    answer_in(dialog.post(**NEW))
    again = (
        lambda: dialog.post(**NEW),
        lambda: dialog.post("pick/existing", activities=str(activities(door, dialog)[0].id)),
        lambda: dialog.post("pick/cancel"),
        dialog.get,
    )
    for act in again:
        assert_refused(act(), "chosen-already", 409, signed_in=True)
    assert len(activities(door, dialog)) == 1


def test_two_tabs_answer_it_once(door: Door, open_dialog: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has seen it unanswered, and loses at the row itself."""
    from lti_tool.lti import deeplinks

    dialog = open_dialog()
    pending = deeplinks.pending

    def slow(session: Any, visit: Any) -> DeepLinkRequest:
        request = pending(session, visit)
        session.execute(update(DeepLinkRequest).values(answered_at=clock.now()))
        return request

    monkeypatch.setattr(deeplinks, "pending", slow)
    assert_refused(dialog.post("pick/cancel"), "chosen-already", 409, signed_in=True)


def test_an_hour_later_it_is_too_late(door: Door, open_dialog: Opener) -> None:
    dialog = open_dialog()
    for minutes, status in ((59, 200), (61, 409)):
        before = clock.now() - timedelta(minutes=minutes)
        with door.database.write() as rows:
            rows.execute(update(Launch).where(Launch.id == dialog.place[3:-1]).values(created_at=before))
        assert dialog.get().status_code == status
    for path in ("pick", "pick/cancel"):
        assert_refused(dialog.post(path, **NEW), "choice-too-old", 409, signed_in=True)
    assert activities(door, dialog) == []


@pytest.mark.parametrize("role", FORBIDDEN)
def test_only_who_sets_up_chooses(door: Door, open_dialog: Opener, role: str) -> None:
    dialog = open_dialog(**{LTI + "roles": [f"{MEMBERSHIP}#{role}"]})
    for path in ("pick", "pick/existing"):
        assert_refused(dialog.get(path), "not-allowed", 403, signed_in=True)
    for path in ("pick", "pick/existing", "pick/cancel"):
        refused = dialog.post(path, activities=str(uuid4()), **NEW)
        assert_refused(refused, "not-allowed", 403, signed_in=True)
    for path in ("activity/new", "activity/copy", f"activity/copy/{uuid4()}"):
        assert dialog.get(path).status_code == 403
    assert activities(door, dialog) == []


def test_another_visit_cannot_answer_it(door: Door, open_dialog: Opener) -> None:
    """Neither another browser, nor the same person from a link of the course, nor from another dialog."""
    platform = door.register()
    dialog = open_dialog(platform)
    stranger = Dialog(door.browser(), dialog.place)
    answer = stranger.client.post(f"{dialog.place}pick", data=NEW, base_url=TOOL)
    assert answer.status_code in {400, 401}
    plain = Dialog(stranger.client, assert_let_in(door.launch(platform, stranger.client, **INSTRUCTOR)))
    for path in ("pick", "pick/existing", "pick/cancel"):
        assert_refused(plain.post(path, activities=str(uuid4()), **NEW), "not-allowed", 403, signed_in=True)
    other = open_dialog(platform)
    answer_in(other.post("pick/cancel"))
    answer_in(dialog.post("pick/cancel"))


def test_another_sites_form_answers_nothing(door: Door, open_dialog: Opener) -> None:
    dialog = open_dialog()
    for path in ("pick", "pick/existing", "pick/cancel"):
        for token in (None, "", "x"):
            refused = dialog.post(path, **NEW | {"csrf_token": token})
            assert_refused(refused, "form-stale", 400, signed_in=True)
    assert activities(door, dialog) == []
    answer_in(dialog.post("pick/cancel"))


def test_what_a_form_says_of_the_platform_is_not_heard(door: Door, open_dialog: Opener) -> None:
    platform = door.register()
    dialog = open_dialog(platform, {"data": "theirs"})
    evil = {
        "return_url": "https://evil.example/", "deep_link_return_url": "https://evil.example/",
        "url": "https://evil.example/", "data": "mine", "deployment_id": "666", "iss": "x", "aud": "x",
        "custom": "{}", "content_items": "[]", "JWT": "x", "launch": "x",
    }  # fmt: skip
    action, claims = answer_in(dialog.post(**NEW | evil))
    assert action == f"{platform.issuer}/back"
    assert claims[DL + "data"] == "theirs"
    assert claims[LTI + "deployment_id"] == platform.deployment_id
    assert (claims["iss"], claims["aud"]) == (platform.client_id, platform.issuer)
    [item] = claims[DL + "content_items"]
    assert item["url"] == f"{TOOL}/lti/launch"
    assert item["custom"]["activity"] == str(activities(door, dialog)[0].id)


def test_the_answer_goes_to_each_platform_with_its_own_name(door: Door, open_dialog: Opener) -> None:
    """A shared issuer, a shared client: the deployment says whose it is."""
    platform = door.register(deployments=("1", "2"))
    for deployment in ("1", "2"):
        dialog = open_dialog(platform, **{LTI + "deployment_id": deployment})
        _, claims = answer_in(dialog.post("pick/cancel"))
        assert claims[LTI + "deployment_id"] == deployment


def test_several_where_the_platform_takes_one(door: Door, open_dialog: Opener) -> None:
    platform = door.register()
    for _ in range(2):
        answer_in(open_dialog(platform).post(**NEW))
    dialog = open_dialog(platform)
    ids = [str(activity.id) for activity in activities(door, dialog)]
    assert_refused(dialog.post("pick/existing", activities=ids), "invalid", 422, signed_in=True)
    _, claims = answer_in(dialog.post("pick/existing", activities=ids[0]))
    assert len(claims[DL + "content_items"]) == 1


def test_activities_of_others_are_out_of_reach(door: Door, open_dialog: Opener) -> None:
    """Of another course, of another deployment of the client, of another platform; to choose or to copy."""
    platform = door.register(deployments=("1", "2"))
    elsewhere = [
        open_dialog(platform, **{LTI + "context": {"id": "course-2"}, "sub": "somebody"}),
        open_dialog(platform, **{LTI + "deployment_id": "2"}),
        open_dialog(),
    ]
    mine = open_dialog(platform, {"accept_multiple": True})
    answer_in(open_dialog(platform).post(**NEW))
    [own] = activities(door, mine)
    for other in elsewhere:
        answer_in(other.post(**NEW))
        [foreign] = activities(door, other)
        for chosen in ([str(foreign.id)], [str(own.id), str(foreign.id)]):
            refused = mine.post("pick/existing", activities=chosen)
            assert_refused(refused, "not-found", 404, signed_in=True)
        assert_refused(mine.get(f"activity/copy/{foreign.id}"), "not-found", 404, signed_in=True)
        refused = mine.post(f"activity/copy/{foreign.id}", when="always")
        assert_refused(refused, "not-found", 404, signed_in=True)
        assert str(foreign.id) not in mine.get("activity/copy").text
    assert len(activities(door, mine)) == 1


@pytest.mark.parametrize("history", [{}, {"context_history": "course-1", "resource_link_history": "link-1"}])
def test_a_copy_never_leaves_its_deployment(door: Door, open_dialog: Opener, history: dict[str, str]) -> None:
    """The platform of another tenant names our activity, course and link: they mean nothing there."""
    ours = open_dialog()
    answer_in(ours.post(**NEW))
    [activity] = activities(door, ours)
    custom = {LTI + "custom": history | {"activity": str(activity.id)}}
    for platform in (door.register(), door.register(deployments=("7",))):
        for context in ("course-1", "course-9"):
            claims = INSTRUCTOR | custom | {LTI + "context": {"id": context}}
            client = door.browser()
            place = assert_let_in(door.launch(platform, client, **claims))
            page = client.get(f"{place}activity/new", base_url=TOOL)
            assert page.status_code == 200, page.headers.get("Location")
            assert str(activity.id) not in page.text
            page = client.get(f"{place}activity/copy/{activity.id}", base_url=TOOL)
            assert_refused(page, "not-found", 404, signed_in=True)


def test_a_hostile_return_address_stays_an_address(door: Door, open_dialog: Opener) -> None:
    address = "https://lms.example/back?a=1&b=\"><script>alert(1)</script>'; form-action *"
    page = open_dialog(settings={"deep_link_return_url": address}).post("pick/cancel")
    action, _ = answer_in(page)
    assert action == address
    assert "<script>alert" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://lms.example;" in policy
    assert "*" not in policy


def test_what_people_write_is_escaped(door: Door, open_dialog: Opener) -> None:
    platform = door.register()
    title = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
    _, claims = answer_in(open_dialog(platform).post(**NEW | {"title": title, "instructions": title}))
    assert claims[DL + "content_items"][0]["title"] == title  # JSON: the platform escapes what it shows
    dialog = open_dialog(platform)
    [activity] = activities(door, dialog)
    for path in ("pick/existing", f"activity/copy/{activity.id}"):
        page = dialog.get(path).text
        assert "<img src=x" not in page
        assert title in html.unescape(page)
