"""What a comment is, and how the names in it are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from lti_tool.exchanges.comments import role_of
from lti_tool.exchanges.mentions import highlighted
from lti_tool.exchanges.models import CommentRole

REMARK, QUESTION, ANSWER = CommentRole


@pytest.mark.parametrize(
    ("on_question", "thread", "asks", "role"),
    [
        (False, None, False, REMARK),
        (False, None, True, QUESTION),
        (False, REMARK, True, REMARK),
        (False, QUESTION, False, ANSWER),
        (True, None, True, ANSWER),
        (True, ANSWER, False, REMARK),
    ],
)
def test_what_a_comment_is_depends_on_where_it_is_said(on_question, thread, asks, role):
    assert role_of(on_question=on_question, thread=thread, asks=asks) is role


def test_names_are_marked_whole_and_in_the_text_alone():
    html = Markup('<a href="https://a.example/@Awa">@Awa</a> @Awa Diallo, @Awable @Zoé &lt;X&gt;')
    shown = highlighted(html, ["Awa", "Awa Diallo", "Zoé <X>"])
    assert shown.count('<span class="mention">') == 3
    assert '<span class="mention">@Awa Diallo</span>,' in shown
    assert '<span class="mention">@Zoé &lt;X&gt;</span>' in shown
    assert 'href="https://a.example/@Awa"' in shown


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_whatever_they_are_called_stays_text(text: str, names: list[str]):
    shown = highlighted(escape(text), names)
    assert shown.replace('<span class="mention">', "").replace("</span>", "") == escape(text)
