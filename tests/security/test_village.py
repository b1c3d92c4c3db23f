"""What can be read in a village: names only where peers have them, and of hostile words nothing but words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from crawling import crawl
from hostile import NAMES, SURNAMES, WRITTEN
from lxml import html
from village import GESTURE, PAGE, QUESTION, Village

from lti_tool.activities.models import Activity
from lti_tool.exchanges import mailing
from lti_tool.exchanges.models import Comment, News
from lti_tool.kernel import clock
from lti_tool.kernel.mail import Mailer

LISTS = re.compile(r" (/c/[^/]*/people|/share/with)\b")
COME = (("author", GESTURE), ("peer", PAGE), ("reader", QUESTION), ("reader", PAGE))  # who, and from where
LEADING = {"href", "src", "action", "formaction", "poster"}
TAGS = {"applet", "base", "embed", "frame", "iframe", "object", "style", "foreignobject", "animate", "math"}


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


def seen(village: Village, who: str, *places: str) -> dict[str, str]:
    """All that somebody reads who comes from some of the activities, by its address."""
    found: dict[str, str] = {}
    works = [f"/c/{village.ids[name]}" for name in ("contribution", "asked")]
    for place in places:
        listening = "&".join(
            f"on={name}" for name in ("me", "here", "gallery", *(f"c-{w[3:]}" for w in works))
        )
        more = [f"{work}{path}" for work in works for path in ("", "/reactions", "/versions", "/people?q=a")]
        starts = ("/", "/gallery?scope=course", "/news", "/questions", "/reports", "/help", "/my-data")
        pages = crawl(
            village.browser(who, place), *starts, *more, f"/live/news?{listening}&since=x",
            f"{works[0]}?thread={village.ids['question']}", f"{works[0]}/versions/difference?from=1&to=2",
            "/page/course/compare?from=1&to=2", "/page/course/who", "/page/course/history",
        )  # fmt: skip
        found |= {f"{place} {path}": content for path, content in pages.items()}
    return found


def mails(village: Village) -> list[EmailMessage]:
    """The mail that goes out once it is due."""
    village.room.set(News, News.id.is_not(None), mail_at=clock.now(), read_at=None)
    postbox = Postbox()
    while mailing.send_due(village.room.database, postbox, "https://tool.example"):
        pass
    return postbox.taken


def traces(found: dict[str, str], marks: list[str]) -> list[tuple[str, str]]:
    """Where one of the marks stands, but for the lists of the course: whom to mention, whom to write with."""
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


def test_nobody_is_named_to_peers(village: Village) -> None:
    moments = [each.said_at for each in village.room.all(Comment)]
    times = [form for each in moments for form in (f"{each:%H:%M:%S}", f"{each.timestamp():.0f}")]
    for who, place in COME:
        found = seen(village, who, place)
        assert len(found) > 20
        for other in village.people.keys() - {who}:
            assert traces(found, [SURNAMES[other], *known_by(village, other)]) == [], who
        assert traces(found, times) == []
    for mail in mails(village):
        part = mail["To"].partition(".")[0]
        shown = mail.as_string() + "".join(each.get_content() for each in mail.iter_parts())
        for other in village.people.keys() - {part}:
            assert traces({"mail": shown}, [SURNAMES[other], *known_by(village, other)]) == []


@pytest.fixture
def named(village: Village) -> Iterator[Village]:
    """The village as one where peers have names."""
    village.room.set(Activity, Activity.id.is_not(None), named=True)
    yield village
    village.room.set(Activity, Activity.id.is_not(None), named=False)


def test_with_names_there_is_nothing_else(named: Village) -> None:
    found = seen(named, "reader", GESTURE)
    assert traces(found, [SURNAMES["author"]])
    for other in ("author", "peer"):
        sub, address, *ids = known_by(named, other)
        assert traces(found, [sub, address]) == []
        assert all("/gallery" in path for path, _ in traces(found, ids)), "ids are what cards are chosen by"


def harmful(content: str) -> list[str]:
    """What stands in a page that none of our templates writes."""
    found = [word for word in ("zqzqzq", "\u202e", "\u2066") if word in content]
    for element in html.fromstring(content).iter():
        if not isinstance(element.tag, str):
            continue
        told = f"<{element.tag} {dict(element.attrib)}>"
        data = element.get("type") == "application/json"
        script = element.tag == "script" and not data and (element.text or "").strip()
        foreign = element.tag in TAGS or script
        runs = any(name.startswith("on") or name == "srcdoc" for name in element.attrib)
        leads = any(
            re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
            for name, value in element.attrib.items() if name in LEADING and value != "data:,"
        )  # fmt: skip
        found += [told] if foreign or runs or leads else []
    return found


def test_what_people_write_stays_words(named: Village) -> None:
    at = f"/c/{named.ids['contribution']}"
    browser = named.browser("author")
    said = {
        "text": f"@{NAMES['peer']} zq-mention- @zqNobody<svg onload=zq()>",
        "mentions": str(named.people["peer"]),
    }
    assert browser.post(f"{at}/comments", data=said).status_code == 303
    assert "zqNobody" in browser.get(at).text, "told as a name that is nobody's"
    shown = ""
    for who, place in (("author", GESTURE), ("staff", GESTURE), ("peer", QUESTION), ("peer", PAGE)):
        found = seen(named, who, place)
        for path, content in found.items():
            headers, _, body = content.partition("\r\n\n")
            assert "zq@evil" not in headers, path
            if "text/html" in headers and body.strip():
                assert harmful(body) == [], (who, path)
            elif "text/vtt" in headers:
                assert "<" not in body
        shown += "".join(found.values())
    missing = {place for place in WRITTEN if f"zq-{place}-" not in shown}
    assert missing == {"course", "note"}, "the name of the course is in mail, and notes in captions nowhere"
    for mail in mails(named):
        assert "Bcc" not in mail
        assert len(mail.get_all("To")) == 1
        assert "zq-course-" in mail["Subject"]
        assert harmful(mail.get_body(("html",)).get_content()) == []
