"""What can be read in a village: names only where peers have them, and of hostile words nothing but words."""

import re
from collections.abc import Iterator

import pytest
from crawling import crawl, known_by, mail_to, mails, traces
from hostile import NAMES, SURNAMES, WRITTEN
from lxml import html
from reviewed import COMPARED, REVIEWED
from villagers import GESTURE, PAGE, QUESTION, Village

from lti_tool.activities.models import Activity
from lti_tool.exchanges.models import Comment

COME = (("author", GESTURE), ("peer", PAGE), ("reader", QUESTION), ("reader", PAGE))  # who, and from where
PLACES = {REVIEWED, COMPARED}
ABOUT_REVIEWS = {  # where their words stand
    ("author", REVIEWED): ("/", "/received", "/contribution", "/score", "/my-data"),
    ("peer", REVIEWED): (
        "/reviews/given", "/review/{review_id}/sent", "/review/{review_id}/again", "/received",
        "/review/{received_by_peer}/flag", "/calibration/{example_id}/difference",
    ),
    ("staff", REVIEWED): (
        "/", "/flags", "/flags?show=settled", "/work/{contribution_id}", "/examples/{example_id}",
        "/people/{person_id}", "/people/{person_id}/score", "/activity/rubric",
    ),
    ("critic", COMPARED): ("/", "/compare/{comparison_id}/done", "/received"),
    ("staff", COMPARED): ("/", "/comparisons"),
}  # fmt: skip
UNSEEN = re.compile("trial-|again-|better-by-|unseen|discounted$")  # no page asks for it, or shows it to them
LEADING = {"href", "src", "action", "formaction", "poster"}
TAGS = {"applet", "base", "embed", "frame", "iframe", "object", "style", "foreignobject", "animate", "math"}


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


def test_nobody_is_named_to_peers(village: Village) -> None:
    moments = [each.said_at for each in village.room.all(Comment)]
    times = [form for each in moments for form in (f"{each:%H:%M:%S}", f"{each.timestamp():.0f}")]
    for who, place in COME:
        found = seen(village, who, place)
        assert len(found) > 20
        for other in village.people.keys() - {who}:
            assert traces(found, [SURNAMES[other], *known_by(village, other)]) == [], who
        shown = {path: content for path, content in found.items() if not path.endswith("/my-data/copy")}
        assert traces(shown, times) == []  # the copy tells when one acted oneself, in the same second perhaps
        post = {"mail": mail_to(village, who)}
        for other in village.people.keys() - {who}:
            assert traces(post, [SURNAMES[other], *known_by(village, other)]) == []


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


def about_reviews(village: Village, who: str, place: str) -> dict[str, str]:
    """What somebody reads of reviews and comparisons."""
    browser, found = village.browser(who, place), {}
    for path in ABOUT_REVIEWS[who, place]:
        answer = browser.get(path.format(**village.ids))
        assert answer.status_code == 200, (path, answer.status_code)
        found[path] = f"{answer.headers}\n{answer.text}"
    return found


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
    came = [("author", GESTURE), ("staff", GESTURE), ("peer", QUESTION), ("peer", PAGE)]
    for who, place in (*came, *ABOUT_REVIEWS):
        found = about_reviews(named, who, place) if place in PLACES else seen(named, who, place)
        for path, content in found.items():
            headers, _, body = content.partition("\r\n\n")
            assert "zq@evil" not in headers, path
            if "text/html" in headers and body.strip():
                assert harmful(body) == [], (who, path)
            elif "text/vtt" in headers:
                assert "<" not in body
        shown += "".join(found.values())
    missing = {place for place in WRITTEN if f"zq-{place}-" not in shown and not UNSEEN.match(place)}
    assert missing == set()
    for mail in mails(named):
        assert "Bcc" not in mail
        assert len(mail.get_all("To")) == 1
        assert "zq-course-" in mail["Subject"]
        assert harmful(mail.get_body(("html",)).get_content()) == []
