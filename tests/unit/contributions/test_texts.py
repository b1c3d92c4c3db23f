"""What a contribution's text may be, and what it lacks."""

import pytest

from lti_tool.activities.models import Activity, Kind
from lti_tool.contributions.texts import Gap, Text, described, gaps, kept
from lti_tool.kernel.errors import InvalidError

PRACTICE = Activity(kind=Kind.PRACTICE)
WHOLE = {"situation": "Mornings.", "what_i_do": "I greet.", "why_it_works": "They smile back."}


def test_a_text_is_kept_plain_with_the_kinds_prompts_alone():
    text = kept(PRACTICE, "  A\u202e calm\n welcome ", {**WHOLE, "situation": "One\r\ntwo\x00", "other": "x"})
    assert text.title == "A calm welcome"
    assert text.answers["situation"] == "One\ntwo"
    assert set(text.answers) == {*WHOLE, "where_it_does_not"}


def test_a_whole_text_lacks_nothing_though_an_optional_prompt_is_empty():
    assert gaps(PRACTICE, kept(PRACTICE, "Hello", WHOLE)) == []


def test_what_lacks_is_named_in_the_order_of_the_form():
    missing = gaps(PRACTICE, kept(PRACTICE, "ab", {**WHOLE, "what_i_do": " \n "}))
    assert [gap.field for gap in missing] == ["title", "answer-what_i_do"]
    assert all(isinstance(gap, Gap) and gap.sentence for gap in missing)


def test_words_are_those_of_the_answers():
    assert Text("Not counted here", {"situation": "L'équipe du matin", "what_i_do": "one two"}).words == 5


@pytest.mark.parametrize(
    ("title", "situation", "field"),
    [("a" * 201, "", "title"), ("a" * 200, "b" * 20_001, "answer-situation")],
)
def test_what_is_too_long_is_refused_at_its_field_with_both_numbers(title, situation, field):
    with pytest.raises(InvalidError) as refused:
        kept(PRACTICE, title, {"situation": situation})
    assert refused.value.field == field
    assert str(len(title if field == "title" else situation)) in str(refused.value)


def test_the_limits_themselves_are_taken():
    assert len(kept(PRACTICE, "a" * 200, {"situation": "b" * 20_000}).answers["situation"]) == 20_000


def test_what_a_file_shows_is_one_plain_line():
    assert described(" two\nlines\x07 ") == "two lines"
    with pytest.raises(InvalidError):
        described("x" * 1001)
