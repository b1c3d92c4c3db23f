"""What an instructor is told to do when an LMS refuses a score, from words that LMSs are known to use."""

import pytest

from lti_tool.gradebook.advice import NOT_A_LEARNER, NOT_ALLOWED, REFUSED, advice
from lti_tool.lti.services import DeclinedError


@pytest.mark.parametrize(
    ("status", "words", "sentence"),
    [
        (400, "400 Incorrect score received", NOT_A_LEARNER),  # Moodle
        (422, "422 Unprocessable Entity User not found in course or is not a student", NOT_A_LEARNER),
        (400, "400 Bad Request User could not be found: 7", NOT_A_LEARNER),  # Blackboard
        (403, "403 Forbidden User in requested score is not enrolled in the org unit", NOT_A_LEARNER),  # D2L
        (404, "404 Not Found User does not exist", NOT_A_LEARNER),
        (404, "404 Not Found", NOT_A_LEARNER),  # Open edX
        (403, "403 Forbidden", NOT_ALLOWED),
        (400, "400 Bad Request", REFUSED),
        (302, "302 Found", REFUSED),
    ],
)
def test_each_refusal_says_what_to_do(status, words, sentence):
    assert advice(DeclinedError(status, words)) == sentence
