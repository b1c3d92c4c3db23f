"""An activity in whatever state a page is to be looked at in: its rows made by the tool's own actions."""

import gettext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

import lti_tool
from lti_tool.activities import actions as activities
from lti_tool.activities.kinds import KINDS
from lti_tool.activities.models import Activity, Kind, Placement
from lti_tool.activities.suiting import Plan
from lti_tool.contributions import actions as contributions
from lti_tool.contributions.models import Contribution
from lti_tool.contributions.steps import Step, numbered
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role, Visit
from lti_tool.kernel.secrets import digest
from lti_tool.lti.models import Launch, ResourceLink
from lti_tool.lti.sessions import launch_path
from lti_tool.people.models import Course, Deployment, Enrolment, Person, Platform
from lti_tool.reviews import actions as reviews
from lti_tool.reviews.models import Review
from lti_tool.reviews.releasing import GRACE
from lti_tool.reviews.rubric import Answer, Draft

from .campus import Campus

WORDS = {
    "en": (
        "I walk through the whole building with the new colleague before anything else, and I introduce them "
        "by what they will do together. It takes an hour, and saves a week of small hesitations later on."
    ),
    "fr": (
        "Je fais d’abord le tour complet du bâtiment avec la nouvelle personne, et je la présente par ce que "
        "nous allons faire ensemble. Cela demande une heure, et évite une semaine d’hésitations ensuite."
    ),
}
TITLES = {"en": "How I welcome a new colleague", "fr": "Ma façon d’accueillir un nouveau collègue"}
NAMES = ("Amélie Rousseau-Delacroix", "Karim Benali", "Sophie Lefèvre", "Thomas Girard", "Emily Hughes")
# A gesture's; other kinds leave them out.
STEPS = (
    Step(numbered(1), "Raise the bed to the height of your hips."),
    Step(numbered(2), "Count to ten before they stand up.", "Dizziness comes within ten seconds."),
    Step(numbered(3), "Walk beside them, half a step behind."),
)
PRIMARY = "main .btn-primary"
KEY = "the browser's half of a launch"


@dataclass(frozen=True)
class Place:
    """A launch of somebody, open in a browser context."""

    page: Page
    url: str

    def go(self, path: str = "/") -> Page:
        """Open one of the launch's pages, as "/share"."""
        self.page.goto(self.url + path)
        return self.page


class Stage:
    """One course with one link; an activity when `opened` or `drafted`; `people` as they are asked for."""

    def __init__(self, campus: Campus, language: str = "en") -> None:
        self.campus, self.database, self.language = campus, campus.database, language
        self.translate = _catalogue(language)
        self.tenant, self.course, self.link = uuid4(), uuid4(), uuid4()
        self.people: list[Visit] = []
        self._add_rows()
        self.instructor = self.person("Margaret O’Neill", Role.INSTRUCTOR)
        self.activity: Activity | None = None
        self.blank: Page | None = None

    def _add_rows(self) -> None:
        platform, now = uuid4(), clock.now()
        addresses = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "")
        with self.database.write() as rows:
            rows.add(
                Platform(
                    id=platform, name=platform.hex, issuer=f"https://lms.example/{platform.hex}",
                    client_id="tool", created_at=now, synthetic=True, **addresses,
                )
            )  # fmt: skip
            rows.flush()
            rows.add(Deployment(id=self.tenant, platform_id=platform, deployment_id="1"))
            rows.flush()
            rows.add(Course(id=self.course, tenant_id=self.tenant, context_id="7", title="Induction"))
            rows.flush()
            rows.add(ResourceLink(id=self.link, course_id=self.course, resource_link_id="1"))

    def person(self, name: str, role: Role = Role.LEARNER) -> Visit:
        """Somebody more in the course."""
        person = uuid4()
        with self.database.write() as rows:
            rows.add(Person(id=person, tenant_id=self.tenant, sub=person.hex, name=name))
            rows.flush()
            rows.add(Enrolment(course_id=self.course, person_id=person, role=role, last_seen_at=clock.now()))
        visit = Visit(
            launch_id=uuid4().hex, tenant_id=self.tenant, course_id=self.course, resource_link_id=self.link,
            person_id=person, role=role, locale=self.language, person_name=name,
        )  # fmt: skip
        if role is Role.LEARNER:
            self.people.append(visit)
        return visit

    def again(self, visit: Visit) -> Visit:
        """The same person, by another launch."""
        return replace(visit, launch_id=uuid4().hex)

    def open(self, *, now: bool = True, kind: Kind = Kind.PRACTICE, **plan: Any) -> None:
        """The instructor makes the activity, by default with what the page proposes."""
        chosen = Plan(kind=kind, title=TITLES[self.language], **plan)
        with self.database.write() as rows:
            activities.create(rows, self.instructor, chosen, open_now=now, translate=self.translate)
        self.reload()

    def reload(self) -> Activity:
        """The activity as it is now."""
        with self.database.read() as rows:
            query = select(Activity).join(Placement).where(Placement.resource_link_id == self.link)
            self.activity = rows.scalars(query.options(selectinload(Activity.criteria))).one()
        return self.activity

    def change(self, **values: Any) -> None:
        """Change the activity behind everybody's back."""
        self.set(Activity, Activity.id == self.activity.id, **values)
        self.reload()

    def set(self, table: type, where: Any, **values: Any) -> None:
        """Change rows behind everybody's back."""
        with self.database.write() as rows:
            rows.execute(update(table).where(where).values(**values))

    def pass_dates(self) -> None:
        """Both dates are yesterday."""
        yesterday = clock.now() - timedelta(days=1)
        self.change(share_by=yesterday, review_by=yesterday)

    def draft(self, author: Visit, title: str = "", **answers: str) -> None:
        """Somebody has written something and not shared it."""
        assert self.activity
        texts = answers or dict.fromkeys(self.prompts, WORDS[self.language])
        with self.database.write() as rows:
            written = contributions.Written(title or TITLES[self.language], texts, {}, 0, STEPS)
            contributions.save_draft(rows, author, self.activity, written)

    @property
    def prompts(self) -> list[str]:
        """The keys of what the activity asks for."""
        assert self.activity
        return [prompt.key for prompt in KINDS[self.activity.kind].prompts]

    def shared(self, count: int) -> list[Visit]:
        """`count` people more, who have shared."""
        authors = [self.person(NAMES[len(self.people) % len(NAMES)]) for _ in range(count)]
        for author in authors:
            self.draft(author)
            with self.database.write() as rows:
                contributions.share(rows, author, self.activity)
        return authors

    def pulled(self, reviewer: Visit) -> UUID:
        """The reviewer takes the next review."""
        with self.database.write() as rows:
            return reviews.pull(rows, reviewer, self.activity).id

    def reviewed(self, reviewer: Visit, times: int = 1) -> None:
        """The reviewer takes and sends reviews, so long ago that their authors may read them."""
        assert self.activity
        answers = {each.id: Answer(3.0, WORDS[self.language]) for each in self.activity.criteria}
        draft = Draft(WORDS[self.language] + " " + WORDS[self.language], answers)
        for _ in range(times):
            review = self.pulled(reviewer)
            with self.database.write() as rows:
                reviews.send(rows, reviewer, self.activity, review, 0, draft).sent_at -= GRACE

    def give_back(self, reviewer: Visit, review: UUID) -> None:
        """The review goes to somebody else."""
        with self.database.write() as rows:
            reviews.give_back(rows, reviewer, self.activity, review)

    def rows(self, table: type, *where: Any) -> list[Any]:
        """The rows of a table."""
        with self.database.read() as rows:
            return list(rows.scalars(select(table).where(*where)))

    def work_of(self, author: Visit) -> Contribution:
        """An author's contribution as it is now."""
        assert self.activity
        of_author = Contribution.author_id == author.person_id
        return self.rows(Contribution, Contribution.activity_id == self.activity.id, of_author)[0]

    def review_of(self, reviewer: Visit) -> Review:
        """A reviewer's only review as it is now."""
        [review] = self.rows(Review, Review.reviewer_id == reviewer.person_id)
        return review

    def at(self, context: BrowserContext, visit: Visit, path: str = "/") -> Page:
        """One of the visit's pages."""
        return self.enter(context, visit).go(path)

    def enter(
        self, context: BrowserContext, visit: Visit, *, session: bool = True, framed: bool = False
    ) -> Place:
        """The visit's pages in a browser, as the door leaves it after a launch.

        `session`: whether the browser has kept its cookie. `framed`: in a page of the visit's embedder.
        """
        now = clock.now()
        with self.database.write() as rows:
            rows.add(
                Launch(
                    id=visit.launch_id, cookie=digest(KEY), tenant_id=self.tenant, resource_link_id=self.link,
                    course_id=self.course, person_id=visit.person_id, role=visit.role,
                    locale=visit.locale, embedder=visit.embedder, created_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )  # fmt: skip
        path = launch_path(visit.launch_id)
        if session:
            context.add_cookies(
                [
                    {
                        "name": "entraide", "value": self.campus.signed({"key": KEY}), "domain": "localhost",
                        "path": path, "secure": True, "httpOnly": True, "sameSite": "None",
                        # Partitioned, as the door sets it: the session is then one cookie, not two.
                        "partitionKey": "http://127.0.0.1" if framed else "http://localhost",
                        "_crHasCrossSiteAncestor": framed,
                    }
                ]
            )  # fmt: skip
        return Place(self.page(context), self.campus.tool.url + path)

    def page(self, context: BrowserContext) -> Page:
        """A new page; the first time the `blank` one, if there is any."""
        page, self.blank = self.blank or context.new_page(), None
        return page


@cache
def _catalogue(language: str) -> Any:
    folder = Path(lti_tool.__file__).parent / "translations"
    return gettext.translation("messages", folder, [language], fallback=True).gettext
