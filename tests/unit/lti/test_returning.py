"""The way back to the LMS, and what is said there."""

import pytest

from lti_tool.lti.returning import way_back


@pytest.mark.parametrize(
    ("return_url", "expected"),
    [
        ("https://lms.example", "https://lms.example?lti_msg=All+done%26"),
        ("https://lms.example/r?id=1&x=%20", "https://lms.example/r?id=1&x=%20&lti_msg=All+done%26"),
        ("https://lms.example/r#part", "https://lms.example/r?lti_msg=All+done%26#part"),
        ("", ""),
    ],
)
def test_a_message_is_added_to_the_query(return_url: str, expected: str) -> None:
    assert way_back(return_url, msg="All done&") == expected


def test_nothing_is_added_when_nothing_is_said() -> None:
    assert way_back("https://lms.example/r?a=b", errormsg="", log="") == "https://lms.example/r?a=b"
