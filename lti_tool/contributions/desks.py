"""What the pages stand on where somebody writes: the activity, and which contribution is written there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request
from flask_babel import gettext

from ..activities.kinds import Prompt
from ..activities.models import Activity, Kind
from ..activities.phases import Door, Schedule
from ..activities.prompts import prompts_of
from ..activities.queries import id_in, opened_activity, schedule_of
from ..kernel import clock
from ..kernel.permissions import May
from ..kernel.web import database, visit
from . import actions, authors, queries, revisions, steps, teams, texts
from .authors import MINE, Which
from .models import Attachment, Contribution, ContributionState

# In an address: which of one's questions, and for whom an instructor writes.
NUMBER, PERSON = "n", "person"
ROOMS = frozenset({"contributions", "files", "uploads"})  # blueprints whose pages are of one desk


@dataclass(frozen=True, slots=True)
class Desk:
    """The activity, its dates for the visitor, and the contribution so far.

    `written_for` is the name of the person for whom an instructor writes; `written_by` that of the instructor
    who wrote for the visitor. `questions` are all that the author asks here.
    """

    activity: Activity
    which: Which
    mine: Contribution | None
    dates: Schedule
    written_for: str = ""
    written_by: str = ""
    questions: Sequence[Contribution] = ()

    @property
    def key(self) -> str:
        """Under what a device keeps the text until it is saved."""
        parts = [self.activity.id.hex]
        parts += [str(self.which.number)] if self.which.number else []
        parts += [self.which.person_id.hex] if self.which.person_id else []
        return "share." + ".".join(parts)

    @property
    def door(self) -> Door:
        """Whether it may be shared now."""
        return self.dates.sharing(clock.now())

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What the form asks for."""
        answered = [key for key, answer in self.text.answers.items() if answer]
        return prompts_of(self.activity, gettext, answered)

    @property
    def text(self) -> texts.Text:
        """What is being written."""
        return queries.text_in_hand(self.mine)

    @property
    def why(self) -> str:
        """What the author says they changed, as far as it is written."""
        return queries.why_in_hand(self.mine)

    def files_of(self, step: steps.Step | None) -> list[Attachment]:
        """The files that belong to a step, or to no step that there is."""
        ids = {each.id for each in self.text.steps} | {steps.numbered(1)}
        files = self.mine.attachments if self.mine else []
        return [each for each in files if (each.step == step.id if step else each.step not in ids)]

    @property
    def gaps(self) -> list[texts.Gap]:
        """What is missing before it can be shared."""
        return texts.gaps(self.activity, self.text)

    @property
    def shared(self) -> bool:
        """Whether peers can read it."""
        return self.mine is not None and self.mine.state is ContributionState.SHARED

    @property
    def settled(self) -> bool:
        """Whether it can no longer be changed."""
        return queries.settled(self.mine, self.dates)

    @property
    def revises(self) -> bool:
        """Whether it may be improved now, after the reviews."""
        return self.mine is not None and actions.revises(self.mine, self.dates)

    @property
    def corrects_until(self) -> datetime | None:
        """Until when a change is a correction of what was just shared."""
        if (
            self.mine is None
            or self.mine.revised_at is None
            or not revisions.in_grace(self.mine, clock.now())
        ):
            return None
        return self.mine.revised_at + revisions.GRACE

    @property
    def next_question(self) -> int | None:
        """The number of another question; None where no more can be asked."""
        if self.activity.kind is not Kind.QUESTION:
            return None
        number = max((each.number for each in self.questions), default=-1) + 1
        return number if number < authors.MOST_QUESTIONS else None


def desk() -> Desk:
    """The desk of the address.

    Raises:
        NotAllowedError: the visitor does not share, or may not write for that person.
        NotFoundError, ConflictError: the activity is not open to them, or see `authors.own`.

    """
    visit().require(May.SHARE)
    which = _which()
    _join_group(which)
    with database().read() as session:
        activity = opened_activity(session, visit())
        teams.refuse_page(activity)
        authors.refuse_number(activity, which.number)
        author = which.person_id or visit().person_id
        mine = authors.own_contribution(session, activity.id, author, which.number)
        person = authors.refuse_on_behalf(session, visit(), author, mine) if which.person_id else ""
        by = mine.written_by_id if mine else None
        return Desk(
            activity,
            which,
            mine,
            schedule_of(session, visit(), activity),
            person,
            authors.name_of(session, by) if by and by != visit().person_id else "",
            authors.questions(session, activity.id, author) if activity.kind is Kind.QUESTION else (),
        )


def _join_group(which: Which) -> None:
    """Who comes to a text that their group began writes it with them from now on."""
    with database().read() as session:
        activity = opened_activity(session, visit())
        if which.person_id or not teams.writes_in_groups(activity) or not visit().may(May.TAKE_PART):
            return
        if authors.own_contribution(session, activity.id, visit().person_id, attachments=False):
            return
    with database().write() as session:
        teams.join(session, visit(), activity)


def stay(endpoint: str, values: dict[str, object]) -> None:
    """Every address within a desk says which contribution is written there, if it is not the usual one."""
    if request.blueprint in ROOMS and endpoint.partition(".")[0] in ROOMS:
        for name in (NUMBER, PERSON):
            if name in request.args:
                values.setdefault(name, request.args[name])


def _which() -> Which:
    person: UUID | None = id_in(request.args.get(PERSON, ""))
    number = request.args.get(NUMBER, 0, type=int)
    return MINE if person is None and not number else Which(number, person)
