"""Writing with others: peers whom the author lets in, and groups; one text, one review, credit for each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import Classroom
from factories import browser_of, tool

from lti_tool.activities.models import Kind, Writing
from lti_tool.contributions import actions, authors, coauthors
from lti_tool.contributions.actions import Written
from lti_tool.contributions.models import Authorship, Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, GroupMember
from lti_tool.reviews import actions as reviews

WHOLE = {"situation": "Every morning at seven.", "what_i_do": "I greet first.", "why_it_works": "They smile."}


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


def write(room, visit, title="A calm welcome", version=0):
    with room.database.write() as session:
        return actions.save_draft(session, visit, room.activity, Written(title, WHOLE, {}, version))


def act(room, what, visit, *more):
    with room.database.write() as session:
        return what(session, visit, room.activity, *more)


def mine(room, visit):
    with room.database.read() as session:
        return authors.own_contribution(session, room.activity.id, visit.person_id, attachments=False)


@pytest.mark.every_database
def test_two_write_one_text(room):
    anna, bo, cy = (room.visit(each) for each in room.people(3, shared=False))
    write(room, anna)
    for _ in range(2):
        act(room, coauthors.let_in, anna, bo.person_id)
    assert mine(room, bo).id == mine(room, anna).id
    write(room, bo, "A warm welcome", 1)
    assert mine(room, anna).title == "A warm welcome"
    for refused, visit, person in (
        (NotAllowedError, bo, cy.person_id),  # who did not begin it
        (NotFoundError, anna, anna.person_id),
        (NotFoundError, anna, room.instructor),
        (NotFoundError, anna, uuid4()),
    ):
        with pytest.raises(refused):
            act(room, coauthors.let_in, visit, person)
    act(room, coauthors.leave, bo)
    assert mine(room, bo) is None
    with pytest.raises(NotAllowedError):
        act(room, coauthors.leave, anna)


def test_who_writes_already_is_not_taken_away(room):
    anna, bo, cy, dee = (room.visit(each) for each in room.people(4, shared=False))
    write(room, bo)
    act(room, coauthors.let_in, anna, dee.person_id)
    for visit, person in ((anna, bo), (cy, dee)):
        with pytest.raises(ConflictError):
            act(room, coauthors.let_in, visit, person.person_id)
    room.set(Enrolment, Enrolment.person_id == cy.person_id, active=False)
    with pytest.raises(NotFoundError):
        act(room, coauthors.let_in, anna, cy.person_id)


@pytest.mark.every_database
def test_reviewed_together_and_by_neither(room):
    """Neither reviews their own; once a peer reads it, nobody comes or goes."""
    anna, bo, cy, dee = (room.visit(each) for each in room.people(4, shared=False))
    write(room, anna)
    act(room, coauthors.let_in, anna, bo.person_id)
    act(room, actions.share, bo)
    with pytest.raises(reviews.NothingToReviewError):
        act(room, reviews.pull, bo)
    write(room, cy)
    act(room, actions.share, cy)
    assert act(room, reviews.pull, cy).contribution_id == mine(room, anna).id
    room.set(
        Contribution, Contribution.author_id == anna.person_id, revised_at=clock.now() - timedelta(days=1)
    )
    for what, visit, more in (
        (coauthors.leave, bo, ()),
        (coauthors.let_in, anna, (dee.person_id,)),
        (coauthors.take_out, anna, (bo.person_id,)),
    ):
        with pytest.raises(ConflictError):
            act(room, what, visit, *more)


def test_the_page(room, app):
    anna, bo = (room.visit(each) for each in room.people(2, shared=False))
    hers, his = (browser_of(app, room.database, each) for each in (anna, bo))
    bos = f"Learner {bo.person_id.hex}"
    assert "Write with a peer" in hers.get("/share").text
    assert bos in hers.get(f"/share/with?q={bo.person_id.hex[:6].upper()}").text
    assert "Nobody of this name" in hers.get("/share/with?q=zzz").text
    assert hers.post("/share/with", data={"person": bo.person_id}).status_code == 303
    assert f"You write with {bos}." in hers.get("/share").text
    assert "You write with Learner" in his.get("/share").text
    assert his.post("/share/with/leave").status_code == 303
    assert hers.post("/share/with", data={"person": "nobody"}).status_code == 404
    staff = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert staff.get("/share/with").status_code == 403


@pytest.mark.every_database
def test_a_group_has_one_contribution(database, app):
    room = Classroom(database, writing=Writing.GROUPS)
    people = room.people(6, shared=False)
    anna, bo, cy, dee = (room.visit(each) for each in people[:4])
    reds, _ = room.group("Reds", people[:3]), room.group("Blues", people[4:])
    with ThreadPoolExecutor(3) as threads:  # all open it and save at once
        for each in [threads.submit(write, room, visit) for visit in (anna, bo, cy)]:
            each.result()
    [work] = room.all(Contribution)
    assert work.team == reds.hex
    assert {work.author_id, *(each.person_id for each in room.all(Authorship))} == set(people[:3])
    with pytest.raises(ConflictError):
        write(room, dee)
    late = browser_of(app, database, dee)
    assert "You are in no group yet" in late.get("/share").text
    room.group("Red guests", people[3:4])
    assert late.get("/share").status_code == 200
    assert "A calm welcome" not in late.get("/share").text
    with room.database.write() as session:
        session.add(GroupMember(group_id=reds, person_id=dee.person_id))
    assert "A calm welcome" in late.get("/share").text, "a group that has begun comes first"
    assert mine(room, dee).id == work.id
    assert late.get("/share/with").status_code == 404


def test_where_all_write_one_page_nobody_shares_alone(database):
    room = Classroom(database, kind=Kind.SYNTHESIS, writing=Writing.COURSE)
    with pytest.raises(NotFoundError):
        write(room, room.visit(room.people(1, shared=False)[0]))
