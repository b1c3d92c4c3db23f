"""What a work loses that was shared late. Pure."""

from datetime import datetime, timedelta

DAY = timedelta(days=1)


def days_late(shared_at: datetime | None, share_by: datetime | None) -> int:
    """How many periods of 24 hours had begun after the date when the work was shared; 0 in time."""
    if shared_at is None or share_by is None or shared_at <= share_by:
        return 0
    return -((share_by - shared_at) // DAY)


def lost(days: int, per_day: float, most: float) -> float:
    """The share of its score that a work loses, 0 to 1.

    Args:
        days: late, each begun counts.
        per_day: the share lost for each.
        most: the share lost at most.

    """
    return min(days * per_day, most, 1.0)
