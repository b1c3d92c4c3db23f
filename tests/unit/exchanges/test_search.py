"""What somebody types is words and nothing else; what is found is marked, whole and safe."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from lti_tool.contributions.index import LONGEST, tags, terms, words
from lti_tool.exchanges.search import EXCERPT, MOST_WORDS, Search, excerpt, marked

TEXT = "Le bénévole accueille l’équipe : un café, des collègues et <b>leurs</b> chevaux."
ODD = (
    '"', "' OR 1=1 --", "NEAR(a b)", "*", "a*b", "-not", "=@", "😀😀", "\x00\ud800", "((", "col:umn", "^a",
    "½㎏ﷺ",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Bénévoles", ("benevoles",)),
        ("  L'ÉQUIPE ", ("equipe",)),
        ("œuvre ŒUVRE", ("oeuvre",)),
        ("the AND of", ("the", "and", "of")),
        ("how to lift", ("lift",)),
        ("be\u0301ne\u0301vole", ("benevole",)),
        ("x_z", ("x", "z")),
        ("😀 !!", ()),
    ],
)
def test_words_that_are_typed(typed: str, found: tuple[str, ...]) -> None:
    assert Search.of(typed).words == found


def test_a_long_question_is_cut() -> None:
    assert len(Search.of(" ".join(f"w{n}" for n in range(5000))).words) == MOST_WORDS
    assert [len(word) for word in Search.of("x" * 10_000).words] == [LONGEST]


def test_terms_are_words_stems_and_places() -> None:
    assert terms("Les chevaux, LES Chevaux", "fr") == "=cheval =le chevaux les"


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("accueillir", ["accueille"]),
        ("collegue", ["collègues"]),
        ("cheval EQUIPE", ["équipe", "chevaux"]),
        ("ben", ["bénévole"]),
        ("b", ["bénévole", "b", "b"]),
        ("zebra", []),
    ],
)
def test_marks_stand_on_what_was_found(typed: str, marks: list[str]) -> None:
    html = marked(Search.of(typed), TEXT, "fr")
    assert re.findall("<mark>(.*?)</mark>", html) == marks
    assert Markup(html.replace("<mark>", "").replace("</mark>", "")) == escape(TEXT)


def test_without_a_search_nothing_is_marked() -> None:
    assert marked(None, "<i>", "en") == "&lt;i&gt;"


def test_an_excerpt_begins_the_text_or_goes_to_the_word() -> None:
    text = "begin " + "and so on " * 60 + "the zebra crosses " + "and so on " * 60
    assert excerpt(None, text, "en").startswith("begin and")
    assert "<mark>zebra</mark>" in excerpt(Search.of("zebras"), text, "en")
    for search in (None, Search.of("zebra"), Search.of("begin")):
        assert len(excerpt(search, text, "en").striptags()) <= EXCERPT + 4
    assert excerpt(Search.of("x"), "", "en") == ""
    assert len(excerpt(Search.of("x"), "x" * 9_000, "en").striptags()) <= EXCERPT + 4


@given(st.text() | st.sampled_from(ODD), st.text(), st.sampled_from(["en", "fr"]))
def test_whatever_is_typed_and_written_stays_text(typed: str, text: str, language: str) -> None:
    search = Search.of(typed)
    assert all(word.isalnum() for word in (*search.words, *search.tags))
    for html in (marked(search, text, language), excerpt(search, text, language)):
        assert not re.search("<(?!/?mark>)", html)
    plainly = " ".join(text.split())
    assert ("<mark>" in excerpt(search, text, language)) == ("<mark>" in marked(search, plainly, language))
    if not any(mark in text for mark in "<&>\"'"):
        assert marked(search, text, language).replace("<mark>", "").replace("</mark>", "") == text


@given(st.text())
def test_a_word_says_where_it_stands(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end].strip()
        assert word.folded.isalnum()


def test_a_tag_is_a_word_that_is_marked_with_a_hash() -> None:
    text = "#Été, (#premier-jour) a#b ## #1 #_x /#no &#no; # Heading #ete #l’eau"
    assert tags(text) == {"ete": "Été", "premierjour": "premier-jour", "l": "l"}
    assert len(tags(" ".join(f"#t{n}" for n in range(20)))) == 10
    assert {"=@ete", "ete", "=@premierjour"} <= set(terms(text, "fr").split())
    assert Search.of("le #Premier-Jour calme") == Search(("calme",), ("premierjour",))
    assert marked(Search.of("#ete"), "#Été été", "fr") == "<mark>#Été</mark> été"
