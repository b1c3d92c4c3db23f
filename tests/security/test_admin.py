"""Nobody gets at the administrator's pages without a fresh link; what one browser holds helps no other."""

import re

import pytest
from administrators import REGISTRATION, Clock, open_desk
from sqlalchemy import select

from lti_tool.admin.models import AdminSession, SignInLink
from lti_tool.kernel import clock
from lti_tool.lti.byhand import Details, register
from lti_tool.people.models import Platform
from lti_tool.records.models import Backfill, Lrs, Reconciliation

PAGES = ("/admin/", "/admin/platforms/invite", "/admin/platforms/register", "/admin/keys", "/admin/stores",
         "/admin/stores/add", "/admin/log")  # fmt: skip
STORE = {"name": "Ralph", "url": "https://lrs.example/xapi", "username": "u", "password": "p",
         "version": "auto", "batch": "50", "max_bytes": "100000"}  # fmt: skip


@pytest.fixture
def desk(database, tmp_path):
    desk = open_desk(database, tmp_path)
    yield desk
    desk.app.extensions["entraide.database"].dispose()


@pytest.fixture
def platform(desk):
    with desk.database.write() as rows:
        details = Details(**{k: v for k, v in REGISTRATION.items() if k != "deployment_id"})
        return register(rows, details, ["1"], "test", private=False)


def posts(desk, platform):
    """Every address that acts, with what it takes."""
    here = f"/admin/platforms/{platform.id}"
    deployment = platform.id  # nobody gets so far as to look
    store = f"/admin/stores/{platform.id}"
    return {
        "/admin/leave": {}, "/admin/platforms/invite": {"name": "X", "days": "7"},
        "/admin/platforms/register": REGISTRATION | {"name": "X"}, f"{here}/name": {"name": "X"},
        f"{here}/confirm": {}, f"{here}/policy": {"new_deployments": "approve"},
        f"{here}/deployments/{deployment}/approve": {}, f"{here}/check": {}, "/admin/keys/rotate": {},
        f"{here}/statements": {"people": "pseudonym"}, f"{here}/pseudonyms/forget": {},
        "/admin/stores/add": STORE, f"{store}/change": STORE, f"{store}/remove": {}, f"{store}/test": {},
        f"{store}/pause": {}, f"{store}/resume": {}, f"{store}/again": {}, f"{store}/carry/backfill": {},
        f"{store}/cancel/backfill": {}, f"{store}/reconcile": {}, f"{store}/missing": {},
    }  # fmt: skip


def test_every_act_of_the_room_is_in_the_list_above(desk, platform) -> None:
    acting = {rule.rule for rule in desk.app.url_map.iter_rules()
              if rule.endpoint.startswith("admin.") and "POST" in rule.methods}  # fmt: skip
    shape = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<>", address) for address in posts(desk, platform)}
    shape = {address.replace("/backfill", "/<>") for address in shape}
    assert {re.sub(r"<.*?>", "<>", rule) for rule in acting} == shape | {"/admin/enter"}


def test_a_stranger_sees_and_does_nothing(desk, platform) -> None:
    before = desk.acts()
    for address in (*PAGES, f"/admin/platforms/{platform.id}"):
        answer = desk.get(address)
        assert answer.status_code == 401, address
        assert "entraide admin link" in answer.text
        assert "Moodle" not in answer.text
    for address, form in posts(desk, platform).items():
        assert desk.client.post(address, data=form).status_code == 401, address
    assert desk.acts() == before


def test_every_act_wants_the_token_of_its_own_session(desk, platform) -> None:
    other = open_desk(desk.database, desk.app.config["ENTRAIDE"].data_dir).sign_in("Eve")
    foreign = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/admin/").text)[1]
    other.app.extensions["entraide.database"].dispose()
    desk.sign_in()
    before = desk.acts()
    for address, form in posts(desk, platform).items():
        for token in ({}, {"csrf_token": "made up"}, {"csrf_token": foreign}):
            answer = desk.client.post(address, data=form | token)
            assert answer.status_code == 400, (address, token)
            assert "form-stale" in answer.text
    assert desk.acts() == before


@pytest.mark.every_database
def test_a_link_is_used_once_and_looking_at_it_does_not_use_it(desk) -> None:
    page = f"/admin/enter?code={desk.link()}"
    previews = [desk.get(page) for _ in range(3)]
    assert [answer.status_code for answer in previews] == [200] * 3
    assert "Set-Cookie" not in previews[0].headers
    assert desk.send(previews[0], "/admin/enter", page).status_code == 303
    assert desk.get("/admin/").status_code == 200
    again = open_desk(desk.database, desk.app.config["ENTRAIDE"].data_dir)
    assert again.get(page).status_code == 401
    assert again.client.post("/admin/enter", data={}).status_code == 400
    second = again.send(previews[1], "/admin/enter", page)
    assert second.status_code == 401
    assert "Set-Cookie" not in second.headers
    again.app.extensions["entraide.database"].dispose()


def test_an_unknown_link_opens_nothing(desk) -> None:
    for code in ("", "x", "0" * 48, "%00", "é" * 5000):
        assert desk.get(f"/admin/enter?code={code}").status_code == 401, code


def test_a_link_ends_after_15_minutes(desk, monkeypatch) -> None:
    clock = Clock(monkeypatch)
    page = f"/admin/enter?code={desk.link()}"
    clock.pass_by(minutes=14, seconds=59)
    shown = desk.get(page)
    assert shown.status_code == 200
    clock.pass_by(seconds=1)
    assert desk.get(page).status_code == 401
    assert desk.send(shown, "/admin/enter", page).status_code == 401


@pytest.mark.every_database
def test_a_session_ends_when_idle_and_at_last(desk, monkeypatch) -> None:
    clock = Clock(monkeypatch)
    desk.sign_in()
    for _ in range(16):
        clock.pass_by(minutes=29)
        assert desk.get("/admin/keys").status_code == 200
    clock.pass_by(minutes=16)  # 8 hours
    assert desk.get("/admin/keys").status_code == 401
    desk.sign_in()
    clock.pass_by(minutes=30)
    assert desk.get("/admin/keys").status_code == 401


@pytest.mark.every_database
def test_signing_out_ends_the_session_on_the_server_too(desk) -> None:
    desk.sign_in()
    kept = desk.client.get_cookie("entraide-admin").value
    assert desk.press("/admin/", "/admin/leave").status_code == 303
    assert desk.client.get_cookie("entraide-admin") is None
    desk.client.set_cookie("entraide-admin", kept)
    assert desk.get("/admin/").status_code == 401


def test_the_database_holds_nothing_that_opens_a_session(desk) -> None:
    code = desk.link()
    page = f"/admin/enter?code={code}"
    desk.press(page, "/admin/enter")
    secret = desk.client.get_cookie("entraide-admin").value
    with desk.database.read() as rows:
        stored = [rows.scalars(select(table)).all() for table in (SignInLink, AdminSession)]
        kept = str([vars(row) for found in stored for row in found]) + str(desk.acts())
    assert len(stored[1]) == 1
    assert code not in kept
    assert secret not in kept
    assert secret not in desk.get("/admin/").text


def test_the_cookie_is_first_party_and_bound_to_the_host(database, tmp_path) -> None:
    desk = open_desk(database, tmp_path, base_url="https://tool.example")
    page = f"/admin/enter?code={desk.link()}"
    base = {"base_url": "https://tool.example", "headers": {"Referer": "https://tool.example/admin/enter"}}
    shown = desk.client.get(page, **base)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)[1]
    code = page.partition("=")[2]
    answer = desk.client.post("/admin/enter", data={"code": code, "csrf_token": token}, **base)
    [cookie] = answer.headers.getlist("Set-Cookie")
    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-entraide-admin=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(flags)
    assert not any(flag.startswith("Domain") for flag in flags)
    assert answer.location == "/admin/"
    desk.app.extensions["entraide.database"].dispose()


def test_no_page_is_framed_cached_or_scripted(desk, platform) -> None:
    answers = [desk.get("/admin/"), desk.get(f"/admin/enter?code={desk.link()}")]
    desk.sign_in()
    answers += [desk.get(address) for address in (*PAGES, f"/admin/platforms/{platform.id}")]
    answers.append(desk.get(f"/admin/platforms/{'0' * 8}-0000-0000-0000-{'0' * 12}"))
    assert answers[-1].status_code == 404
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.every_database
def test_odd_addresses_are_no_failures(desk) -> None:
    desk.sign_in()
    for address in (
        "?after=%00", "log?before=99999999999999999999999", "log?before=-1", "log?before=x",
        "platforms/not-an-id", "?done=%3Cscript%3E", "nowhere",
    ):  # fmt: skip
        answer = desk.get(f"/admin/{address}")
        assert answer.status_code in (200, 404), address
        assert "<script>" not in answer.text


@pytest.mark.every_database
def test_what_a_platform_calls_itself_is_only_text(desk, platform) -> None:
    with desk.database.write() as rows:
        row = rows.get_one(Platform, platform.id)
        row.name, row.confirmed, row.issuer = "<script>alert(1)</script>", False, "javascript:alert(1)"
    desk.sign_in()
    for address in ("/admin/", f"/admin/platforms/{platform.id}"):
        text = desk.get(address).text
        assert "<script>alert" not in text
        assert 'href="javascript:' not in text


def test_what_a_store_says_is_only_text(desk) -> None:
    spiteful = "<script>alert(1)</script> 100 % %(name)s {{ 7 * 7 }}"
    now = clock.now()
    with desk.database.write() as rows:
        found = {"problem": spiteful, "versions": [spiteful]}
        store = Lrs(name=spiteful, url="https://lrs.example", username=spiteful, password="", version="1.0.3",
                    created_at=now, next_try_at=now, paused=spiteful, problem=spiteful, kind=spiteful,
                    tested_at=now, findings=found)  # fmt: skip
        rows.add(store)
        rows.flush()
        past = {"lrs_id": store.id, "asked_at": now, "next_try_at": now}
        samples = [{"id": spiteful, "reason": spiteful}]
        rows.add(Backfill(kind="forward", ended_at=None, problem=spiteful, samples=samples, **past))
        rows.add(Reconciliation(ended_at=now, claimed_until=None, problem=spiteful, **past))
    desk.sign_in()
    for address in ("", f"/{store.id}", f"/{store.id}/change", f"/{store.id}/refused?reason={spiteful}"):
        answer = desk.get(f"/admin/stores{address}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "100 % %(name)s {{ 7 * 7 }}" in answer.text


@pytest.mark.every_database
def test_a_deployment_of_another_platform_is_not_approved(desk, platform) -> None:
    with desk.database.write() as rows:
        details = Details("Other", "https://other.example", "c", *["https://other.example/x"] * 3)
        other = register(rows, details, ["9"], "test", private=False)
        rows.refresh(other)
        [deployment] = other.deployments
        deployment.approved = False
    desk.sign_in()
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get("/admin/").text)[1]
    address = f"/admin/platforms/{platform.id}/deployments/{deployment.id}/approve"
    assert desk.client.post(address, data={"csrf_token": token}).status_code == 404
