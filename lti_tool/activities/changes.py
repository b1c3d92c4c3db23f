"""A change of settings, as the rules look at it that tell what follows."""

from datetime import datetime
from typing import NamedTuple

from .models import Feedback
from .standing import Standing
from .suiting import Settings


class Change(NamedTuple):
    """Settings before and after, where the activity stands, and the moment."""

    before: Settings
    after: Settings
    at: Standing
    now: datetime

    def of(self, *names: str) -> bool:
        """Whether any of these settings changes."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)

    def to(self, name: str, value: object = True) -> bool:
        """Whether a setting changes to this value."""
        return self.of(name) and getattr(self.after, name) == value

    def waits(self, held: str, since: str) -> tuple[bool, bool]:
        """Whether something is not to be read yet, before and after: held, or until a date."""
        was, is_now = (
            bool(getattr(each, held) or ((date := getattr(each, since)) and date > self.now))
            for each in (self.before, self.after)
        )
        return was, is_now

    @property
    def reviewed(self) -> bool:
        """Whether peers review before or after."""
        return Feedback.REVIEWS in {self.before.feedback, self.after.feedback}
