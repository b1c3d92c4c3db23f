"""The pages of record stores, over HTTP: what they show, what their buttons do, and that the log has it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from administrators import rows, text
from classroom import Classroom, statements
from lxml import html
from sqlalchemy import update

from lti_tool.kernel import clock, journal
from lti_tool.kernel.journal import EventType
from lti_tool.records import letters
from lti_tool.records.models import (
    Backfill,
    Carrying,
    Delivery,
    DeliveryState,
    Lrs,
    Reconciliation,
    Statement,
)
from lti_tool.records.progress import recount

STORE = {"name": "Ralph", "url": "https://lrs.example/xapi", "username": "u", "password": "pass-word"}


@pytest.fixture
def ralph(desk):
    """The address of the page of a store that was added."""
    answer = desk.press("/admin/stores/add", "/add", **STORE)
    assert answer.status_code == 303
    return answer.location.partition("?")[0]


def change(desk, table, **values):
    with desk.database.write() as writing:
        writing.execute(update(table).values(**values))


def happen(desk, reasons):
    """Events with statements, refused for these reasons ("" for one that arrived)."""
    room = Classroom(desk.database)
    [store] = rows(desk, Lrs)
    with desk.database.write() as writing:
        for number, reason in enumerate(reasons):
            visit = room.visit(room.instructor)
            event = journal.record_act(writing, visit, EventType.LAUNCHED, room.activity.id, uuid4())
            writing.flush()
            body = {
                "id": str(event.statement_id),
                "actor": {"account": {"homePage": "https://lms.example", "name": f"learner-number-{number}"}},
                "verb": {"id": "http://x/launched", "display": {"en": "launched", "fr": "a ouvert"}},
                "object": {
                    "id": "https://tool.example/activities/7",
                    "definition": {"name": {"en": "Welcoming"}},
                },
            }
            event.relayed_at = clock.now()
            writing.add(Statement(event_id=event.id, version="1.0.3", body=json.dumps(body).encode()))
            state = DeliveryState.DEAD if reason else DeliveryState.DELIVERED
            writing.add(
                Delivery(lrs_id=store.id, event_id=event.id, state=state, reason=reason,
                         settled_at=clock.now(), claimed_until=None, seen_in=None)
            )  # fmt: skip
        recount(writing)


@pytest.mark.every_database
def test_a_store_is_added_changed_and_removed_and_its_password_never_shown(desk) -> None:
    assert "No record store yet" in text(desk.get("/admin/stores"))
    answer = desk.press("/admin/stores/add", "/add", **STORE)
    page = answer.location.partition("?")[0]
    assert "The store is added." in text(desk.get(answer.location))
    [store] = rows(desk, Lrs)
    assert (store.name, store.version, store.batch, store.max_bytes) == ("Ralph", "auto", 50, 1_000_000)
    assert desk.app.extensions["entraide.sealer"].open(store.password) == "pass-word"
    for address in (page, f"{page}/change", "/admin/stores", "/admin/log"):
        assert "pass-word" not in desk.get(address).text
        assert store.password not in desk.get(address).text
    wrong = {"url": "ftp://x", "batch": "0", "max_bytes": "many", "name": "Ralph 2"}
    answer = desk.press(f"{page}/change", "/change", **wrong)
    assert answer.status_code == 422
    assert text(answer).count("Write a whole number from") >= 2
    assert html.fromstring(answer.text).xpath("//input[@name='name']/@value") == ["Ralph 2"]
    answer = desk.press(f"{page}/change", "/change", **wrong | {"batch": "5", "max_bytes": "20000"})
    assert "Give a web address" in text(answer)
    desk.press("/admin/stores/add", "/add", **STORE | {"name": "Other"})
    answer = desk.press(f"{page}/change", "/change", name="Other")
    assert "already called Other" in text(answer)
    second = {"username2": "v", "password2": "new-word", "version": "2.0.0"}
    assert desk.press(f"{page}/change", "/change", **second).status_code == 303
    store = next(each for each in rows(desk, Lrs) if each.name == "Ralph")
    opened = desk.app.extensions["entraide.sealer"].open
    assert (opened(store.password), opened(store.password2)) == ("pass-word", "new-word")
    assert (store.username2, store.speaks) == ("v", "2.0.0")
    assert "What it got stays there." in text(desk.get(f"{page}/remove"))
    desk.press(f"{page}/remove", "/remove")
    [_, gone] = sorted(rows(desk, Lrs), key=lambda each: each.name != "Other")
    assert (gone.password, gone.password2, gone.next_try_at.year) == ("", "", 9999)
    assert "Ralph" not in text(desk.get("/admin/stores"))
    assert desk.get(page).status_code == 404
    assert [act for _, act, _ in desk.acts()[-4:]] == ["lrs.added", "lrs.added", "lrs.changed", "lrs.removed"]


@pytest.mark.every_database
def test_a_store_page_says_how_it_is_in_few_statements(desk, ralph) -> None:
    assert "No statement yet." in text(desk.get(ralph))
    happen(desk, ["", "", "400 Bad Request: what is this"])
    change(desk, Lrs, problem="503 busy", failures=2, kind="ralph", tested_at=clock.now(),
           findings={"version": "1.0.3", "versions": ["1.0.3"], "can_write": True, "can_read": False,
                     "clock": -3, "problem": ""})  # fmt: skip
    [store] = rows(desk, Lrs)
    now = clock.now()
    with desk.database.write() as writing:
        for kind in (Carrying.BACKFILL, Carrying.RESEND, Carrying.FORWARD):
            writing.add(
                Backfill(lrs_id=store.id, kind=kind, since=now, total=40, done=10, until_event=9,
                         asked_at=now, next_try_at=now, ended_at=None, sent=4,
                         samples=[{"id": "7", "reason": "no good"}])
            )  # fmt: skip
        writing.add(
            Reconciliation(lrs_id=store.id, asked_at=now, ended_at=now, claimed_until=None, next_try_at=now,
                           produced=9, delivered=5, counted=4, missing=1, missing_ids=["lost-one"])
        )  # fmt: skip
    with statements(desk.app.extensions["entraide.database"].engine) as sent:
        page = text(desk.get(ralph))
    assert len(sent) <= 12
    for words in ("We try again by ourselves", "503 busy", "Delivered 2", "Refused 1", "Kind Ralph",
                  "3 seconds behind ours.", "10 of 40 are there.", "10 statements read, 4 of others sent",
                  "no good", "difference: 1", "Missing in the store 1", "lost-one", "learner-numb…",
                  "launched Welcoming"):  # fmt: skip
        assert words in page, words
    assert "a ouvert" in text(desk.client.get(ralph, headers={"Accept-Language": "fr"}))
    with statements(desk.app.extensions["entraide.database"].engine) as sent:
        assert "Ralph Ralph tries again 503 busy 2 0 – 1" in text(desk.get("/admin/stores"))
    assert len(sent) <= 8
    address = html.fromstring(desk.get(ralph).text).xpath("//tbody/tr/th/a/@href")[-1]
    assert '"name": "learner-number-0"' in text(desk.get(address))


@pytest.mark.every_database
def test_what_was_refused_is_read_by_reason_and_sent_again(desk, ralph, monkeypatch) -> None:
    monkeypatch.setattr(letters, "PAGE", 3)
    assert "Nothing is refused" in text(desk.get(f"{ralph}/refused"))
    happen(desk, ["too long", "no actor", "too long", "no actor", "no actor", "no actor", ""])
    page = desk.get(f"{ralph}/refused")
    assert "no actor 4 statements" in text(page)
    assert "too long 2 statements" in text(page)
    seen, address = 0, f"{ralph}/refused?reason=no+actor"
    while address:
        tree = html.fromstring(desk.get(address).text)
        seen += len(tree.xpath("//tbody/tr"))
        [address] = tree.xpath("//nav[@class='pager']/a/@href") or [None]
    assert seen == 4
    forms = html.fromstring(page.text).forms
    one = next(form for form in forms if "event" in form.fields)
    desk.client.post(one.action, data=dict(one.form_values()))
    reason = next(form for form in forms if form.fields.get("reason") == "no actor")
    done = desk.client.post(reason.action, data=dict(reason.form_values()))
    assert "What the store refused is queued again." in text(desk.get(done.location))

    def states():
        return sorted(each.state for each in rows(desk, Delivery))

    assert states() == ["dead", "delivered"] + ["waiting"] * 5
    change(desk, Lrs, paused="401", problem="401")
    desk.press("/admin/stores", "/again")
    assert states() == ["delivered"] + ["waiting"] * 6
    assert rows(desk, Lrs)[0].paused == ""
    assert desk.acts()[-1] == ("Ana", "lrs.retried", "Ralph")


@pytest.mark.every_database
def test_buttons_only_ask_and_the_worker_acts(desk, ralph) -> None:
    desk.press(ralph, "/test")
    assert "Being tested since" in text(desk.get(ralph))
    desk.press(ralph, "/pause")
    assert "An administrator paused it." in text(desk.get(ralph))
    assert rows(desk, Lrs)[0].next_try_at > clock.now() + timedelta(days=365)
    desk.press(ralph, "/resume")
    assert rows(desk, Lrs)[0].next_try_at <= clock.now()
    tree = html.fromstring(desk.get(ralph).text)
    token = tree.xpath("//input[@name='csrf_token']/@value")[0]
    buttons = tree.xpath("//button/@formaction")
    assert len(buttons) == 3
    for address in buttons:
        asked = desk.client.post(address, data={"csrf_token": token, "since": "2026-11-02T08:30"})
        assert asked.status_code == 303
    twice = desk.client.post(buttons[0], data={"csrf_token": token, "since": ""})
    assert (twice.status_code, "on its way already" in twice.text) == (409, True)
    wrong = desk.client.post(buttons[0], data={"csrf_token": token, "since": "yesterday"})
    assert (wrong.status_code, "Choose a date and a time." in text(wrong)) == (422, True)
    assert {row.kind for row in rows(desk, Backfill)} == {"backfill", "resend", "forward"}
    assert {f"{row.since:%d %H:%M}" for row in rows(desk, Backfill)} == {"02 07:30"}  # of Paris
    desk.press(ralph, "/cancel/forward")
    assert [row.cancelled for row in rows(desk, Backfill) if row.kind is Carrying.FORWARD] == [True]
    desk.press(ralph, "/reconcile")
    assert "Being compared since" in text(desk.get(ralph))
    for address in (f"{ralph}/carry/nothing", f"{ralph}/cancel/rewrite"):
        assert desk.client.post(address, data={"csrf_token": token}).status_code == 404
    assert [act for _, act, _ in desk.acts()[-8:]] == [
        "lrs.tested", "lrs.paused", "lrs.resumed", "lrs.backfill", "lrs.resend", "lrs.forward",
        "lrs.cancelled", "lrs.reconciled",
    ]  # fmt: skip


def test_the_local_store_is_neither_changed_nor_removed(desk, ralph) -> None:
    change(desk, Lrs, local=True, name="local")
    page = desk.get(ralph).text
    assert "/change" not in page
    assert "/remove" not in page
    assert desk.press(f"{ralph}/remove", "/remove").status_code == 422
    assert len(rows(desk, Lrs)) == 1
