"""Invented courses as xAPI events: people share, review each other, talk and revise, by a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from xapi.events import (
    Accepted,
    Activity,
    Answered,
    Applied,
    Asked,
    AssignedReview,
    Calibrated,
    Comment,
    Commented,
    Compared,
    Comparison,
    Completed,
    Context,
    Contribution,
    Course,
    CriterionMark,
    Disagreed,
    Endorsed,
    Event,
    Example,
    Launched,
    Mentioned,
    Replied,
    Returned,
    Review,
    ReviewAnswered,
    Reviewed,
    ReviewRated,
    ReviewThanked,
    Revised,
    Score,
    Scored,
    Shared,
    Submitted,
    Thanked,
    Viewed,
    Voted,
)
from xapi.identity import Actor

LMS = "https://moodle.example"
TOKEN = "c0c0c0c0"
"""Stands in each IRI and id of a course: a copy of the bytes under another token is another course."""


@dataclass
class Peers:
    """A course of `people`, of whom most share a work and review `k` of the others over six weeks."""

    people: int = 30
    k: int = 3
    seed: int = 1
    begin: datetime = datetime(2025, 3, 3, 8, tzinfo=UTC)
    title: str = "Sécurité au travail"
    numbers: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = random.Random(self.seed)
        self.course = Course(f"{LMS}/course/view.php?id={TOKEN}", self.title, TOKEN)
        self.activity = Activity(self._iri("activities", 1), "Montrer un geste", "gesture")

    def events(self) -> list[Event]:
        """All that happens, in order."""
        return sorted(self._all(), key=lambda event: event.occurred_at)

    def everything(self) -> list[Event]:
        """All that happens in the course, and one of each act that does not happen there."""
        [work, other] = self._work(0), self._work(1)
        told = partial(self._told, 2, self.begin)
        review = Review(self._iri("reviews", 0), author=work.author)
        question, answer = (Comment(self._iri("comments", n), author=self._actor(n)) for n in (3, 4))
        example, side = Example(self._iri("examples", 1)), Comparison(self._iri("comparisons", 1))
        half = Score(2, 0, 4)
        judged = {"contribution": work, "review": review, "word_count": 3}
        return [
            *self.events(),
            *(
                Reviewed(**told(), contribution=work, review=review, score=half, kind=kind)
                for kind in ("self", "staff", "second-look")
            ),
            ReviewThanked(**judged, **told()),
            ReviewAnswered(**judged, **told()),
            Compared(**told(), contribution=work, comparison=side, loser=other, word_count=0),
            Calibrated(**told(), example=example, closeness=half),
            Asked(**told(), contribution=work, word_count=4),
            Asked(**told(), contribution=work, word_count=4, question=question),
            Answered(**told(), contribution=work, word_count=4, question=question, answer=answer),
            Voted(**told(), contribution=work, answer=answer),
            Accepted(**told(), contribution=work, answer=answer),
            Endorsed(**told(), contribution=work, answer=answer),
            Mentioned(**told(), contribution=work, comment=question, person=self._actor(5)),
            Shared(**told(team=self._actor(9), synthetic=True), contribution=work),
            Returned(**told(), contribution=work),
            Disagreed(**told(), contribution=work, word_count=1),
            Applied(**told(), contribution=work, word_count=1, on=self.begin.date()),
        ]

    def _all(self) -> Iterator[Event]:
        works = {one: self._work(one) for one in range(self.people) if self.numbers.random() < 0.9}
        authors = list(works)
        for person in range(self.people):
            came = self._after(self.begin, 7)
            yield Launched(**self._told(person, came))
            if person in works:
                yield Submitted(
                    **self._told(person, came + timedelta(hours=2)), contribution=works[person],
                    word_count=self.numbers.randint(40, 400),
                )  # fmt: skip
            for other in self.numbers.sample(authors, min(4, len(authors))):
                yield Viewed(**self._told(person, self._after(came, 20)), contribution=works[other])
            place = authors.index(person) if person in works else self.numbers.randrange(len(authors))
            for step in range(1, self.k + 1):
                yield from self._review(person, works[authors[(place + step) % len(authors)]], came)
            if self.numbers.random() < 0.6:
                yield Completed(
                    **self._told(person, self._after(came, 40)), score=Score(8, 0, 10), success=True
                )

    def _review(self, person: int, work: Contribution, came: datetime) -> Iterator[Event]:
        given = self._after(came, 3)
        yield AssignedReview(**self._told(person, given), contribution=work)
        if self.numbers.random() > 0.85:
            return
        done = self._after(given, 10)
        review = Review(self._iri("reviews", self.numbers.getrandbits(48)))
        marks = tuple(
            CriterionMark(self._iri("criteria", n), f"Critère {n}", self.numbers.randint(1, 4), 0, 4)
            for n in (1, 2, 3)
        )
        total = Score(sum(mark.raw for mark in marks), 0, 12)
        spent = timedelta(seconds=self.numbers.randint(60, 900))
        yield Reviewed(
            **self._told(person, done),
            contribution=work,
            review=review,
            score=total,
            marks=marks,
            duration=spent,
        )
        author = int(work.author.name.rpartition("-")[2])
        if self.numbers.random() < 0.5:
            useful = Score(self.numbers.randint(1, 5), 1, 5)
            yield ReviewRated(
                **self._told(author, self._after(done, 3)),
                contribution=work,
                review=review,
                word_count=5,
                score=useful,
            )
        if self.numbers.random() < 0.4:
            comment = Comment(self._iri("comments", self.numbers.getrandbits(48)))
            said = self._after(done, 3)
            yield Commented(**self._told(person, said), contribution=work, comment=comment, word_count=20)
            answer = Comment(self._iri("comments", self.numbers.getrandbits(48)))
            yield Replied(
                **self._told(author, self._after(said, 2)),
                contribution=work,
                comment=answer,
                word_count=9,
                to=comment,
            )
        if self.numbers.random() < 0.3:
            yield Thanked(**self._told(author, self._after(done, 3)), contribution=work, word_count=0)
        if self.numbers.random() < 0.2:
            yield Revised(
                **self._told(author, self._after(done, 5)), contribution=work, word_count=200, revision=2,
                first=UUID(int=1),
            )  # fmt: skip
            yield Scored(**self._told(author, self._after(done, 9)), contribution=work, score=total)

    def _told(self, person: int, moment: datetime, **more) -> dict:
        bits = self.numbers.getrandbits(96)
        identifier = UUID(f"{TOKEN}{bits:024x}"[:12] + "4" + f"{bits:024x}"[5:8] + "8" + f"{bits:024x}"[9:])
        registration = UUID(f"{TOKEN}00004000800000000000{person:04x}")
        context = Context(
            registration=registration,
            course=self.course,
            activity=self.activity,
            platform="Moodle",
            language="fr",
        )
        return {"id": identifier, "occurred_at": moment, "actor": self._actor(person), "context": context}

    def _work(self, person: int) -> Contribution:
        return Contribution(self._iri("contributions", person), "", "gesture", self._actor(person))

    def _actor(self, person: int) -> Actor:
        return Actor(LMS, f"{TOKEN}-{person}")

    def _after(self, moment: datetime, days: int) -> datetime:
        return moment + timedelta(seconds=self.numbers.randint(60, days * 86400))

    @staticmethod
    def _iri(kind: str, number: int) -> str:
        return f"https://tool.example/{TOKEN}/{kind}/{number}"
