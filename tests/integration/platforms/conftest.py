"""One LMS of each kind, and a fresh course on the one that a test names."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from platforms.lms import MOODLE, PERSONALITIES, Lms, Personality, running
from platforms.lms.toytool import Scene, stage
from platforms.strict import key


@pytest.fixture(scope="session")
def platforms() -> Iterator[dict[str, Lms]]:
    """One LMS of each kind, for all tests."""
    keys = {"keys": [key("tool").jwk()]}
    with ExitStack() as stack:
        yield {
            each.name: stack.enter_context(running(each, tool_keys=lambda: keys)) for each in PERSONALITIES
        }


@pytest.fixture
def scene(platforms: dict[str, Lms], request: pytest.FixtureRequest) -> Scene:
    """A fresh course on the LMS that the test is parametrised with, or on Moodle."""
    personality: Personality = getattr(request, "param", MOODLE)
    lms = platforms[personality.name]
    lms.heal()
    lms.people.clear()
    lms.requests.clear()
    lms.scopes = personality.scopes
    lms.token_answer = {}
    return stage(lms)
