"""In which order reviews are read, and what may be said of one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from lti_tool.kernel.errors import InvalidError
from lti_tool.reviews.appraisals import Part, Said
from lti_tool.reviews.models import Appraisal, Rescore
from lti_tool.reviews.received import ReceivedReview, useful_first

MONDAY, TUESDAY = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (23, 24))


def review(number, useful=None, sent_on=MONDAY, **more):
    return ReceivedReview(
        **{
            "id": UUID(int=number), "contribution_id": UUID(int=0), "number": number, "sent_on": sent_on,
            "overall": "", "first_score": 0.5, "marks": {}, "by_staff": False, "discounted": False,
            "reviewer": "", "appraisal": Appraisal(useful=useful, thanks="", reply=""), "again": None,
            "flag": None, "taken_up": False, **more,
        }
    )  # fmt: skip


def test_the_useful_ones_come_first_then_those_nobody_rated():
    reviews = [review(1, 2), review(2), review(3, 5), review(4, 3), review(5, sent_on=TUESDAY), review(6, 1)]
    assert [each.number for each in useful_first(reviews)] == [3, 4, 5, 2, 1, 6]
    assert useful_first(reversed(reviews)) == useful_first(reviews), "only ids tell apart what is of one day"


def test_a_second_look_counts_instead_of_the_first_score():
    assert review(1).score == 0.5
    assert review(1, again=Rescore(score=0.75)).score == 0.75
    assert [review(1, **{flag: True}).counts for flag in ("by_staff", "discounted")] == [False, False]


def test_each_part_is_said_and_taken_back_by_itself():
    said = Said().with_(Part.USEFUL, "5").with_(Part.THANKS, " it is clear ").with_(Part.REPLY, "Yes.")
    assert said == Said(5, "it is clear", "Yes.")
    assert said.with_(Part.USEFUL, None).with_(Part.THANKS, None) == Said(None, "", "Yes.")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Part.USEFUL, "0"), (Part.USEFUL, "6"), (Part.USEFUL, "4.5"), (Part.USEFUL, "٤"), (Part.USEFUL, ""),
        (Part.THANKS, " "), (Part.THANKS, "x" * 501), (Part.REPLY, ""), (Part.REPLY, "x" * 5001),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(part, words):
    with pytest.raises(InvalidError):
        Said().with_(part, words)
