"""Failures are told apart by their words, and each has a sentence that says what to do."""

import pytest

from lti_tool.admin.advice import Cause, cause, how_to_ask, what_to_do
from lti_tool.lti.checks import Part
from lti_tool.lti.models import ContactKind

WORDS = {
    "ConnectTimeout: timed out": Cause.UNREACHABLE,
    "ConnectError: [Errno 111] Connection refused": Cause.UNREACHABLE,
    "RemoteProtocolError: Server disconnected": Cause.UNREACHABLE,
    "ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired": Cause.CERTIFICATE,
    "ForbiddenAddressError: lms is in a private network (10.0.0.1)": Cause.PRIVATE,
    "400 Bad Request invalid_client": Cause.REFUSED,
    "401 Unauthorized": Cause.REFUSED,
    '400 Bad Request {"error":"invalid_scope"}': Cause.FORBIDDEN,
    "403 Forbidden": Cause.FORBIDDEN,
    "404 Not Found": Cause.GONE,
    "429 Too Many Requests": Cause.BUSY,
    "503 Service Unavailable": Cause.BUSY,
    "HTTPStatusError: Client error '404 Not Found' for url 'https://lms.example/jwks'": Cause.GONE,
    "HTTPStatusError: Server error '502 Bad Gateway' for url 'https://lms.example/jwks'": Cause.BUSY,
    "The LMS refused this score.\n403 Forbidden": Cause.FORBIDDEN,
    "JSONDecodeError: Expecting value": Cause.OTHER,
    "it has no usable key": Cause.OTHER,
    "409 Conflict": Cause.OTHER,
    "": Cause.OTHER,
}


@pytest.mark.parametrize("words", WORDS)
def test_the_words_tell_the_cause(words: str) -> None:
    assert cause(words) is WORDS[words]


@pytest.mark.parametrize("about", [*Part, *ContactKind])
def test_every_failure_has_advice_of_a_sentence_or_two(about: Part | ContactKind) -> None:
    for words in WORDS:
        advice = what_to_do(about, words)
        assert advice.endswith(".")
        assert len(advice.split()) <= 20
    assert what_to_do(about, "ConnectTimeout: timed out") != what_to_do(about, "503 Service Unavailable")


def test_the_same_words_mean_something_else_elsewhere() -> None:
    told = {
        what_to_do(about, "404 Not Found") for about in (Part.KEYS, Part.TOKEN, Part.GRADEBOOK, Part.ROSTER)
    }
    assert len(told) == 4


def test_what_could_not_be_asked_says_how_it_can_be() -> None:
    assert all("Open an activity" in how_to_ask(part) for part in (Part.TOKEN, Part.GRADEBOOK, Part.ROSTER))
    assert how_to_ask(Part.KEYS) == ""
