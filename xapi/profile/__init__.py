"""The published xAPI profile of peer learning, and a checker for statements that works with any profile.

`document()` is our profile as JSON-LD; `check(statement)` and `match(statements)` check against it. For
another profile: `Profile.read(json.load(file))`.
"""

from collections.abc import Iterable
from functools import lru_cache

from xapi.profile.checking import Match, Profile, Validation
from xapi.profile.jsonld import document
from xapi.profile.patterns import Outcome
from xapi.profile.templates import Known, Problem, Statement
from xapi.vocabulary import PROFILE

__all__ = ["Match", "Outcome", "Problem", "Profile", "Validation", "check", "document", "match", "ours"]


@lru_cache(maxsize=8)
def ours(profile: str = PROFILE) -> Profile:
    """Return our profile, under the base IRI `profile`, to check with."""
    return Profile.read(document(profile))


def check(statement: Statement, known: Known = lambda _: None, profile: str = PROFILE) -> list[Problem]:
    """Return how a statement of ours breaks the profile; see `Profile.check`."""
    return ours(profile).check(statement, known)


def match(statements: Iterable[Statement], profile: str = PROFILE) -> list[Match]:
    """Match statements of ours against the profile's patterns; see `Profile.match`."""
    return ours(profile).match(statements)
