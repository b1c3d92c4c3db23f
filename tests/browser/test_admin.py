"""The administrator's pages in Chromium: accessible, narrow enough for a phone, usable without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select

from lti_tool.admin.signing import make_link
from lti_tool.kernel import clock
from lti_tool.kernel.audit import note
from lti_tool.kernel.journal import Event
from lti_tool.lti import contacts
from lti_tool.lti.models import ContactKind, PlatformCheck
from lti_tool.people.models import Deployment, Platform
from lti_tool.records.models import Backfill, Carrying, Delivery, DeliveryState, Lrs, Reconciliation

from . import looks
from .campus import Campus
from .stage import Stage

pytestmark = pytest.mark.browser
NEW: dict[str, Any] = {"claimed_until": None, "settled_at": None, "seen_in": None}
PHONE = {"width": 360, "height": 640}
LONG = "1:8865aa05b4b79b64a91a86042e43af5ea8ae79eb"
STORE = uuid4()
PROBLEM = "401 Unauthorized invalid_client https://lms.example.org/" + "x" * 90


@pytest.fixture
def platform(campus: Campus, stage: Stage) -> Iterator[UUID]:
    """A platform with everything that can be wrong, and a store that is paused and has refused something."""
    platform, waiting, now = uuid4(), uuid4(), clock.now()
    stage.open()
    stage.shared(2)
    stage.set(Event, Event.tenant_id == stage.tenant, relayed_at=now)
    with campus.database.write() as rows:
        rows.add(
            Platform(
                id=platform, name="Hôpitaux de l’Ouest, Canvas", issuer="https://canvas.instructure.com",
                client_id="10000000000042", auth_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
                token_url="https://sso.canvaslms.com/login/oauth2/token", product="canvas",
                jwks_url="https://sso.canvaslms.com/api/lti/security/jwks", created_at=now,
            )
        )  # fmt: skip
        rows.add(
            Platform(
                id=waiting, name="Moodle that waits", issuer="https://moodle.example", client_id=waiting.hex,
                confirmed=False, created_at=now,
                **dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://moodle.example/x"),
            )
        )  # fmt: skip
        rows.flush()
        rows.add(Deployment(platform_id=platform, deployment_id=LONG, label="École de santé"))
        waits = {"approved": False, "asked_at": now}
        rows.add(Deployment(platform_id=platform, deployment_id=LONG[:-1], **waits))
        contacts.succeeded(rows, platform, ContactKind.LAUNCH)
        contacts.failed(rows, platform, ContactKind.TOKEN, PROBLEM)
        parts = (("keys", "ok", ""), ("token", "failed", PROBLEM), ("gradebook", "unknown", ""))
        results = [{"part": part, "outcome": outcome, "words": words} for part, outcome, words in parts]
        rows.add(
            PlatformCheck(platform_id=platform, asked_at=now, done_at=now, claimed_until=now, results=results)
        )
        rows.add(
            Lrs(
                id=STORE, name="Learning Locker", url="https://lrs.example/xapi", username="u", password="",
                version="2.0.0", created_at=now, next_try_at=now + timedelta(days=1),
                paused="refused", problem=PROBLEM, kind="learning-locker", tested_at=now,
                findings={"version": "2.0.0", "versions": ["1.0.3", "2.0.0"], "can_write": True, "clock": 90},
            )
        )  # fmt: skip
        rows.flush()
        past = {"lrs_id": STORE, "asked_at": now, "next_try_at": now}
        refused = [{"id": str(STORE), "reason": PROBLEM}]
        for kind, ended in ((Carrying.BACKFILL, None), (Carrying.FORWARD, now)):
            rows.add(Backfill(kind=kind, total=9, done=4, since=now, ended_at=ended, samples=refused, **past))
        found = {"produced": 9, "delivered": 8, "counted": 7, "missing": 1, "missing_ids": [str(STORE)]}
        rows.add(Reconciliation(ended_at=now, claimed_until=None, **found, **past))
        for event in rows.scalars(select(Event).where(Event.tenant_id == stage.tenant).limit(2)):
            dead = {"state": DeliveryState.DEAD, "reason": PROBLEM}
            rows.add(Delivery(lrs_id=STORE, event_id=event.id, **dead, **NEW))
        note(rows, "Ana", "platform.renamed", "Hôpitaux de l’Ouest, Canvas", before="x" * 60)
    yield platform
    with campus.database.write() as rows:
        rows.execute(delete(Lrs).where(Lrs.id == STORE))
        rows.execute(delete(Platform).where(Platform.id.in_((platform, waiting))))


def sign_in(campus: Campus, context: BrowserContext, *, look: bool = False) -> Page:
    """An administrator's first page; with `look`, the page of the link itself."""
    with campus.database.write() as rows:
        code = make_link(rows, "Ana", "test")
    page = context.new_page()
    page.goto(f"{campus.tool.url}/admin/enter?code={code}")
    if not look:
        page.locator(".btn-primary").click()
        expect(page.locator("table.people")).to_be_visible()
    return page


def pages(campus: Campus, context: BrowserContext, platform: UUID) -> Iterator[Page]:
    """Every page, one after the other."""
    url = f"{campus.tool.url}/admin"
    page = context.new_page()
    page.goto(f"{url}/")  # nobody is signed in
    yield page
    yield sign_in(campus, context, look=True)
    page = sign_in(campus, context)
    for path in ("/", f"/platforms/{platform}", "/platforms/invite", "/platforms/register", "/keys",
                 "/stores", "/stores/add", f"/stores/{STORE}", f"/stores/{STORE}/refused",
                 f"/stores/{STORE}/change", f"/stores/{STORE}/remove", "/log",
                 f"/platforms/{platform}?done=approved"):  # fmt: skip
        page.goto(url + path)
        yield page
    page.goto(f"{url}/platforms/register")
    page.locator(".btn-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    yield page
    page.goto(f"{url}/platforms/invite")
    page.locator(".btn-primary").click()
    expect(page.locator("main code")).to_be_visible()
    yield page


def test_every_page(campus: Campus, platform: UUID, phone) -> None:
    """In French, whose words are the longer ones."""
    found: list[str] = []
    for page in pages(campus, phone("fr", "dark").context, platform):
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.locator("h1").count() == 1
        assert page.title()
        problems = [] if page.locator(".btn-primary").count() <= 1 else ["two primary buttons"]
        page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        problems += [*looks.faults(page), *looks.overflow(page, 1280)]
        found += [f"{page.url}: {each}" for each in problems]
    assert found == []


def test_the_focus_is_never_hidden(campus: Campus, platform: UUID, phone) -> None:
    page = sign_in(campus, phone("en", "light").context)
    for path in (f"platforms/{platform}", "platforms/register", "keys"):
        page.goto(f"{campus.tool.url}/admin/{path}")
        assert len(looks.walk(page)) <= 60


def test_without_scripts_a_check_is_asked_for_and_the_session_ends(
    campus: Campus, platform: UUID, person
) -> None:
    page = sign_in(campus, person(java_script_enabled=False))
    page.get_by_role("link", name="Hôpitaux de l’Ouest").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The deployment is approved.")).to_be_visible()
    with campus.database.write() as rows:
        row = rows.get_one(Platform, platform)
        row.synthetic = False
    page.get_by_role("button", name="Check it now").click()
    expect(page.get_by_role("heading", name="Live check")).to_be_visible()
    page.get_by_role("link", name="Record stores").click()
    page.get_by_role("link", name="Learning Locker").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The store goes on.")).to_be_visible()
    page.get_by_text("Send it more").click()
    page.get_by_role("button", name="Send again what it lost").click()
    expect(page.get_by_role("heading", name="What the store lost")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("entraide admin link")).to_be_visible()


def test_no_page_opens_in_a_frame(campus: Campus, person, complaints: list[str]) -> None:
    page = sign_in(campus, person(), look=True)
    address = page.url
    page.goto(campus.lms.url)
    with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        page.evaluate(
            """address => { const frame = document.createElement("iframe"); frame.src = address;
                            document.body.append(frame); }""",
            address,
        )
    complaints.pop()
