"""What is shared, shared again, corrected and taken back; who may look at which version."""

from dataclasses import replace
from datetime import timedelta

import pytest
from classroom import Classroom
from factories import browser_of, tool

from lti_tool.activities.dates import Dates
from lti_tool.activities.extending import extend
from lti_tool.activities.models import Activity, Extension, Feedback, Grading, Kind
from lti_tool.contributions import actions, authors, revisions
from lti_tool.contributions.actions import Written
from lti_tool.contributions.authors import MINE, Which
from lti_tool.contributions.index import SearchEntry
from lti_tool.contributions.models import Authorship, Contribution, ContributionState, Revision
from lti_tool.exchanges import actions as exchanges
from lti_tool.kernel import clock
from lti_tool.kernel.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.reviews import actions as reviews

TOLD = {EventType.SUBMITTED, EventType.ASKED, EventType.REVISED, EventType.WITHDRAWN}


@pytest.fixture
def room(database):
    return Classroom(database, grading=Grading.NONE, feedback=Feedback.COMMENTS)


@pytest.fixture
def me(room):
    return room.visit(room.people(1, shared=False)[0])


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


def share(room, visit, text, *, why="", which=MINE):
    """Write and share a text; of all prompts the same."""
    with room.database.write() as session:
        mine = authors.own_contribution(
            session, room.activity.id, which.person_id or visit.person_id, which.number
        )
        answers = dict.fromkeys(("situation", "what_i_do", "why_it_works", "what_i_want_to_know"), text)
        written = Written("A calm welcome", answers, {}, mine.version if mine else 0, why=why)
        actions.save_draft(session, visit, room.activity, written, which)
        return actions.share(session, visit, room.activity, which)


def act(room, action, *args, **named):
    with room.database.write() as session:
        return action(session, *args, **named)


def later(room, **values):
    """The time of grace is over."""
    room.set(Contribution, Contribution.state == "shared", revised_at=clock.now() - revisions.GRACE, **values)


def told(room):
    return [(each.type, each.revision) for each in room.all(Event) if each.type in TOLD]


def test_each_time_it_is_shared_is_a_version_but_a_correction_is_none(room, me):
    share(room, me, "one")
    corrected = share(room, me, "one, corrected")
    assert (corrected.revision, told(room)) == (1, [(EventType.SUBMITTED, 0)])
    later(room)
    share(room, me, "two", why="  Clearer,\nI hope ")
    first, second = sorted(room.all(Revision), key=lambda each: each.number)
    assert (first.answers["situation"], second.answers["situation"]) == ("one, corrected", "two")
    assert (second.why, second.author_id, second.words) == ("Clearer, I hope", me.person_id, 3)
    assert told(room) == [(EventType.SUBMITTED, 0), (EventType.REVISED, 2)]
    submitted, revised = (event for event in room.all(Event) if event.type in TOLD)
    assert revised.facts == {"words": 3, "revision": 2, "statement": str(submitted.statement_id)}


@pytest.mark.every_database
def test_in_the_time_of_grace_a_reader_does_not_stop_a_correction_and_after_it_does(room, me):
    mine = share(room, me, "one")
    room.set(Contribution, Contribution.id == mine.id, served=1)
    assert share(room, me, "corrected").answers["situation"] == "corrected"
    later(room)
    with pytest.raises(ConflictError):
        share(room, me, "too late")
    assert [each.number for each in room.all(Revision)] == [1]


@pytest.mark.every_database
def test_a_contribution_is_taken_back_and_shared_again_with_all_that_was_said(room, me, app):
    peer = room.visit(room.people(1)[0])
    mine = share(room, me, "one")
    act(room, exchanges.say, peer, room.activity, mine.id, "Thank you for this.", mine.id)
    browser, other = (browser_of(app, room.database, each) for each in (me, peer))
    assert "What they said about it is hidden" in browser.get("/contribution/withdraw").text
    assert browser.post("/contribution/withdraw").location.endswith("/share")
    (draft,) = room.all(Contribution, Contribution.id == mine.id)
    assert (draft.state, draft.shared_at, draft.revision) == (ContributionState.DRAFT, None, 1)
    assert room.all(SearchEntry, SearchEntry.contribution_id == mine.id) == []
    assert other.get(f"/c/{mine.id}").status_code == 404
    assert act(room, actions.withdraw, me, room.activity).state is ContributionState.DRAFT  # twice is once
    assert 'value="A calm welcome"' in browser.get("/share").text
    share(room, me, "two")
    assert "Thank you for this." in other.get(f"/c/{mine.id}").text
    assert told(room) == [(EventType.SUBMITTED, 0), (EventType.WITHDRAWN, 1), (EventType.SUBMITTED, 1)]
    events = {(each.type, each.revision): each for each in room.all(Event)}
    withdrawn = events[EventType.WITHDRAWN, 1]
    assert withdrawn.facts["statement"] == str(events[EventType.SUBMITTED, 0].statement_id)
    # Its author sees every version; a peer those that were shared since.
    assert "Version 1" in browser.get(f"/c/{mine.id}/versions").text
    assert "Version 1" not in other.get(f"/c/{mine.id}/versions").text
    assert other.get(f"/c/{mine.id}/versions/difference?from=1&to=2").status_code == 404
    shown = browser.get(f"/c/{mine.id}/versions/difference?from=1&to=2").text
    assert '<del><span class="visually-hidden">(removed) </span>one</del>' in shown
    assert '<ins><span class="visually-hidden">(added) </span>two</ins>' in shown


def test_what_a_peer_reviews_is_not_taken_back(room, me):
    room.set(
        Activity, Activity.id == room.activity.id, feedback=Feedback.REVIEWS, grading=Grading.TWO_COLUMNS
    )
    room.activity = room.reload()
    mine = share(room, me, "one")
    (peer,) = room.people(1)
    review = act(room, reviews.pull, room.visit(peer), room.activity)
    assert review.contribution_id == mine.id
    with pytest.raises(ConflictError):
        act(room, actions.withdraw, me, room.activity)
    act(room, reviews.give_back, room.visit(peer), room.activity, review.id)
    act(room, actions.withdraw, me, room.activity)
    with pytest.raises(ConflictError):  # what was given back is no way to read what is taken back
        act(room, reviews.send, room.visit(peer), room.activity, review.id, 0, room.written(), extra=True)


@pytest.mark.every_database
def test_nobody_reviews_what_they_wrote_with_others_nor_what_staff_shares(room, me):
    room.set(
        Activity, Activity.id == room.activity.id, feedback=Feedback.REVIEWS, grading=Grading.TWO_COLUMNS
    )
    room.activity = room.reload()
    joint = share(room, me, "one")
    (other,) = room.people(1, shared=False)
    with room.database.write() as session:
        session.add(
            Authorship(
                contribution_id=joint.id, person_id=other, activity_id=room.activity.id, joined_at=clock.now()
            )
        )
    share(room, room.visit(room.instructor, role=Role.INSTRUCTOR), "An example")
    with pytest.raises(ConflictError):
        act(room, reviews.pull, room.visit(other), room.activity)
    with room.database.read() as session:
        assert authors.own_contribution(session, room.activity.id, other).id == joint.id
        assert [person for person, _ in authors.writers(session, [joint.id])[joint.id]] == [
            me.person_id,
            other,
        ]
    (example,) = room.all(Contribution, Contribution.by_staff.is_(True))
    assert example.author_id == room.instructor


@pytest.mark.every_database
def test_an_instructor_writes_for_a_learner_who_may_change_it(room, me, app):
    instructor = room.visit(room.instructor, role=Role.INSTRUCTOR)
    browser = browser_of(app, room.database, instructor)
    address = browser.get(f"/share/for/{me.person_id}").location
    address = "/share" + address.partition("/share")[2]
    form = dict.fromkeys(("answer-situation", "answer-what_i_do", "answer-why_it_works"), "As told to me.")
    assert f"person={me.person_id}" in browser.get(address).text  # all that is sent from there says for whom
    answer = browser.post(address, data=form | {"title": "By phone", "version": "0", "do": "submit"})
    assert answer.location.endswith(f"/people/{me.person_id}")
    (mine,) = room.all(Contribution)
    assert (mine.author_id, mine.written_by_id, mine.by_staff) == (me.person_id, room.instructor, False)
    (event,) = (event for event in room.all(Event) if event.type in TOLD)
    assert (event.person_id, event.facts["written_by"]) == (me.person_id, str(room.instructor))
    own = browser_of(app, room.database, me)
    assert "Written for you by Ines" in own.get("/contribution").text
    assert browser.get(address).status_code == 409  # from now on it is the learner's
    assert own.get(f"/share?person={room.people(1)[0]}").status_code == 403


def test_several_questions_each_with_its_own_address(database, app):
    room = Classroom(database, kind=Kind.QUESTION, grading=Grading.NONE, feedback=Feedback.COMMENTS)
    me = room.visit(room.people(1, shared=False)[0])
    browser = browser_of(app, database, me)
    share(room, me, "How?")
    shown = browser.get("/contribution").text
    assert "/share?n=1" in shown
    assert 'href="/l/' in shown
    form = browser.get("/share?n=1").text
    for address in ("/share?n=1", "/share/save?n=1", "/share/files?n=1"):
        assert address in form
    answer = browser.post(
        "/share?n=1",
        data={"title": "And why?", "answer-what_i_want_to_know": "Why?", "version": "0", "do": "submit"},
    )
    assert answer.location.endswith("/contribution?n=1")
    assert told(room) == [(EventType.ASKED, 0), (EventType.ASKED, 0)]
    assert browser.get(f"/share?n={authors.MOST_QUESTIONS}").status_code == 409
    with pytest.raises(NotFoundError):
        share(Classroom(database), me, "Twice", which=Which(1))


@pytest.mark.every_database
def test_a_person_has_later_dates_of_their_own(room, me):
    now, instructor = clock.now(), room.visit(room.instructor, role=Role.INSTRUCTOR)
    past, future = now - timedelta(days=1), now + timedelta(days=1)
    room.set(Activity, Activity.id == room.activity.id, share_by=past, review_by=future, late_allowed=False)
    room.activity = room.reload()
    with pytest.raises(ConflictError):
        share(room, me, "one")
    whose = room.activity, me.person_id
    with pytest.raises(InvalidError):
        act(room, extend, instructor, *whose, Dates(past - timedelta(days=1)))
    with pytest.raises(NotAllowedError):
        act(room, extend, me, *whose, Dates(future))
    with pytest.raises(NotFoundError):
        act(room, extend, instructor, room.activity, room.instructor, Dates(future))
    act(room, extend, instructor, *whose, Dates(future))
    assert not share(room, me, "one").late
    act(room, extend, instructor, *whose, Dates())
    assert room.all(Extension) == []
    assert share(room, replace(instructor), "No date binds staff").by_staff
