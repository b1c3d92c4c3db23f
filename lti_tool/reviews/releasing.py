"""When what was said may be read, and until when it may still be changed. Pure."""

from datetime import datetime, timedelta

GRACE = timedelta(minutes=15)  # a review that was sent may be changed so long, and its author does not see it


def released(held: bool, since: datetime | None, now: datetime) -> bool:
    """Whether reviews (or scores) may be read: nobody holds them back, and their moment has come."""
    return not held and (since is None or now >= since)


def final(sent_at: datetime, feedback_released: bool, now: datetime) -> bool:
    """Whether a review that was sent is its author's to read, and its reviewer's to change no more."""
    return feedback_released and now >= sent_at + GRACE
