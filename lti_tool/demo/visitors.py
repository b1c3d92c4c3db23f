"""People who walk through the LMS and the tool with nothing but HTTP and HTML, as a browser would."""

import ssl
from collections.abc import Sequence
from http.cookiejar import Cookie, CookieJar
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from lti_tool.demo.course import Language, Person
from lti_tool.demo.pages import Form, Page, PageError, nearest

MOST_HOPS = 10
TLS = ssl.create_default_context()  # made once for all: reading the certificates takes a tenth of a second
Upload = tuple[str, bytes, str]
"""A file to send: its name, its bytes, its media type."""


class Step(NamedTuple):
    """A step of a gesture, as somebody tells it."""

    text: str
    watch_out: str = ""
    picture: Upload | None = None


class _LoopbackJar(CookieJar):
    """A jar that sends Secure cookies to loopback addresses without TLS, as browsers do."""

    def set_cookie(self, cookie: Cookie) -> None:
        cookie.secure = False
        super().set_cookie(cookie)


class Visitor:
    """One person with a browser of their own, signed in to the LMS."""

    def __init__(self, person: Person, lms_url: str, timeout: float = 30) -> None:
        """Sign in. `timeout` is in seconds, for each page. Raises PageError, httpx.HTTPError."""
        self.person = person
        self.lms_url = lms_url
        self._http = httpx.Client(
            cookies=_LoopbackJar(), follow_redirects=True, timeout=timeout, verify=TLS, trust_env=False
        )
        self._http.headers["Accept-Language"] = person.language
        self.page = self.open(lms_url)
        self.page = self._send(f"{lms_url}/sign-in", data={"person": [person.id]})
        self.home = ""
        """The address of the tool's first page for the activity opened last."""

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def open(self, address: str) -> Page:
        """Open a page, and follow forms that post themselves."""
        return self._arrive(self._http.get(address))

    def fill(
        self,
        form: Form,
        answers: dict[str, str] | None = None,
        press: tuple[str, str] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Page:
        """Fill in a form of the page, press a button, and see what comes."""
        sent = form.filled(answers or {}, press)
        if form.method == "get":
            return self._arrive(self._http.get(form.action, params=sent))
        return self._send(form.action, sent, files)

    def speak(self, language: Language) -> None:
        """Switch the LMS to a language, if it is not in it yet."""
        self.page = self.open(f"{self.lms_url}/course")
        form = self.page.form("language")
        if language in (control.value for control in form.fields):
            self.page = self.fill(form, press=("language", language))

    def launch(self, link_id: str) -> Page:
        """Open an activity in the LMS and go into its frame; returns the tool's first page."""
        outside = self.open(f"{self.lms_url}/course/activities/{link_id}")
        if not outside.frames:
            raise PageError(f"{outside.described()} has no frame")
        self.page = self.open(outside.frames[0])
        self.home = self.page.url
        return self.page

    def create_activity(self, kind: str, title: str = "") -> Page:
        """As the instructor, make the activity just opened, and open it; all else is left as proposed."""
        answers = {"kind": kind} | ({"title": title} if title else {})
        self.page = self.fill(self.page.form("create-activity"), answers, ("open", "now"))
        if self.page.has_form("create-activity"):
            raise PageError(f"{self.page.described()}: the activity was not created")
        return self.page

    def draft(self, title: str, answers: dict[str, str], steps: Sequence[Step] = ()) -> Page:
        """Write a contribution and keep it for later."""
        return self._write("save", title, answers, steps)

    def share(self, title: str, answers: dict[str, str], steps: Sequence[Step] = ()) -> Page:
        """Write a contribution, look at it as peers will see it, and send it."""
        preview = self._write("preview", title, answers, steps)
        self.page = self.fill(preview.form("send-form"))
        if self.page.has_form("send-form") or self.page.has_form("share-form"):
            raise PageError(f"{self.page.described()}: “{title}” was not sent")
        return self.page

    def next_review(self) -> str | None:
        """Ask for somebody's work to review; its title, or None when there is none now."""
        self.page = self.open(self.home)
        if not self.page.has_form("review-next"):
            return None
        self.page = self.fill(self.page.form("review-next"))
        if not self.page.has_form("review-form"):
            return None
        title = " ".join(self.page.texts.get("work-title", "").split())
        if not title:
            raise PageError(f"{self.page.described()} does not say the title of the work (work-title)")
        return title

    def review(self, marks: Sequence[float], comments: Sequence[str], overall: str) -> Page:
        """Fill in and send the review that `next_review` opened.

        The marks and comments go to the criteria in the page's order; where the page has more
        criteria than marks these begin again, and the choice nearest to each mark is taken.
        """
        form = self.page.form("review-form")
        criteria = [name for name in form.names("radio") if name.startswith("mark-")]
        answers = {
            name: nearest(form.choices(name), marks[i % len(marks)]) for i, name in enumerate(criteria)
        }
        boxes = [name.replace("mark-", "comment-", 1) for name in criteria]
        answers |= {name: text for name, text in zip(boxes, comments, strict=False) if text}
        self.page = self.fill(form, answers | {"overall": overall}, ("do", "send"))
        if self.page.has_form("review-form"):
            raise PageError(f"{self.page.described()}: the review was not sent")
        return self.page

    def _write(self, do: str, title: str, answers: dict[str, str], steps: Sequence[Step]) -> Page:
        home = self.open(self.home)
        if "share-link" not in home.links:
            raise PageError(f"{home.described()} has no link share-link")
        self.page = self.open(home.links["share-link"])
        texts = {f"answer-{prompt}": text for prompt, text in answers.items()} | {"title": title}
        form = self.page.form("share-form")
        while len(form.values("step-order")) < len(steps):
            self.page = self.fill(form, press=("do", "step-add"))
            form = self.page.form("share-form")
        pictures = []
        for step, told in zip(form.values("step-order"), steps, strict=bool(steps)):
            texts |= {f"step-{step}-text": told.text, f"step-{step}-watch_out": told.watch_out}
            if told.picture:
                pictures.append((f"file-{step}", told.picture))
        self.page = self.fill(form, texts, ("do", do), pictures)
        return self.page

    def _send(
        self, address: str, data: dict[str, list[str]], files: Sequence[tuple[str, Upload]] = ()
    ) -> Page:
        return self._arrive(self._post(address, data, files, self.page.url))

    def _post(
        self, address: str, data: dict[str, list[str]], files: Sequence[tuple[str, Upload]], seen: str
    ) -> httpx.Response:
        """Send a form from the page at the address `seen`, with the headers that a browser adds."""
        parts = urlsplit(seen)
        headers = {"Referer": seen, "Origin": f"{parts.scheme}://{parts.netloc}"}
        return self._http.post(address, data=data, files=list(files) or None, headers=headers)

    def _arrive(self, response: httpx.Response) -> Page:
        """Read a page; a form that posts itself is followed, and a page that leads on without scripts."""
        for _ in range(MOST_HOPS):
            page = Page(str(response.url), response.text)
            if response.is_error:
                raise PageError(f"{response.status_code} from {page.described()}")
            form = page.posts_itself()
            if form:
                response = self._post(form.action, form.filled({}), (), page.url)
            elif page.leads_on:
                response = self._http.get(page.leads_on)
            else:
                return page
        raise PageError(f"{page.described()}: the pages lead on without end")
