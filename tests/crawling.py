"""Reads what one person can reach: pages, files, captions, mail, and what scripts ask for."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient
from pikepdf import Pdf
from reviewed import COMPARED, REVIEWED
from villagers import Village

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import mailing
from lti_tool.exchanges.models import News
from lti_tool.kernel import clock
from lti_tool.kernel.mail import Mailer

ADDRESS = re.compile(r'(?:href|src|action|poster|srcset|data-[a-z-]+)="([^"]*)"')
LAUNCH = re.compile(r"^/l/\w+")
# Lists of the course: whom to mention, whom to write with.
LISTS = re.compile(r"(^| )(/c/[^/]*/people|/share/with)\b")
STARTS = (
    "/", "/share", "/contribution", "/received", "/reviews/given", "/review/mine", "/improve", "/calibration",
    "/gallery", "/news", "/help", "/my-data", "/my-data/copy", "/questions",
)  # fmt: skip


def crawl(browser: FlaskClient, *addresses: str) -> dict[str, str]:
    """What came of these addresses and of all that they lead to, headers first.

    Of addresses that differ only in what their parameters say, one is read.
    """
    seen: dict[str, str] = {}
    known = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        parts = urlsplit(LAUNCH.sub("", address))
        key = parts.path, *sorted({name for name, _ in parse_qsl(parts.query)})
        if key in known or parts.path == "/window":
            continue
        known.add(key)
        answer = browser.get(f"{parts.path}?{parts.query}")
        body = unpacked(answer.mimetype, answer.data).decode("utf-8", "replace")
        seen[parts.path + f"?{parts.query}".rstrip("?")] = f"{answer.headers}\n{body}"
        links = ADDRESS.findall(body) if answer.mimetype == "text/html" else []
        links = [link.replace("&amp;", "&") for link in (*links, answer.location or "")]
        waiting += [link for link in links if LAUNCH.match(link)]
    return seen


def unpacked(kind: str, content: bytes) -> bytes:
    """A file, and what is packed in it."""
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
    if kind == "application/pdf":
        plainly = io.BytesIO()
        with Pdf.open(io.BytesIO(content)) as pdf:
            pdf.save(plainly, qdf=True)
        return content + plainly.getvalue()
    return content


class Postbox(Mailer):
    """Takes every message, and keeps it."""

    def __init__(self) -> None:
        super().__init__("smtp://127.0.0.1:1", "Entraide <entraide@tool.example>")
        self.taken: list[EmailMessage] = []

    @contextmanager
    def connection(self) -> Iterator["Postbox"]:
        yield self

    def send(self, mail: EmailMessage) -> None:
        self.taken.append(mail)


def mails(village: Village) -> list[EmailMessage]:
    """The mail that goes out once it is due."""
    village.room.set(News, News.id.is_not(None), mail_at=clock.now(), read_at=None)
    postbox = Postbox()
    while mailing.send_due(village.room.database, postbox, "https://tool.example"):
        pass
    return postbox.taken


def mail_to(village: Village, who: str) -> str:
    """All mail to somebody, as it is sent and as it is read."""
    mine = [each for each in mails(village) if each["To"].startswith(f"{who}.")]
    return "".join(
        each.as_string() + "".join(part.get_content() for part in each.iter_parts()) for each in mine
    )


def read(mail: EmailMessage) -> Iterator[str]:
    """The texts of a mail."""
    return (part.get_content() for part in mail.iter_parts())


def traces(found: dict[str, str], marks: list[str]) -> list[tuple[str, str]]:
    """Where one of the marks stands, but for the lists of the course."""
    return [
        (path, mark)
        for path, content in found.items()
        for mark in marks
        if mark.lower() in content.lower() and not LISTS.search(path)
    ]


def known_by(village: Village, part: str) -> list[str]:
    """What tells who somebody is, besides their name."""
    person = village.people[part]
    return [f"{part}-in-the-lms", f"{part}.known", str(person), person.hex]


def reach(village: Village, who: str, *places: str) -> dict[str, str]:
    """All that somebody reads who comes from the activities with reviews, and their mail."""
    review, pair = village.ids["review_id"], village.ids["comparison_id"]
    at = f"/review/{review}"
    starts = {
        REVIEWED: (*STARTS, *(f"{at}{end}" for end in ("", "/sent", "/again", "/flag", "/comments"))),
        COMPARED: ("/", "/received", "/gallery", "/news", f"/compare/{pair}", f"/compare/{pair}/done"),
    }
    forms = {
        REVIEWED: ("/review/next", f"{at}/save", f"/received/{review}/reply"),
        COMPARED: ("/compare/next",),
    }
    found = {f"mail to {who}": mail_to(village, who)}
    for place in places or (REVIEWED, COMPARED):
        browser = village.browser(who, place)
        there = Contribution.activity_id == village.activities[place]
        works = [each.id for each in village.room.all(Contribution, there)]
        on = "&".join(f"on={name}" for name in ("me", "here", "gallery", *(f"c-{work}" for work in works)))
        seen = crawl(browser, *starts[place], *(f"/c/{work}" for work in works), f"/live/news?{on}&since=x")
        for form in forms[place]:
            answer = browser.post(form, data={"words": ""})
            seen[f"POST {form}"] = f"{answer.headers}\n{answer.text}"
        found |= {f"{place} {path}": content for path, content in seen.items()}
    return found
