"""When what was said may be read, and until when it may still be changed. Pure."""

from datetime import datetime, timedelta

GRACE = timedelta(minutes=15)  # so long one may put right what one has just sent


def released(held: bool, since: datetime | None, now: datetime) -> bool:
    """Whether reviews (or scores) may be read: nobody holds them back, and their moment has come."""
    return not held and (since is None or now >= since)


def final(sent_at: datetime, feedback_released: bool, now: datetime) -> bool:
    """Whether a review that was sent is its reviewer's to change no more.

    Where reviews are held, that is when they are released; else its author reads it at once, and what is put
    right within the grace is what they find.
    """
    return feedback_released and now >= sent_at + GRACE
