"""Merging what two people did to the same text: nothing that either wrote is lost."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.contributions import merging
from lti_tool.contributions.merging import merge, passages, settle

PAGE = "## Before\n\nAsk who they are.\n\nShow the room.\n\n## After\n\n- Call once.\n- Write once."


def test_each_changes_another_part():
    mine = PAGE.replace("Ask who they are.", "Ask their name.")
    theirs = PAGE.replace("- Write once.", "- Write twice.")
    assert merge(PAGE, mine, theirs) == PAGE.replace("who they are", "their name").replace(
        "once.", "twice.", 2
    ).replace("Call twice", "Call once")


def test_two_words_of_one_sentence():
    assert merge("We meet at nine.", "We all meet at nine.", "We meet at ten.") == "We all meet at ten."


def test_both_add_at_the_same_place():
    base = "## After\n\n- Call once."
    assert merge(base, base + "\n- Write.", base + "\n- Visit.") == base + "\n- Visit.\n- Write."
    assert merge(base, base + "\n\nMine.", base + "\n\nTheirs.") == base + "\n\nTheirs.\n\nMine."
    assert merge("", "Mine.", "Theirs.") == "Theirs.\n\nMine."


def test_both_change_the_same_words_and_each_keeps_the_other_changes():
    base, mine, theirs = (
        "First, bring coffee.\n\nThen sit.",
        "First, bring tea.\n\nThen sit.",
        "Now, bring milk.\n\nThen sit.",
    )
    merged = merge(base, mine, theirs)
    assert [part.versions for part in passages(merged)] == [
        ("Now, bring milk.", "Now, bring tea."),
        ("Then sit.",),
    ]
    assert [part.number for part in passages(merged, first=3)] == [3, -1]
    assert settle(merged, 0, 1) == "Now, bring tea.\n\nThen sit."
    assert settle(merged, 0, None) == "Now, bring milk.\n\nNow, bring tea.\n\nThen sit."


def test_one_takes_out_what_the_other_changes():
    merged = merge("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One.\n\nTwo and a half.\n\nThree.")
    assert [part.versions for part in passages(merged)] == [("One.",), ("Two and a half.", ""), ("Three.",)]
    assert settle(merged, 0, 1) == "One.\n\nThree."


def test_a_third_version_joins_an_unsettled_passage():
    two = merge("Red.", "Blue.", "Green.")
    assert passages(merge("Red.", "Black.", two))[0].versions == ("Green.", "Black.", "Blue.")
    assert merge("Red.", "Blue.", two) == two  # sent again
    settled = settle(two, 0, 0)
    assert passages(merge(two, settled, settle(two, 0, 1)))[0].versions == ("Blue.", "Green.")


def test_marks_have_words_for_people_alone():
    text = merge("Red.", "Blue.", "Green.")
    shown = merging.label(text, "First", "Another", "End")
    assert shown == "===1=== (First)\nGreen.\n===2=== (Another)\nBlue.\n===0=== (End)"
    assert merging.tidy(shown) == text
    assert merging.tidy(f"{shown} More.") == f"{text}\n\nMore."
    assert merging.tidy(f"More. {shown}") == f"More.\n\n{text}"
    assert merging.tidy(f"a\n\n\nb\n{text}\nc\n\n\nd") == f"a\n\n\nb\n\n{text}\n\nc\n\n\nd"
    assert merging.tidy("===1=== is no mark of ours") == "===1=== is no mark of ours"


def test_versions_of_a_passage_are_merged_one_by_one():
    two = merge("We paint it red.", "We paint it blue.", "We paint it green.")
    mine, theirs = two.replace("We paint it blue", "I paint it blue"), two.replace("green", "dark green")
    assert passages(merge(two, mine, theirs))[0].versions == ("We paint it dark green.", "I paint it blue.")
    settled = settle(two, 0, 0)
    assert passages(merge(two, settled, mine))[0].versions == ("We paint it green.", "I paint it blue.")
    assert merge(two, settled, two) == settled
    assert merge(f"{two}\n\nEnd.", "End.", f"{settled}\n\nEnd.") == "We paint it green.\n\nEnd."


@pytest.mark.parametrize(
    "text", ["===1===", "===0===\n===1===\na", "===1===\n===1===\n===0===", "===2===\na\n===0==="]
)
def test_spoilt_marks_lose_nothing(text):
    assert "\n\n".join(merging.paragraphs(text)) == text
    for part in passages(text):
        assert part.versions
    merged = merge(text, f"{text}\n\nmine", f"theirs\n\n{text}")
    assert "mine" in merged
    assert "theirs" in merged


def edits(side: str) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    return st.lists(
        st.tuples(
            st.sampled_from(["insert", "delete", "paragraph", "line"]), st.integers(0, 60), st.integers(0, 4)
        ),
        max_size=8,
    ).map(lambda steps: [(f"{side}{n}:{act}", at, length) for n, (act, at, length) in enumerate(steps)])


def edited(tokens: list[str], steps: list[tuple[str, int, int]]) -> tuple[list[str], set[str]]:
    """The tokens after some edits, and the words that came in by them and stay."""
    tokens = list(tokens)
    for name, at, length in steps:
        word, _, act = name.partition(":")
        at %= len(tokens) + 1
        if act == "delete":
            del tokens[at : at + length]
        else:
            tokens[at:at] = {"insert": [word], "paragraph": ["\n\n", word], "line": ["\n", word]}[act]
    return tokens, {token for token in tokens if token[0] in "mt"}


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "\n\n", "\n"]), max_size=40)


def text_of(tokens: list[str]) -> str:
    return " ".join(tokens).replace(" \n", "\n").replace("\n ", "\n").strip()


@settings(max_examples=300, deadline=None)
@given(WORDS, edits("m"), edits("t"))
def test_every_word_that_somebody_added_is_there(base, mine, theirs):
    (one, ones), (two, twos) = edited(base, mine), edited(base, theirs)
    merged = merge(text_of(base), text_of(one), text_of(two))
    assert ones | twos <= set(merged.split())
    again = merge(text_of(base), text_of(one), merged)
    assert ones | twos <= set(again.split())


@settings(max_examples=100, deadline=None)
@given(WORDS.map(text_of), WORDS.map(text_of))
def test_with_nobody_elses_change_it_is_the_edit(base, mine):
    assert merge(base, mine, base) == mine
    assert merge(base, base, mine) == mine
    assert merge(base, mine, mine) == mine


@pytest.mark.parametrize("words", [20_000, 700])
def test_large_and_monotonous_texts_stay_quick(words):
    draw = random.Random(1)
    texts = [
        " ".join(draw.choice("ab") for _ in range(words)) + f" {side}" for side in ("base", "mine", "theirs")
    ]
    start = time.process_time()
    merged = merge(*texts)
    assert time.process_time() - start < 10
    assert {"mine", "theirs"} <= set(merged.split())
