"""Trying one's eyes on works that an instructor scored: how far apart, and is that near enough? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..activities.models import Calibration
from .rubric import Scale, score

REQUIRED = frozenset({Calibration.REQUIRED, Calibration.WITHIN})


@dataclass(frozen=True, slots=True)
class Tried:
    """An example, and how far one person's last scores of it are from the instructor's: 0 to 1."""

    example: UUID
    distance: float | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """One criterion: the points that each gave, and how far apart that is, as a share of what it gives."""

    scale: Scale
    mine: float
    theirs: float
    distance: float

    @property
    def stricter(self) -> bool:
        """Whether one gave less for it than the instructor."""
        return _share(self.scale, self.mine) < _share(self.scale, self.theirs)


def gaps(scales: Sequence[Scale], mine: Mapping[UUID, float], theirs: Mapping[UUID, float]) -> list[Gap]:
    """The criteria that both gave points on, and that count; one that was changed since is left out."""
    found = []
    for scale in scales:
        one, other = (points.get(scale.criterion) for points in (mine, theirs))
        if not scale.counts or one is None or other is None:
            continue
        if scale.takes(one) and scale.takes(other):
            found.append(Gap(scale, one, other, abs(_share(scale, one) - _share(scale, other))))
    return found


def distance(found: Sequence[Gap]) -> float:
    """How far apart two reviewers are on one work: the mean over the criteria, by their weights, 0 to 1.

    Over the criteria, not of the sums: too much here and too little there do not cancel out.

    Raises:
        ValueError: there is nothing to compare.

    """
    if not found:
        raise ValueError("no criterion in common")
    return sum(gap.distance * gap.scale.weight for gap in found) / sum(gap.scale.weight for gap in found)


def calibrated(mode: Calibration, tried: Sequence[Tried], tolerance: float) -> bool:
    """Whether somebody may review: no examples ask for nothing.

    Where it is required, each example was tried once. Where it is asked to be near enough, the last one tried
    was within the tolerance: who learns from the first ones is not held up by them.
    """
    if mode not in REQUIRED or not tried:
        return True
    if mode is Calibration.REQUIRED:
        return all(each.sent_at for each in tried)
    sent = [(each.sent_at, each.distance) for each in tried if each.sent_at and each.distance is not None]
    return bool(sent) and max(sent)[1] <= tolerance


def following(tried: Sequence[Tried], tolerance: float) -> UUID | None:
    """The example to try next: the first new one, then the one furthest off; None when all are near."""
    fresh = next((each.example for each in tried if each.sent_at is None), None)
    if fresh:
        return fresh
    off = [each for each in tried if each.distance is not None and each.distance > tolerance]
    return max(off, key=lambda each: each.distance or 0).example if off else None


def _share(scale: Scale, points: float) -> float:
    return score([scale], {scale.criterion: points})
