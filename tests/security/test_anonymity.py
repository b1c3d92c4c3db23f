"""Author and reviewer stay anonymous to each other: a crawler reads every byte that each of them can reach.

It follows every link, picture and form address of every page, and looks for whatever names the other side.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from classroom import TEXT, Classroom
from factories import browser_of, tool
from flask import Flask
from flask.testing import FlaskClient
from pikepdf import Pdf
from PIL import Image

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Comment
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.people.models import Person
from lti_tool.reviews.models import Review
from lti_tool.reviews.releasing import GRACE

AUTHOR, REVIEWER = "Amelie Quennehen", "Barnabe Zwingelstein"
ADDRESS = re.compile(r'(?:href|src|action|poster|data-[a-z-]+)="([^"]+)"')
SHARED = {
    "title": "A calm welcome", "answer-situation": "Every morning.", "answer-what_i_do": "I greet first.",
    "answer-why_it_works": "They smile.", "version": "0",
}  # fmt: skip
COURSE_LIST = "/share/with"  # with whom one may write: the course's learners, tied to no work


@dataclass
class Crawler:
    """Reads whatever one person can reach, and keeps it, headers too."""

    browser: FlaskClient
    prefix: str
    seen: dict[str, bytes] = field(default_factory=dict)

    def read(self, *paths: str) -> None:
        waiting = list(paths)
        while waiting:
            path = waiting.pop()
            if path in self.seen:
                continue
            answer = self.browser.get(path)
            self.seen[path] = str(answer.headers).encode() + b"\n" + answer.data
            if answer.mimetype == "text/html":
                waiting += self._addresses(answer.text)
            if answer.location:
                waiting += self._addresses(f'href="{answer.location}"')

    def _addresses(self, page: str) -> list[str]:
        found = (urlsplit(address.replace("&amp;", "&")) for address in ADDRESS.findall(page))
        return [
            parts.path.removeprefix(self.prefix) + (f"?{parts.query}" if parts.query else "")
            for parts in found
            if parts.path.startswith(self.prefix)
        ]

    def traces(self, marks: list[str]) -> list[tuple[str, str]]:
        """Where one of the marks stands."""
        return [
            (path, mark)
            for path, content in self.seen.items()
            if not path.startswith(COURSE_LIST)
            for mark in marks
            if mark.encode().lower() in content.lower()
        ]


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database, given=1, wanted=1)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


def marks(room: Classroom, person: UUID, name: str) -> list[str]:
    """Everything that could tell who somebody is."""
    (row,) = room.all(Person, Person.id == person)
    return [name, *name.split(), row.sub, str(person), person.hex]


def photo(author: str) -> io.BytesIO:
    exif = Image.Exif()
    exif[0x013B] = exif[0x8298] = author
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(content, "JPEG", exif=exif, comment=author.encode())
    content.seek(0)
    return content


def document(author: str) -> io.BytesIO:
    content = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = author
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [author]
        pdf.save(content)
    content.seek(0)
    return content


@pytest.fixture
def people(room: Classroom, app: Flask) -> tuple[UUID, UUID]:
    """An author who shared a photo and a document, and a reviewer who sent a review; each did their part."""
    author, reviewer = room.people(2, shared=False)
    room.set(Person, Person.id == author, name=AUTHOR)
    room.set(Person, Person.id == reviewer, name=REVIEWER)
    for person, name in ((author, AUTHOR), (reviewer, REVIEWER)):
        browser = browser_of(app, room.database, room.visit(person))
        for file, ending in ((photo(name), "jpg"), (document(name), "pdf")):
            sent = {"file": (file, f"{name}.{ending}"), "version": "0"}
            assert browser.post("/share/files", data=sent).status_code in {200, 303}
        assert browser.post("/share", data=SHARED | {"do": "submit"}).status_code == 303
    return author, reviewer


def pull(browser: FlaskClient) -> str:
    """The address of the review that the person takes."""
    return "/review/" + browser.post("/review/next").location.rpartition("/")[2]


def send(room: Classroom, browser: FlaskClient, path: str) -> None:
    form = {"version": "0", "overall": TEXT, "do": "send"}
    form |= {f"mark-{criterion.id}": "3" for criterion in room.activity.criteria}
    assert browser.post(path, data=form).status_code == 303


def crawl(room: Classroom, app: Flask, person: UUID, *paths: str) -> Crawler:
    visit = room.visit(person)
    crawler = Crawler(browser_of(app, room.database, visit), f"/l/{visit.launch_id}")
    crawler.read("/", "/share", "/contribution", "/received", "/help", *paths)
    return crawler


def test_not_one_byte_names_the_other_side(room: Classroom, app: Flask, people: tuple[UUID, UUID]) -> None:
    author, reviewer = people
    browsers = [browser_of(app, room.database, room.visit(person)) for person in (reviewer, author)]
    open_review, other = [pull(browser) for browser in browsers]
    while_reviewing = crawl(room, app, reviewer, open_review)
    send(room, browsers[0], open_review)
    send(room, browsers[1], other)
    assert len(room.all(Review, Review.state == "sent")) == 2
    room.set(Review, Review.state == "sent", sent_at=clock.now() - GRACE)

    as_reviewer = crawl(room, app, reviewer, open_review, f"{open_review}/sent")
    as_author = crawl(room, app, author)
    for crawler in (while_reviewing, as_reviewer):
        assert crawler.traces(marks(room, author, AUTHOR)) == []
    assert as_author.traces(marks(room, reviewer, REVIEWER)) == []

    pictures = [path for path in while_reviewing.seen if re.search(r"/review/.+/media/", path)]
    assert len(pictures) == 2, "the crawler did not reach the author's files"
    assert b"I greet first" in while_reviewing.seen[open_review]
    assert TEXT.encode() in as_author.seen["/received"]


def test_a_stranger_reaches_neither_work_nor_review(
    room: Classroom, app: Flask, people: tuple[UUID, UUID]
) -> None:
    author, _ = people
    of_author, of_reviewer = (browser_of(app, room.database, room.visit(person)) for person in people)
    path = pull(of_reviewer)
    (stranger,) = room.people(1)  # their work is shared now, so that it was not the one to review
    of_stranger = browser_of(app, room.database, room.visit(stranger))
    (work,) = room.all(Contribution, Contribution.author_id == author)
    for owner, page, media in (
        (of_reviewer, path, r"/review/[^\"]+/media/[^\"]+"),
        (of_author, "/contribution", r"(?<=[0-9a-f])/media/[^\"]+"),
    ):
        file = re.search(media, owner.get(page).text)
        assert file, f"no file on {page}"
        assert owner.get(file[0]).status_code == 200
        assert of_stranger.get(file[0]).status_code in {403, 404}, file[0]
    for address in (path, f"{path}/sent", f"/work/{work.id}"):
        assert of_stranger.get(address).status_code in {403, 404}, address


def test_the_crawler_finds_a_planted_leak(room: Classroom, app: Flask, people: tuple[UUID, UUID]) -> None:
    author, reviewer = people
    room.set(Contribution, Contribution.author_id == author, answers={"situation": f"Signed: {AUTHOR}"})
    path = pull(browser_of(app, room.database, room.visit(reviewer)))
    assert crawl(room, app, reviewer, path).traces(marks(room, author, AUTHOR))


def test_who_talks_about_a_contribution_is_not_named(
    room: Classroom, app: Flask, people: tuple[UUID, UUID]
) -> None:
    author, peer = people
    (third,) = room.people(1)
    (work,) = room.all(Contribution, Contribution.author_id == author)
    at = f"/c/{work.id}"
    today = clock.now().date().isoformat()
    for person, words in ((peer, "How long?"), (author, "An hour."), (peer, "And alone?")):
        browser = browser_of(app, room.database, room.visit(person))
        assert browser.post(f"{at}/comments", data={"text": words, "form": uuid4().hex}).status_code == 303
    browser = browser_of(app, room.database, room.visit(peer))
    for kind in ("thanks", "applied", "disagree"):
        said = {"because": "It works.", "applied_on": today}
        assert browser.post(f"{at}/reactions/{kind}", data=said).status_code == 303
    (root, *_) = room.all(Comment, Comment.author_id == peer)
    browser.post(f"{at}/comments", data={"text": "A reply.", "form": uuid4().hex, "thread": str(root.id)})

    paths = (at, f"{at}?thread={root.id}", f"{at}?at={root.id}", f"{at}/reactions")
    as_author, as_peer, as_third = (crawl(room, app, person, *paths) for person in (author, peer, third))
    for crawler, others in ((as_author, {peer}), (as_peer, {author}), (as_third, {author, peer})):
        assert b"And alone?" in crawler.seen[at]
        assert any(re.search(r"^/c/.+/media/", path) for path in crawler.seen), "its files were not reached"
        for other, name in ((author, AUTHOR), (peer, REVIEWER)):
            if other in others:
                assert crawler.traces(marks(room, other, name)) == []
    moments = [comment.said_at for comment in room.all(Comment)]
    for moment in moments:
        assert as_third.traces([f"{moment:%H:%M:%S}", f"{moment.timestamp():.0f}"]) == []
