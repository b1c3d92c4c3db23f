"""What people write is made safe on the way in, and readable on the way out."""

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.kernel.markup import count_words, formatted, paragraphs, plain, unmarked


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
    ("text", "shown"),
    [
        (
            "**bold**, *italic* and _italic_",
            "<p><strong>bold</strong>, <em>italic</em> and <em>italic</em></p>",
        ),
        ("snake_case and 2 * 3 * 4", "<p>snake_case and 2 * 3 * 4</p>"),
        (r"\*so\*", "<p>*so*</p>"),
        ("`a * b`", "<p><code>a * b</code></p>"),
        ("# One", "<h3>One</h3>"),
        ("## Two", "<h4>Two</h4>"),
        ("###### Six", "<h4>Six</h4>"),
        ("#hashtag", "<p>#hashtag</p>"),
        ("#", "<p>#</p>"),
        ("one\n- a\n- b", "<p>one</p><ul><li>a</li><li>b</li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("- a\n  1. b", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("> said\n> so", "<blockquote><p>said<br>so</p></blockquote>"),
        ("```\na <b>\n```", "<pre><code>a &lt;b&gt;</code></pre>"),
        ("``` so\na", "<pre><code>soa</code></pre>"),
        ("*a*\nb  \nc", "<p><em>a</em><br>b<br>c</p>"),
        ("a\n\n    - b", "<p>a</p><p>- b</p>"),
        ("Title\n---\n| a |", "<p>Title<br>---<br>| a |</p>"),
        ("R&amp;D *is*", "<p>R&amp;amp;D <em>is</em></p>"),
        ("[no](javascript:x) *a*", "<p>[no](javascript:x) <em>a</em></p>"),
    ],
)
def test_marks_are_shown_as_what_they_mean(text: str, shown: str) -> None:
    assert formatted(text).replace("\n", "") == shown


@pytest.mark.parametrize(
    ("text", "href", "label"),
    [
        (
            "[the *page*](https://example.org/?a=1&b=2)",
            "https://example.org/?a=1&amp;b=2",
            "the <em>page</em>",
        ),
        ("*see* https://example.org/_a_/b_c.", "https://example.org/_a_/b_c", "https://example.org/_a_/b_c"),
        ("**https://example.org**", "https://example.org", "https://example.org"),
    ],
)
def test_links_open_beside_the_page(text: str, href: str, label: str) -> None:
    assert f'<a href="{href}" target="_blank" rel="noopener nofollow">{label}</a>' in formatted(text)


@given(st.text(alphabet=st.characters(blacklist_characters="*_`[\\#>+~-.)")))
def test_a_text_without_marks_looks_as_before(text: str) -> None:
    stored = plain(text)
    assert formatted(stored) == paragraphs(stored)


PIECES = "aé1*_`#>-~()[]!.&< \n"


@given(st.lists(st.sampled_from([*PIECES, "**", "```", "1. ", "\n\n", "\n> ", "\n  - "])).map("".join))
def test_no_letter_is_lost(text: str) -> None:
    letters = re.findall(r"[aé]", plain(text))
    assert re.findall(r"[aé]", html.unescape(re.sub(r"<[^>]*>", "", formatted(plain(text))))) == letters
    assert re.findall(r"[aé]", unmarked(plain(text))) == letters


def test_an_excerpt_has_no_marks() -> None:
    text = "# Why\n\nIt is **quick**, see [the page](https://example.org).\n\n- a_b\n- `c`\n\n```\nd\n```"
    assert unmarked(text).split("\n") == ["Why", "It is quick, see the page.", "a_b", "c", "d"]
    assert unmarked("2 * 3") == "2 * 3"


@pytest.mark.parametrize(
    ("text", "words"), [("1. **one** two\n2. three", 3), ("[one two](https://example.org/a/b) _three_", 3)]
)
def test_marks_are_no_words(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    "mark",
    [
        "[",
        "*",
        "*a ",
        "_*",
        "**a",
        "`",
        "> ",
        "- ",
        ">\n",
        "1. a\n",
        "# ",
        "[a](",
        "![",
        "\\",
        "[a](https://",
        "~~~\n",
    ],
)
def test_many_marks_take_no_longer_than_few(mark: str) -> None:
    """A second for 20,000 characters is a hundred times what they take; a quadratic rule takes minutes."""
    start = time.process_time()
    shown = formatted(mark * (20_000 // len(mark)))
    assert time.process_time() - start < 2
    assert shown


def test_ten_megabytes_are_shown_at_once() -> None:
    start = time.process_time()
    assert len(formatted("a *b* " * 1_700_000)) > 10_000_000
    assert time.process_time() - start < 5
