"""A page that many write: what each may do with it. Every save is a version, and nobody's text is lost."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xapi.statements import statement_id

from ..activities.models import Activity
from ..activities.phases import Door, lets_in
from ..activities.queries import schedule_of
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_, choose_language
from ..kernel.journal import EventType
from ..kernel.markup import count_words, plain
from ..kernel.permissions import May, Visit
from . import merging, sections
from .actions import refuse_settled
from .index import keep_findable
from .models import Contribution, ContributionState, Revision
from .teams import Team, credit

TEXT = "text"  # the key of the page among the answers
TEXT_MOST, WHY_MOST = 60_000, 200  # characters


@dataclass(frozen=True, slots=True)
class Edit:
    """What a form brings: the text as it should be, of the whole page or of one section of version `base`.

    `form` is the form's own number: one sent twice is one version.
    """

    text: str
    base: int
    form: UUID
    why: str = ""
    section: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The page after a save. `merged`: it holds what others wrote meanwhile; `new`: a version was made."""

    page: Contribution
    text: str
    merged: bool = False
    new: bool = True


def save(session: Session, visit: Visit, activity: Activity, team: Team, edit: Edit) -> Saved:
    """Make a version of the team's page: the edit, and what others did since its base.

    Raises:
        NotAllowedError: the visitor may not share.
        NotFoundError: there is no such base or section.
        InvalidError: it is empty, or too long.
        ConflictError: the activity is not open, a peer reviews the page, or it is hidden.

    """
    visit.require(May.SHARE)
    edit = replace(edit, text=merging.tidy(plain(edit.text)), why=" ".join(plain(edit.why).split()))
    _refuse_too_long("why", edit.why, WHY_MOST)
    door = schedule_of(session, visit, activity).sharing(clock.now())
    if not lets_in(door):
        raise ConflictError(N_("This page is closed. Your text is kept on this device."), code="closed")
    page = _page(session, visit, activity, team)
    twice = select(Revision).where(Revision.contribution_id == page.id, Revision.form == edit.form)
    if again := session.scalar(twice):
        return Saved(page, str(page.answers[TEXT]), again.merged, new=False)
    refuse_settled(page)
    if page.hidden_at and not visit.may(May.SEE_ALL_WORK):
        raise ConflictError(N_("This page is hidden. Your text is kept on this device."), code="hidden")
    base, latest = _text_of(session, page, edit.base), str(page.answers.get(TEXT, ""))
    typed = edit.text if edit.section is None else sections.replaced(base, edit.section, edit.text)
    _refuse_too_long(TEXT, typed, max(TEXT_MOST, len(base)))
    merged = merging.merge(base, typed, latest)
    if not merged:
        raise InvalidError(N_("Leave a few words on the page."), field=TEXT, code="empty")
    if merged == latest:
        return Saved(page, latest, new=False)
    version = Revision(
        contribution_id=page.id,
        number=page.revision + 1,
        author_id=visit.person_id,
        title=activity.title,
        answers={TEXT: merged},
        words=count_words(merged),
        why=edit.why,
        merged=merged != typed,
        saved_at=clock.now(),
        form=edit.form,
    )
    session.add(version)
    _publish(session, visit, activity, page, version, late=door is Door.LATE)
    return Saved(page, merged, version.merged)


def restore(session: Session, visit: Visit, activity: Activity, team: Team, number: int, edit: Edit) -> Saved:
    """Bring version `number` back as a new one; what others write meanwhile stays. Raises as `save`."""
    page = page_of(session, activity, team)
    return save(session, visit, activity, team, replace(edit, text=_text_of(session, page, number)))


def settle(
    session: Session, visit: Visit, activity: Activity, team: Team, place: int, choice: int | None, edit: Edit
) -> Saved:
    """Keep one version of an unsettled passage of the edit's base, or all of them in a row (None).

    Raises:
        NotFoundError: there is no such passage or version, or what `save` raises.

    """
    base = _text_of(session, page_of(session, activity, team), edit.base)
    try:
        text = merging.settle(base, place, choice)
    except IndexError:
        raise NotFoundError(N_("This passage does not exist.")) from None
    return save(session, visit, activity, team, replace(edit, text=text))


def page_of(session: Session, activity: Activity, team: Team) -> Contribution:
    """A team's page. Raises NotFoundError before its first save."""
    page = session.scalar(
        select(Contribution).where(Contribution.activity_id == activity.id, Contribution.team == team.key)
    )
    if page is None:
        raise NotFoundError(N_("Nobody has written this page yet."))
    return page


def _publish(
    session: Session, visit: Visit, activity: Activity, page: Contribution, version: Revision, *, late: bool
) -> None:
    """Show a version to all, credit who wrote it, tell it."""
    page.title, page.answers, page.words = version.title, version.answers, version.words
    page.revision, page.saved_at, page.revised_at = version.number, version.saved_at, version.saved_at
    page.version += 1
    facts: dict[str, object] = {"words": version.words, "revision": version.number}
    kind, number = EventType.REVISED, version.number
    if page.state is ContributionState.DRAFT:
        page.state, page.shared_at, page.late = ContributionState.SHARED, version.saved_at, late
        kind, number = EventType.SUBMITTED, 0
        facts |= {"late": late, "revision": number}
    else:
        first = statement_id(visit.tenant_id, EventType.SUBMITTED.value, page.id, 0)
        facts["statement"] = str(first)
    if visit.may(May.TAKE_PART) and not visit.test_user:
        if page.by_staff:  # staff began it: now it is a learner's
            page.author_id, page.number = visit.person_id, _next_number(session, activity, visit)
            page.by_staff = False
        session.flush()
        credit(session, page, [visit.person_id])
    journal.record_act(session, visit, kind, activity.id, page.id, revision=number, facts=facts)
    keep_findable(session, activity, page)
    session.flush()


def _page(session: Session, visit: Visit, activity: Activity, team: Team) -> Contribution:
    """The team's page, locked until the end of the transaction; made when there is none."""
    query = (
        select(Contribution)
        .where(Contribution.activity_id == activity.id, Contribution.team == team.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if page := session.scalar(query):
        return page
    try:
        with session.begin_nested():
            page = Contribution(
                activity_id=activity.id,
                author_id=visit.person_id,
                number=_next_number(session, activity, visit),
                team=team.key,
                by_staff=visit.test_user or not visit.may(May.TAKE_PART),
                state=ContributionState.DRAFT,
                title=activity.title,
                answers={},
                language=choose_language([activity.language]),
                version=0,
                revision=0,
                saved_at=clock.now(),
                served=0,
            )
            session.add(page)
    except IntegrityError:  # somebody else of the team made it in between
        return session.scalars(query).one()
    return page


def _next_number(session: Session, activity: Activity, visit: Visit) -> int:
    """A person's first free number here: who began the pages of several groups has several."""
    last = select(func.max(Contribution.number)).where(
        Contribution.activity_id == activity.id, Contribution.author_id == visit.person_id
    )
    found = session.scalar(last)
    return 0 if found is None else found + 1


def _text_of(session: Session, page: Contribution, number: int) -> str:
    if number == 0:
        return ""
    query = select(Revision.answers).where(Revision.contribution_id == page.id, Revision.number == number)
    answers = session.scalar(query) if 0 < number <= page.revision else None
    if answers is None:
        raise NotFoundError(N_("This version does not exist."))
    return str(answers.get(TEXT, ""))


def _refuse_too_long(field: str, text: str, most: int) -> None:
    if len(text) > most:
        sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
        raise InvalidError(sentence, field=field, code="too-long", length=len(text), most=most)
