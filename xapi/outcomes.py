"""What became of a statement that was sent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Delivered:
    """The LRS has it."""


@dataclass(frozen=True)
class Dead:
    """The LRS will never take it as it is; `reason` is in the LRS's own words."""

    reason: str


@dataclass(frozen=True)
class Retry:
    """Nobody knows, or not yet: send it again, not before `after` seconds if the LRS named a time."""

    after: float | None
    reason: str
    status: int | None = None  # of HTTP, when the LRS answered at all


@dataclass(frozen=True)
class Paused:
    """The LRS, or the way to it, needs a person: keep everything and tell the administrator why."""

    reason: str
    status: int | None = None


@dataclass(frozen=True)
class Doubt:
    """The LRS contradicts itself about this one statement: ask again later, the others go on meanwhile."""

    reason: str


Outcome = Delivered | Dead | Retry | Paused | Doubt


class LrsError(Exception):
    """The LRS as such does not answer as it should; `outcome` says what that means for what was to be sent.

    `status` is the HTTP status, or None when there was no answer at all.
    """

    def __init__(self, outcome: Retry | Paused, status: int | None = None) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
        self.status = status
