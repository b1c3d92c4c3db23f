"""Large files in parts, over HTTP (tus 1.0.0): what came before a cut counts, for its person alone."""

import hashlib
import io
import re
import struct
import threading
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import Classroom
from cutting import PART as PART_SIZE
from cutting import Sender, line
from factories import browser_of, tool
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.activities.models import Activity
from lti_tool.contributions.attachments import MOST_FILES
from lti_tool.contributions.models import Attachment, Contribution, ContributionState, Upload
from lti_tool.contributions.uploads import abandon, sweep
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role

TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path, max_image_mb=1, max_file_mb=1, max_video_mb=2)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def me(room, app):
    return browser_of(app, room.database, room.visit(room.people(1, shared=False)[0]))


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def video(size=1 << 20, seed=b"pixels"):
    """The smallest of videos, with `size` bytes of samples and somebody's name."""
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(12), b"\0")
    table = box(b"minf", box(b"stbl"))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), hdlr, table))
    moov = box(b"moov", box(b"mvhd", bytes(100)), track, box(b"udta", b"Jane Secret"))
    samples = (seed * (size // len(seed) + 1))[:size]
    return box(b"ftyp", b"isom", bytes(4), b"isommp42") + moov + box(b"mdat", samples)


def begin(browser, size, **metadata):
    said = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
    headers = TUS | {"Upload-Length": str(size)} | ({"Upload-Metadata": said} if said else {})
    return browser.post("/uploads", headers=headers)


def go_on(browser, address, offset, content, **options):
    headers = TUS | {"Upload-Offset": str(offset)}
    return browser.patch(address, data=content, headers=headers, content_type=PART, **options)


def offset(browser, address):
    answer = browser.head(address, headers=TUS)
    return int(answer.headers["Upload-Offset"]) if answer.status_code == 200 else answer.status_code


def done(browser, address):
    return browser.post(f"{address}/done", headers=TUS)


def files(app):
    return [path for path in app.extensions["entraide.storage"].root.rglob("*") if path.is_file()]


class Quiet(WSGIRequestHandler):
    """A server that writes no line for each request."""

    def log_request(self, code="-", size="-"):
        pass


class Cut(io.BytesIO):
    """A request's body whose line breaks."""

    def __init__(self, content, after, first=lambda: None):
        super().__init__(content)
        self.after, self.first = after, first

    def readinto(self, buffer):
        if self.tell() == 0:
            self.first()
        if self.tell() >= self.after:
            raise ConnectionResetError
        return super().readinto(buffer)


def test_a_file_that_comes_in_parts_and_with_cuts_becomes_an_attachment(me, room, app):
    content, step = video(), uuid4()
    answer = begin(me, len(content), step=str(step), filename="../../etc/passwd")
    assert answer.status_code == 201
    assert answer.headers["Upload-Expires"].endswith("GMT")
    address = answer.headers["Location"]
    assert go_on(me, address, 0, content[:300_000]).headers["Upload-Offset"] == "300000"
    go_on(me, address, 300_000, None, input_stream=Cut(content[300_000:], after=200_000))
    came = offset(me, address)
    assert 500_000 <= came < len(content)
    assert done(me, address).status_code == 409
    assert go_on(me, address, 0, content).status_code == 409
    assert go_on(me, address, came, content[came:]).status_code == 204
    item = done(me, address)
    assert (item.status_code, item.text.count("<li")) == (200, 1)
    (row,) = room.all(Attachment)
    assert (row.media_type, row.size, row.step) == ("video/mp4", len(content), step)
    address_of_file = re.search(r'href="([^"]+/media/[^"]+)"', item.text)[1]
    assert me.get(address_of_file).data == content.replace(b"udta", b"free").replace(
        b"Jane Secret", bytes(11)
    )
    assert len(files(app)) == 1
    assert done(me, address).text == item.text  # its answer may be lost too
    assert len(room.all(Attachment)) == 1


def test_over_a_line_that_breaks_a_file_arrives_whole(room, app, tmp_path):
    content = video(20 << 20)
    (tmp_path / "film.mp4").write_bytes(content)
    app = tool(room.database, tmp_path, max_video_mb=30)
    sender = Sender(app, room.database, room.visit(room.people(1, shared=False)[0]))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    try:
        with line(("127.0.0.1", server.port), [3_000_000, 9_000_000, 18_000_000]) as bad:
            assert "<li" in sender.send(tmp_path / "film.mp4", bad.port)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        app.extensions["entraide.database"].dispose()
    (row,) = room.all(Attachment)
    assert row.size == len(content)
    clean = content.replace(b"udta", b"free").replace(b"Jane Secret", bytes(11))
    assert row.digest == hashlib.sha256(clean).hexdigest()
    assert bad.broken == 3
    assert bad.up - len(content) <= 3 * PART_SIZE


def test_what_cannot_be_taken_is_refused_and_leaves_nothing(me, room, app):
    def code(answer):
        return answer.status_code, answer.json and answer.json["code"]

    ours = {"X-Requested-With": "fetch"}
    for length, expected in (("-1", 422), ("9" * 30, 422), ("0", 422), (str((2 << 20) + 1), 413), ("", 422)):
        headers = TUS | ours | {"Upload-Length": length}
        assert me.post("/uploads", headers=headers).status_code == expected
    assert code(me.post("/uploads", headers=ours | {"Upload-Length": "9"})) == (412, "tus-version")
    assert me.post("/uploads", headers=TUS | {"Upload-Length": "9", "X-CSRFToken": ""}).status_code == 400
    assert room.all(Upload) == []

    address = begin(me, 20_000).headers["Location"]
    wrong = TUS | ours | {"Upload-Offset": "0"}
    assert code(me.patch(address, data=b"x", headers=wrong, content_type="text/html")) == (415, "tus-type")
    assert go_on(me, address, 0, bytes(20_001)).status_code == 413
    assert go_on(me, address, 1, bytes(10)).status_code == 409
    assert offset(me, address) == 0
    page = b"<!doctype html><script>alert(1)</script>".ljust(10_000)
    refused = me.patch(address, data=page, headers=wrong, content_type=PART)
    assert code(refused) == (422, "file-type")  # before the rest is sent
    assert offset(me, address) == 404

    lie = video(15_000)[:10_000]
    address = begin(me, len(lie)).headers["Location"]
    assert go_on(me, address, 0, lie).status_code == 204
    assert done(me, address).status_code == 422
    assert offset(me, address) == 404
    address = begin(me, 20_000).headers["Location"]
    go_on(me, address, 0, video(15_000)[:9_000])
    assert me.delete(address, headers=TUS).status_code == 204
    assert [room.all(Upload), room.all(Attachment), files(app)] == [[], [], []]


@pytest.mark.every_database
def test_of_two_parts_at_the_same_place_one_counts(me, room, app):
    content = video(20_000)
    address = begin(me, len(content)).headers["Location"]

    def overtake():
        assert go_on(me, address, 0, content[:9_000]).status_code == 204

    assert go_on(me, address, 0, None, input_stream=Cut(content, 10_000, overtake)).status_code == 409
    assert offset(me, address) == 9_000
    assert len(files(app)) == 1
    go_on(me, address, 9_000, content[9_000:])
    assert done(me, address).status_code == 200


@pytest.mark.every_database
def test_an_upload_is_its_persons_in_its_activity_until_its_time_is_over(me, room, app, database):
    content = video(20_000)
    address = begin(me, len(content)).headers["Location"]
    upload = f"/uploads/{room.all(Upload)[0].id}"
    go_on(me, address, 0, content[:9_000])
    other = browser_of(app, database, room.visit(room.people(1)[0]))
    elsewhere = Classroom(database)
    stranger = browser_of(app, database, elsewhere.visit(elsewhere.people(1)[0]))
    observer = browser_of(app, database, room.visit(room.instructor, role=Role.OBSERVER))
    for browser, status in ((other, 404), (stranger, 404), (observer, 403)):
        assert browser.head(upload, headers=TUS).status_code == status
        assert go_on(browser, upload, 9_000, content[9_000:]).status_code == status
        assert browser.delete(upload, headers=TUS).status_code == status
        assert done(browser, upload).status_code == status
    assert not sweep(database, app.extensions["entraide.storage"])
    assert offset(me, address) == 9_000
    room.set(Upload, Upload.size > 0, expires_at=clock.now() - timedelta(seconds=1))
    assert offset(me, address) == 404
    sweep(database, app.extensions["entraide.storage"])
    assert [room.all(Upload), files(app)] == [[], []]


def test_what_is_on_its_way_goes_with_its_person(me, room, app):
    address = begin(me, 20_000).headers["Location"]
    go_on(me, address, 0, video(15_000)[:9_000])
    (upload,) = room.all(Upload)
    with room.database.write() as session:
        assert abandon(session, upload.person_id) == upload.parts
    assert len(upload.parts) == 1
    assert room.all(Upload) == []


@pytest.mark.every_database
def test_files_and_uploads_together_stay_within_the_quota(me, room):
    room.set(Activity, Activity.id == room.activity.id, quota_mb=1)
    content = video(600_000)
    address = begin(me, len(content)).headers["Location"]
    refused = begin(me, len(content))
    assert refused.status_code == 409
    go_on(me, address, 0, content)
    assert done(me, address).status_code == 200
    small = {"file": (io.BytesIO(video(500_000, seed=b"other")), "b.mp4")}
    answer = me.post("/share/files", data=small, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.json["code"]) == (409, "quota")
    assert "1 MB" in answer.json["message"]
    assert len(room.all(Attachment)) == 1
    assert begin(me, 100_000).status_code == 201


@pytest.mark.every_database
def test_a_full_list_keeps_the_upload_until_there_is_room(me, room):
    content = video(20_000)
    address = begin(me, len(content)).headers["Location"]
    go_on(me, address, 0, content)
    (mine,) = room.all(Contribution)
    with room.database.write() as session:
        for n in range(MOST_FILES):
            session.add(
                Attachment(contribution_id=mine.id, position=n, media_type="image/png", size=1,
                           storage_key=f"{n}", digest=f"{n}")
            )  # fmt: skip
    assert done(me, address).status_code == 409
    with room.database.write() as session:
        session.delete(session.merge(room.all(Attachment)[0]))
    assert done(me, address).status_code == 200


def test_a_form_may_bring_little_and_a_file_much(me):
    text = {"title": "x" * (1 << 20), "version": "0"}
    for address in ("/share/save", "/contribution/withdraw", "/uploads"):
        answer = me.post(address, data=text, headers=TUS | {"X-Requested-With": "fetch"})
        assert (answer.status_code, answer.json["code"]) == (413, "too-large")
    whole = {"file": (io.BytesIO(video(1_500_000)), "a.mp4")}
    assert me.post("/share/files", data=whole, headers={"X-Requested-With": "fetch"}).status_code == 200


@pytest.mark.every_database
def test_a_file_is_for_those_who_may_read_the_work(room, app, database):
    author, peer = room.people(2)
    mine = browser_of(app, database, room.visit(author))
    item = mine.post(
        "/share/files",
        data={"file": (io.BytesIO(video(9_000)), "a.mp4")},
        headers={"X-Requested-With": "fetch"},
    )
    assert item.status_code == 200
    (row,) = room.all(Attachment)
    room.set(Attachment, Attachment.id == row.id, captions="WEBVTT")
    address = f"/c/{row.contribution_id}/media/{row.id}"
    reader = browser_of(app, database, room.visit(peer))
    elsewhere = Classroom(database)
    (other,) = elsewhere.people(1)
    stranger = browser_of(app, database, elsewhere.visit(other))
    theirs = elsewhere.all(Contribution, Contribution.activity_id == elsewhere.activity.id)[0].id

    def statuses(browser, at):
        return {browser.get(at + what).status_code for what in ("", "?as=captions")}

    assert statuses(reader, address) == {200}
    assert statuses(reader, f"/media/{row.id}") == {404}
    assert statuses(stranger, address) | statuses(stranger, f"/c/{theirs}/media/{row.id}") == {404}
    work = Contribution.id == row.contribution_id
    room.set(Contribution, work, hidden_at=clock.now())
    assert statuses(reader, address) == {404}
    room.set(Contribution, work, hidden_at=None, state=ContributionState.DRAFT, shared_at=None)
    assert statuses(reader, address) == {404}
    assert statuses(mine, f"/media/{row.id}") == {200}


def test_captions_and_a_transcript_are_kept_and_served(me, room, app, database):
    content = {"file": (io.BytesIO(video(9_000)), "a.mp4")}
    item = me.post("/share/files", data=content, headers={"X-Requested-With": "fetch"}).text
    page = re.search(r'href="([^"]+/captions)"', item)[1]
    assert me.get(page).status_code == 200
    good = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<b>Wash</b> your hands"
    sent = {"captions": (io.BytesIO(good), "jane.vtt"), "transcript": "Wash  your\r\nhands"}
    assert me.post(page, data=sent).status_code == 303
    (row,) = room.all(Attachment)
    assert row.transcript == "Wash  your\nhands"
    served = me.get(f"/media/{row.id}?as=captions")
    assert (served.mimetype, served.text) == ("text/vtt", row.captions)
    assert "Wash your hands" in served.text
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    peer = browser_of(app, database, room.visit(room.people(1)[0]))
    assert peer.get(f"/media/{row.id}?as=captions").status_code == 404
    assert "as=captions" in me.get("/share/preview").text
    bad = me.post(page, data={"captions": (io.BytesIO(b"<script>"), "a.vtt"), "transcript": "New words"})
    assert bad.status_code == 422
    assert "cannot be read" in bad.text
    assert "New words" in bad.text
    assert me.post(page, data={"without": "y", "transcript": ""}).status_code == 303
    assert me.get(f"/media/{row.id}?as=captions").status_code == 404
