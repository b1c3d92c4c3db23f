"""Screen L2 over HTTP: nothing typed is lost, a bad file is refused beside the text, a good one is safe."""

import io
import re
from datetime import timedelta

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html
from PIL import Image

from lti_tool.activities.models import Activity
from lti_tool.contributions import attachments
from lti_tool.contributions.models import Attachment, Contribution, ContributionState
from lti_tool.contributions.revisions import GRACE
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event
from lti_tool.kernel.permissions import Role

WHOLE = {
    "title": "A calm welcome",
    "answer-situation": "Every morning <b>at seven</b>.",
    "answer-what_i_do": "I greet first.\n\nThen I listen.",
    "answer-why_it_works": "They smile.",
    "version": "0",
}
FETCH = {"X-Requested-With": "fetch"}


def text_of(answer, tag):
    return " ".join(html.fromstring(answer.text).xpath(f"//{tag}//text()"))


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path, max_image_mb=1, max_file_mb=1, max_video_mb=1)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def me(room, app):
    return browser_of(app, room.database, room.visit(room.people(1, shared=False)[0]))


def photo(colour="red", size=(64, 48)):
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    Image.new("RGB", size, colour).save(content, "JPEG", exif=exif)
    content.seek(0)
    return content


def page(response):
    assert response.mimetype == "text/html"
    return html.fromstring(response.get_data(as_text=True))


def values(response):
    form = page(response).get_element_by_id("share-form")
    # Of a text area's value, HTML leaves out the first line break, and lxml does not.
    return {name: value.removeprefix("\n") for name, value in form.form_values() if name != "csrf_token"}


def stored(room):
    (row,) = room.all(Contribution)
    return row


def upload(browser, content, name="photo.jpg", **options):
    return browser.post("/share/files", data={"file": (content, name)}, headers=FETCH, **options)


def test_the_form_asks_what_the_kind_asks(me, room):
    shown = page(me.get("/share"))
    names = [each.get("name") for each in shown.xpath("//form[@id='share-form']//textarea")]
    assert names == [
        f"answer-{key}" for key in ("situation", "what_i_do", "why_it_works", "where_it_does_not")
    ]
    assert len(shown.xpath("//h1")) == 1
    assert len(shown.xpath("//*[contains(@class, 'btn-primary')]")) == 1
    cameras = shown.xpath("//input[@type='file'][@capture='environment']/@accept")
    assert cameras == ["image/*", "video/*"]
    assert room.all(Contribution) == []


def test_save_comes_back_with_everything_typed(me, room):
    answer = me.post("/share", data=WHOLE | {"do": "save"})
    assert (answer.status_code, answer.location) == (303, me.get("/share").request.path)
    assert values(me.get("/share"))["answer-what_i_do"] == "I greet first.\n\nThen I listen."
    assert stored(room).state is ContributionState.DRAFT


def test_preview_shows_what_peers_see_with_their_markup_escaped(me):
    answer = me.post("/share", data=WHOLE | {"do": "preview"})
    assert answer.location.endswith("/share/preview")
    shown = page(me.get(answer.location))
    assert shown.get_element_by_id("work-title").text_content() == "A calm welcome"
    assert "at seven" in shown.text_content()
    assert not shown.xpath("//b")
    assert shown.xpath("//article//div[@lang='en']/p")
    assert shown.get_element_by_id("send-form").get("action").endswith("/share/send")


def test_preview_and_send_share_it_once_however_often_it_is_sent(me, room):
    me.post("/share", data=WHOLE | {"do": "preview"})
    answers = [me.post("/share/send") for _ in range(3)]
    assert [each.status_code for each in answers] == [303] * 3
    assert len({each.location for each in answers}) == 1
    assert stored(room).state is ContributionState.SHARED
    assert len(room.all(Event)) == 1


def test_share_now_saves_and_shares(me, room):
    assert me.post("/share", data=WHOLE | {"do": "submit"}).status_code == 303
    assert stored(room).title == "A calm welcome"
    assert len(room.all(Event)) == 1
    shown = page(me.get("/contribution"))
    assert shown.get_element_by_id("work-title").text_content() == "A calm welcome"
    assert "Change it" in shown.text_content()


def test_what_is_missing_is_linked_and_what_is_there_is_kept(me, room):
    lacking = WHOLE | {"title": "", "answer-why_it_works": " ", "do": "submit"}
    answer = me.post("/share", data=lacking)
    assert answer.status_code == 422
    links = [each.get("href") for each in page(answer).xpath("//*[@data-error-summary]//a")]
    assert links == ["#title", "#answer-why_it_works"]
    for link in links:
        assert page(answer).get_element_by_id(link[1:]).get("aria-invalid") == "true"
    assert values(answer)["answer-what_i_do"].splitlines() == WHOLE["answer-what_i_do"].splitlines()
    assert stored(room).answers["what_i_do"] == WHOLE["answer-what_i_do"]
    me.post("/share", data=lacking | {"do": "preview", "version": "1"})
    assert "#answer-why_it_works" in me.get("/share/preview").text
    assert me.post("/share/send").status_code == 422
    assert room.all(Event) == []


def test_what_is_too_long_is_refused_with_the_text_in_the_page(me, room):
    long = "word " * 4001
    answer = me.post("/share", data=WHOLE | {"answer-situation": long, "do": "preview"})
    assert answer.status_code == 422
    assert len(values(answer)["answer-situation"].strip()) == len(long.strip())
    assert "20000" in answer.text
    assert room.all(Contribution) == []


def test_autosave_tells_when_and_which_version(me):
    first = me.post("/share/save", data=WHOLE, headers=FETCH)
    assert first.status_code == 200
    assert set(first.json) == {"saved_at", "version"}
    assert first.json["version"] == 1
    second = me.post("/share/save", data=WHOLE | {"title": "Changed", "version": "1"}, headers=FETCH)
    assert second.json["version"] == 2


def test_autosave_of_an_old_tab_is_refused_with_a_sentence(me, room):
    me.post("/share/save", data=WHOLE, headers=FETCH)
    stale = me.post("/share/save", data=WHOLE | {"title": "From the other tab"}, headers=FETCH)
    assert (stale.status_code, stale.json["code"]) == (409, "two-tabs")
    assert stale.json["message"].endswith(".")
    assert stored(room).title == "A calm welcome"


def test_an_old_tabs_form_keeps_its_text_and_a_second_save_takes_it(me, room):
    me.post("/share", data=WHOLE | {"do": "save"})
    other = {"title": "From the other tab", "answer-what_i_do": "I nod."}
    stale = me.post("/share", data=WHOLE | other | {"do": "save"})
    assert stale.status_code == 409
    assert "Then I listen." in text_of(stale, "details"), "what would be written over is there to be read"
    assert values(stale)["title"] == "From the other tab"
    assert me.post("/share", data=values(stale) | {"do": "save"}).status_code == 303
    assert stored(room).title == "From the other tab"


def test_a_closed_activity_keeps_the_text_and_says_so(database, app):
    room = Classroom(database, share_by=clock.now() - timedelta(days=1), late_allowed=False)
    me = browser_of(app, database, room.visit(room.people(1, shared=False)[0]))
    answer = me.post("/share", data=WHOLE | {"do": "submit"})
    assert answer.status_code == 409
    assert "Sharing has closed" in answer.text
    assert values(answer)["title"] == "A calm welcome"
    assert stored(room).title == "A calm welcome"
    assert me.get("/share/preview").text.count("btn-primary") == 1


def test_a_change_is_possible_until_a_peer_reads_it(me, room):
    me.post("/share", data=WHOLE | {"do": "submit"})
    version = values(me.get("/share"))["version"]
    me.post("/share", data=WHOLE | {"title": "A calmer welcome", "version": version, "do": "submit"})
    assert stored(room).title == "A calmer welcome"
    opened = values(me.get("/share"))
    long_ago = stored(room).shared_at - GRACE
    room.set(Contribution, Contribution.id == stored(room).id, served=1, revised_at=long_ago)
    answer = me.post("/share", data=opened | {"title": "Too late", "do": "submit"})
    assert answer.status_code == 409
    assert values(answer)["title"] == "Too late"
    assert me.get("/share").location.endswith("/contribution")
    shown = me.get("/contribution").text
    assert "A calmer welcome" in shown
    assert "Too late" in shown  # kept, below
    assert "Change it" not in shown


def test_a_photo_is_added_described_seen_and_removed(me, room, app):
    answer = upload(me, photo())
    item = html.fragments_fromstring(answer.text.strip())[0]
    assert answer.status_code == 200
    (shows,) = item.xpath(".//input[starts-with(@name, 'shows-')]")
    me.post("/share", data=WHOLE | {shows.get("name"): "The entrance", "do": "preview"})
    preview = me.get("/share/preview")
    (image,) = page(preview).xpath("//article//img")
    assert image.get("alt") == "The entrance"
    assert "Place and author data were removed" in preview.text

    served = me.get(image.get("src"))
    assert served.mimetype == "image/jpeg"
    assert b"Secret Camera" not in served.data
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served.headers["Content-Disposition"] == "inline; filename=file-1.jpg"
    assert served.headers["Cache-Control"] == "private, no-store"
    assert "Last-Modified" not in served.headers

    (row,) = room.all(Attachment)
    path = app.extensions["entraide.storage"].path(row.storage_key)
    assert path.exists()
    (remove,) = item.xpath(".//button/@formaction")
    assert me.post(remove, data=WHOLE | {"title": "Typed meanwhile", "version": "1"}).status_code == 303
    assert not path.exists()
    assert room.all(Attachment) == []
    assert stored(room).title == "Typed meanwhile"
    assert me.get(image.get("src")).status_code == 404


def test_a_part_of_a_file_can_be_asked_for(me):
    address = re.search(r'src="([^"]+/media/[^"]+)"', upload(me, photo()).text)[1]
    whole = me.get(address)
    part = me.get(address, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, whole.data[2:6])
    assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert me.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert me.get(address, headers={"Range": "bytes=9999999-"}).status_code == 416


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"<!doctype html><script>alert(1)</script>", "photo.jpg", 422),
        (b"\xff\xd8\xff\xe0 not a photo", "photo.jpg", 422),
        (b"%PDF-1.7 not a document", "notes.pdf", 422),
        (photo().read() + bytes(1 << 20), "photo.jpg", 413),
    ],
    ids=["html", "half a photo", "half a document", "too big"],
)
def test_a_file_that_lies_is_refused_with_the_reason_and_the_text_is_kept(
    me, room, app, content, name, status
):
    refused = upload(me, io.BytesIO(content), name)
    assert refused.status_code == status
    assert refused.json["message"].endswith(".")
    answer = me.post("/share", data=WHOLE | {"do": "file", "file": (io.BytesIO(content), name)})
    assert answer.status_code == status
    assert refused.json["message"] in page(answer).text_content()
    assert values(answer)["title"] == "A calm welcome"
    assert stored(room).title == "A calm welcome"
    assert room.all(Attachment) == []
    assert [path for path in app.extensions["entraide.storage"].root.rglob("*") if path.is_file()] == []


def test_without_javascript_files_come_with_the_form(me, room):
    files = [(photo("red"), "a.jpg"), (photo("blue"), "b.jpg"), (io.BytesIO(b""), "")]
    answer = me.post("/share", data=WHOLE | {"do": "file", "file": files})
    assert answer.status_code == 303
    assert [each.position for each in room.all(Attachment)] == [1, 2]
    assert len(page(me.get("/share")).xpath("//ul[@id='attachments']/li")) == 2
    plain = me.post("/share/files", data={"file": (photo("lime"), "c.jpg")})
    assert (plain.status_code, len(room.all(Attachment))) == (303, 3)


def test_the_same_photo_twice_is_one_file_and_one_item(me, room, app):
    assert "<li" in upload(me, photo()).text
    assert "<li" not in upload(me, photo()).text
    assert len(room.all(Attachment)) == 1
    assert len([path for path in app.extensions["entraide.storage"].root.rglob("*") if path.is_file()]) == 1


def test_one_file_too_many_is_refused(me, room, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    for number in range(2):
        assert upload(me, photo(size=(10 + number, 9))).status_code == 200
    refused = upload(me, photo(size=(99, 9)))
    assert (refused.status_code, refused.json["code"]) == (409, "many-files")
    assert len(room.all(Attachment)) == 2


def test_a_file_is_closed_to_peers_and_open_to_the_instructor_once_shared(me, room, app, database):
    address = re.search(r'src="[^"]+(/media/[^"]+)"', upload(me, photo()).text)[1]
    peer = browser_of(app, database, room.visit(room.people(1)[0]))
    instructor = browser_of(app, database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert [peer.get(address).status_code, instructor.get(address).status_code] == [404, 404]
    me.post("/share", data=WHOLE | {"do": "submit"})
    assert [peer.get(address).status_code, instructor.get(address).status_code] == [404, 200]


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.OBSERVER])
def test_others_than_learners_are_told_that_this_is_not_for_them(room, app, database, role):
    browser = browser_of(app, database, room.visit(room.instructor, role=role))
    assert browser.get("/share").status_code == 403
    assert browser.post("/share", data=WHOLE | {"do": "submit"}).status_code == 403
    assert upload(browser, photo()).status_code == 403
    assert room.all(Contribution) == []


@pytest.mark.every_database
def test_before_it_opens_there_is_no_form(database, app):
    room = Classroom(database)
    room.set(Activity, Activity.id == room.activity.id, opened_at=None)
    me = browser_of(app, database, room.visit(room.people(1, shared=False)[0]))
    assert me.get("/share").status_code == 409
    assert me.post("/share", data=WHOLE).status_code == 409


def test_a_form_of_another_site_is_refused(me, room):
    assert me.post("/share", data=WHOLE | {"do": "submit"}, headers={"X-CSRFToken": ""}).status_code == 400
    assert room.all(Contribution) == []
    token = page(me.get("/share")).xpath("//form[@id='share-form']/input[@name='csrf_token']/@value")[0]
    posted = WHOLE | {"do": "submit", "csrf_token": token}
    assert me.post("/share", data=posted, headers={"X-CSRFToken": ""}).status_code == 303
