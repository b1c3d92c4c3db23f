"""A kind of statement, which is a statement template of the profile (xAPI Profiles 1.0, Part Two, 8.0)."""

from dataclasses import dataclass

from xapi.profile.demands import AT_THE_TOP, EVERYWHERE, INSIDE, NO_PLATFORM, PLATFORM, Demand
from xapi.profile.words import Words
from xapi.vocabulary import PROFILE_VERSION, ActivityType, Verb


@dataclass(frozen=True)
class Kind:
    """A kind of statement; its verb and its object's type tell it from all others.

    One without an object's type is about other statements: those of the kinds `refers_to`, by their names;
    `follows` names the kinds of the statement that its context points at.
    """

    name: str
    label: Words
    definition: Words
    verb: Verb
    object_type: ActivityType | None
    own: tuple[Demand, ...] = ()
    inside: bool = True
    follows: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """The IRI of its template. It belongs to one version: templates never change under their IRI."""
        return template_iri(self.name)

    @property
    def demands(self) -> tuple[Demand, ...]:
        """All that is demanded of its statements."""
        where = (
            (PLATFORM, *(INSIDE if self.inside else AT_THE_TOP))
            if self.object_type
            else (NO_PLATFORM, *AT_THE_TOP)
        )
        return (*EVERYWHERE, *where, *self.own)


def template_iri(name: str) -> str:
    """Return the IRI of a kind's template."""
    return f"{PROFILE_VERSION}/templates/{name}"
