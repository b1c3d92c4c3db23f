"""What is read of a page that a broken statement spoils, and what is said of the rest."""

import httpx
import pytest

from xapi.answers import Answer
from xapi.outcomes import LrsError
from xapi.pages import page_of

GOOD = '{"id":"%d","verb":{"id":"v"},"result":{"extensions":{"more":"not here"}}}'
BAD = '{"id":"9","verb":{"id":"v"},"actor":{broken]}}'
CUT = '{"id":"9","verb":{"id":"v"},"result":{"extensions":{"tags":[1]}'


def told(text: str):
    """The ids, the addresses of what follows, how many were broken, and whether there is a problem."""
    answer = Answer(200, httpx.Headers(), text.encode())
    with pytest.raises(LrsError):
        page_of(answer)
    page = page_of(answer, salvage=True)
    return [one["id"] for one in page.statements], page.more, len(page.broken), page.problem is not None


@pytest.mark.parametrize("more", ["/next", ""])
@pytest.mark.parametrize("first", [True, False])
def test_a_broken_statement_costs_only_itself(more, first):
    listed, place = f'"statements":[{GOOD % 1},{BAD},{GOOD % 2}, {BAD} ]', f'"more":"{more}"'
    text = "{" + (f"{place},{listed}" if first else f"{listed},{place}") + "}\n"
    assert told(text) == (["1", "2"], more, 2, False)


@pytest.mark.parametrize(
    "text", [f'{{"more":"/next","statements":[{GOOD % 1},{CUT}', '{"statements":7,}', "{"]
)
def test_a_page_that_was_cut_says_nothing_of_what_follows(text):
    ids, more, broken, problem = told(text)
    assert (more, broken, problem) == (None, 0, True)
    assert ids == ["1"] * ("next" in text)


def test_what_is_nested_without_end_is_broken():
    deep = '{"id":"9","verb":{},"x":' + "[" * 5000 + "]" * 5000 + "}"
    assert told(f'{{"statements":[{deep},{GOOD % 1}],"more":""}}') == (["1"], "", 1, False)
