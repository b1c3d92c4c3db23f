"""Addresses and forms that no page of ours makes: refused or read as if they said nothing, never an error."""

import io
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from village import GESTURE, PAGE, QUESTION, Village
from werkzeug.routing import Rule

ROOMS = (
    "activities contributions files together coauthors uploads gallery exchanges versions live news home"
).split()
VALUES = (
    "1" + "0" * 30, "-1", str(2**63), "²", "x\x00y", "%ED%A0%80", "\u202e<script>", str(uuid4()), "a" * 5000,
    "", "course",
)  # fmt: skip
PARAMETERS = (
    "before at after thread n person step from to show order kind tag q below page section on since scope as "
    "name saved afresh"
).split()
FIELDS = (
    "text form thread role mentions because applied_on do title version why step-order section place choice "
    "helps good keep person label-new hint-new prompt-order answer-context answer-what_it_is_for file step "
    "without transcript captions frequency about shows-1 step-1-text kind when share_by review_by grading "
    "wanted given minimum_words named feedback writing presence target_words quota_mb activities open"
).split()
METADATA = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "9"}


def rules(app: Flask, method: str) -> list[Rule]:
    """The addresses of a launch's pages of these rooms; those that end an activity come last."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    mine = [rule for rule in found if rule.endpoint.partition(".")[0] in ROOMS]
    return sorted(mine, key=lambda rule: (rule.endpoint.startswith("activities"), rule.rule))


def addresses(village: Village, rule: Rule, odd: str = "") -> Iterator[str]:
    """A rule's address with ids of what is there; and with something `odd` in the place of each."""
    known = {name: village.ids.get(name, "") for name in rule.arguments - {"launch"}}
    for spoilt in ([None, *known] if odd else [None]):
        values = known | ({spoilt: odd} if spoilt else {})
        _, path = rule.build({"launch": "l", **values}, append_unknown=False) or ("", "")
        if path:
            yield path.removeprefix("/l/l")


def odd_fields(names: list[str], turn: int) -> str:
    """Each name with an odd value, another one each `turn`, as the body of a form or as a query; one twice."""
    pairs = [(name, VALUES[(n + turn) % len(VALUES)]) for n, name in enumerate(names)]
    return "&".join(f"{name}={encoded(value)}" for name, value in [*pairs, pairs[0]])


def encoded(value: str) -> str:
    return value if "%" in value else "".join(f"%{byte:02X}" for byte in value.encode())


def where(rule: Rule) -> str:
    """The activity in which a page is at home."""
    return PAGE if rule.endpoint.startswith("together") else GESTURE


def test_no_address_breaks_a_page(village: Village) -> None:
    broken = []
    for who in ("author", "staff"):
        browsers = {place: village.browser(who, place) for place in (GESTURE, PAGE, QUESTION)}
        for rule in rules(village.app, "GET"):
            browser = browsers[where(rule)]
            for path in addresses(village, rule, odd="1" + "0" * 30):
                if (status := browser.get(path).status_code) >= 500:
                    broken.append((status, path))
            path = next(addresses(village, rule))
            for turn in range(len(VALUES)):
                query = odd_fields(PARAMETERS, turn)
                if (status := browser.get(f"{path}?{query}").status_code) >= 500:
                    broken.append((status, rule.rule, turn, query[:300]))
    assert broken == []


def test_no_form_breaks_an_act(village: Village) -> None:
    broken = []
    bodies = [(odd_fields(FIELDS, turn), "application/x-www-form-urlencoded") for turn in range(len(VALUES))]
    bodies += [("", ""), ('{"text": 1}', "application/json"), ("--x", "multipart/form-data; boundary=x")]
    for who in ("author", "staff"):
        for rule in rules(village.app, "POST"):
            browser, path = village.browser(who, where(rule)), next(addresses(village, rule))
            for body, kind in bodies:
                status = browser.post(path, data=body, content_type=kind, headers=METADATA).status_code
                if status >= 500:
                    broken.append((status, rule.rule, who, kind, body[:300]))
    assert broken == []
