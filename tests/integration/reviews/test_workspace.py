"""Around a review, over HTTP: comments in the work, changes after sending, flags, one's own work."""

from uuid import uuid4

import pytest
from classroom import TEXT, Classroom
from factories import browser_of, tool
from lxml import html

from lti_tool.activities.models import Activity
from lti_tool.contributions.models import Attachment, Contribution, Revision
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.reviews import actions, annotations, flags
from lti_tool.reviews.models import Annotation, Flag, FlagReason, Review, ReviewKind, ReviewState
from lti_tool.reviews.releasing import GRACE

FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def room(database):
    room = Classroom(database, given=2, wanted=2, self_review=True)
    room.mine, room.other, room.third = room.people(3)
    answers = {"situation": "It is a **calm** Monday.\n\nThey wait at the door."}
    room.set(Contribution, Contribution.id.is_not(None), answers=answers, revision=1)
    return room


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def come(room, app):
    """The browser of somebody."""

    def come(person, role=Role.LEARNER):
        return browser_of(app, room.database, room.visit(person, role=role))

    return come


@pytest.fixture
def me(room, come):
    return come(room.mine)


def pulled(room) -> Review:
    with room.database.write() as rows:
        return actions.pull(rows, room.visit(room.mine), room.activity)


def sent(room, *, read: bool = False) -> Review:
    """My review, sent; `read`: its author can read it."""
    review = pulled(room)
    with room.database.write() as rows:
        review = actions.send(rows, room.visit(room.mine), room.activity, review.id, 0, room.written())
    if read:
        room.set(Review, Review.id == review.id, sent_at=clock.now() - GRACE)
    return review


def filled(room, overall=TEXT, version=0, **more):
    fields = {"version": str(version), "overall": overall, "do": "send"}
    for criterion in room.activity.criteria:
        fields |= {f"mark-{criterion.id}": "3", f"comment-{criterion.id}": "Because."}
    return fields | more


def main(answer, status=200) -> str:
    assert answer.status_code == status, answer.text[:2000]
    return " ".join(html.fromstring(answer.text).find(".//main").text_content().split())


def passage(**more):
    return {"part": "situation", "quote": "calm Monday. They", "start": "8", "text": "Why Monday?"} | more


@pytest.mark.every_database
def test_comments_in_the_work_are_kept_at_once_changed_and_taken_away(room, me):
    review = pulled(room)
    address = f"/review/{review.id}/comments"
    assert "Comment on a passage" in main(me.get(address))
    assert me.post(address, data=passage()).location.endswith(f"/review/{review.id}#comments")
    me.post(address, data=passage())  # a second click
    (note,) = room.all(Annotation)
    assert (note.prompt, note.start, note.end, note.quote) == ("situation", 8, 25, "calm Monday. They")
    listed = me.post(address, data=passage(text="And <b>this</b>?"), headers=FETCH)
    assert listed.text.count("data-annotation=") == 2
    assert "And &lt;b&gt;this" in listed.text
    workspace = html.fromstring(me.get(f"/review/{review.id}").text)
    (item,) = workspace.xpath(f"//li[@data-annotation='{note.id.hex}']")
    assert (item.get("data-of"), item.get("data-start")) == ("situation", "8")
    assert workspace.xpath("//div[@data-part='situation']")
    one = f"{address}/{note.id}"
    assert "Why Monday?" in me.get(one).text
    assert me.post(one, data={"text": "Which Monday?"}).status_code == 303
    assert me.post(one, data={"text": " "}, headers=FETCH).json["message"] == "Write your comment."
    assert {each.text for each in room.all(Annotation)} == {"Which Monday?", "And <b>this</b>?"}
    for _ in range(2):
        assert me.post(one, data={"do": "remove"}).status_code == 303
    assert [each.text for each in room.all(Annotation)] == ["And <b>this</b>?"]
    me.post(f"/review/{review.id}", data=filled(room))
    (event,) = room.all(Event, Event.type == EventType.REVIEWED)
    assert event.facts["words"] == 19 + 2 + 4  # of the message, of the criteria, of the comment


def test_a_comment_points_to_what_is_there(room, me, come):
    review = pulled(room)
    address = f"/review/{review.id}/comments"
    strange = Attachment(
        contribution_id=next(c.id for c in room.all(Contribution) if c.id != review.contribution_id),
        position=0, media_type="image/png", size=4, storage_key=uuid4().hex, digest="1", width=1, height=1,
    )  # fmt: skip
    files = [
        Attachment(
            contribution_id=review.contribution_id, position=at, media_type=kind, size=4,
            storage_key=uuid4().hex, digest=str(at), width=1, height=1,
        ) for at, kind in enumerate(("image/png", "video/mp4"))
    ]  # fmt: skip
    with room.database.write() as rows:
        rows.add_all([strange, *files])
    picture, video = (f"file-{each.id.hex}" for each in files)

    def refused(status=422, **form) -> str:
        answer = me.post(address, data=form, headers=FETCH)
        assert answer.status_code == status, answer.text
        return answer.json["message"]

    assert refused(part="nowhere", quote="calm", text="Hm") == "Choose a part of the work."
    assert refused(part="situation", text="Hm") == "Write the words that you comment on."
    assert refused(part="title", quote="calm", text="a" * 2001).startswith("Shorten this")
    assert refused(part=picture, x="nan", y="0", text="Hm") == "Choose a spot in the picture."
    assert refused(part=video, time="soon", text="Hm") == "Write a time, such as 0:42."
    assert refused(404, part=f"file-{strange.id.hex}", text="Hm") == "This file does not exist."
    assert "Choose a part of the work." in main(me.post(address, data={"part": "x", "text": "Kept"}), 422)
    assert come(room.other).post(address, data=passage()).status_code == 404
    assert room.all(Annotation) == []
    for form in ({"part": picture, "spot": f"{1 / 6} {5 / 6}"}, {"part": video, "time": "1:05"}):
        assert me.post(address, data={**form, "text": "Here"}).status_code == 303
    shown = main(me.get(f"/review/{review.id}"))
    assert "Picture 1 – bottom left" in shown
    assert "Video 2 – at 1:05" in shown
    me.post(address, data=passage(quote="nowhere said"))
    assert [(n.start, n.quote) for n in room.all(Annotation) if n.prompt] == [(None, "nowhere said")]
    with room.database.write() as rows:
        rows.add_all(
            Annotation(review_id=review.id, prompt="title", quote="c", text=str(n), said_at=clock.now())
            for n in range(annotations.MOST - 3)
        )
    assert "50 comments" in refused(409, **passage())


def test_a_sent_review_is_changed_and_then_read_only(room, me):
    review = sent(room)
    address = f"/review/{review.id}"
    assert "You can change it until" in main(me.get(f"{address}/sent"))
    workspace = html.fromstring(me.get(address).text)
    form = workspace.get_element_by_id("review-form")
    assert form.get("data-autosave") == ""
    assert form.fields["overall"].strip() == TEXT
    refused = me.post(f"{address}/save", data=filled(room, "Half a text", 1), headers=FETCH)
    assert (refused.status_code, refused.json["code"]) == (409, "sent-already")
    assert me.post(f"{address}/comments", data=passage()).status_code == 303
    other = f"{TEXT} And one thing more."
    assert me.post(address, data=filled(room, other, 1)).location.endswith("/sent")
    (kept,) = room.all(Review)
    assert (kept.overall, kept.sends, kept.version) == (other, 2, 2)
    stale = me.post(address, data=filled(room, f"{TEXT} An older tab.", 1))
    assert "An older tab." in main(stale, 409)
    room.set(Review, Review.id == review.id, sent_at=clock.now() - GRACE)
    assert me.get(address).location.endswith("/sent")
    read = main(me.get(f"{address}/sent"))
    assert "It stays as it is." in read
    assert other in read
    assert "Why Monday?" in read
    assert "Change my review" not in read
    late = me.post(address, data=filled(room, f"{TEXT} Too late.", 2))
    assert "The author can read this review now." in main(late, 409)
    assert me.post(f"{address}/comments", data=passage(text="Late"), headers=FETCH).json["code"] == "final"
    given = main(me.get("/reviews/given"))
    assert "A calm welcome" in given
    assert "Read it" in given


def test_the_version_that_was_read_is_kept_and_its_changes_are_told(room, me):
    review = pulled(room)
    address = f"/review/{review.id}"
    me.post(f"{address}/save", data=filled(room, read="1"), headers=FETCH)
    now = clock.now()
    with room.database.write() as rows:
        for number, words in ((1, "Before."), (2, "After.")):
            rows.add(
                Revision(
                    contribution_id=review.contribution_id, number=number, title="A", words=1, saved_at=now,
                    answers={"situation": words},
                )
            )  # fmt: skip
    room.set(
        Contribution, Contribution.id == review.contribution_id, revision=2, answers={"situation": "After."}
    )
    assert "The author has changed the work since you began." in main(me.get(address))
    shown = me.post(f"{address}/aside", data=filled(room, version=1, read="1", aside="changes"))
    assert main(me.get(shown.location.partition("/l/")[2].partition("/")[2].join(["/", ""]))).count("After")
    me.post(address, data=filled(room, version=1, read="9"))
    (kept,) = room.all(Review)
    assert kept.revision == 2  # there is no ninth


@pytest.mark.every_database
def test_who_knows_the_author_gives_it_back_and_never_gets_it_again(room, me):
    review = pulled(room)
    form = {"reason": "recognised", "because": "My neighbour.", "do": "give-back"}
    assert main(me.post(f"/review/{review.id}/flag", data={"do": "tell"}), 422).count("Choose what is wrong.")
    assert me.post(f"/review/{review.id}/flag", data=form).location.endswith("/")
    me.post(f"/review/{review.id}/flag", data=form)
    (flag,) = room.all(Flag)
    assert (flag.reason, flag.of_review, flag.person_id) == (FlagReason.RECOGNISED, False, room.mine)
    assert [e.type for e in room.all(Event, Event.type.in_((EventType.FLAGGED, EventType.RETURNED)))] == [
        EventType.FLAGGED, EventType.RETURNED,
    ]  # fmt: skip
    assert sum(room.served().values()) == 0
    room.set(Contribution, Contribution.id == review.contribution_id, draw=-1.0)  # the first to be taken
    seen = set()
    for _ in range(2):  # the other one's, then what they gave back: never this one again
        answer = me.post("/review/next")
        if answer.status_code == 303:
            (held,) = room.all(Review, Review.state == ReviewState.ASSIGNED)
            seen.add(held.contribution_id)
            me.post(f"/review/{held.id}/give-back")
    assert len(seen) == 1
    assert review.contribution_id not in seen
    refused = me.post(f"/review/{review.id}", data=filled(room, do="send-extra"))
    assert "Somebody else may have it now." in main(refused, 409)


def test_an_author_asks_and_an_instructor_settles(room, me, come):
    review = sent(room, read=True)
    author, ines = come(review.author_id), come(room.instructor, Role.INSTRUCTOR)
    stranger = come(next(p for p in (room.other, room.third) if p != review.author_id))
    address = f"/review/{review.id}/flag"
    assert stranger.get(address).status_code == 404
    assert "Write a few words here." in main(author.post(address, data={"reason": "unfair"}), 422)
    assert "Choose what is wrong." in main(author.post(address, data={"reason": "recognised"}), 422)
    for _ in range(2):
        assert (
            author.post(
                address, data={"reason": "unfair", "because": "It is about another text."}
            ).status_code
            == 303
        )
    assert me.get("/flags").status_code == 403
    asked = main(ines.get("/flags"))
    assert "It is about another text." in asked
    assert TEXT in asked
    (flag,) = room.all(Flag)
    with room.database.read() as rows:
        assert flags.waiting(rows, room.activity.id) == 1
    assert me.post(f"/flags/{flag.id}", data={"do": "hidden"}).status_code == 403
    assert ines.post(f"/flags/{uuid4()}", data={"do": "left"}).status_code == 404
    assert "Choose what comes of it." in main(ines.post(f"/flags/{flag.id}", data={"do": "corrected"}), 422)
    elsewhere = Classroom(room.database)
    away = browser_of(
        me.application, room.database, elsewhere.visit(elsewhere.instructor, role=Role.INSTRUCTOR)
    )
    assert away.post(f"/flags/{flag.id}", data={"do": "left"}).status_code == 404
    for _ in range(2):
        assert (
            ines.post(f"/flags/{flag.id}", data={"do": "hidden", "answer": "You are right."}).status_code
            == 303
        )
    (kept,) = room.all(Review)
    assert kept.hidden_at
    assert kept.discounted_because == "You are right."
    assert "You are right." in main(me.get(f"/review/{review.id}/sent"))
    assert "Nothing to look at" in main(ines.get("/flags"))
    assert (
        ines.post(f"/flags/{flag.id}", data={"do": "left", "answer": "On second thought."}).status_code == 303
    )
    (kept,) = room.all(Review)
    assert (kept.hidden_at, kept.discounted_at, kept.discounted_because) == (None, None, "")
    settled = room.all(Event, Event.type == EventType.SETTLED)
    assert [(event.revision, event.facts["outcome"]) for event in settled] == [(0, "hidden"), (1, "left")]
    assert "On second thought." in main(author.get(address))
    author.post(address, data={"reason": "abusive"})
    assert len(room.all(Flag)) == 2


def test_the_review_of_ones_own_work_is_apart(room, me, come):
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    assert "Reviewing is closed." in main(me.post("/review/mine"), 409)
    room.set(Activity, Activity.id == room.activity.id, closed_at=None)
    assert "Review my own work" in main(me.get("/review/mine"))
    for _ in range(2):
        address = "/review/" + me.post("/review/mine").location.rpartition("/")[2]
    (own,) = room.all(Review)
    assert (own.kind, own.author_id, own.reviewer_id) == (ReviewKind.SELF, room.mine, room.mine)
    held = pulled(room)
    assert held.id != own.id
    assert me.post(f"{address}/give-back").status_code in {409, 404}
    assert me.get(f"{address}/flag").status_code == 404
    assert me.post(address, data=filled(room)).location.endswith("/sent")
    (event,) = room.all(Event, Event.type == EventType.REVIEWED)
    assert event.facts["kind"] == "self"
    assert room.served() == {c: int(c == held.contribution_id) for c in room.served()}
    home = main(me.get("/"))
    assert "0 of 2 done" in home
    room.set(Review, Review.id == own.id, sent_at=clock.now() - GRACE)
    assert "1 review" not in main(me.get("/"))
    room.set(Activity, Activity.id == room.activity.id, self_review=False)
    assert me.get("/review/mine").status_code == 404
    nobody = come(room.people(1, shared=False)[0])
    room.set(Activity, Activity.id == room.activity.id, self_review=True)
    assert "Share your own contribution first." in nobody.post("/review/mine").text
