"""What the journal's lines speak of, as the rows have it: places, works, comments, and whom they name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from xapi.statements import Actor

from ..activities.models import Activity, Kind
from ..contributions.models import Contribution
from ..contributions.teams import COURSE
from ..exchanges.models import Comment
from ..kernel.journal import EventType
from ..people.accounts import Keys, Somebody, Tenant, account
from ..people.models import ActorMode, Course, Deployment, Person, Platform
from ..reviews.models import Review
from .lines import WITHOUT_CONTRIBUTION, Line, NotToldError, contribution_of
from .texts import Written, written

# Done to the author of a contribution: the statement names them
TO_ITS_AUTHOR = frozenset(
    {EventType.ASSIGNED_REVIEW, EventType.REVIEWED, EventType.RETURNED, EventType.COMMENTED}
    | {EventType.THANKED, EventType.APPLIED, EventType.DISAGREED, EventType.SHARED}
)
_OF_REVIEWS = frozenset({EventType.ASSIGNED_REVIEW, EventType.REVIEWED, EventType.RETURNED})
# Upon what somebody said before, and the fact that says which comment
_UPON_WORDS = {
    EventType.REPLIED: "thread",
    EventType.ANSWERED: "thread",
    EventType.VOTED: "answer",
    EventType.ACCEPTED: "answer",
    EventType.ENDORSED: "answer",
}

# Built once, as building costs more than running them
_IDS: BindParameter[UUID] = bindparam("ids", expanding=True)
_PLACES = (
    select(
        Activity.id, Activity.title, Activity.kind, Activity.language, Activity.as_group,
        Course.context_id, Course.title,
        Platform.name, Platform.product, Platform.synthetic, Platform.texts_told,
        Course.tenant_id, Platform.issuer, Deployment.home_page, Platform.actor_mode,
        Deployment.pseudonym_key,
    )
    .join(Course, Course.id == Activity.course_id)
    .join(Deployment, Deployment.id == Course.tenant_id)
    .join(Platform, Platform.id == Deployment.platform_id)
    .where(Activity.id.in_(_IDS))
)  # fmt: skip
_WORKS = select(Contribution.id, Contribution.author_id, Contribution.team).where(Contribution.id.in_(_IDS))
_PEOPLE = select(Person.id, Person.sub, Person.sourcedid, Person.erased_at).where(Person.id.in_(_IDS))

kept = lru_cache(maxsize=4096)  # people, places and works come back in many events
_account = kept(account)


class Place(NamedTuple):
    """Where an event happened."""

    activity_id: UUID
    title: str
    kind: Kind
    language: str
    as_group: bool
    context_id: str
    course: str
    platform: str
    product: str
    synthetic: bool
    texts_told: bool
    tenant: Tenant


_place, _tenant = (
    kept(Place),
    kept(Tenant),
)  # the same place is the same object, so that it is soon found again


class Work(NamedTuple):
    """A contribution. `team`: the group that wrote it together; empty, or "course", where none did."""

    author_id: UUID
    team: str


@dataclass(frozen=True, slots=True)
class Around:
    """What some lines speak of; ids that stand in facts are kept as they stand there."""

    places: Mapping[UUID, Place]
    works: Mapping[str, Work]
    speakers: Mapping[str, UUID] = field(default_factory=dict)  # by comment
    teams: Mapping[UUID, str] = field(default_factory=dict)  # that review together, by review
    names: Mapping[UUID, Actor | ValueError] = field(default_factory=dict)
    texts: Mapping[int, Written] = field(default_factory=dict)  # by event

    def name(self, person_id: UUID) -> Actor:
        """The account of somebody. Raises NotToldError: they were erased; ValueError: they have none."""
        found = self.names[person_id]
        if isinstance(found, ValueError):
            raise found
        return found

    def whose(self, line: Line) -> UUID | None:
        """Whom the statement names beside who acts: whose work or words the act is upon, or whom it mentions.

        Raises:
            LookupError, ValueError: the line or its work is broken.

        """
        kind, facts = line.type, line.facts
        if kind in TO_ITS_AUTHOR or self.is_on_a_work(line):
            return self.works[contribution_of(line)].author_id
        if kind is EventType.MENTIONED or kind is EventType.RATED:
            return UUID(facts["person" if kind is EventType.MENTIONED else "reviewer"])
        return self.speakers.get(facts[_UPON_WORDS[kind]]) if kind in _UPON_WORDS else None

    def is_on_a_work(self, line: Line) -> bool:
        """Whether it asks about a contribution that is not itself the question, or answers one that is."""
        if line.type is EventType.ANSWERED:
            return not line.facts.get("thread")
        return line.type is EventType.ASKED and str(line.entity) != contribution_of(line)

    def team(self, line: Line) -> UUID | None:
        """The group whose act it is."""
        if line.type in _OF_REVIEWS:
            team = self.teams.get(line.entity, "")
        elif line.type in WITHOUT_CONTRIBUTION or str(line.entity) != contribution_of(line):
            return None  # done by one of them
        else:
            team = self.works[contribution_of(line)].team
        return UUID(hex=team) if team not in {"", COURSE} else None


def look_around(session: Session, lines: Sequence[Line], base_url: str, keys: Keys | None) -> Around:
    """Read what lines of the journal speak of. Three statements; more only where there is more to tell."""
    places = _places(session, {line.activity_id for line in lines})
    works = _works(
        session,
        {contribution_of(line) for line in lines if line.type not in WITHOUT_CONTRIBUTION}
        | {line.facts["loser"] for line in lines if line.type is EventType.COMPARED},
    )
    together = {line.entity for line in lines if line.type in _OF_REVIEWS and _as_group(places, line)}
    around = Around(
        places,
        works,
        speakers=_speakers(session, set(map(_comment_acted_upon, lines)) - {""}),
        teams=_teams(session, together) if together else {},
        texts=written(session, [line for line in lines if _with_texts(places, line)], base_url),
    )
    names = _names(session, _tenants(around, lines), keys)
    return Around(places, works, around.speakers, around.teams, names, around.texts)


def _comment_acted_upon(line: Line) -> str:
    return line.facts.get(_UPON_WORDS[line.type], "") if line.type in _UPON_WORDS else ""


def _as_group(places: Mapping[UUID, Place], line: Line) -> bool:
    return line.activity_id in places and places[line.activity_id].as_group


def _with_texts(places: Mapping[UUID, Place], line: Line) -> bool:
    return line.activity_id in places and places[line.activity_id].texts_told


def _places(session: Session, activities: Iterable[UUID]) -> Mapping[UUID, Place]:
    rows = session.connection().execute(_PLACES, {"ids": list(activities)})
    return {row[0]: _place(*row[:11], _tenant(*row[11:])) for row in rows.all()}


def _works(session: Session, contributions: Iterable[str]) -> Mapping[str, Work]:
    rows = session.connection().execute(_WORKS, {"ids": [UUID(work) for work in contributions]})
    return {str(work): Work(author, team) for work, author, team in rows.all()}


def _speakers(session: Session, comments: Iterable[str]) -> Mapping[str, UUID]:
    wanted = [UUID(comment) for comment in comments]
    if not wanted:
        return {}
    rows = session.execute(select(Comment.id, Comment.author_id).where(Comment.id.in_(wanted)))
    return {str(comment): author for comment, author in rows}


def _teams(session: Session, reviews: Iterable[UUID]) -> Mapping[UUID, str]:
    rows = session.execute(select(Review.id, Review.team).where(Review.id.in_(reviews)))
    return dict(rows.all())


def _tenants(around: Around, lines: Iterable[Line]) -> Mapping[UUID, Tenant]:
    """The people whom the statements of some lines name, each with their tenant."""
    found: dict[UUID, Tenant] = {}
    for line in lines:
        if line.activity_id not in around.places:
            continue
        tenant = around.places[line.activity_id].tenant
        found[line.person_id] = tenant
        if "written_by" in line.facts:
            found[UUID(line.facts["written_by"])] = tenant
        try:
            if whose := around.whose(line):
                found[whose] = tenant
        except (LookupError, ValueError):  # it is told when the line is
            pass
    return found


def _names(
    session: Session, tenants: Mapping[UUID, Tenant], keys: Keys | None
) -> Mapping[UUID, Actor | ValueError]:
    opened = {each: _key(each, keys) for each in set(tenants.values())}
    rows = session.connection().execute(_PEOPLE, {"ids": list(tenants)})
    return {
        person: _name(tenants[person], Somebody(sub, sourcedid, erased is not None), opened)
        for person, sub, sourcedid, erased in rows.all()
    }


def _key(tenant: Tenant, keys: Keys | None) -> bytes | ValueError:
    if tenant.actor_mode is not ActorMode.PSEUDONYM:
        return b""
    if keys is None:
        return ValueError("pseudonyms need a key")
    try:
        return keys.of(tenant)
    except ValueError as error:
        return error


def _name(
    tenant: Tenant, person: Somebody, opened: Mapping[Tenant, bytes | ValueError]
) -> Actor | ValueError:
    key = opened[tenant]
    if person.erased:
        return NotToldError("a person whom it names was erased")
    if isinstance(key, ValueError):
        return key
    try:
        # A key, and what was made with it, are not kept: they may be destroyed
        return account(tenant, person, key) if key else _account(tenant, person)
    except ValueError as error:
        return error
