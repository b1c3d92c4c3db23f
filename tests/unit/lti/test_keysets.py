"""The cache of key sets: how often it fetches, what it keeps, and how it behaves between threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt import PyJWK
from platforms.strict import key

from lti_tool.lti.keysets import FETCHES, LIFETIME, WINDOW, KeySets
from lti_tool.lti.refusals import LaunchRefusedError

URL = "https://lms.example/jwks"


class Outside:
    """The world outside: a clock, and an address that answers."""

    def __init__(self, *names: str) -> None:
        self.now = 0.0
        self.answer: Any = self.keys(*names)
        self.fetched = 0

    @staticmethod
    def keys(*names: str) -> dict[str, Any]:
        return {"keys": [key("unit").jwk(kid=name) for name in names]}

    def fetch(self, url: str) -> Any:
        assert url == URL
        self.fetched += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def cache(outside: Outside) -> Callable[[str | None], str | None]:
    sets = KeySets(outside.fetch, lambda: outside.now)

    def find(kid: str | None) -> str | None:
        """The id of the key that is found, or the code of the refusal."""
        try:
            return sets.find(URL, kid, lambda _: True).key_id
        except LaunchRefusedError as refusal:
            return refusal.code

    return find


def test_keys_are_fetched_once_in_an_hour() -> None:
    outside = Outside("a", "b")
    find = cache(outside)
    assert [find("a"), find("b"), find(None), find("a")] == ["a", "b", "a", "a"]
    assert outside.fetched == 1
    outside.now = LIFETIME + 1
    assert find("a") == "a"
    assert outside.fetched == 2


def test_an_unknown_id_fetches_at_once_but_not_for_ever() -> None:
    outside = Outside("a")
    find = cache(outside)
    assert find("a") == "a"
    outside.answer = outside.keys("b")
    assert find("b") == "b"
    assert find("a") == "token-signature", "a key that was withdrawn is gone"
    assert outside.fetched == 3
    for number in range(2 * FETCHES):
        assert find(f"x{number}") == "token-signature"
    in_vain = outside.fetched - 2
    assert in_vain == FETCHES
    assert find("b") == "b"
    outside.now = WINDOW + 1
    outside.answer = outside.keys("c")
    assert find("c") == "c"


@pytest.mark.parametrize(
    "bad", [OSError("down"), {}, [], None, {"keys": []}, {"keys": [{}]}, RecursionError()]
)
def test_a_bad_answer_changes_nothing_and_is_forgotten_at_once(bad: Any) -> None:
    outside = Outside("a")
    find = cache(outside)
    assert find("a") == "a"
    outside.answer, outside.now = bad, LIFETIME + 1
    assert find("a") == "a"
    assert find("b") == "token-signature"
    outside.answer = outside.keys("b")
    assert find("b") == "b"


def test_while_it_is_down_known_keys_cost_one_fetch_a_minute() -> None:
    outside = Outside("a")
    find = cache(outside)
    find("a")
    outside.answer, outside.now = OSError("down"), LIFETIME + 1
    for second in range(600):
        outside.now = LIFETIME + 1 + second
        assert find("a") == "a"
    assert outside.fetched <= 1 + 10


def test_nothing_known_and_nothing_to_be_had() -> None:
    outside = Outside()
    outside.answer = OSError("down")
    find = cache(outside)
    assert {find("a") for _ in range(2 * FETCHES)} == {"keys-unavailable"}
    assert outside.fetched == FETCHES


def test_a_fetch_that_helps_is_not_counted() -> None:
    outside = Outside("k0")
    find = cache(outside)
    for number in range(2 * FETCHES):
        outside.answer = outside.keys(f"k{number}")
        assert find(f"k{number}") == f"k{number}", "keys may be changed as often as the platform likes"


def test_many_at_once_share_one_fetch_and_all_get_the_key() -> None:
    """A whole class opens the activity the minute the tool has started."""
    outside, begun = Outside("a"), threading.Barrier(20)
    slow = threading.Event()

    def fetch(url: str) -> Any:
        slow.wait(0.2)
        return outside.fetch(url)

    sets = KeySets(fetch)

    def find(_: int) -> str | None:
        begun.wait()
        return sets.find(URL, "a", lambda _: True).key_id

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(find, range(20))) == ["a"] * 20
    assert outside.fetched == 1


def test_a_key_that_does_not_verify_is_passed_over() -> None:
    outside = Outside("a", "a", "b")
    tried: list[PyJWK] = []

    def verifies(key: PyJWK) -> bool:
        tried.append(key)
        return len(tried) == 2

    found = KeySets(outside.fetch).find(URL, "a", verifies)
    assert found is tried[1]
    assert [key.key_id for key in tried] == ["a", "a"]


members = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.text(max_size=2), max_size=2)
)
odd_key = st.dictionaries(
    st.sampled_from(["kty", "n", "e", "kid", "alg", "use", "crv", "x", "y", "d"]),
    members | st.sampled_from(["RSA", "EC"]),
)


@given(
    st.lists(odd_key | members, max_size=5),
    st.dictionaries(st.sampled_from(["kty", "n", "e", "alg", "crv"]), members),
)
@settings(deadline=None)
def test_odd_keys_never_hide_a_good_one(odd: list[Any], changes: dict[str, Any]) -> None:
    outside = Outside()
    outside.answer = {"keys": [*odd, key("unit").jwk(kid="bad") | changes, key("unit").jwk(kid="good")]}
    sets = KeySets(outside.fetch)
    assert sets.find(URL, "good", lambda key: key.key_id == "good").key_id == "good"
