"""What a term means: a concept of a profile (xAPI Profiles 1.0, Part Two, 7.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xapi.profile.words import Words
from xapi.vocabulary import ActivityType, Term, Verb


@dataclass(frozen=True)
class Concept:
    """A term of ours: its name, its meaning, and for an extension where it goes and its JSON schema."""

    term: Term
    label: Words
    definition: Words
    verbs: tuple[Verb, ...] = ()
    types: tuple[ActivityType, ...] = ()
    schema: Mapping[str, Any] | None = None
