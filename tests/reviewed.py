"""The village's activities where peers review: everything that is said in and about reviews, over HTTP.

Author and peer review each other; a mate writes with the author; a critic reviewed both, and an instructor
set that aside; the reader did nothing.
"""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

from pikepdf import Pdf
from PIL import Image
from sqlalchemy import select
from villagers import HOUR, Village, Words, post

from lti_tool.activities.models import (
    Calibration,
    Criterion,
    CriterionType,
    Feedback,
    Kind,
    ReviewType,
    Writing,
)
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.gradebook.models import Column, Override
from lti_tool.kernel import clock
from lti_tool.kernel.markup import plain
from lti_tool.reviews.models import Annotation, Appraisal, Flag, Rescore, Review, ReviewKind, ReviewState
from lti_tool.reviews.releasing import GRACE
from lti_tool.reviews.steering_models import Comparison, Example

REVIEWED, COMPARED = "reviewed", "compared"
LEVELS = [{"points": n, "label": f"Level {n}", "sentence": f"Sentence {n}."} for n in (1, 2, 3)]
AGO = GRACE + timedelta(minutes=1)
PRACTICE = ("situation", "what_i_do", "why_it_works")  # what a practice answers


def photo(author: str) -> io.BytesIO:
    """A picture whose metadata tell whose it is."""
    exif = Image.Exif()
    exif[0x013B] = exif[0x8298] = author
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(content, "JPEG", exif=exif, comment=author.encode())
    content.seek(0)
    return content


def document(author: str) -> io.BytesIO:
    """A PDF whose metadata do."""
    content = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = author
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [author]
        pdf.save(content)
    content.seek(0)
    return content


def review_each_other(village: Village, words: Words, names: dict[str, str]) -> None:
    """Add both activities, and let people do in them all that there is to do."""
    settings = {"kind": Kind.PRACTICE, "given": 1, "wanted": 1, "minimum_words": 1, "named": village.named}
    own = {"self_review": True, "revising": True, "calibration": Calibration.VOLUNTARY}
    village.activity(REVIEWED, **settings, **own, feedback=Feedback.REVIEWS, writing=Writing.ALONE)
    village.activity(COMPARED, **settings, review_type=ReviewType.COMPARISON, feedback=Feedback.REVIEWS)
    for place in (REVIEWED, COMPARED):
        _criteria(village, place, words)
    for who in ("author", "peer"):
        _share(village, who, words, names)
    _make_example(village, words)
    given = {who: _give(village, who, words) for who in ("author", "peer")}
    received = {"author": given["peer"], "peer": given["author"]}
    _judge_from_outside(village, words)
    for who, review in received.items():
        _answer(village, who, review, words)
    _look_again(village, received["author"], words)
    _compare(village, words)
    _at_odd_hours(village)
    village.ids["contribution_id"] = str(village.work("author", REVIEWED).id)
    village.ids |= {"review_id": received["author"], "received_by_peer": received["peer"], "part": "thanks"}
    village.ids |= {"column": Column.WORK.value, "case": "new", "what": "scores"}


def _criteria(village: Village, place: str, words: Words) -> None:
    kinds = (CriterionType.LEVELS, LEVELS), (CriterionType.QUESTION, []), (CriterionType.SCALE, LEVELS[::2])
    with village.room.database.write() as rows:
        rows.add_all(
            Criterion(
                activity_id=village.activities[place], position=position, type=kind, levels=levels,
                name=plain(words(f"criterion-{kind}"))[:80], description=plain(words("criterion-says")),
            )
            for position, (kind, levels) in enumerate(kinds)
        )  # fmt: skip


def _marked(village: Village, place: str, words: Words, points: str, said: str) -> dict[str, str]:
    """Points where a criterion of an activity takes some, and a comment on each."""
    asked = village.room.all(Criterion, Criterion.activity_id == village.activities[place])
    form = {f"comment-{each.id}": words(f"{said}-{each.type}") for each in asked}
    return form | {f"mark-{each.id}": points for each in asked if each.levels}


def _share(village: Village, who: str, words: Words, names: dict[str, str]) -> None:
    """A practice with files that tell whose they are, the author's written with a mate."""
    browser = village.browser(who, REVIEWED)
    for file, end in ((photo(names[who]), "jpg"), (document(names[who]), "pdf")):
        sent = browser.post("/share/files", data={"file": (file, f"{names[who][:60]}.{end}"), "version": "0"})
        assert sent.status_code == 303, sent.text
    if who == "author":
        post(browser, "/share/with", person=str(village.people["mate"]))
    form = {f"answer-{key}": words(f"practice-{key}") for key in PRACTICE}
    work = village.work(who, REVIEWED)
    form |= {"title": words("practice")[:200], "version": str(work.version), "do": "submit"}
    post(browser, "/share", **form)


def _make_example(village: Village, words: Words) -> None:
    """The instructor's, on which both try their eyes."""
    form = {f"answer-{key}": words("example-text") for key in PRACTICE}
    form |= {"title": words("example")[:200], "why": words("example-why")}
    form |= _marked(village, REVIEWED, words, "3", "example-comment")
    post(village.browser("staff", REVIEWED), "/examples/new", **form)
    example = str(village.read(select(Example.id)))
    for who in ("author", "peer"):
        form = _marked(village, REVIEWED, words, "1", "trial")
        post(village.browser(who, REVIEWED), f"/calibration/{example}", **form)
    village.ids["example_id"] = example


def _give(village: Village, who: str, words: Words) -> str:
    """Somebody's review of the other's work, with comments in it, sent a while ago; then one of their own."""
    browser = village.browser(who, REVIEWED)
    at = f"/review/{_last(browser.post('/review/next'))}"
    mine = village.read(select(Review).where(Review.id == UUID(_last_part(at))))
    files = village.room.all(Attachment, Attachment.contribution_id == mine.contribution_id)
    image = next(each.id for each in files if each.media_type.startswith("image"))
    passage = {"part": "situation", "quote": words("practice-situation").split()[0]}
    for place in (passage, {"part": f"file-{image.hex}", "x": "0.5", "y": "0.5"}):
        post(browser, f"{at}/comments", text=words(f"note-{place['part'][:4]}"), **place)
    form = _marked(village, REVIEWED, words, "3" if who == "author" else "1", "review-comment")
    form |= {"overall": words(f"review-by-{who}"), "version": "0"}
    post(browser, at, **form, do="send")
    village.room.set(Review, Review.id == mine.id, sent_at=clock.now() - AGO)
    own = f"/review/{_last(browser.post('/review/mine'))}"
    post(browser, own, **form | {"overall": words("self-review")}, do="send")
    village.ids["note"] = str(
        village.read(select(Annotation.id).where(Annotation.review_id == mine.id, Annotation.prompt != ""))
    )
    return str(mine.id)


def _judge_from_outside(village: Village, words: Words) -> None:
    """The critic's review counts no more for the author, and is hidden from the peer; and a spot check."""
    now, room = clock.now(), village.room
    sent = {"state": ReviewState.SENT, "sent_at": now - AGO, "score": 0.5, "sends": 1, "lease_until": now}
    aside = {"discounted_at": now, "discounted_because": plain(words("discounted"))}
    with room.database.write() as rows:
        for who, reviewer, more in (
            ("author", village.people["critic"], aside | {"overall": plain(words("discounted-review"))}),
            ("peer", village.people["critic"], aside | {"overall": plain(words("unseen")), "hidden_at": now}),
            ("author", room.instructor, {"kind": ReviewKind.STAFF, "overall": plain(words("spot-check"))}),
        ):
            work = village.work(who, REVIEWED)
            rows.add(
                Review(
                    activity_id=work.activity_id, contribution_id=work.id, author_id=work.author_id,
                    reviewer_id=reviewer, assigned_at=now - AGO, **sent | more,
                )
            )  # fmt: skip
        rows.add(
            Override(
                activity_id=village.activities[REVIEWED], person_id=village.people["author"], value=0.7,
                column=Column.WORK, because=plain(words("override")), set_by_id=room.instructor, set_at=now,
            )
        )  # fmt: skip


def _answer(village: Village, who: str, review: str, words: Words) -> None:
    """Rate it, thank for it, reply; ask the instructor, who answers."""
    browser, staff = village.browser(who, REVIEWED), village.browser("staff", REVIEWED)
    for part, said in (("useful", "4"), ("thanks", words("thanks-for-review")), ("reply", words("reviewed"))):
        post(browser, f"/received/{review}/{part}", words=said[:500])
    post(browser, f"/review/{review}/flag", reason="unfair", because=words("unfair"))
    flag = str(village.read(select(Flag.id).where(Flag.review_id == UUID(review))))
    if who == "author":
        post(staff, f"/flags/{flag}", do="left", answer=words("flag-answer"))
    village.ids["flag_id"] = flag


def _look_again(village: Village, review: str, words: Words) -> None:
    """The author improves the work after the reviews, and the peer scores it again."""
    author, peer = village.browser("author", REVIEWED), village.browser("peer", REVIEWED)
    work = village.work("author", REVIEWED)
    village.room.set(Contribution, Contribution.id == work.id, revised_at=clock.now() - HOUR)
    form = {f"answer-{key}": words(f"improved-{key}") for key in PRACTICE}
    form |= {"title": words("practice")[:200], "version": str(work.version), "do": "save"}
    post(author, "/share", **form)
    post(author, "/improve", why=words("improved-why")[:200], answers=review)
    revision = str(village.work("author", REVIEWED).revision)
    form = _marked(village, REVIEWED, words, "3", "again") | {"text": words("looked-again")}
    post(peer, f"/review/{review}/again", **form, revision=revision)


def _compare(village: Village, words: Words) -> None:
    """Four works, three judges: the author's is in the critic's pair or else in the peer's."""
    for who in ("author", "peer", "mate", "critic"):
        form = {f"answer-{key}": words(f"compared-{key}") for key in PRACTICE}
        form |= {"title": words("compared")[:200], "version": "0", "do": "submit"}
        post(village.browser(who, COMPARED), "/share", **form)
    for who in ("critic", "peer", "author"):
        browser = village.browser(who, COMPARED)
        pair = _last(browser.post("/compare/next"))
        chosen = {"better": "a", "because": words(f"better-by-{who}"), "version": "0"}
        post(browser, f"/compare/{pair}", **chosen, do="send")
        village.ids.setdefault("comparison_id", pair)


def _at_odd_hours(village: Village) -> None:
    """What each said of reviews was said at a moment of their own, by which it can be told in a page."""
    for number, person in enumerate(village.people.values()):
        moment = clock.now() - AGO - timedelta(hours=3 * number + 2, minutes=7, seconds=number + 1)
        mine = select(Review.id).where(Review.reviewer_id == person).scalar_subquery()
        for table, where, name in (
            (Review, (Review.reviewer_id == person) & Review.sent_at.is_not(None), "sent_at"),
            (Rescore, Rescore.review_id.in_(mine), "sent_at"),
            (Annotation, Annotation.review_id.in_(mine), "said_at"),
            (Appraisal, Appraisal.person_id == person, "said_at"),
            (Flag, Flag.person_id == person, "flagged_at"),
            (Comparison, (Comparison.judge_id == person) & Comparison.judged_at.is_not(None), "judged_at"),
        ):
            village.room.set(table, where, **{name: moment})


def _last(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:3000]
    return _last_part(answer.location)


def _last_part(address: str) -> str:
    return address.rpartition("/")[2]
