"""Screens L3 and L4 over HTTP: nothing typed is lost, nobody learns a name, and every refusal says why."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from classroom import TEXT, Classroom, statements
from factories import browser_of, tool
from lxml import html

from lti_tool.activities.models import Activity, Grading
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.gradebook.actions import settle
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, Person
from lti_tool.reviews import actions, leases
from lti_tool.reviews.models import Review
from lti_tool.reviews.releasing import GRACE

FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def room(database):
    return Classroom(database, given=2, wanted=2)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def people(room):
    return room.people(4)


@pytest.fixture
def me(room, app, people):
    return browser_of(app, room.database, room.visit(people[0]))


def page(response, status=200):
    assert (response.status_code, response.mimetype) == (status, "text/html"), response.get_data(as_text=True)
    return html.fromstring(response.get_data(as_text=True))


def text(response, status=200):
    return " ".join(page(response, status).find(".//main").text_content().split())


def filled(room, points="3", overall=TEXT, **more):
    fields = {"version": "0", "overall": overall, "do": "send"}
    for criterion in room.activity.criteria:
        fields |= {f"mark-{criterion.id}": points, f"comment-{criterion.id}": "Because."}
    return fields | more


def pulled(me):
    """The address of the review that the visitor takes."""
    response = me.post("/review/next")
    assert response.status_code == 303
    return re.search(r"/review/[0-9a-f-]{36}$", response.location).group()


def reviewed(room, reviewer, points=3):
    """`reviewer` takes a review and sends it, so long ago that its author may read it."""
    with room.database.write() as session:
        here = session, room.visit(reviewer), room.activity
        review = actions.pull(*here)
        sent = actions.send(*here, review.id, review.version, room.written(points))
        sent.sent_at -= GRACE
        return sent


@pytest.mark.every_database
def test_from_the_first_click_to_the_sent_review(room, me):
    address = pulled(me)
    workspace = page(me.get(address))
    form = workspace.get_element_by_id("review-form")
    assert workspace.xpath("count(//h1)") == 1
    assert form.xpath("count(.//fieldset)") == 2
    assert form.xpath("count(.//input[@type='radio'])") == 8
    assert [b.get("value") for b in form.xpath(".//div[@class='actions']//button")] == ["save", "send"]
    sent = me.post(address, data=filled(room))
    assert (sent.status_code, sent.location.endswith(address + "/sent")) == (303, True)
    after = me.get(address + "/sent")
    assert "1 of 2 done" in text(after)
    assert page(after).xpath("//form[contains(@action, '/review/next')]")
    assert page(after).xpath(f"//main//a[contains(@href, '{address}')]/span/text()") == ["Change my review"]


def test_a_saved_draft_comes_back_as_it_was(room, me):
    address = pulled(me)
    me.post(address, data=filled(room, points="2", overall="So far", do="save"))
    form = page(me.get(address)).get_element_by_id("review-form")
    assert form.fields["overall"].strip() == "So far"
    assert form.fields["version"] == "1"
    for criterion in room.activity.criteria:
        assert form.fields[f"mark-{criterion.id}"] == "2"
        assert form.fields[f"comment-{criterion.id}"].strip() == "Because."


def test_autosave_answers_with_the_next_version(room, me):
    address = pulled(me)
    answer = me.post(address + "/save", data=filled(room, overall="So"), headers=FETCH)
    assert answer.status_code == 200
    assert answer.json["version"] == 1
    assert answer.json["saved_at"].endswith("+00:00")
    refused = me.post(address + "/save", data=filled(room, overall="Other"), headers=FETCH)
    assert (refused.status_code, refused.json["code"]) == (409, "two-tabs")


def test_what_is_missing_is_told_beside_it_and_nothing_is_lost(room, me):
    address = pulled(me)
    useful, clear = room.activity.criteria
    incomplete = filled(room, overall="Too short", **{f"mark-{useful.id}": ""})
    refused = page(me.post(address, data=incomplete), 422)
    links = refused.xpath("//*[@data-error-summary]//a/@href")
    assert links == [f"#mark-{useful.id}-0", "#overall"]
    assert all(refused.get_element_by_id(link[1:]) is not None for link in links)
    form = refused.get_element_by_id("review-form")
    assert form.fields["overall"].strip() == "Too short"
    assert form.fields[f"mark-{clear.id}"] == "3"
    (stored,) = room.all(Review)
    assert (stored.overall, stored.state, stored.version) == ("Too short", "assigned", 1)
    assert form.fields["version"] == "1"
    assert me.post(address, data=filled(room, version="1")).status_code == 303


@pytest.mark.parametrize("points", ["5", "2.5", "abc", "nan", "inf", "-1", "3; DROP"])
def test_invented_levels_are_refused(room, me, points):
    address = pulled(me)
    assert "Choose one of the levels." in text(me.post(address, data=filled(room, points)), 422)
    assert {review.state for review in room.all(Review)} == {"assigned"}


def test_a_form_without_fields_is_refused(me):
    address = pulled(me)
    page(me.post(address, data={"do": "send", "version": "x"}), 422)


def test_a_second_tab_finds_its_text_and_may_send_it(room, me):
    address = pulled(me)
    me.post(address, data=filled(room, overall="The first tab", do="save"))
    refused = page(me.post(address, data=filled(room)), 409)
    form = refused.get_element_by_id("review-form")
    assert form.fields["overall"].strip() == TEXT
    assert me.post(address, data=filled(room, version=form.fields["version"])).location.endswith("/sent")


def test_double_clicks_and_the_back_button_send_once(room, me):
    address = pulled(me)
    for _ in range(3):
        assert me.post(address, data=filled(room)).location.endswith("/sent")
    assert me.post(address, data=filled(room, overall="Changed my mind", do="save")).location.endswith(
        "/sent"
    )
    assert len(room.all(Event, Event.type == EventType.REVIEWED)) == 1


def test_a_closed_activity_keeps_the_text(room, me):
    address = pulled(me)
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    response = me.post(address, data=filled(room))
    assert "Reviewing is closed." in text(response, 409)
    assert TEXT in response.get_data(as_text=True)
    assert [review.overall for review in room.all(Review)] == [TEXT]
    assert "Reviewing is closed." in text(me.post("/review/next"))


def test_a_lost_lease_keeps_the_text_and_offers_to_send_it_anyway(room, me):
    address = pulled(me)
    room.set(Review, Review.state == "assigned", lease_until=clock.now() - timedelta(seconds=1))
    with room.database.write() as session:
        leases.lapse_expired(session, clock.now())
    refused = me.post(address, data=filled(room))
    assert "Somebody else may have it now." in text(refused, 409)
    form = page(me.get(address)).get_element_by_id("review-form")
    assert form.fields["overall"].strip() == TEXT
    buttons = form.xpath(".//div[@class='actions']//button/@value")
    assert buttons == ["save", "send-extra"]
    version = form.fields["version"]
    assert me.post(address, data=filled(room, do="send-extra", version=version)).location.endswith("/sent")


def test_keeping_longer_and_giving_back_keep_the_text(room, me):
    address = pulled(me)
    room.set(Review, Review.state == "assigned", lease_until=clock.now() + timedelta(minutes=4))
    assert me.post(address + "/keep", data=filled(room, overall="So far")).status_code == 303
    (review,) = room.all(Review)
    assert review.lease_until > clock.now() + timedelta(hours=23)
    assert review.overall == "So far"
    assert (
        me.post(address + "/give-back", data=filled(room, overall="Further", version="1")).status_code == 303
    )
    (review,) = room.all(Review)
    assert (review.state, review.overall) == ("lapsed", "Further")
    assert sum(room.served().values()) == 0


@pytest.mark.every_database
def test_why_there_is_nothing_and_when(room, app, me, people):
    alone = browser_of(app, room.database, room.visit(room.people(1, shared=False)[0]))
    assert "Share your own contribution first." in text(alone.post("/review/next"))
    for _ in range(3):
        me.post(pulled(me), data=filled(room))
    assert "You have read everything that is shared so far." in text(me.post("/review/next"))
    room.people(1)
    room.set(Contribution, Contribution.served == 0, served=2)
    holder = people[1]
    with room.database.write() as session:
        actions.pull(session, room.visit(holder), room.activity)
    assert "Everyone who has shared has enough reviews for now." in text(me.post("/review/next"))


def test_received_reviews_wait_until_one_has_given_ones_own(room, me, people):
    for other in people[1:]:
        reviewed(room, other)
        reviewed(room, other)
    mine = room.all(Review, Review.author_id == people[0])
    assert mine
    waiting = me.get("/received")
    assert "You can read them once you have given yours: 0 of 2 done." in text(waiting)
    assert TEXT not in waiting.get_data(as_text=True)
    for _ in range(2):
        me.post(pulled(me), data=filled(room))
    read = text(me.get("/received"))
    assert read.count(TEXT) == len(mine)
    assert "Sentence of level 3." in read


@pytest.mark.every_database
def test_the_score_shows_how_it_was_made(room, me, people):
    for other, points in zip(people[1:], (4, 3, 3), strict=True):
        room.set(Contribution, Contribution.author_id != people[0], served=9)
        reviewed(room, other, points)
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    with room.database.write() as rows:
        settle(rows, room.activity.id, people[0])
    assert "Score: 77.8 of 100" in page(me.get("/received")).get_element_by_id("score").text_content()
    assert "The mean of 3 reviews: 66.7; 66.7; 100." in page(me.get("/score")).text_content()
    room.set(Activity, Activity.id == room.activity.id, grading=Grading.NONE)
    assert page(me.get("/received")).find(".//*[@id='score']") is None


def test_neither_side_learns_who_the_other_is_nor_when(room, me, people):
    room.set(Contribution, Contribution.author_id == people[0], draw=-1.0)  # mine is the first to be reviewed
    for other in people[1:]:
        reviewed(room, other)
    for _ in range(2):
        me.post(pulled(me), data=filled(room))
    address = pulled(me)
    pages = [me.get(a).get_data(as_text=True) for a in (address, "/received", "/")]
    names = [person.name for person in room.all(Person)]
    ids = [
        f(person.id) for person in room.all(Person) for f in (str, lambda i: i.hex) if person.id != people[0]
    ]
    moments = [
        f"{review.sent_at:%H:%M}"
        for review in room.all(Review, Review.author_id == people[0])
        if review.sent_at
    ]
    for secret in [*names, *ids]:
        assert not any(secret in each for each in pages)
    assert not any(moment in pages[1] for moment in moments)
    assert TEXT in pages[1], "there is something to read"


def test_a_file_is_open_to_its_reviewer_only(room, app, me, people):
    address = pulled(me)
    (review,) = room.all(Review)
    with room.database.write() as rows:
        attachment = Attachment(
            contribution_id=review.contribution_id, position=1, media_type="image/jpeg", size=4,
            storage_key=app.extensions["entraide.storage"].put(BytesIO(b"jpeg")),
            digest="d", shows="A door", width=1, height=1,
        )  # fmt: skip
        rows.add(attachment)
    file = f"{address}/media/{attachment.id}"
    assert file in me.get(address).get_data(as_text=True)
    assert me.get(file).data == b"jpeg"
    stranger = browser_of(app, room.database, room.visit(people[1]))
    assert stranger.get(file).status_code == 404
    assert me.get(f"{address}/media/{uuid4()}").status_code == 404
    me.post(address + "/give-back")
    assert me.get(file).status_code == 404
    assert file not in me.get(address).get_data(as_text=True)


def test_somebody_elses_review_does_not_exist(room, app, me, people):
    address = pulled(me)
    stranger = browser_of(app, room.database, room.visit(people[1]))
    assert stranger.get(address).status_code == 404
    assert stranger.get(address + "/sent").status_code == 404
    for act in ("", "/save", "/keep", "/give-back"):
        assert stranger.post(address + act, data=filled(room)).status_code == 404
    elsewhere = Classroom(room.database)
    with room.database.write() as rows:
        rows.add(
            Enrolment(
                course_id=elsewhere.course, person_id=people[0], role=Role.LEARNER, last_seen_at=clock.now()
            )
        )
    away = browser_of(app, room.database, elsewhere.visit(people[0]))
    assert away.get(address).status_code == 404


@pytest.mark.every_database
def test_instructors_see_work_reviews_and_names(room, app, people):
    reviews = [reviewed(room, people[0]), reviewed(room, people[1])]
    ines = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    seen = text(ines.get(f"/work/{reviews[0].contribution_id}"))
    names = {person.id: person.name for person in room.all(Person)}
    assert names[reviews[0].author_id] in seen
    assert names[people[0]] in seen
    assert TEXT in seen
    assert "66.7 of 100" in seen
    learner = browser_of(app, room.database, room.visit(people[2]))
    assert learner.get(f"/work/{reviews[0].contribution_id}").status_code == 403
    elsewhere = Classroom(room.database)
    other = browser_of(app, room.database, elsewhere.visit(elsewhere.instructor, role=Role.INSTRUCTOR))
    assert other.get(f"/work/{reviews[0].contribution_id}").status_code == 404
    assert ines.get("/review/" + str(reviews[0].id)).status_code == 403


def test_opening_a_work_is_one_view_for_each_launch(room, app, me, people):
    address = pulled(me)
    for _ in range(3):
        me.get(address)
    again = browser_of(app, room.database, room.visit(people[0]))
    again.get(address)
    views = room.all(Event, Event.type == EventType.VIEWED)
    assert len(views) == 2
    (review,) = room.all(Review)
    assert {view.facts["contribution"] for view in views} == {str(review.contribution_id)}


def test_every_page_takes_at_most_twelve_statements(room, app, people):
    everybody = room.people(30)
    for other in [*people[1:], *everybody]:
        reviewed(room, other)
    me = browser_of(app, room.database, room.visit(people[0]))
    ines = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    work = room.all(Review)[0].contribution_id
    engine = app.extensions["entraide.database"].engine

    def counted(response_of) -> int:
        with statements(engine) as seen:
            assert response_of().status_code in {200, 303}
        assert len(seen) <= 12, "\n\n".join(seen)
        return len(seen)

    address = pulled(me)
    counted(lambda: me.get(address))
    counted(lambda: me.post(address, data=filled(room)))
    counted(lambda: me.get(address + "/sent"))
    second = pulled(me)
    me.post(second, data=filled(room))
    counted(lambda: me.post("/review/next"))
    counted(lambda: me.get("/received"))
    counted(lambda: ines.get(f"/work/{work}"))
