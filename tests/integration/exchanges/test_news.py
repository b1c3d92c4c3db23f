"""From an act to the bell and the mail of those concerned; names only where peers have them."""

import email
import email.policy
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from classroom import Classroom, statements
from factories import browser_of, tool
from lxml import html
from services import free_port
from sqlalchemy import select, update

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import actions, mailing, news, news_actions
from lti_tool.exchanges.models import Frequency, MailChoice, News
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event
from lti_tool.kernel.mail import Mailer
from lti_tool.people.models import Person
from lti_tool.reviews import actions as reviewing

BASE = "https://tool.example"
ZONE = clock.now().tzinfo


class Postbox:
    """What a mail server does with a message: takes it, or says `answer`."""

    def __init__(self):
        self.taken, self.answer = [], "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  (aiosmtpd's)
        if self.answer.startswith("55"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  (aiosmtpd's)
        if self.answer == "250 OK":
            self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture(scope="module")
def server():
    """A mail server on loopback."""
    running = Controller(Postbox(), hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def postbox(server):
    server.handler.__init__()
    return server.handler


@pytest.fixture
def mailer(server):
    return Mailer(f"smtp://127.0.0.1:{server.port}", "Entraide <entraide@tool.example>")


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path, smtp_url="smtp://127.0.0.1:1", mail_from="e@tool.example")
    yield app
    app.extensions["entraide.database"].dispose()


def speak(room, frequency=Frequency.AT_ONCE):
    """A peer comments on somebody's work, who is told; both have names and addresses."""
    author, peer = people = room.people(2)
    for person, name in zip(people, ("Awa Diop", "Bo Zhang"), strict=True):
        room.set(
            Person,
            Person.id == person,
            name=name,
            email=f"{name.split()[0].lower()}@mail.example",
            locale="en",
        )
    [work] = room.all(Contribution, Contribution.author_id == author)
    with room.database.write() as rows:
        news_actions.choose(rows, author, frequency)
        actions.say(rows, room.visit(peer), room.activity, work.id, "What a <b>calm</b> way!", uuid4())
    while news.spread(room.database, ZONE, mail=True):
        pass
    return author, peer, work


def send(room, mailer):
    while mailing.send_due(room.database, mailer, BASE):
        pass


@pytest.mark.every_database
def test_the_author_is_told_once_in_the_page_and_by_mail_without_a_name(room, app, mailer, postbox):
    author, peer, _ = speak(room)
    assert not news.spread(room.database, ZONE, mail=True)
    [told] = room.all(News)
    assert told.person_id == author
    send(room, mailer)
    send(room, mailer)
    [mail] = postbox.taken
    assert mail["To"] == "awa@mail.example"
    for part in (mail.as_string(), *(part.get_content() for part in mail.walk() if not part.is_multipart())):
        assert "Bo" not in re.findall(r"\w+", part)
        assert "bo@" not in part
    plain = mail.get_body(("plain",)).get_content()
    assert "Somebody commented on “A calm welcome”." in plain
    assert mail["Subject"] == "1 new message in Welcoming"
    assert "<b>" not in mail.get_body(("html",)).get_content()
    page = browser_of(app, room.database, room.visit(author)).get("/news")
    assert page.status_code == 200
    assert "Somebody commented on" in page.text
    assert "Bo Zhang" not in page.text
    assert "1<span" in page.text, "the bell counts"
    assert "No news yet" in browser_of(app, room.database, room.visit(peer)).get("/news").text


def test_where_names_are_shown_the_news_say_who(database, app):
    room = Classroom(database, named=True)
    author, _, _ = speak(room)
    assert "Bo Zhang commented on" in browser_of(app, room.database, room.visit(author)).get("/news").text


@pytest.mark.every_database
def test_one_piece_leads_there_and_is_read(room, app):
    author, peer, work = speak(room)
    [told] = room.all(News)
    awa, bo = (browser_of(app, room.database, room.visit(person)) for person in (author, peer))
    assert bo.get(f"/news/{told.id}").status_code == 404, "somebody else's"
    answer = awa.get(f"/news/{told.id}")
    assert f"/c/{work.id}" in answer.headers["Location"]
    [told] = room.all(News)
    assert told.read_at is not None
    assert told.mail_at is None, "what was read in the page needs no mail"


def test_what_was_taken_back_is_not_told_any_more(room, app, mailer, postbox):
    author, peer, work = speak(room)
    [told] = room.all(News)
    with room.database.write() as rows:
        actions.take_back(rows, room.visit(peer), room.activity, work.id, told.comment_id)
    assert "commented on" not in browser_of(app, room.database, room.visit(author)).get("/news").text
    send(room, mailer)
    assert postbox.taken == []


@pytest.mark.every_database
def test_mail_that_is_off_or_later_does_not_go_now(room, mailer, postbox):
    author, *_ = speak(room, Frequency.DAILY)
    send(room, mailer)
    assert postbox.taken == []
    [told] = room.all(News)
    assert told.mail_at > clock.now()
    with room.database.write() as rows:
        news_actions.choose(rows, author, Frequency.OFF)
    assert room.all(News)[0].mail_at is None


@pytest.mark.every_database
def test_one_click_stops_mail_and_a_look_does_not(room, app, mailer, postbox):
    author, *_ = speak(room)
    send(room, mailer)
    link = postbox.taken[0]["List-Unsubscribe"].strip(" <>")
    assert link.startswith(BASE)
    assert postbox.taken[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    outside = app.test_client()
    path = link.removeprefix(BASE)
    assert outside.get(path).status_code == 200
    assert room.all(MailChoice, MailChoice.person_id == author)[0].frequency is Frequency.AT_ONCE
    assert outside.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert room.all(MailChoice, MailChoice.person_id == author)[0].frequency is Frequency.OFF
    for wrong in (f"/mail/stop?key={uuid4()}", "/mail/stop?key=x", "/mail/stop"):
        assert outside.post(wrong).status_code == 404


@pytest.mark.every_database
def test_a_server_that_takes_nothing_loses_nothing(room, mailer, postbox):
    speak(room)
    for broken in (Mailer("smtp://127.0.0.1:1", mailer.sender), mailer):
        postbox.answer = "451 later"
        send(room, broken)
        [told] = room.all(News)
        assert timedelta(0) < told.mail_at - clock.now() <= mailing.PAUSE
        room.set(News, News.id == told.id, mail_at=clock.now())
    postbox.answer = "250 OK"
    send(room, mailer)
    assert len(postbox.taken) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(room, mailer, postbox):
    speak(room)
    postbox.answer = "550 nobody here"
    send(room, mailer)
    assert room.all(News)[0].mail_at is None
    assert postbox.taken == []


@pytest.mark.every_database
def test_choosing_mail_in_the_page(room, app):
    author, *_ = speak(room)
    browser = browser_of(app, room.database, room.visit(author))
    page = html.fromstring(browser.get("/news").text)
    assert page.xpath("//input[@name='frequency'][@checked]/@value") == ["at-once"]
    assert browser.post("/news/mail", data={"frequency": "never-ever"}).status_code == 422
    assert browser.post("/news/mail", data={"frequency": "weekly", "about": ["comment"]}).status_code == 303
    [choice] = room.all(MailChoice)
    assert choice.frequency is Frequency.WEEKLY
    assert "reaction" in choice.without
    assert "comment" not in choice.without


def test_many_news_cost_as_much_as_few_and_page_on(room, app):
    author, *_ = speak(room)
    browser = browser_of(app, room.database, room.visit(author))
    with statements(room.database.engine) as few:
        browser.get("/news")
    with room.database.write() as rows:
        [event] = rows.scalars(select(Event).where(Event.type == "commented"))
        first = rows.scalars(select(News)).one()
        for _ in range(60):
            copy = Event(**{c.key: getattr(event, c.key) for c in Event.__table__.columns if c.key != "id"})
            copy.statement_id = uuid4()
            rows.add(copy)
            rows.flush()
            rows.add(
                News(
                    **{
                        c.key: getattr(first, c.key)
                        for c in News.__table__.columns
                        if c.key not in {"id", "event_id"}
                    },
                    event_id=copy.id,
                )
            )
    app.extensions["entraide.database"].engine.dispose()
    with statements(room.database.engine) as many:
        page = browser.get("/news")
    assert len(many) == len(few)
    assert page.text.count("news-excerpt") == 20
    assert "before=" in page.text


@pytest.mark.every_database
def test_a_review_is_told_at_the_next_full_hour(room):
    author, peer = room.people(2)
    with room.database.write() as rows:
        review = reviewing.pull(rows, room.visit(peer), room.activity)
        reviewing.send(rows, room.visit(peer), room.activity, review.id, 0, room.written())
    news.spread(room.database, ZONE, mail=False)
    assert room.all(News) == []
    with room.database.write() as rows:
        rows.execute(update(Event).values(occurred_at=clock.now() - timedelta(hours=2)))
    news.spread(room.database, ZONE, mail=False)
    assert [told.person_id for told in room.all(News)] == [author]
