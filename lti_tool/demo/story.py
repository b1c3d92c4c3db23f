"""The ready course: who shares what and who reviews whom, and the walk that puts it into the tool."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from lti_tool.demo.course import COURSE, PEOPLE, Person
from lti_tool.demo.pages import PageError
from lti_tool.demo.pictures import draw
from lti_tool.demo.visitors import Step, Visitor

BY_USERNAME = {person.username: person for person in PEOPLE.values()}
INSTRUCTOR = next(person for person in PEOPLE.values() if person.role == "Instructor")
CHAPTERS = ("practices", "gestures", "experiences")


@dataclass(frozen=True)
class Review:
    """What somebody says of a work: marks of 1 to 4, a comment for each (may be empty), and the whole.

    `by` names who could say this; nobody named means anybody could.
    """

    marks: tuple[int, ...]
    comments: tuple[str, ...]
    overall: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """A contribution with the steps of a gesture, and a pool of reviews that fit it."""

    author: Person
    title: str
    answers: dict[str, str]
    steps: tuple[Step, ...] = ()
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One activity of the course and what happens in it."""

    link_id: str
    kind: str
    works: tuple[Work, ...]
    drafts: tuple[Work, ...]
    gives: dict[str, int]
    """How many reviews each person gives, by user name."""
    begins: tuple[str, ...]
    """Who takes one more review and does not send it."""
    visits: tuple[str, ...]
    """Who only looks."""


@dataclass(frozen=True)
class Story:
    """Everything that happens before a newcomer arrives."""

    chapters: tuple[Chapter, ...]


class Counts:
    """What visitors have done."""

    def __init__(self) -> None:
        self._acts: Counter[tuple[str, str, str]] = Counter()
        self.reviewed_authors: set[tuple[str, str]] = set()
        """(link id, person id) of everybody whose work has a review at least."""

    def did(self, act: str, link_id: str, person: Person) -> None:
        """Count an act: `launched`, `submit`, `assigned-review` or `reviewed`."""
        self._acts[act, link_id, person.id] += 1

    def of(self, act: str) -> Counter[tuple[str, str]]:
        """How often each person did it in each activity, by (link id, person id)."""
        return Counter({(link, who): n for (done, link, who), n in self._acts.items() if done == act})

    @property
    def contributions(self) -> int:
        """How many were shared."""
        return self.of("submit").total()

    @property
    def reviews(self) -> int:
        """How many were sent."""
        return self.of("reviewed").total()


def load_story() -> Story:
    """Read the story from the package."""
    folder = files("lti_tool.demo") / "story"
    return Story(
        tuple(_chapter(tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))) for name in CHAPTERS)
    )


def seed_through_the_door(lms_url: str, story: Story, tell: Callable[[str], None] = print) -> Counts:
    """Let the people of the story walk through the LMS and the tool, and count what they did.

    `tell` gets a line about each step. Raises PageError where a page is not as it should be, httpx.HTTPError.
    """
    counts = Counts()
    for chapter in story.chapters:
        tell(f"  {COURSE.links[chapter.link_id].title}")
        _Seeding(lms_url, chapter, counts, tell).run()
    return counts


class _Seeding:
    """One chapter on its way into the tool."""

    def __init__(self, lms_url: str, chapter: Chapter, counts: Counts, tell: Callable[[str], None]) -> None:
        self._lms_url = lms_url
        self._chapter = chapter
        self._counts = counts
        self._tell = tell
        self._here: dict[str, Visitor] = {}
        self._said: set[Review] = set()

    def run(self) -> None:
        try:
            self._open()
            self._share()
            self._review()
        finally:
            for visitor in self._here.values():
                visitor.close()

    def _visitor(self, person: Person) -> Visitor:
        """This person inside the activity; comes in by a launch the first time."""
        if person.username not in self._here:
            self._here[person.username] = visitor = Visitor(person, self._lms_url)
            visitor.launch(self._chapter.link_id)
            self._counts.did("launched", self._chapter.link_id, person)
        return self._here[person.username]

    def _open(self) -> None:
        """The instructor makes the activity, in its own language and with the title it has in the course."""
        visitor = self._here[INSTRUCTOR.username] = Visitor(INSTRUCTOR, self._lms_url)
        link = COURSE.links[self._chapter.link_id]
        visitor.speak(link.language)
        visitor.launch(link.id)
        visitor.create_activity(self._chapter.kind, link.title)

    def _share(self) -> None:
        for work in self._chapter.works:
            self._visitor(work.author).share(work.title, work.answers, work.steps)
            self._counts.did("submit", self._chapter.link_id, work.author)
        for work in self._chapter.drafts:
            self._visitor(work.author).draft(work.title, work.answers, work.steps)
        for username in self._chapter.visits:
            self._visitor(BY_USERNAME[username])
        self._tell(f"    {len(self._chapter.works)} contributions")

    def _review(self) -> None:
        """Everybody gives a first review, then those who give more a second, and so on."""
        before = self._counts.reviews
        for turn in range(max(self._chapter.gives.values(), default=0)):
            for username, wanted in self._chapter.gives.items():
                if turn < wanted:
                    self._review_one(BY_USERNAME[username])
        for username in self._chapter.begins:
            if self._visitor(BY_USERNAME[username]).next_review():
                self._counts.did("assigned-review", self._chapter.link_id, BY_USERNAME[username])
        self._tell(f"    {self._counts.reviews - before} reviews")

    def _review_one(self, person: Person) -> None:
        visitor = self._visitor(person)
        title = visitor.next_review()
        if title is None:
            return
        link_id = self._chapter.link_id
        self._counts.did("assigned-review", link_id, person)
        work = next((work for work in self._chapter.works if work.title == title), None)
        if work is None:
            raise PageError(f"{visitor.page.described()}: nobody of this story shared “{title}”")
        review = self._choose(work, person)
        visitor.review(review.marks, review.comments, review.overall)
        self._counts.did("reviewed", link_id, person)
        self._counts.reviewed_authors.add((link_id, work.author.id))

    def _choose(self, work: Work, person: Person) -> Review:
        """What this person says of this work: their own words first, and never what somebody said before."""

        def fit(review: Review) -> tuple[bool, int]:
            return review in self._said, 0 if person.username in review.by else 2 if review.by else 1

        review = min(work.reviews, key=fit)
        self._said.add(review)
        return review


def _chapter(read: dict[str, Any]) -> Chapter:
    return Chapter(
        link_id=read["link"],
        kind=read["kind"],
        works=tuple(_works(read["works"])),
        drafts=tuple(_works(read.get("drafts", []))),
        gives=read["gives"],
        begins=tuple(read.get("begins", ())),
        visits=tuple(read.get("visits", ())),
    )


def _step(text: str, watch_out: str = "", picture: str = "") -> Step:
    return Step(text, watch_out, (f"{picture}.png", draw(picture), "image/png") if picture else None)


def _works(read: list[dict[str, Any]]) -> Iterator[Work]:
    for work in read:
        yield Work(
            author=BY_USERNAME[work["author"]],
            title=work["title"],
            answers={prompt: text.strip() for prompt, text in work["answers"].items()},
            steps=tuple(_step(**step) for step in work.get("steps", ())),
            reviews=tuple(
                Review(tuple(r["marks"]), tuple(r["comments"]), r["overall"], tuple(r.get("by", ())))
                for r in work.get("reviews", [])
            ),
        )
