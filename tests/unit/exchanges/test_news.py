"""Who is told of what, when by mail, and in which words."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from lti_tool.exchanges.digests import MOST, Place, digest
from lti_tool.exchanges.mailtimes import mail_at
from lti_tool.exchanges.models import Frequency, MailChoice, NewsKind
from lti_tool.exchanges.news import TOLD, Around, told
from lti_tool.exchanges.news_queries import Item
from lti_tool.exchanges.news_words import sentence
from lti_tool.kernel.i18n import catalogue
from lti_tool.kernel.journal import EventType
from lti_tool.kernel.mail import is_address, line, message

WORK, COMMENT, THREAD, COURSE, FLAG = (uuid4() for _ in range(5))
AUTHOR, OTHER_AUTHOR, ASKER, SPEAKER, ACTOR, TEACHER = (uuid4() for _ in range(6))
AROUND = Around(
    writers={WORK: [AUTHOR, OTHER_AUTHOR]},
    comments={COMMENT: (SPEAKER, THREAD), THREAD: (ASKER, None)},
    speakers={THREAD: [SPEAKER, ASKER, ACTOR]},
    staff={COURSE: [TEACHER]},
    flagged_by={FLAG: ASKER},
)
HERE = {"contribution": str(WORK)}
BOTH = {AUTHOR, OTHER_AUTHOR}


def event(kind, facts=None, entity=COMMENT, by=ACTOR):
    return SimpleNamespace(type=kind, facts=facts or HERE, entity=entity, person_id=by, course_id=COURSE)


@pytest.mark.parametrize(
    ("event", "people", "kind"),
    [
        (event(EventType.COMMENTED), BOTH, NewsKind.COMMENT),
        (event(EventType.COMMENTED, by=AUTHOR), {OTHER_AUTHOR}, NewsKind.COMMENT),
        (
            event(EventType.REPLIED, HERE | {"thread": str(THREAD)}),
            {*BOTH, SPEAKER, ASKER},
            NewsKind.REPLY,
        ),
        (event(EventType.ASKED), BOTH, NewsKind.COMMENT),
        (event(EventType.ASKED, entity=WORK), set(), None),
        (event(EventType.ANSWERED), BOTH, NewsKind.ANSWER),
        (event(EventType.ANSWERED, HERE | {"thread": str(THREAD)}), {ASKER}, NewsKind.ANSWER),
        (event(EventType.ACCEPTED, HERE | {"answer": str(COMMENT)}), {SPEAKER}, NewsKind.ACCEPTED),
        (event(EventType.ENDORSED, HERE | {"answer": str(COMMENT)}), {SPEAKER}, NewsKind.ACCEPTED),
        (event(EventType.MENTIONED, HERE | {"person": str(ASKER)}), {ASKER}, NewsKind.MENTION),
        (event(EventType.MENTIONED, HERE | {"person": str(ACTOR)}), set(), None),
        (event(EventType.THANKED), BOTH, NewsKind.REACTION),
        (event(EventType.SHARED, entity=uuid4()), BOTH, NewsKind.REACTION),
        (event(EventType.REVIEWED, entity=uuid4()), BOTH, NewsKind.REVIEW),
        (event(EventType.REVISED, {"words": 3}, entity=WORK, by=AUTHOR), {OTHER_AUTHOR}, NewsKind.VERSION),
        (event(EventType.MODERATED, HERE | {"done": "reported"}), {TEACHER}, NewsKind.MODERATION),
        (event(EventType.MODERATED, HERE | {"done": "hidden"}), BOTH, NewsKind.MODERATION),
        (
            event(EventType.MODERATED, HERE | {"done": "hidden", "comment": str(COMMENT)}),
            {SPEAKER},
            NewsKind.MODERATION,
        ),
        (event(EventType.RATED, HERE | {"reviewer": str(SPEAKER)}), {SPEAKER}, NewsKind.APPRAISAL),
        (
            event(EventType.REVISED, {"words": 3, "tell": [str(SPEAKER)]}, entity=uuid4(), by=AUTHOR),
            {SPEAKER},
            NewsKind.APPRAISAL,
        ),
        (event(EventType.FLAGGED), {TEACHER}, NewsKind.FLAG),
        (event(EventType.SETTLED, entity=FLAG), {ASKER}, NewsKind.FLAG),
        (event(EventType.SETTLED), set(), None),
        (event(EventType.VOTED), set(), None),
        (event(EventType.SUBMITTED, {"words": 3}, entity=WORK), set(), None),
    ],
    ids=lambda value: getattr(value, "type", None) and value.type.value,
)
def test_those_concerned_are_told_and_never_who_did_it(event, people, kind):
    found = told(event, AROUND)
    assert found.keys() == people
    assert set(found.values()) <= {kind}
    assert event.type in TOLD or not found


PARIS = ZoneInfo("Europe/Paris")
SUNDAY_NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "now", "then"),
    [
        (None, SUNDAY_NOON, datetime(2026, 11, 23, 7, tzinfo=PARIS)),
        (Frequency.AT_ONCE, SUNDAY_NOON, SUNDAY_NOON),
        (Frequency.DAILY, datetime(2026, 11, 23, 5, 59, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=PARIS)),
        (Frequency.DAILY, datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=PARIS)),
        (Frequency.DAILY, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=PARIS)),
        (Frequency.WEEKLY, SUNDAY_NOON, datetime(2026, 11, 23, 7, tzinfo=PARIS)),
        (Frequency.WEEKLY, datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=PARIS)),
        (Frequency.OFF, SUNDAY_NOON, None),
    ],
)
def test_mail_comes_as_often_as_chosen(frequency, now, then):
    choice = frequency and MailChoice(frequency=frequency, without=["reaction"])
    assert mail_at(choice, NewsKind.COMMENT, now, PARIS) == then
    if choice:
        assert mail_at(choice, NewsKind.REACTION, now, PARIS) is None


def item(number, **more):
    return Item(
        **{
            "id": number, "kind": NewsKind.COMMENT, "event": EventType.COMMENTED, "activity_id": WORK,
            "activity": "Welcoming", "course_id": COURSE, "contribution_id": WORK, "comment_id": COMMENT,
            "thread_id": None, "sentence": f"Sentence {number}.", "excerpt": "", "told_at": SUNDAY_NOON,
            "new": True, **more,
        }
    )  # fmt: skip


def written(items, title="Safety", url=""):
    return digest(items, {COURSE: Place(title, url)}, "en", Frequency.DAILY, "https://tool.example/stop")


def test_a_mail_tells_so_much_and_counts_the_rest():
    mail = written([item(n) for n in range(MOST + 2)], url="https://lms.example/course")
    assert mail.subject == f"{MOST + 2} new messages in Safety"
    assert mail.plain.count("* Sentence") == mail.html.count("<li>") == MOST
    assert "And 2 more." in mail.plain
    assert "Stop these mails: https://tool.example/stop" in mail.plain
    assert '<a href="https://lms.example/course">' in mail.html


def test_what_people_write_stays_text_in_a_mail():
    bad = "<script>alert(1)</script>\r\nBcc: all@example.org"
    mail = written([item(1, sentence=bad, activity=bad, excerpt=bad)], title=bad)
    assert "<script>" not in mail.html
    made = message(
        sender="Entraide <e@tool.example>", to="a@b.example", subject=mail.subject, plain=mail.plain,
        html=mail.html, number=uuid4(),
    )  # fmt: skip
    head = bytes(made).split(b"\r\n\r\n")[0]
    assert made["Bcc"] is None
    assert b"\nBcc" not in head
    assert line("a\r\nB:\u2028c") == "a B: c"


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "a b@c.d", "a@b\r\nBcc: x@y", "a@b>", "<a@b>", "é@b.fr", "a" * 65 + "@b"]
)
def test_what_is_no_address_gets_no_mail(text):
    assert not is_address(text)


def test_every_kind_has_its_sentence():
    _ = catalogue("en").gettext
    facts = {"done": "hidden"}
    sentences = {
        sentence(kind, event, facts, "", "", _)
        for kind in NewsKind
        for event in (EventType.THANKED, EventType.APPLIED, EventType.ACCEPTED, EventType.ASKED)
    }
    assert len(sentences) >= len(NewsKind)
    assert all("%(" not in each for each in sentences)
    assert "“Untitled”" in sentence(NewsKind.REVIEW, EventType.REVIEWED, {}, "", "", _)
