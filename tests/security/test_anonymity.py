"""Authors and reviewers stay anonymous to each other where the activity says so, in every byte they reach.

A crawler follows every link, picture and form address of every page, reads mail and files, and looks for
whatever names the other side: in each mode of anonymity, and with leaks planted that it must find.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from crawling import crawl, known_by, reach, traces
from hostile import SURNAMES
from jinja2 import ChoiceLoader, DictLoader
from reviewed import COMPARED, REVIEWED, document, photo
from villagers import Village

from lti_tool.activities.models import Activity
from lti_tool.activities.revealing import reveal
from lti_tool.contributions.models import Attachment
from lti_tool.exchanges import news_queries
from lti_tool.kernel import clock
from lti_tool.reviews import received_views
from lti_tool.reviews.models import Annotation, Appraisal, Flag, Rescore, Review
from lti_tool.reviews.received import Received, received_by
from lti_tool.reviews.steering_models import Comparison

TOGETHER = {"author": {"mate"}, "mate": {"author"}}  # who write one work know each other


def marks(village: Village, *others: str) -> list[str]:
    """Everything that could tell who these are."""
    return [mark for other in others for mark in (SURNAMES[other], *known_by(village, other))]


def moments(village: Village, who: str) -> list[str]:
    """The moments at which others said something of a review, as a page or a file might tell them."""
    me, room = village.people[who], village.room
    mine = {each.id for each in room.all(Review, Review.reviewer_id == me)}
    at = [each.sent_at for each in room.all(Review, Review.reviewer_id != me, Review.sent_at.is_not(None))]
    at += [each.said_at for each in room.all(Annotation) if each.review_id not in mine]
    at += [each.said_at for each in room.all(Appraisal, Appraisal.person_id != me)]
    at += [each.sent_at for each in room.all(Rescore) if each.review_id not in mine]
    at += [each.judged_at for each in room.all(Comparison, Comparison.judge_id != me) if each.judged_at]
    at += [each.flagged_at for each in room.all(Flag, Flag.person_id != me)]
    return [form for each in at for form in (f"{each:%H:%M:%S}", f"{each.timestamp():.0f}")]


@contextmanager
def mode(village: Village, **names: Any) -> Iterator[None]:
    """The village's activities in another mode of anonymity, for a while."""
    double = {"named": False, "reviews_named": False, "names_at_end": False}
    there = Activity.id.in_([village.activities[place] for place in (REVIEWED, COMPARED)])
    village.room.set(Activity, there, **double | names)
    yield
    village.room.set(Activity, there, **double)


def pages(found: dict[str, str], *ends: str) -> dict[str, str]:
    """Those of some addresses alone."""
    return {path: content for path, content in found.items() if path.endswith(ends)}


def reads(found: dict[str, str], *places: str) -> Iterable[str]:
    """Which of the words of these places are nowhere."""
    everything = "".join(found.values())
    return [place for place in places if f"zq-{place}-" not in everything]


def test_double_not_one_byte_names_the_other_side(village: Village) -> None:
    as_author, as_peer, as_reader = (reach(village, who) for who in ("author", "peer", "reader"))
    for who, found in (("author", as_author), ("peer", as_peer), ("reader", as_reader)):
        others = village.people.keys() - {who} - TOGETHER.get(who, set())
        assert traces(found, marks(village, *others)) == [], who
        assert traces(found, moments(village, who)) == [], who
    said = ("review-by-peer", "note-situ", "note-file", "discounted-review", "looked-again", "flag-answer")
    assert reads(as_author, *said, "spot-check") == []
    assert len(reads(as_author, "better-by-critic", "better-by-peer")) < 2
    assert reads(as_peer, "practice", "improved-situation", "thanks-for-review", "reviewed") == []
    assert reads(as_peer, "unseen") == ["unseen"], "a hidden review is shown"
    assert sum("/media/" in path and f"/review/{village.ids['review_id']}" in path for path in as_peer) >= 2
    hidden = village.ids["review_id"], village.ids["note"], village.ids["comparison_id"]
    joined = {path for path, _ in traces(as_reader, list(hidden)) if not any(own in path for own in hidden)}
    assert joined == set(), "the id of a review stands in what others read"


@pytest.mark.long
def test_single_only_authors_are_named(village: Village) -> None:
    with mode(village, named=True):
        found = reach(village, "author", REVIEWED)
        peer = crawl(village.browser("peer", REVIEWED), f"/c/{village.work('author', REVIEWED).id}")
    assert traces(peer, [SURNAMES["author"]])
    about_reviews = pages(found, "/received", "/copy", "/flag", "/reply", "/news", "/")
    assert len(about_reviews) >= 6
    assert traces(about_reviews, marks(village, "peer", "critic")) == []


@pytest.mark.long
def test_open_both_are_named_and_nothing_else(village: Village) -> None:
    with mode(village, named=True, reviews_named=True):
        found = reach(village, "author", REVIEWED)
    for who in ("peer", "critic"):
        assert traces(pages(found, "/received"), [SURNAMES[who]])
        assert traces(found, known_by(village, who)[:2]) == []


def test_revealed_at_the_end_and_not_before(village: Village) -> None:
    with mode(village, names_at_end=True):
        assert traces(reach(village, "author", REVIEWED), marks(village, "peer", "critic")) == []
        village.room.set(Activity, Activity.id.is_not(None), closed_at=clock.now())
        with village.room.database.write() as session:
            assert reveal(session, clock.now())
        assert traces(crawl(village.browser("author", REVIEWED), "/received"), [SURNAMES["peer"]])
        village.room.set(Activity, Activity.id.is_not(None), closed_at=None)


def test_every_planted_leak_is_found(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    app, store = village.app, village.app.extensions["entraide.storage"]
    sub, address, written, key = known_by(village, "peer")

    def named(*args: Any) -> Received:
        told = received_by(*args)
        return told._replace(reviews=[replace(each, reviewer=SURNAMES["peer"]) for each in told.reviews])

    def telling(environ: Any, start: Any, answer: Any = app.wsgi_app) -> Any:
        return answer(environ, lambda status, headers, *more: start(status, [*headers, ("X-By", sub)], *more))

    show = "contributions/show.html"
    loader, begin = app.jinja_env.loader, "{% block content %}"
    source, *_ = loader.get_source(app.jinja_env, show)
    planted = DictLoader({show: source.replace(begin, f"{begin}<!-- {key} -->", 1)})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([planted, loader]))
    monkeypatch.setattr(received_views, "received_by", named)
    monkeypatch.setattr(app, "wsgi_app", telling)
    monkeypatch.setattr(news_queries, "sentence", lambda *_: f"{address} did it.")
    made = {"image/jpeg": photo, "application/pdf": document}
    for file in village.room.all(Attachment, Attachment.media_type.in_(made)):
        store.path(file.storage_key).write_bytes(made[file.media_type](written).getvalue())
    found = reach(village, "author", REVIEWED)
    hits = traces(found, [SURNAMES["peer"], sub, key, address, written])
    assert {mark for path, mark in hits if path.endswith("/received")} >= {SURNAMES["peer"], sub}
    assert (f"{REVIEWED} /contribution", key) in hits
    assert {path for path, mark in hits if mark == address} >= {"mail to author", f"{REVIEWED} /news"}
    inside = "".join(found[path].partition("\r\n\r\n")[0] for path, mark in hits if mark == written)
    assert all(kind in inside for kind in made), "metadata of files"
