"""Whether a visitor sees who wrote what: decided here, for pages, cards, answers and filters alike."""

from ..activities.models import Activity
from ..kernel.permissions import May, Visit


def sees_names(visit: Visit, activity: Activity) -> bool:
    """Whether peers have names for this visitor: for staff always, for the others where it is `named`."""
    return visit.may(May.SEE_ALL_WORK) or activity.named
