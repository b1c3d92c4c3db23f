"""Ids, accounts and course IRIs are the same at every try."""

import re
from uuid import UUID

import pytest

from xapi.statements import (
    Actor,
    course_iri,
    lis_sourcedid_actor,
    lti_sub_actor,
    pseudonym_actor,
    registration_id,
    statement_id,
)

TENANT = UUID("11111111-1111-5111-9111-111111111111")
ONE = UUID("22222222-2222-4222-9222-222222222222")
TWO = UUID("33333333-3333-4333-9333-333333333333")

MOODLE = "https://moodle.example"
AWA, BO, TEACHER = Actor(MOODLE, "7"), Actor(MOODLE, "8"), Actor(MOODLE, "2")


def test_a_statement_id_depends_on_event_entity_and_revision_alone():
    ids = {
        statement_id(tenant, event, entity, revision)
        for tenant in (TENANT, ONE)
        for event in ("submitted", "reviewed")
        for entity in (ONE, TWO)
        for revision in (1, 2)
    }
    assert len(ids) == 16
    assert all(one.version == 5 for one in ids)
    # Written down, because an id that moves between releases would store every statement twice
    assert statement_id(TENANT, "reviewed", ONE, 1) == UUID("f6e74ccf-190f-54c0-9a4b-452bcec2ff24")
    assert registration_id(TENANT, ONE, TWO) != registration_id(TENANT, TWO, ONE)


def test_actor_modes():
    assert lti_sub_actor(MOODLE, "7") == Actor(MOODLE, "7")
    assert lis_sourcedid_actor(MOODLE, "S:7") == Actor(MOODLE, "S:7")
    key, other = b"k" * 32, b"o" * 32
    pseudonym = pseudonym_actor(MOODLE, "7", key)
    assert pseudonym == pseudonym_actor(MOODLE, "7", key)
    assert re.fullmatch(r"[0-9a-f]{64}", pseudonym.name)
    others = [pseudonym_actor(MOODLE, "7", other), pseudonym_actor(MOODLE, "8", key)]
    others.append(pseudonym_actor("https://other.example", "7", key))
    assert pseudonym.name not in {one.name for one in others}
    with pytest.raises(ValueError, match="32 bytes"):
        pseudonym_actor(MOODLE, "7", b"short")


@pytest.mark.parametrize(
    ("issuer", "context", "family", "iri"),
    [
        (MOODLE, "2", "moodle", "https://moodle.example/course/view.php?id=2"),
        (f"{MOODLE}/lms/", "2", "Moodle", "https://moodle.example/lms/course/view.php?id=2"),
        (
            "https://canvas.example",
            "ab c/é",
            "canvas",
            "https://canvas.example/lti/context?id=ab%20c%2F%C3%A9",
        ),
        ("https://canvas.example", "..", None, "https://canvas.example/lti/context?id=.."),
    ],
)
def test_a_course_has_an_iri(issuer, context, family, iri):
    assert course_iri(issuer, context, family) == iri


@pytest.mark.parametrize(("issuer", "context"), [("moodle", "2"), (MOODLE, "")])
def test_a_course_without_issuer_or_id_is_refused(issuer, context):
    with pytest.raises(ValueError, match=r"IRI|context id"):
        course_iri(issuer, context, "moodle")
