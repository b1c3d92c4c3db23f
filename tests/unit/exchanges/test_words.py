"""What may be said, and how those who say it are called."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exchanges.comments import TEXT_MOST, Speaker, Voice, reason, said, speaker
from lti_tool.exchanges.models import ReactionKind
from lti_tool.exchanges.reactions import BECAUSE_MOST, felt
from lti_tool.kernel.errors import InvalidError
from lti_tool.kernel.permissions import Role

TODAY = date(2026, 3, 4)
roles = st.none() | st.sampled_from(Role)


def test_a_comment_is_kept_as_plain_text_of_several_lines():
    assert said("  One\r\ntwo\u202e\x00 ") == "One\ntwo"
    assert said("x" * TEXT_MOST) == "x" * TEXT_MOST
    assert reason(" Two\n lines ") == "Two lines"


@pytest.mark.parametrize("text", ["", " \n\u202e", "x" * (TEXT_MOST + 1)])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(InvalidError) as refused:
        said(text)
    assert refused.value.field == "text"


@given(st.booleans(), st.booleans(), roles, st.integers(1, 9))
def test_a_peer_never_reads_the_name_of_another(is_reader, is_author, role, number):
    shown = speaker(
        is_reader=is_reader, is_author=is_author, role=role, number=number, name="Awa", named=False
    )
    assert (shown.name == "Awa") == (shown.voice is Voice.STAFF)
    if role is Role.LEARNER or role is None:
        assert shown.voice is not Voice.STAFF


def test_staff_read_every_name():
    told = {"is_reader": False, "number": 2, "name": "Awa", "named": True}
    assert speaker(is_author=True, role=Role.LEARNER, **told) == Speaker(Voice.AUTHOR, name="Awa")
    assert speaker(is_author=False, role=Role.LEARNER, **told) == Speaker(Voice.PEER, 2, "Awa")
    assert speaker(is_author=False, role=Role.ASSISTANT, **told).role is Role.ASSISTANT


def test_only_what_was_applied_has_a_day_and_needs_no_words():
    assert felt(ReactionKind.APPLIED, " \n", TODAY, TODAY).because == ""
    assert felt(ReactionKind.APPLIED, "One\nline", TODAY, TODAY).because == "One line"
    assert felt(ReactionKind.THANKS, "Why", TODAY, TODAY).applied_on is None


@pytest.mark.parametrize(
    ("kind", "because", "on", "field"),
    [
        (ReactionKind.THANKS, " ", None, "because"),
        (ReactionKind.DISAGREE, "", None, "because"),
        (ReactionKind.DISAGREE, "x" * (BECAUSE_MOST + 1), None, "because"),
        (ReactionKind.APPLIED, "x" * (BECAUSE_MOST + 1), TODAY, "because"),
        (ReactionKind.APPLIED, "", None, "applied_on"),
        (ReactionKind.APPLIED, "", TODAY + timedelta(days=1), "applied_on"),
    ],
)
def test_what_is_missing_is_told_where_it_is(kind, because, on, field):
    with pytest.raises(InvalidError) as refused:
        felt(kind, because, on, TODAY)
    assert refused.value.field == field
