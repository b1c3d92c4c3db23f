"""What a push is asked for, and why it may not be possible, in words that can be acted on. Pure."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from ..kernel.i18n import N_

Key: TypeAlias = Any  # a person, a group or a contribution, by whatever hashable names it
Pair: TypeAlias = tuple[Key, Key]  # who reviews, and what
_NAMED = 5  # so many names at most in one sentence


class Among(StrEnum):
    """Whose contributions a person reviews."""

    EVERYONE = "everyone"
    WITHIN = "within"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who should review what: each reviewer `k` contributions, and the contributions shared out evenly.

    A reviewer is a person, or a whole group that reviews as one. Of as many contributions as reviewers each
    receives exactly k; else, within what is shared out together (a group, or everyone), the counts differ by
    one at most, and none is left out.

    Args:
        reviewers: each with its group. None: of no group, so within groups these review each other, and
            across groups they are of another group than everyone.
        works: the contributions, each with its author's group.
        k: reviews that each reviewer gives, at least 1.
        own: who wrote what, group contributions once for each author: none of them reviews it.
        among: within a group, across groups, or everyone.
        must: pairs that are settled, also against `among`. They count among the k.
        must_not: pairs that are ruled out.

    """

    reviewers: Mapping[Key, Key | None]
    works: Mapping[Key, Key | None]
    k: int
    own: Set[Pair]
    among: Among = Among.EVERYONE
    must: Set[Pair] = frozenset()
    must_not: Set[Pair] = frozenset()

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError("a push of no reviews says nothing")
        for reviewer, work in self.must:
            if reviewer not in self.reviewers or work not in self.works:
                raise ValueError(f"{reviewer} must review {work}, but one of them does not take part")


def of_people(people: Mapping[Key, Key | None], k: int, among: Among = Among.EVERYONE) -> Wish:
    """The wish for people who wrote one contribution each, which is called as they are."""
    return Wish(people, people, k, {(person, person) for person in people}, among)


class Why(StrEnum):
    """Why not everyone can give and get what is wished."""

    MUST_OWN = "must-own"
    MUST_AND_MUST_NOT = "must-and-must-not"
    MUST_GIVE_TOO_MANY = "must-give-too-many"
    MUST_GET_TOO_MANY = "must-get-too-many"
    TOO_FEW = "too-few"
    GROUP_TOO_SMALL = "group-too-small"
    GROUP_TOO_LARGE = "group-too-large"
    CANNOT_GIVE = "cannot-give"
    CANNOT_GET = "cannot-get"
    CANNOT_GIVE_TOGETHER = "cannot-give-together"
    CANNOT_GET_TOGETHER = "cannot-get-together"


SENTENCES: dict[Why, str] = {
    Why.MUST_OWN: N_("%(reviewers)s cannot be told to review their own contribution."),
    Why.MUST_AND_MUST_NOT: N_("One rule tells %(reviewers)s to review %(works)s. Another rule forbids it."),
    Why.MUST_GIVE_TOO_MANY: N_("The rules tell %(reviewers)s to give %(possible)s reviews, not %(wanted)s."),
    Why.MUST_GET_TOO_MANY: N_("The rules send %(possible)s reviewers to %(works)s, more than %(wanted)s."),
    Why.TOO_FEW: N_("Each should give %(wanted)s reviews. Contributions by others: only %(possible)s."),
    Why.GROUP_TOO_SMALL: N_(
        "The group “%(group)s” is too small. Each should give %(wanted)s reviews there. "
        "Contributions by others: only %(possible)s."
    ),
    Why.GROUP_TOO_LARGE: N_(
        "The group “%(group)s” is too large to review only other groups. "
        "Reviews possible between it and the others: %(possible)s of %(wanted)s."
    ),
    Why.CANNOT_GIVE: N_(
        "Too few reviews for %(reviewers)s to give. The groups and rules leave %(possible)s of %(wanted)s."
    ),
    Why.CANNOT_GET: N_(
        "Too few reviewers for %(works)s. The groups and rules leave %(possible)s of %(wanted)s."
    ),
    Why.CANNOT_GIVE_TOGETHER: N_(
        "Together these should give %(wanted)s reviews, but can give only %(possible)s: %(reviewers)s."
    ),
    Why.CANNOT_GET_TOGETHER: N_(
        "Together these should get %(wanted)s reviews, but can get only %(possible)s: %(works)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a wish is not possible: a reason, the numbers, and whom it concerns."""

    why: Why
    wanted: int = 0
    possible: int = 0
    group: Key | None = None
    reviewers: Sequence[Key] = field(default=())
    works: Sequence[Key] = field(default=())

    def values(self, name: Callable[[Key], str] = str) -> dict[str, object]:
        """What fills the sentence, with names made by `name`."""
        return {
            "wanted": self.wanted,
            "possible": self.possible,
            "group": "" if self.group is None else name(self.group),
            "reviewers": _listed(self.reviewers, name),
            "works": _listed(self.works, name),
        }

    def __str__(self) -> str:
        return SENTENCES[self.why] % self.values()


def contradiction(wish: Wish) -> Obstacle | None:
    """What the rules themselves make impossible, whoever takes part."""
    for reviewer, work in wish.must:
        if (reviewer, work) in wish.own:
            return Obstacle(Why.MUST_OWN, reviewers=(reviewer,), works=(work,))
        if (reviewer, work) in wish.must_not:
            return Obstacle(Why.MUST_AND_MUST_NOT, reviewers=(reviewer,), works=(work,))
    return None


def _listed(keys: Sequence[Key], name: Callable[[Key], str]) -> str:
    return ", ".join(map(name, keys[:_NAMED])) + (f"… ({len(keys)})" if len(keys) > _NAMED else "")
