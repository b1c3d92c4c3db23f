"""A peer's contribution over HTTP: who reads it, what is said about it, and that nothing typed is lost."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from lxml import html
from sqlalchemy import insert

from lti_tool.activities.models import Activity, Grading
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.exchanges.models import Bookmark, Comment, Reaction, ReactionKind, Reading
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person

MOST = 12  # SQL statements of a page
BECAUSE = "It calmed a patient of mine."


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def people(room):
    """An author, and two peers who have shared too."""
    return room.people(3)


@pytest.fixture
def at(room, people):
    """The address of the author's contribution."""
    [work] = room.all(Contribution, Contribution.author_id == people[0])
    return f"/c/{work.id}"


@pytest.fixture
def come(room, app):
    """The browser of somebody."""
    return lambda person, **visit: browser_of(app, room.database, room.visit(person, **visit))


def page(response, status=200):
    assert (response.status_code, response.mimetype) == (status, "text/html"), response.get_data(as_text=True)
    return html.fromstring(response.get_data(as_text=True))


def text(response, status=200):
    return " ".join(page(response, status).find(".//main").text_content().split())


def say(browser, at, words="How long does it take?", **more):
    return browser.post(f"{at}/comments", data={"text": words, "form": uuid4().hex} | more)


def comments(room, *where):
    return sorted(room.all(Comment, *where), key=lambda each: (each.said_at, each.id))


def events(room, *kinds):
    return [each for each in room.all(Event) if each.type in kinds]


def crowd(room, contribution_id, count, thread=None, authors=None):
    """`count` comments behind everybody's back, a second apart."""
    authors = authors or room.people(3, shared=False)
    start = clock.now() - timedelta(hours=2)
    rows = [
        {
            "id": uuid4(), "contribution_id": contribution_id, "author_id": authors[n % len(authors)],
            "thread_id": thread, "text": f"Words {n:03}.", "said_at": start + timedelta(seconds=n),
            "hidden_because": "", "form": uuid4(),
        }
        for n in range(count)
    ]  # fmt: skip
    with room.database.write() as session:
        session.execute(insert(Comment), rows)
    return [row["id"] for row in rows]


# Who reads it


def test_a_peer_who_shared_reads_the_work_and_its_author_too(people, come, at):
    for person in people:
        assert "A calm welcome" in text(come(person).get(at))


def test_who_has_not_shared_is_told_to_share_first(room, come, at):
    [newcomer] = room.people(1, shared=False)
    refused = come(newcomer).get(at)
    assert "Share your own contribution first." in text(refused, 403)
    assert "A calm welcome" not in refused.text


def test_who_has_not_shared_reads_where_there_is_no_grade(room, come, at):
    [newcomer] = room.people(1, shared=False)
    room.set(Activity, Activity.id == room.activity.id, grading=Grading.NONE)
    assert "A calm welcome" in text(come(newcomer).get(at))


def test_staff_read_every_work_with_names_and_other_roles_none(room, come, people, at):
    room.set(Person, Person.id == people[0], name="Awa Diallo")
    for role in (Role.INSTRUCTOR, Role.ASSISTANT):
        assert "Shared by Awa Diallo" in text(come(room.instructor, role=role).get(at))
    for role in (Role.DESIGNER, Role.OBSERVER, Role.SUPPORT):
        browser = come(room.instructor, role=role)
        assert browser.get(at).status_code == say(browser, at).status_code == 403
    assert room.all(Comment) == []


@pytest.mark.every_database
def test_nobody_reads_a_draft(room, come, people, at):
    room.set(Contribution, Contribution.author_id == people[0], state="draft", shared_at=None)
    for browser in (come(people[0]), come(people[1]), come(room.instructor, role=Role.INSTRUCTOR)):
        assert browser.get(at).status_code == 404
        assert say(browser, at).status_code == 404


def test_another_activity_course_or_tenant_is_not_there(database, room, come, people, at):
    elsewhere = Classroom(database)
    elsewhere.people(1)
    [foreign] = elsewhere.all(Contribution, Contribution.activity_id == elsewhere.activity.id)
    for browser in (come(people[1]), come(room.instructor, role=Role.INSTRUCTOR)):
        for method, path in (
            ("get", ""), ("get", "/reactions"), ("post", "/comments"), ("post", "/reactions/thanks"),
            ("post", "/bookmark"),
        ):  # fmt: skip
            answer = getattr(browser, method)(f"/c/{foreign.id}{path}")
            assert answer.status_code == 404, path
    assert room.all(Comment) == room.all(Reaction) == room.all(Bookmark) == []


def test_a_file_is_for_those_who_read_the_work_and_of_this_work_only(room, app, come, people, at):
    key = app.extensions["entraide.storage"].put(BytesIO(b"\x89PNG"))
    works = [room.all(Contribution, Contribution.author_id == person)[0] for person in people[:2]]
    with room.database.write() as rows:
        for n, work in enumerate(works):
            rows.add(
                Attachment(
                    contribution_id=work.id, position=1, media_type="image/png", size=4,
                    storage_key=key if n == 0 else "other", digest=f"{n}", shows="",
                )
            )  # fmt: skip
    mine, other = (room.all(Attachment, Attachment.contribution_id == work.id)[0] for work in works)
    [newcomer] = room.people(1, shared=False)
    assert come(people[2]).get(f"{at}/media/{mine.id}").data == b"\x89PNG"
    assert f"{at}/media/{mine.id}" in come(people[2]).get(at).text
    assert come(people[2]).get(f"{at}/media/{other.id}").status_code == 404
    assert come(newcomer).get(f"{at}/media/{mine.id}").status_code == 403


@pytest.mark.every_database
def test_opening_it_is_noted_at_most_once_in_ten_minutes(room, come, people, at):
    reader = come(people[1])
    for _ in range(3):
        reader.get(at)
    [reading] = room.all(Reading)
    assert reading.person_id == people[1]
    assert len(events(room, EventType.VIEWED)) == 1
    before = clock.now() - timedelta(minutes=11)
    room.set(Reading, Reading.person_id == people[1], read_at=before)
    reader.get(at)
    assert room.all(Reading)[0].read_at > before
    assert len(events(room, EventType.VIEWED)) == 1, "a launch views it once"
    come(people[0]).get(at)
    assert len(events(room, EventType.VIEWED)) == 1, "an author is no reader"


# Comments


def test_a_comment_and_a_reply(room, come, people, at):
    author, peer, other = (come(person) for person in people)
    said = say(peer, at)
    [comment] = comments(room)
    assert said.status_code == 303
    assert said.location.endswith(f"#comment-{comment.id.hex}")
    replied = say(author, at, "An hour.", thread=str(comment.id))
    assert f"thread={comment.id}" in replied.location
    shown = text(other.get(at))
    assert "1 comment" in shown
    assert (
        shown.index("Peer 1") < shown.index("How long") < shown.index("The author") < shown.index("An hour.")
    )
    assert "You" in text(peer.get(at))
    kinds = [event.type for event in events(room, EventType.COMMENTED, EventType.REPLIED)]
    assert kinds == [EventType.COMMENTED, EventType.REPLIED]
    [replied] = events(room, EventType.REPLIED)
    assert replied.facts["thread"] == str(comment.id)
    assert "An hour" not in str(replied.facts)


def test_peers_are_numbered_by_their_first_words_and_staff_are_named(room, come, people, at):
    _, first, second = (come(person) for person in people)
    instructor = come(room.instructor, role=Role.INSTRUCTOR)
    say(instructor, at, "From staff.")
    for browser, words in ((second, "I begin."), (first, "I follow."), (second, "Again.")):
        say(browser, at, words)
    author = text(come(people[0]).get(at))
    assert re.findall(r"Instructor Ines|Peer \d", author) == ["Instructor Ines", "Peer 1", "Peer 2", "Peer 1"]
    assert "Learner" not in author
    assert text(instructor.get(at)).count(f"Learner {people[2].hex}") == 2


def test_a_form_sent_twice_says_it_once(room, come, people, at):
    number = uuid4().hex
    for _ in range(2):
        assert say(come(people[1]), at, form=number).status_code == 303
    assert len(comments(room)) == len(events(room, EventType.COMMENTED)) == 1


def test_what_is_not_taken_stays_in_the_page(room, come, people, at):
    browser = come(people[1])
    for words, problem in (("", "few words"), ("x" * 5001, "5000 at most")):
        refused = say(browser, at, words)
        assert problem in text(refused, 422)
        assert page(refused, 422).get_element_by_id("text").text.strip() == words
    assert room.all(Comment) == []


def test_a_reply_that_is_not_taken_stays_in_its_thread(room, come, people, at):
    say(come(people[1]), at)
    [comment] = comments(room)
    refused = say(come(people[2]), at, "y" * 6000, thread=str(comment.id))
    assert page(refused, 422).get_element_by_id(f"reply-{comment.id.hex}").text.strip() == "y" * 6000


def test_too_much_is_refused_and_none_of_it_is_lost(room, come, people, at):
    much = "x" * 900_000
    refused = say(come(people[1]), at, much)
    assert refused.status_code == 422
    assert refused.text.count(much) == 1
    refused = say(come(people[1]), at, "x" * (10 << 20))  # this device keeps it: see static/js/recover.js
    assert "This is too large to send." in text(refused, 413)
    assert room.all(Comment) == []


NASTY = "<script>alert(1)</script>\u202egpj.exe \x00 مرحبا 👩‍🔧 <img src=x onerror=alert(1)> https://a.example/?<b>"


def test_nothing_that_is_written_runs_or_deceives(room, come, people, at):
    browser = come(people[1])
    assert say(browser, at, NASTY).status_code == 303
    browser.post(f"{at}/reactions/thanks", data={"because": NASTY})
    shown = come(people[0]).get(at)
    assert not page(shown).xpath("//main//script | //main//img | //main//b")
    assert "\u202e" not in shown.text
    assert "\x00" not in shown.text
    assert shown.text.count("مرحبا 👩‍🔧") == 2
    [link] = page(shown).xpath("(//main//a[starts-with(@href, 'https://a.example')])[1]")
    assert "noopener" in link.get("rel")


def test_ones_own_comment_can_be_changed_and_taken_back(room, come, people, at):
    peer, other = come(people[1]), come(people[2])
    say(peer, at)
    [comment] = comments(room)
    path = f"{at}/comments/{comment.id}"
    assert page(peer.get(path)).get_element_by_id("text").text.strip() == comment.text
    assert peer.post(path, data={"text": "How many hours?", "do": "keep"}).status_code == 303
    assert "How many hours? " in text(other.get(at)) + " "
    assert "changed since" in text(other.get(at))
    assert page(peer.post(path, data={"text": "", "do": "keep"}), 422) is not None
    for browser in (other, come(room.instructor, role=Role.INSTRUCTOR)):
        assert browser.get(path).status_code == 404
        assert browser.post(path, data={"do": "take-back"}).status_code == 404
    for _ in range(2):
        assert peer.post(path, data={"do": "take-back"}).status_code == 303
    [gone] = comments(room)
    assert gone.text == ""
    assert "No comment yet" in text(other.get(at))


def test_what_is_gone_keeps_its_place_while_it_has_replies(room, come, people, at):
    author, peer, other = (come(person) for person in people)
    say(peer, at)
    [root] = comments(room)
    say(author, at, "An hour.", thread=str(root.id))
    peer.post(f"{at}/comments/{root.id}", data={"do": "take-back"})
    shown = other.get(at)
    assert "This comment was taken back." in text(shown)
    assert "An hour." in text(shown)
    assert "How long" not in shown.text
    late = say(other, at, "Too late.", thread=str(root.id))
    assert "This comment is gone. Your text is still here." in text(late, 409)
    assert page(late, 409).get_element_by_id("text").text.strip() == "Too late."


def test_an_instructor_hides_a_comment_with_a_reason_and_restores_it(room, come, people, at):
    peer, other = come(people[1]), come(people[2])
    instructor = come(room.instructor, role=Role.INSTRUCTOR)
    say(peer, at, "Rude words.")
    [comment] = comments(room)
    path = f"{at}/comments/{comment.id}/hide"
    assert path in instructor.get(at).text
    for browser in (peer, other, come(people[0]), come(room.instructor, role=Role.ASSISTANT)):
        assert browser.get(path).status_code == 403
        assert browser.post(path, data={"because": "No."}).status_code == 403
    assert "few words" in text(instructor.post(path, data={"because": " "}), 422)
    assert instructor.post(path, data={"because": "This hurts somebody."}).status_code == 303
    assert "Rude words." not in other.get(at).text
    assert "No comment yet" in text(other.get(at)), "without replies it keeps no place"
    assert "Why: This hurts somebody." in text(peer.get(at)), "its author knows"
    assert "Rude words." in text(instructor.get(at))
    say(other, at, "Bye.", thread=str(comment.id))
    assert instructor.post(path, data={"do": "restore"}).status_code == 303
    assert "Rude words." in other.get(at).text


def test_a_closed_activity_is_read_only_and_keeps_what_was_typed(room, come, people, at):
    peer = come(people[1])
    say(peer, at)
    [comment] = comments(room)
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    refused = say(peer, at, "Too late.")
    assert page(refused, 409).get_element_by_id("text").text.strip() == "Too late."
    late = peer.post(f"{at}/reactions/thanks", data={"because": BECAUSE})
    assert BECAUSE in page(late, 409).get_element_by_id("thanks-because").text
    changed = peer.post(f"{at}/comments/{comment.id}", data={"text": "Too late.", "do": "keep"})
    assert page(changed, 409).get_element_by_id("text").text.strip() == "Too late."
    shown = page(peer.get(at))
    assert not shown.xpath("//main//textarea")
    assert len(comments(room)) == 1
    assert room.all(Reaction) == []


@pytest.mark.every_database
def test_a_reply_answers_a_comment_of_this_contribution(room, come, people, at):
    peer = come(people[1])
    say(peer, at)
    [root] = comments(room)
    say(peer, at, "A reply.", thread=str(root.id))
    [reply] = comments(room, Comment.thread_id.is_not(None))
    [work] = room.all(Contribution, Contribution.author_id == people[2])
    [foreign] = crowd(room, work.id, 1)
    for asked in (reply.id, foreign, uuid4()):
        assert say(peer, at, thread=str(asked)).status_code == 404
        assert peer.get(f"{at}?thread={asked}").status_code == 404
    instructor = come(room.instructor, role=Role.INSTRUCTOR)
    assert instructor.post(f"{at}/comments/{foreign}/hide", data={"because": "No."}).status_code == 404
    assert len(comments(room)) == 3


@pytest.mark.every_database
def test_threads_are_paged_both_ways_without_gaps(room, come, people, at):
    ids = crowd(room, UUID(at[3:]), 45)
    reader = come(people[1])

    def shown(path):
        found = page(reader.get(path))
        [earlier], [later] = (
            [each.get("href") for each in found.xpath(f"//a[contains(., '{word} comments')]")] or [None]
            for word in ("Earlier", "Later")
        )
        return re.findall(r"Words (\d+)", found.text_content()), earlier, later

    back, path = [], at
    while path:
        words, path, _ = shown(path)
        back = words + back
        assert len(words) <= 20
    assert back == [f"{n:03}" for n in range(45)]
    forth, path = [], f"{at}?at={ids[0]}"
    while path:
        words, _, path = shown(path)
        forth += words
    assert forth == back
    words, earlier, later = shown(f"{at}?at={ids[30]}")
    assert (words[0], words[-1], later) == ("030", "044", None)
    assert earlier
    assert shown(f"{at}?at={uuid4()}")[0] == []
    assert len(shown(f"{at}?at=junk&before=%00")[0]) == 20


@pytest.mark.every_database
def test_a_long_thread_shows_its_first_replies_and_leads_to_all(room, come, people, at):
    [root] = crowd(room, UUID(at[3:]), 1)
    crowd(room, UUID(at[3:]), 30, thread=root)
    reader = come(people[1])
    main = page(reader.get(at))
    assert re.findall(r"Words (\d+)", main.text_content()) == ["000", "000", "001", "002", "003", "004"]
    [more] = main.xpath("//a[contains(., 'Show all 30 replies')]/@href")
    thread = page(reader.get(more))
    assert re.findall(r"Words (\d+)", thread.text_content())[1:] == [f"{n:03}" for n in range(10, 30)]
    [earlier] = thread.xpath("//a[contains(., 'Earlier replies')]/@href")
    assert re.findall(r"Words (\d+)", page(reader.get(earlier)).text_content())[1:] == [
        f"{n:03}" for n in range(10)
    ]


@pytest.mark.every_database
def test_what_is_new_since_the_last_reading_is_marked(room, come, people, at):
    reader = come(people[1])
    say(come(people[2]), at, "Before.")
    reader.get(at)
    room.set(Reading, Reading.person_id == people[1], read_at=clock.now() - timedelta(minutes=1))
    room.set(Comment, Comment.text == "Before.", said_at=clock.now() - timedelta(hours=1))
    say(come(people[2]), at, "After.")
    badges = page(reader.get(at)).xpath("//article[.//span[contains(., 'New')]]")
    assert ["After." in each.text_content() for each in badges] == [True]


# Reactions and bookmarks


def react(browser, at, kind, because=BECAUSE, **more):
    return browser.post(f"{at}/reactions/{kind}", data={"because": because} | more)


def test_reactions_reach_the_author_without_a_name(room, come, people, at):
    peer, other = come(people[1]), come(people[2])
    today = clock.now().date().isoformat()
    assert react(peer, at, "thanks").status_code == 303
    assert react(peer, at, "applied", "On my ward.", applied_on=today).status_code == 303
    assert react(other, at, "disagree", "It takes too long.").status_code == 303
    shown = text(come(people[0]).get(at))
    for words in (
        "1 person thanks",
        "1 person applied it at work",
        "1 person disagrees",
        BECAUSE,
        "On my ward.",
    ):
        assert words in shown
    assert "A peer" in shown
    assert "Learner" not in shown
    kinds = EventType.THANKED, EventType.APPLIED, EventType.DISAGREED
    assert sorted(event.type for event in events(room, *kinds)) == sorted(kinds)
    [applied] = events(room, EventType.APPLIED)
    assert applied.facts["on"] == today


@pytest.mark.every_database
def test_a_reaction_is_one_of_a_kind_and_can_be_changed_and_taken_back(room, come, people, at):
    peer = come(people[1])
    react(peer, at, "thanks")
    react(peer, at, "thanks", "It is clear.")
    [reaction] = room.all(Reaction)
    assert reaction.because == "It is clear."
    assert page(peer.get(at)).get_element_by_id("thanks-because").text.strip() == "It is clear."
    for _ in range(2):
        assert react(peer, at, "thanks", do="take-back").status_code == 303
    assert room.all(Reaction) == []
    react(peer, at, "thanks")
    assert len(events(room, EventType.THANKED)) == 1, "it is told once"


def test_nobody_thanks_themselves(room, come, people, at):
    author = come(people[0])
    assert react(author, at, "thanks").status_code == 403
    assert not page(author.get(at)).xpath("//form[contains(@action, '/reactions/')]")
    assert room.all(Reaction) == []


def test_a_reaction_that_does_not_hold_stays_in_the_page(room, come, people, at):
    browser = come(people[1])
    for kind, form, problem in (
        ("thanks", {"because": " "}, "few words"),
        ("disagree", {"because": "x" * 501}, "500 at most"),
        ("applied", {}, "Choose the day."),
        ("applied", {"applied_on": "yesterday"}, "Choose the day."),
        ("applied", {"applied_on": "2999-01-01"}, "Choose today or a day before."),
    ):
        typed = {"because": BECAUSE} | form
        refused = browser.post(f"{at}/reactions/{kind}", data=typed)
        assert problem in text(refused, 422)
        area = page(refused, 422).get_element_by_id(f"{kind}-because")
        assert area.text.strip() == typed["because"].strip()
        assert page(refused, 422).xpath("//details[@open]")
    assert room.all(Reaction) == []


def test_an_unknown_reaction_is_no_page(come, people, at):
    assert react(come(people[1]), at, "like").status_code == 404


@pytest.mark.every_database
def test_who_has_not_shared_sees_only_their_own_reaction(room, come, people, at):
    room.set(Activity, Activity.id == room.activity.id, grading=Grading.NONE)
    [newcomer] = room.people(1, shared=False)
    react(come(people[1]), at, "thanks")
    react(come(newcomer), at, "thanks", "Mine.")
    shown = come(newcomer).get(at)
    assert "Mine." in shown.text
    assert BECAUSE not in shown.text
    assert "people thank" not in shown.text
    assert come(newcomer).get(f"{at}/reactions").status_code == 403


@pytest.mark.every_database
def test_all_reactions_are_paged(room, come, people, at):
    others = room.people(30)
    now = clock.now()
    with room.database.write() as rows:
        rows.execute(
            insert(Reaction),
            [
                {
                    "contribution_id": UUID(at[3:]), "person_id": person, "kind": ReactionKind.THANKS,
                    "because": f"Words {n:03}.", "said_at": now - timedelta(minutes=n),
                }
                for n, person in enumerate(others)
            ],
        )  # fmt: skip
    author = come(people[0])
    main = page(author.get(at))
    assert "30 people thank" in main.text_content()
    [path] = main.xpath("//a[contains(., 'Read all 30')]/@href")
    found = []
    while path:
        shown = page(author.get(path))
        found += re.findall(r"Words (\d+)", shown.text_content())
        path = next(iter(shown.xpath("//nav[@class='pager']/a[contains(., 'Next')]/@href")), None)
    assert found == [f"{n:03}" for n in range(30)]


@pytest.mark.every_database
def test_a_bookmark_is_kept_and_let_go_and_is_nobody_elses(room, come, people, at):
    peer = come(people[1])
    for _ in range(2):
        peer.post(f"{at}/bookmark", data={"keep": "1"})
    assert [each.person_id for each in room.all(Bookmark)] == [people[1]]
    assert "Keep it no longer" in text(peer.get(at))
    assert "Keep it no longer" not in text(come(people[2]).get(at))
    peer.post(f"{at}/bookmark", data={"keep": "0"})
    assert room.all(Bookmark) == []


# What it costs


def test_a_page_costs_the_same_however_much_is_said(room, app, come, people, at):
    few, many = (
        cost(room, app, come(person), at, count) for person, count in zip(people[1:], (5, 500), strict=True)
    )
    assert few == many
    assert max(many) <= MOST


def cost(room, app, reader, at, count):
    """How many statements pages take once there are `count` threads more, and replies in one of them."""
    work = UUID(at[3:])
    authors = room.people(50, shared=False)
    ids = crowd(room, work, count, authors=authors)
    crowd(room, work, count, thread=ids[-1], authors=authors)
    now = clock.now()
    with room.database.write() as rows:
        rows.execute(
            insert(Reaction),
            [
                {"contribution_id": work, "person_id": person, "kind": kind, "because": "So.", "said_at": now,
                 "applied_on": now.date() if kind is ReactionKind.APPLIED else None}
                for person in authors for kind in ReactionKind
            ],
        )  # fmt: skip
    reader.get("/")
    costs = []
    for path in (at, at, f"{at}?thread={ids[-1]}", f"{at}?at={ids[0]}", f"{at}/reactions"):
        with statements(app.extensions["entraide.database"].engine) as seen:
            assert reader.get(path).status_code == 200
        costs.append(len(seen))
    return costs
