"""Every measure says what it means, in both languages, and every number has a measure."""

import re

from xapi.reports.measures import definitions
from xapi.reports.measures.compute import HEADLINES
from xapi.reports.measures.model import UNITS

TEXTS = [
    (f"{measure.name} {part}", getattr(measure, part))
    for measure in definitions()
    for part in ("title", "definition", "formula", "unit")
]


def test_every_number_is_defined_once_and_in_order():
    names = [measure.name for measure in definitions()]
    assert len(names) == len(set(names))
    numbers = [name for query in HEADLINES for name in re.findall(r"'(\w+)' AS measure", query.sql)]
    written = [measure.name for query in HEADLINES for measure in query.measures]
    times = ["review_time", "feedback_time", "answer_time"]  # these three come out of one block
    assert sorted([*numbers, *times]) == sorted(written)
    assert set(written) <= set(names)
    assert all(measure.source and measure.kind in UNITS for measure in definitions())


def test_in_english_and_in_french_as_it_is_typeset():
    for where, text in TEXTS:
        assert set(text) == {"en", "fr"}, where
        assert all(said.strip() == said and said for said in text.values()), where
        assert "'" not in text["en"], where
        assert not re.search(r"[^\u202f][:;!?»]|«[^\u202f]|'", text["fr"]), where
        if where.endswith("definition"):
            assert all(said.endswith(".") for said in text.values()), where
