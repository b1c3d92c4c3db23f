"""Writing, sharing and changing a contribution: what the rows and the journal hold afterwards."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from classroom import Classroom, statements

from lti_tool.contributions import actions, attachments, authors, queries
from lti_tool.contributions.actions import Written
from lti_tool.contributions.files import SafeFile
from lti_tool.contributions.models import Attachment, Contribution, ContributionState
from lti_tool.contributions.revisions import GRACE
from lti_tool.kernel import clock
from lti_tool.kernel.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import PERMISSIONS, May, Role

WHOLE = {"situation": "Every morning at seven.", "what_i_do": "I greet first.", "why_it_works": "They smile."}


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def me(room):
    return room.visit(room.people(1, shared=False)[0])


def write(room, visit, title="A calm welcome", answers=WHOLE, version=0, shows=None):
    with room.database.write() as session:
        text = Written(title, answers, shows or {}, version)
        return actions.save_draft(session, visit, room.activity, text)


def share(room, visit):
    with room.database.write() as session:
        return actions.share(session, visit, room.reload())


def attach(room, visit, digest="d", key=None):
    file = SafeFile(io.BytesIO(b"x"), "image/png", 1, digest, 1, 1)
    with room.database.write() as session:
        return attachments.add_attachment(session, visit, room.activity, file, key or uuid4().hex)


def mine(room, visit):
    with room.database.read() as session:
        return authors.own_contribution(session, room.activity.id, visit.person_id)


def refusal(act, *args, error=ConflictError, **kwargs):
    with pytest.raises(error) as refused:
        act(*args, **kwargs)
    return refused.value.code


@pytest.mark.every_database
def test_the_first_save_makes_a_draft_that_no_one_is_told_of(room, me):
    saved = write(room, me)
    assert (saved.state, saved.version, saved.words) == (ContributionState.DRAFT, 1, 9)
    assert mine(room, me).answers["situation"] == WHOLE["situation"]
    assert room.all(Event) == []
    with room.database.read() as session:
        assert queries.submitted_count(session, room.activity.id) == 0


def test_sharing_is_one_transition_and_one_event(room, me):
    draft = write(room, me)
    shared = share(room, me)
    assert (shared.id, shared.state, shared.late, shared.words) == (
        draft.id,
        ContributionState.SHARED,
        False,
        9,
    )
    assert shared.shared_at is not None
    (event,) = room.all(Event)
    assert (event.type, event.entity, event.person_id) == (EventType.SUBMITTED, draft.id, me.person_id)
    assert event.facts == {"words": 9, "late": False, "revision": 0}
    with room.database.read() as session:
        assert queries.submitted_count(session, room.activity.id) == 1


@pytest.mark.every_database
def test_sharing_twice_is_once(room, me):
    write(room, me)
    first, second = share(room, me), share(room, me)
    assert (first.id, first.shared_at, first.version) == (second.id, second.shared_at, second.version)
    assert len(room.all(Event)) == len(room.all(Contribution)) == 1


def at_once(act, times=8):
    """Do the same thing in as many threads at the same moment."""
    ready = Barrier(times)

    def one(_):
        ready.wait()
        act()

    with ThreadPoolExecutor(times) as threads:
        list(threads.map(one, range(times)))


@pytest.mark.every_database
def test_eight_tabs_make_one_draft_and_share_it_once(room, me):
    at_once(lambda: write(room, me))
    assert len(room.all(Contribution)) == 1
    at_once(lambda: share(room, me))
    assert len(room.all(Event)) == 1
    assert mine(room, me).version == 2


def test_nothing_is_shared_while_something_required_is_missing(room, me):
    write(room, me, answers={"situation": "Mornings."})
    with pytest.raises(InvalidError) as refused:
        share(room, me)
    assert (refused.value.code, refused.value.field) == ("incomplete", "answer-what_i_do")
    assert mine(room, me).state is ContributionState.DRAFT
    assert room.all(Event) == []


@pytest.mark.every_database
def test_a_second_tab_cannot_overwrite_the_first_unseen(room, me):
    write(room, me)
    assert write(room, me, title="Another title", version=1).version == 2
    assert refusal(write, room, me, title="The old tab's title", version=1) == "two-tabs"
    assert mine(room, me).title == "Another title"


def test_a_form_sent_twice_is_no_conflict(room, me):
    assert write(room, me).version == write(room, me).version == 1


@pytest.mark.every_database
def test_after_the_date_it_is_taken_and_marked_late(database):
    yesterday = clock.now() - timedelta(hours=1)
    room = Classroom(database, share_by=yesterday)
    me = room.visit(room.people(1, shared=False)[0])
    write(room, me)
    assert share(room, me).late
    assert room.all(Event)[0].facts["late"] is True


@pytest.mark.parametrize(
    "settings",
    [{"share_by": clock.now() - timedelta(hours=1), "late_allowed": False}, {"closed_at": clock.now()}],
    ids=["date passed", "closed by hand"],
)
def test_when_sharing_is_closed_the_text_is_still_kept(database, settings):
    room = Classroom(database, **settings)
    me = room.visit(room.people(1, shared=False)[0])
    assert write(room, me).version == 1
    assert refusal(share, room, me) == "closed"
    assert mine(room, me).title == "A calm welcome"


@pytest.mark.every_database
def test_a_change_after_sharing_is_unseen_until_it_is_shared_and_is_no_second_event(room, me):
    write(room, me)
    first = share(room, me)
    write(room, me, title="A calmer welcome", version=first.version)
    assert mine(room, me).title == "A calm welcome"
    assert queries.text_in_hand(mine(room, me)).title == "A calmer welcome"
    changed = share(room, me)
    assert (changed.title, changed.change, changed.shared_at) == ("A calmer welcome", None, first.shared_at)
    assert len(room.all(Event)) == 1


@pytest.mark.every_database
def test_nothing_changes_once_a_peer_reads_it_and_the_text_is_kept(room, me):
    write(room, me)
    shared = share(room, me)
    room.set(Contribution, Contribution.id == shared.id, served=1, revised_at=shared.shared_at - GRACE)
    write(room, me, title="Too late", version=shared.version)
    assert refusal(share, room, me) == "in-review"
    now = mine(room, me)
    assert (now.title, now.change["title"]) == ("A calm welcome", "Too late")
    assert refusal(attach, room, me) == "in-review"


def test_files_are_numbered_described_and_taken_off(room, me):
    first, second = attach(room, me, "a"), attach(room, me, "b")
    assert (first.position, second.position) == (1, 2)
    write(room, me, shows={first.id: "A  door", uuid4(): "nothing"})
    with room.database.write() as session:
        attachments.describe_attachment(session, me, room.activity, second.id, "A hall")
        assert attachments.remove_attachment(session, me, room.activity, first.id) == first.storage_key
    assert [(each.id, each.shows) for each in mine(room, me).attachments] == [(second.id, "A hall")]


@pytest.mark.every_database
def test_describing_a_file_is_a_save_like_any_other(room, me):
    file = attach(room, me)
    write(room, me, shows={file.id: "A door"})
    assert write(room, me, shows={file.id: "Two doors"}, version=1).version == 2
    assert refusal(write, room, me, shows={file.id: "Three doors"}, version=1) == "two-tabs"
    assert mine(room, me).attachments[0].shows == "Two doors"


def test_the_same_file_sent_twice_is_one_row(room, me):
    assert attach(room, me, "same").id == attach(room, me, "same").id
    assert len(room.all(Attachment)) == 1


def test_ten_files_and_no_more(room, me):
    for number in range(attachments.MOST_FILES):
        attach(room, me, str(number))
    assert refusal(attach, room, me, "one more") == "many-files"
    assert len(room.all(Attachment)) == attachments.MOST_FILES


def test_nobody_touches_the_files_of_another(room, me):
    file = attach(room, me)
    other = room.visit(room.people(1)[0])
    with room.database.write() as session, pytest.raises(NotFoundError):
        attachments.remove_attachment(session, other, room.activity, file.id)
    write(room, other, version=1, shows={file.id: "Mine now"})
    assert mine(room, me).attachments[0].shows == ""


@pytest.mark.parametrize("role", [role for role in Role if May.SHARE not in PERMISSIONS[role]])
def test_other_roles_do_not_share(room, role):
    visit = room.visit(room.instructor, role=role)
    for act in (write, share, attach):
        assert refusal(act, room, visit, error=NotAllowedError) == "not-allowed"
    assert room.all(Contribution) == []


def test_who_left_the_course_no_longer_shares(room):
    visit = room.visit(room.people(1, shared=False)[0], active=False)
    assert refusal(write, room, visit, error=NotAllowedError) == "not-enrolled"


def test_reading_ones_work_with_its_files_takes_two_statements(room, me):
    attach(room, me)
    with statements(room.database.engine) as seen:
        assert len(mine(room, me).attachments) == 1
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("role", "shared", "found"),
    [
        (Role.INSTRUCTOR, True, True),
        (Role.ASSISTANT, True, True),
        (Role.INSTRUCTOR, False, False),
        (Role.LEARNER, True, False),
        (Role.SUPPORT, True, False),
    ],
)
def test_a_file_is_for_its_author_and_once_shared_for_who_sees_all_work(room, me, role, shared, found):
    write(room, me)
    file = attach(room, me)
    if shared:
        share(room, me)
    with room.database.read() as session:
        assert queries.visible_attachment(session, me, file.id).id == file.id
        visit = room.visit(room.instructor, role=role)
        if found:
            assert queries.visible_attachment(session, visit, file.id).id == file.id
        else:
            with pytest.raises(NotFoundError):
                queries.visible_attachment(session, visit, file.id)


@pytest.mark.every_database
def test_another_activitys_files_do_not_exist_here(room, me, database):
    file = attach(room, me)
    elsewhere = Classroom(database)
    visit = elsewhere.visit(me.person_id, role=Role.INSTRUCTOR)
    with database.read() as session, pytest.raises(NotFoundError):
        queries.visible_attachment(session, visit, file.id)
    with database.read() as session, pytest.raises(NotFoundError):
        queries.attachment_of(session, uuid4(), file.id)
