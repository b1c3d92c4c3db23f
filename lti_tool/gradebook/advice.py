"""What to do when an LMS refuses a score: its words, as its users know them, to a sentence of ours. Pure."""

from ..kernel.i18n import N_
from ..lti.services import DeclinedError

NOT_A_LEARNER = N_("The LMS takes scores only for its own learners. Check this person’s enrolment there.")
NOT_ALLOWED = N_("The LMS does not allow this. An administrator must check the registration.")
REFUSED = N_("The LMS refused this score. Send it again, or show an administrator what it says.")

_NOT_A_LEARNER = (
    "incorrect score received",  # Moodle, 400: also for a teacher
    "not a student",  # Canvas, 422: also for its test student
    "user could not be found",  # Blackboard, 400
    "not enrolled",  # D2L, 403
)


def advice(error: DeclinedError) -> str:
    """The sentence for a refusal."""
    words = error.words.casefold()
    # Where the column is known, 404 is about the person: so answer D2L and Open edX.
    if error.status in {404, 422} or any(each in words for each in _NOT_A_LEARNER):
        return NOT_A_LEARNER
    return NOT_ALLOWED if error.status == 403 else REFUSED
