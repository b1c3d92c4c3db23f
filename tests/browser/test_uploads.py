"""Large files on bad lines, and the camera in the page."""

import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Response, expect
from sqlalchemy import select

from lti_tool.contributions.models import Attachment, Contribution, Upload

from .stage import TITLES, Place, Stage

pytestmark = pytest.mark.browser
CHOOSE = "input[name=file][multiple]"
SIZE = 60 << 20  # bytes: twelve parts
ROW = ".transfers > li"
ITEM = "#attachments > li"


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A large file that begins and ends as a video does."""
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(13))
    table = box(b"minf", box(b"stbl"))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), hdlr, table))
    moov = box(b"moov", box(b"mvhd", bytes(100)), track)
    head = box(b"ftyp", b"isom", bytes(4), b"isommp42") + moov
    path = tmp_path / "My film.mp4"
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", SIZE, b"mdat"))
        file.truncate(len(head) + SIZE)
    return path


@pytest.fixture
def writing(stage: Stage, person) -> Place:
    """Somebody who has begun to share."""
    stage.open()
    place = stage.enter(person(), stage.person("Karim Benali"))
    place.go("/share")
    return place


def a_part(response: Response) -> bool:
    return response.request.method == "PATCH"


def rows(stage: Stage, table: type) -> list[Any]:
    """Its rows of this course."""
    with stage.database.read() as session:
        of_here = select(Contribution.id).where(Contribution.activity_id == stage.activity.id)
        return list(session.scalars(select(table).where(table.contribution_id.in_(of_here))))


def test_the_network_is_lost_and_the_file_arrives_while_one_writes(
    writing: Place, stage: Stage, video: Path, complaints: list[str]
) -> None:
    page, sent = writing.page, []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    with page.expect_response(a_part):
        page.locator(CHOOSE).set_input_files(video)
    page.context.set_offline(True)
    expect(page.locator(ROW)).to_contain_text("Kept. Goes on when you are back.")
    page.locator("#title").fill(TITLES["en"])
    with page.expect_response(a_part):
        page.context.set_offline(False)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(ROW)).to_contain_text("Paused at")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(ITEM)).to_contain_text("Video 1 (63 MB)")
    expect(page.locator(ROW)).to_have_count(0)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    (row,) = rows(stage, Attachment)
    assert row.size == video.stat().st_size
    assert {int(each.headers["upload-offset"]) for each in sent} > {0}
    complaints[:] = [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each]


def test_after_a_reload_the_same_file_goes_on_where_it_was(writing: Place, stage: Stage, video: Path) -> None:
    page = writing.page
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_response(a_part):
        page.locator(CHOOSE).set_input_files(video)
    page.reload()
    expect(page.locator(ROW)).to_contain_text("Choose the same file again to go on.")
    before = rows(stage, Upload)[0].received
    assert before >= 5 << 20
    with page.expect_request(lambda request: request.method == "PATCH") as asked:
        page.locator(CHOOSE).set_input_files(video)
    assert int(asked.value.headers["upload-offset"]) == before
    expect(page.locator(ITEM)).to_have_count(1)
    expect(page.locator(ROW)).to_have_count(0)
    page.reload()
    expect(page.locator(ITEM)).to_have_count(1)
    expect(page.locator(ROW)).to_have_count(0)


def test_a_film_and_a_sound_are_recorded_in_the_page(writing: Place, stage: Stage) -> None:
    page = writing.page
    for number, name in enumerate(("Film", "Record sound"), start=1):
        opener = page.get_by_role("button", name=name, exact=True)
        opener.click()
        panel = page.get_by_role("region", name=name)
        panel.get_by_role("button", name="Start", exact=True).click()
        expect(panel).to_contain_text("0:01 of 3:00")
        panel.get_by_role("button", name="Stop").click()
        expect(panel.get_by_role("button", name="Keep it")).to_be_focused()
        panel.get_by_role("button", name="Keep it").click()
        expect(page.locator(ITEM)).to_have_count(number)
    assert [each.media_type for each in rows(stage, Attachment)] == ["video/webm", "audio/webm"]
