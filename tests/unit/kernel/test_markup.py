"""What people write is made safe on the way in, and readable on the way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.kernel.markup import count_words, paragraphs, plain, rich


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\r\nb\rc ", "a\nb\nc"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x07c", "abc"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("\ufefftext", "text"),
        ("<b>bold</b> & more", "<b>bold</b> & more"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
    ],
)
def test_plain_text_as_it_is_kept(typed: str, kept: str) -> None:
    assert plain(typed) == kept


@given(st.text())
def test_plain_is_stable_and_can_be_stored(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    once.encode()
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one", 1), ("l'équipe du matin", 3), ("mid-day, at 10:30 !", 4), ("…", 0), ("a_b", 2)],
)
def test_words_are_counted_as_people_count_them(text: str, words: int) -> None:
    assert count_words(text) == words


def test_paragraphs_escape_everything_but_links() -> None:
    shown = paragraphs("<script>x</script>\nsecond line\n\nsee https://example.org/a?b=1&c=2. Bye")
    assert shown.count("<p>") == 2
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<br>second line" in shown
    assert '<a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener nofollow">' in shown
    assert "</a>. Bye" in shown


@given(st.text())
def test_paragraphs_never_let_markup_through(text: str) -> None:
    shown = paragraphs(plain(text + "<img src=x onerror=1>"))
    assert "<img" not in shown


@pytest.mark.parametrize(
    "html", ["<script>x</script>", "<p onclick=x>", "<a href='javascript:x'>y</a>", "<svg onload=x>"]
)
def test_rich_text_runs_nothing(html: str) -> None:
    kept = rich(html)
    assert "script" not in kept
    assert "onclick" not in kept
    assert "onload" not in kept


def test_rich_text_keeps_its_form() -> None:
    assert (
        rich("<p><strong>a</strong></p><ul><li>b</li></ul>") == "<p><strong>a</strong></p><ul><li>b</li></ul>"
    )
