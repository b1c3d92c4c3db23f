"""What changed between two versions: nothing is lost on the way, and it never takes long."""

import random
import time
from uuid import UUID

import pytest
from flask import Flask
from flask_babel import Babel

from lti_tool.activities.models import Activity, Kind
from lti_tool.contributions.differences import Change, blocks, compare, differences, pieces
from lti_tool.contributions.steps import Step
from lti_tool.contributions.texts import Text


@pytest.fixture
def english():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def told(before, after):
    return [(piece.change.value, piece.text.strip()) for piece in pieces(before, after)]


def test_words_are_told_one_by_one():
    before = "I greet first, then I listen.\nAnd I wait."
    assert told(before, "I greet first, and only then I listen.\nAnd I wait.") == [
        ("same", "I greet first,"),
        ("added", "and only"),
        ("same", "then I listen.\nAnd I wait."),
    ]
    assert told(before, "I greet first, then I listen.") == [
        ("same", "I greet first, then I listen."),
        ("removed", "And I wait."),
    ]


def test_what_has_little_in_common_is_told_whole():
    assert told("We meet on Monday at the gate", "Nobody came, at last") == [
        ("removed", "We meet on Monday at the gate"),
        ("added", "Nobody came, at last"),
    ]


def test_both_texts_are_whole_in_the_difference_and_the_way_is_shortest():
    chance = random.Random(7)
    for _ in range(300):
        old, new = ([chance.choice("abc") for _ in range(chance.randint(0, 9))] for _ in "12")
        cut = list(blocks(old, new))
        assert [each for one, _ in cut for each in one] == old
        assert [each for _, other in cut for each in other] == new
        assert sum(len(one) for one, other in cut if one == other) == longest(old, new)


def longest(old, new):
    """The length of the longest common subsequence, by the book."""
    row = [0] * (len(new) + 1)
    for each in old:
        last = 0
        for at, other in enumerate(new, start=1):
            last, row[at] = row[at], last + 1 if each == other else max(row[at], row[at - 1])
    return row[-1]


@pytest.mark.parametrize("words", ["a", "ab", "a b c d e f g", "\na b"], ids=["one", "two", "seven", "lines"])
def test_twenty_thousand_characters_take_less_than_two_seconds(words):
    chance = random.Random(1)
    one, other = (" ".join(chance.choice(words.split(" ")) for _ in range(9_000)) for _ in "12")
    began = time.process_time()
    found = pieces(one, other)
    assert time.process_time() - began < 2
    assert "".join(piece.text for piece in found if piece.change is not Change.ADDED) == one
    assert "".join(piece.text for piece in found if piece.change is not Change.REMOVED) == other


@pytest.mark.usefixtures("english")
def test_it_is_said_in_words_and_no_markup_comes_through():
    shown = differences("I greet <b>first</b> and wait here", "I greet <i>last</i> and wait here")
    assert '<ins><span class="visually-hidden">(added) </span>&lt;i&gt;last&lt;/i&gt;</ins>' in shown
    assert '<del><span class="visually-hidden">(removed) </span>&lt;b&gt;first&lt;/b&gt;</del>' in shown
    assert "<b>" not in shown


@pytest.mark.usefixtures("english")
def test_steps_that_are_new_gone_or_elsewhere_are_told():
    one, two, three, four, new_one = (Step(UUID(int=n), f"Do thing {n} with care") for n in range(1, 6))
    activity = Activity(kind=Kind.GESTURE, prompts=None)
    old = Text("Knot", {"what_it_is_for": "To hold."}, (one, two, three, four))
    new = Text("Knot", {"what_it_is_for": "To hold fast."}, (four, one, three, new_one))
    parts = compare(activity, old, new)
    assert [(part.label, part.note) for part in parts] == [
        ("What it is for", ""),
        ("Step 1", "It was step 4 before."),
        ("Step 4", "This step is new."),
        ("Step 2", "This step was removed. It was step 2."),
    ]
