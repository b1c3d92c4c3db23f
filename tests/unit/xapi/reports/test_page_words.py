"""The words of a report: both languages say the same, and numbers are written as their readers write them."""

import string
from datetime import date
from types import SimpleNamespace

import pytest

from xapi.reports.findings import SENTENCES, TOLD, verdict
from xapi.reports.formats import Formats
from xapi.reports.measures import Figure, definitions
from xapi.reports.parts import HIDDEN, PARTS
from xapi.reports.problems import PROBLEMS
from xapi.reports.words import WORDS

TOLD_IN_TWO = {**WORDS, **SENTENCES, **PARTS, **HIDDEN, **PROBLEMS}


@pytest.mark.parametrize("name", TOLD_IN_TWO)
def test_both_languages_say_the_same(name):
    words = TOLD_IN_TWO[name]
    fields = {
        lang: {field for _, field, *_ in string.Formatter().parse(words[lang]) if field} for lang in words
    }
    assert fields["en"] == fields["fr"]
    assert not any(f" {mark}" in words["fr"] for mark in ":;!?")


def test_each_sentence_is_of_measures_that_there_are():
    names = {measure.name for measure in definitions()}
    told = {name for measures in TOLD.values() for name in measures}
    assert told <= names
    assert told <= set(SENTENCES)


@pytest.mark.parametrize(
    ("value", "kind", "english", "french"),
    [
        (0.785, "share", "78%", "78\u202f%"),
        (1234567, "count", "1,234,567", "1\u202f234\u202f567"),
        (2.345, "each", "2.3", "2,3"),
        (0.4567, "coefficient", "0.46", "0,46"),
        (-0.001, "coefficient", "0.00", "0,00"),
        (-0.0789, "points", "-7.9", "-7,9"),
        (86400, "seconds", "1\u00a0day", "1\u00a0jour"),
        (129600, "seconds", "1.5\u00a0days", "1,5\u00a0jour"),
        (7200, "seconds", "2\u00a0hours", "2\u00a0heures"),
        (None, "share", "–", "–"),
    ],
)
def test_values_are_written_as_their_readers_write_them(value, kind, english, french):
    assert Formats("en").value(value, kind) == english
    assert Formats("fr").value(value, kind) == french


def test_days():
    assert Formats("en").day(date(2026, 10, 1)) == "1 Oct 2026"
    assert Formats("fr").day(date(2026, 10, 1)) == "1er oct. 2026"


@pytest.mark.parametrize(
    ("value", "low", "said"),
    [
        (0.9, 0.8, "yes"), (0.9, 0.6, "care"), (0.9, 0.4, "no"), (0.8, None, "yes"), (0.1, None, "no"),
        (None, None, "unknown"),
    ],
)  # fmt: skip
def test_the_verdict_goes_by_the_lower_end(value, low, said):
    reliability = SimpleNamespace(now=Figure(value, 20, low=low))
    assert verdict(SimpleNamespace(headline={"icc_mean": reliability})) == said
