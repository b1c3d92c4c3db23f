"""Screens L4 and L5 over HTTP: what authors say of the reviews they received, and what they make of them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import TEXT, Classroom, statements
from factories import browser_of, tool
from lxml import html
from sqlalchemy import select

from lti_tool.activities.models import Activity
from lti_tool.contributions.models import Authorship, Contribution, Revision
from lti_tool.exchanges import news
from lti_tool.exchanges.models import News
from lti_tool.gradebook.actions import settle
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, Person
from lti_tool.reviews import actions, rescoring
from lti_tool.reviews.appraisals import appraisals_of
from lti_tool.reviews.models import Appraisal, Flag, FlagOutcome, FlagReason, Rescore, Review, Uptake
from lti_tool.reviews.releasing import GRACE

MOST_STATEMENTS = 12
AGO = timedelta(minutes=1) + GRACE


@pytest.fixture
def room(database):
    return Classroom(database, given=1, wanted=1, revising=True)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def people(room):
    """An author and a reviewer: each has reviewed the other a while ago, and read nothing yet."""
    author, reviewer = room.people(2)
    with room.database.write() as rows:
        for work in rows.scalars(select(Contribution)):
            work.revision, work.revised_at = 1, work.shared_at - AGO
            rows.add(
                Revision(
                    contribution_id=work.id, number=1, author_id=work.author_id, title=work.title,
                    answers=work.answers, words=1, saved_at=work.shared_at,
                )
            )  # fmt: skip
    for person in (author, reviewer):
        with room.database.write() as session:
            here = session, room.visit(person), room.activity
            review = actions.pull(*here)
            actions.send(*here, review.id, review.version, room.written(2))
    room.set(Review, Review.id.is_not(None), sent_at=clock.now() - AGO)
    return author, reviewer


@pytest.fixture
def author(room, app, people):
    return browser_of(app, room.database, room.visit(people[0]))


@pytest.fixture
def reviewer(room, app, people):
    return browser_of(app, room.database, room.visit(people[1]))


@pytest.fixture
def review(room, people):
    """The review that the author received."""
    return room.all(Review, Review.author_id == people[0])[0]


def main(response, status=200):
    assert response.status_code == status, response.text
    return html.fromstring(response.text).find(".//main")


def text(response, status=200):
    return " ".join(main(response, status).text_content().split())


def say(browser, review, part, status=303, **words):
    answer = browser.post(f"/received/{review.id}/{part}", data=words)
    assert answer.status_code == status, answer.text
    return answer


def test_an_author_rates_thanks_and_replies_and_the_reviewer_hears_it(room, author, reviewer, review):
    page = main(author.get("/received"))
    pressed = page.xpath("//button[@aria-pressed='true']")
    assert TEXT in page.text_content()
    assert pressed == []
    assert page.xpath("//a[contains(@href, $to)]", to=f"/review/{review.id}/flag")
    for _ in range(2):
        assert say(author, review, "useful", words="4").location.endswith(f"#review-{review.id.hex}")
        say(author, review, "thanks", reason="it is clear")
        say(author, review, "reply", words="I will try it.")
    (kept,) = room.all(Appraisal)
    assert (kept.useful, kept.thanks, kept.reply, kept.times) == (4, "it is clear", "I will try it.", 3)
    events = room.all(Event, Event.type == EventType.RATED)
    assert [event.revision for event in events] == [0, 1, 2]
    assert events[-1].facts == {
        "contribution": str(review.contribution_id), "review": str(review.id),
        "reviewer": str(review.reviewer_id), "useful": 4, "thanked": True, "words": 4,
    }  # fmt: skip
    (pressed,) = main(author.get("/received")).xpath("//button[@aria-pressed='true']")
    assert pressed.text_content().strip() == "Very useful"
    heard = text(reviewer.get(f"/review/{review.id}/sent"))
    for words in ("Very useful", "it is clear", "I will try it."):
        assert words in heard
    say(author, review, "useful", do="take-back")
    say(author, review, "thanks", do="take-back")
    with room.database.read() as rows:
        again = appraisals_of(rows, [review.id], clock.now().tzinfo)[review.id]
    assert (again.useful, again.thanks, again.reply) == ("", "", "I will try it.")


def test_what_does_not_fit_is_told_beside_it_and_nothing_is_kept(room, author, review):
    for part, words in (("useful", "6"), ("useful", ""), ("thanks", " "), ("reply", "x" * 5001)):
        say(author, review, part, 422, words=words)
    refused = main(say(author, review, "reply", 422, words="y" * 5001), 422)
    assert refused.xpath("//details[@open]//textarea")[0].text.strip() == "y" * 5001
    assert author.post(f"/received/{review.id}/other", data={"words": "4"}).status_code == 404
    assert room.all(Appraisal) == room.all(Event, Event.type == EventType.RATED) == []


def test_only_the_authors_may_and_only_of_what_they_read(room, app, people, author, reviewer, review):
    third, mate = room.people(2, shared=False)
    elsewhere = Classroom(room.database)
    away = browser_of(app, room.database, elsewhere.visit(people[0]))
    with room.database.write() as rows:
        rows.add(
            Enrolment(
                course_id=elsewhere.course, person_id=people[0], role=Role.LEARNER, last_seen_at=clock.now()
            )
        )  # fmt: skip
        rows.add(
            Authorship(
                contribution_id=review.contribution_id, person_id=mate, activity_id=room.activity.id,
                joined_at=clock.now(),
            )
        )  # fmt: skip
    stranger = browser_of(app, room.database, room.visit(third))
    for browser in (stranger, reviewer, away):
        say(browser, review, "useful", 404, words="5")
    room.set(Review, Review.id == review.id, hidden_at=clock.now())
    assert TEXT not in author.get("/received").text
    say(author, review, "useful", 404, words="5")
    room.set(Review, Review.id == review.id, hidden_at=None)
    room.set(Activity, Activity.id == room.activity.id, feedback_held=True)
    assert "Not to be read yet" in text(author.get("/received"))
    say(author, review, "useful", 404, words="5")
    room.set(Activity, Activity.id == room.activity.id, feedback_held=False, closed_at=clock.now())
    say(author, review, "useful", words="5")
    say(browser_of(app, room.database, room.visit(mate)), review, "useful", words="3")
    (kept,) = room.all(Appraisal)
    assert (kept.useful, kept.person_id) == (3, mate)


def test_what_was_asked_of_the_teacher_is_shown_with_the_answer(room, people, author, review):
    flag = Flag(
        id=uuid4(), activity_id=room.activity.id, contribution_id=review.contribution_id, review_id=review.id,
        of_review=True, person_id=people[0], reason=FlagReason.UNFAIR, flagged_at=clock.now(),
    )  # fmt: skip
    with room.database.write() as rows:
        rows.add(flag)
    waiting = author.get("/received")
    assert "waits for an answer" in text(waiting)
    assert f"/review/{review.id}/flag" not in waiting.text
    settled = {"settled_at": clock.now(), "answer": "You are right."}
    room.set(Flag, Flag.review_id == review.id, outcome=FlagOutcome.DISCOUNTED, **settled)
    room.set(Review, Review.id == review.id, discounted_at=clock.now())
    page = main(author.get("/received"))
    assert "does not count" in page.text_content()
    assert "You are right." in page.text_content()
    assert page.xpath("//*[@id='score']") == [], "no review is left that counts"
    room.set(Flag, Flag.review_id == review.id, outcome=FlagOutcome.HIDDEN)
    room.set(Review, Review.id == review.id, hidden_at=clock.now())
    hidden = text(author.get("/received"))
    assert "A review that you asked about is not shown any more." in hidden
    assert TEXT not in hidden


def changed(room, browser, status=303, words="Every Monday."):
    """The author writes another answer; where they are led."""
    version = room.all(Contribution)[0].version
    form = html.fromstring(browser.get("/share").text).get_element_by_id("share-form")
    fields = {name: value or "" for name, value in form.form_values()}
    fields |= {
        "answer-situation": words,
        "answer-what_i_do": "I greet.",
        "answer-why_it_works": "They smile.",
    }
    answer = browser.post("/share", data=fields | {"do": "improve"})
    assert answer.status_code == status, (answer.text, version)
    return answer.location


def test_from_the_review_to_a_better_version_and_back(room, people, author, reviewer, review):
    before = text(author.get("/received"))
    assert "Improve my work" in before
    assert changed(room, author).endswith("/improve")
    page = main(author.get("/improve"))
    assert page.xpath("//ins")
    assert [box.get("value") for box in page.xpath("//input[@name='answers']")] == [str(review.id)]
    stolen = author.post("/improve", data={"answers": str(uuid4()), "why": "Longer"})
    assert stolen.status_code == 404
    assert room.all(Uptake) == []
    for _ in range(2):
        answer = author.post("/improve", data={"answers": str(review.id), "why": "Said when."})
        assert answer.status_code == 303
    assert [(each.review_id, each.revision) for each in room.all(Uptake)] == [(review.id, 2)]
    (revised,) = room.all(Event, Event.type == EventType.REVISED)
    assert revised.facts["tell"] == [str(people[1])]
    assert "your new version answers it" in text(author.get("/received"))

    with room.database.read() as rows:
        activity = room.reload()
        assert rescoring.to_look_again(rows, activity, people[1]) == [review.id]
        assert rescoring.to_look_again(rows, activity, people[0]) == []
    assert "Look again at 1 improved work" in text(reviewer.get("/"))
    seen = reviewer.get(f"/review/{review.id}/again")
    assert "It answers your review" in text(seen)
    assert "Said when." in text(seen)
    assert main(seen).xpath("//ins")
    form = {"revision": "2", "text": "Much clearer."}
    form |= {f"mark-{each.id}": "4" for each in room.activity.criteria}
    assert author.post(f"/review/{review.id}/again", data=form).status_code == 404
    assert reviewer.post(f"/review/{review.id}/again", data=form | {"revision": "1"}).status_code == 409
    one = f"mark-{room.activity.criteria[0].id}"
    assert reviewer.post(f"/review/{review.id}/again", data=form | {one: "9"}).status_code == 422
    for _ in range(2):
        assert reviewer.post(f"/review/{review.id}/again", data=form).status_code == 303
    (again,) = room.all(Rescore)
    assert (again.revision, again.score, again.text) == (2, 1.0, "Much clearer.")
    assert room.all(Review, Review.id == review.id)[0].score == pytest.approx(1 / 3)
    (told,) = [each for each in room.all(Event, Event.type == EventType.REVIEWED) if "again" in each.facts]
    assert told.facts["score"] == {"raw": 8.0, "min": 2.0, "max": 8.0}
    with room.database.read() as rows:
        assert rescoring.to_look_again(rows, activity, people[1]) == []
        up = rescoring.uplift(rows, activity)
    assert (up.after, up.looks) == (1.0, 1)
    assert up.before == pytest.approx(1 / 3)
    with room.database.write() as rows:
        settle(rows, activity.id, people[0])
    read = text(author.get("/received"))
    assert "100 of 100, before 33" in read
    assert "Much clearer." in read
    assert "Score: 100.0 of 100" in read


def test_outside_a_round_of_revising_a_reviewed_work_stays_as_it_is(room, author, reviewer, review):
    room.set(Activity, Activity.id == room.activity.id, revising=False)
    assert "Improve my work" not in text(author.get("/received"))
    assert author.get("/share").location.endswith("/contribution")
    assert author.get("/improve").status_code == 303
    assert reviewer.get(f"/review/{review.id}/again").status_code == 404


def spread(room):
    while news.spread(room.database, clock.now().tzinfo, mail=False):
        pass


def test_no_byte_tells_either_side_who_the_other_is_or_when(room, people, author, reviewer, review):
    say(author, review, "reply", words="I will try it.")
    changed(room, author)
    author.post("/improve", data={"answers": str(review.id), "why": "Said when."})
    form = {"revision": "2", **{f"mark-{each.id}": "4" for each in room.activity.criteria}}
    reviewer.post(f"/review/{review.id}/again", data=form)
    people_by_id = {person.id: person for person in room.all(Person)}
    (kept,), (again,) = room.all(Appraisal), room.all(Rescore)
    spread(room)
    assert room.all(News) == [], "the moment would tell who sat down to write it"
    room.set(Event, Event.id.is_not(None), occurred_at=clock.now() - timedelta(hours=2))
    spread(room)
    heard, read = (text(browser.get("/news")) for browser in (reviewer, author))
    assert "The author of “A calm welcome” answers your review." in heard
    assert "A reviewer looked again at “A calm welcome” after your changes." in read
    for browser, other, path, moment in (
        (author, people[1], "/received", again.sent_at),
        (reviewer, people[0], f"/review/{review.id}/again", kept.said_at),
        (reviewer, people[0], f"/review/{review.id}/sent", kept.said_at),
        (reviewer, people[0], "/reviews/given", kept.said_at),
        (reviewer, people[0], "/news", None),
        (author, people[1], "/news", None),
    ):
        page = browser.get(path).text
        secrets = [people_by_id[other].name, people_by_id[other].sub, str(other), other.hex]
        found = [secret for secret in secrets if secret in page]
        assert found == [], path
        assert not moment or f"{moment:%H:%M}" not in re.sub(r"<[^>]*>", " ", page), path
    room.set(Activity, Activity.id == room.activity.id, reviews_named=True)
    assert people_by_id[people[1]].name in author.get("/received").text, "the check would find it"


def test_pages_ask_a_bounded_number_of_questions(room, app, author, reviewer, review):
    changed(room, author)
    paths = [(author, "/received"), (author, "/improve"), (reviewer, f"/review/{review.id}/again")]
    paths += [(reviewer, f"/review/{review.id}/sent"), (reviewer, "/reviews/given")]
    for browser, path in paths:
        if path.endswith("/again"):
            author.post("/improve", data={"answers": str(review.id), "why": "Longer."})
        with statements(app.extensions["entraide.database"].engine) as seen:
            assert browser.get(path).status_code == 200, path
        assert 0 < len(seen) <= MOST_STATEMENTS, "\n".join([path, *seen])
