"""A gesture over HTTP: its steps are written, ordered and read without scripts."""

import io
from uuid import UUID, uuid4

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html
from PIL import Image

from lti_tool.activities.models import Kind
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role

TITLE = {"title": "Roll, then sit", "answer-what_it_is_for": "To sit up.", "answer-materials": "A bed\nShoes"}


@pytest.fixture
def room(database):
    return Classroom(database, kind=Kind.GESTURE)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def person(room):
    [person] = room.people(1, shared=False)
    return person


@pytest.fixture
def me(room, app, person):
    return browser_of(app, room.database, room.visit(person))


def page(answer):
    return html.fromstring(answer.get_data(as_text=True))


def shown_steps(answer):
    """The ids of the form's steps, in order."""
    return page(answer).xpath("//input[@name='step-order' and not(ancestor::template)]/@value")


def send(me, do, steps=(), version=0):
    """Press a button of the form with steps (id, text, what to watch) in it."""
    fields = {"step-order": [step[0] for step in steps], "version": str(version), "do": do}
    for step, text, watch_out in steps:
        fields |= {f"step-{step}-text": text, f"step-{step}-watch_out": watch_out}
    return me.post("/share", data=TITLE | fields)


def stored(room):
    [work] = room.all(Contribution)
    return work


def test_steps_are_added_moved_and_removed_by_buttons(room, me):
    [first] = shown_steps(me.get("/share"))
    answer = send(me, "step-add", [(first, "Raise the bed.", "")])
    added = shown_steps(me.get("/share"))[1]
    assert answer.location.endswith(f"#step-{added}-text")
    two = [(first, "Raise the bed.", ""), (added, "Count to <ten>.", "Dizziness\ncomes.")]
    send(me, f"step-up-{added}", two, version=1)
    assert [step["text"] for step in stored(room).answers["steps"]] == ["Count to <ten>.", "Raise the bed."]
    assert stored(room).answers["steps"][0]["watch_out"] == "Dizziness comes."
    send(me, f"step-remove-{first}", two[::-1], version=2)
    assert shown_steps(me.get("/share")) == [added]
    assert page(me.get("/share")).get_element_by_id(f"step-{added}-text").text.strip() == "Count to <ten>."


@pytest.mark.every_database
def test_a_gesture_needs_a_step_and_the_error_leads_to_it(me):
    [first] = shown_steps(me.get("/share"))
    answer = send(me, "submit", [(first, " ", "Only a warning.")])
    assert answer.status_code == 422
    assert page(answer).xpath("//*[@data-error-summary]//a/@href") == [f"#step-{first}-text"]
    assert send(me, "submit", [(first, "Lift.", "")], version=1).status_code == 303


def test_too_many_and_too_long_are_refused_with_what_was_typed(me):
    many = [(uuid4().hex, f"Step {n}", "") for n in range(31)]
    assert (send(me, "save", many).status_code, len(shown_steps(send(me, "save", many)))) == (422, 31)
    answer = send(me, "save", [(many[0][0], "x" * 2001, "")])
    assert page(answer).xpath("//*[@data-error-summary]//a/@href") == [f"#step-{many[0][0]}-text"]
    assert send(me, "save", [("not-an-id", "x", ""), (many[0][0], "Lift.", "")]).status_code == 303


def test_others_read_all_steps_or_one_after_the_other_with_their_pictures(room, app, me):
    steps = [(uuid4().hex, text, "Slowly." if n else "") for n, text in enumerate(("Roll.", "Push.", "Sit."))]
    send(me, "submit", steps)
    work = stored(room)
    with room.database.write() as rows:
        for position, step in enumerate((steps[1][0], uuid4().hex), start=1):
            rows.add(
                Attachment(
                    contribution_id=work.id, position=position, media_type="image/png", size=1, digest=step,
                    storage_key=step, width=1, height=1, step=UUID(hex=step),
                )
            )  # fmt: skip
    staff = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    whole = page(staff.get(f"/work/{work.id}"))
    assert len(whole.xpath("//ol[@class='gesture-steps']/li")) == 3
    assert len(whole.xpath("//ol[@class='gesture-steps']/li[2]//img")) == 1
    assert len(whole.xpath("//article/figure//img")) == 1, "a file whose step is gone stays with the work"
    assert whole.xpath("//ul[@class='answer']/li/text()") == ["A bed", "Shoes"]
    second = page(staff.get(f"/work/{work.id}?step=2"))
    assert second.get_element_by_id("the-step").text_content().count("Push.") == 1
    assert "Roll." not in second.xpath("//article")[0].text_content()
    links = [link.rpartition("?")[2] for link in second.xpath("//nav[@class='pager']/a/@href")]
    assert links == ["step=1#the-step", "step=3#the-step"]
    assert len(page(staff.get(f"/work/{work.id}?step=9")).xpath("//ol[@class='gesture-steps']/li")) == 3


def test_steps_of_the_time_when_they_were_lines_are_still_read_and_changed(room, app, me, person):
    now = clock.now()
    with room.database.write() as rows:
        old = {"what_it_is_for": "To sit up.", "steps": "Roll.\n\nSit.\n", "watch_out": "Go slowly."}
        rows.add(
            Contribution(
                activity_id=room.activity.id, author_id=person, language="en", title="Roll", answers=old,
                version=1, saved_at=now, state="shared", shared_at=now,
            )
        )  # fmt: skip
    text = page(me.get("/contribution"))
    assert [each.text_content().strip() for each in text.xpath("//ol[@class='gesture-steps']/li")] == [
        "Roll.", "Sit.",
    ]  # fmt: skip
    assert "Go slowly." in text.xpath("//article")[0].text_content()
    ids = shown_steps(me.get("/share"))
    send(me, "submit", [(ids[1], "Sit.", ""), (ids[0], "Roll.", "")], version=1)
    answers = stored(room).answers
    assert [step["text"] for step in answers["steps"]] == ["Sit.", "Roll."]
    assert answers["watch_out"] == "Go slowly."


def test_without_scripts_a_photo_goes_to_its_step(room, me):
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(content, "PNG")
    content.seek(0)
    [first] = shown_steps(me.get("/share"))
    sent = {
        "step-order": first,
        f"step-{first}-text": "Roll.",
        f"file-{first}": (content, "a.png"),
        "version": "0",
    }
    assert me.post("/share", data=TITLE | sent | {"version": "0"}).status_code == 303
    [attachment] = room.all(Attachment)
    assert attachment.step.hex == first
    assert len(page(me.get("/share")).xpath(f"//ul[@id='files-{first}']/li")) == 1


def test_the_gallery_tells_how_many_steps_there_are(room, app, me):
    send(me, "submit", [(uuid4().hex, "Roll.", ""), (uuid4().hex, "Sit.", "")])
    facts = page(me.get("/gallery")).xpath("//p[@class='facts']")[0].text_content()
    assert "2 steps" in facts
