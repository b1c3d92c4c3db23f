"""The vocabulary is what the design's table says, and nothing is said twice."""

import re

import pytest

from xapi import vocabulary
from xapi.identity import require_iri
from xapi.vocabulary import (
    ACTIVITY_TYPES,
    ATTACHMENT_USAGES,
    EXTENSIONS,
    PROFILE,
    PROFILE_VERSION,
    VERBS,
    Term,
)

TABLE = [
    "http://adlnet.gov/expapi/verbs/launched",
    "http://id.tincanapi.com/verb/viewed",
    "http://activitystrea.ms/submit",
    "http://activitystrea.ms/accept",
    "http://activitystrea.ms/disagree",
    "http://activitystrea.ms/return",
    "https://w3id.org/xapi/dod-isd/verbs/revised",
    "http://adlnet.gov/expapi/verbs/shared",
    "https://w3id.org/entraide/xapi/verbs/assigned-review",
    "http://id.tincanapi.com/verb/reviewed",
    "http://id.tincanapi.com/verb/rated",
    "https://w3id.org/xapi/dod-isd/verbs/ranked",
    "https://w3id.org/xapi/dod-isd/verbs/applied",
    "http://adlnet.gov/expapi/verbs/commented",
    "http://id.tincanapi.com/verb/replied",
    "http://id.tincanapi.com/verb/mentioned",
    "http://adlnet.gov/expapi/verbs/asked",
    "http://adlnet.gov/expapi/verbs/answered",
    "https://w3id.org/xapi/acrossx/verbs/liked",
    "https://w3id.org/entraide/xapi/verbs/endorsed",
    "http://id.tincanapi.com/verb/earned",
    "https://w3id.org/xapi/tla/verbs/scored",
    "http://adlnet.gov/expapi/verbs/attempted",
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
    "http://adlnet.gov/expapi/verbs/failed",
    "http://adlnet.gov/expapi/verbs/voided",
]

TERMS = [term for term in vars(vocabulary).values() if isinstance(term, Term)]


def test_the_verbs_are_those_of_the_table():
    assert sorted(VERBS) == sorted(TABLE)


def test_no_iri_is_written_twice():
    listed = [*VERBS, *ACTIVITY_TYPES, *EXTENSIONS, *ATTACHMENT_USAGES]
    assert sorted(listed) == sorted({term.iri for term in TERMS})
    assert len(listed) == len(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.iri)
def test_a_term_is_an_absolute_iri(term):
    assert require_iri(term.iri)


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.en)
def test_a_verb_is_said_in_english_and_french(verb):
    assert set(verb.display) == {"en", "fr"}
    assert all(word.strip() for word in verb.display.values())


def test_extensions_are_our_own():
    assert all(re.fullmatch(re.escape(PROFILE) + r"/extensions/[a-z-]+", iri) for iri in EXTENSIONS)


def test_only_our_own_terms_move_with_the_profile():
    elsewhere = "https://test.example/profile"
    assert vocabulary.ENDORSED.under(elsewhere) == f"{elsewhere}/verbs/endorsed"
    assert vocabulary.REVIEWED.under(elsewhere) == vocabulary.REVIEWED.iri
    assert vocabulary.under(PROFILE_VERSION, elsewhere) == f"{elsewhere}/v1.0"
    assert vocabulary.under(f"{PROFILE}-of-others/x", elsewhere) == f"{PROFILE}-of-others/x"
