"""What statements say of people: the administrator's form, its consequences, and the command of the same."""

from io import BytesIO
from uuid import uuid4

import pytest
from administrators import REGISTRATION
from classroom import Classroom
from click.testing import CliRunner
from lxml import html
from sqlalchemy import select

from lti_tool.cli import entraide
from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.people.models import ActorMode, Deployment, Platform


@pytest.fixture
def page(desk) -> str:
    return desk.press("/admin/platforms/register", "/register", **REGISTRATION).location.partition("?")[0]


def one(desk, table):
    with desk.database.read() as rows:
        return rows.scalars(select(table)).one()


def test_the_choice_is_kept_shown_and_logged(desk, page):
    checked = html.fromstring(desk.get(page).text).xpath("//*[@id='statements']//input[@checked]/@value")
    assert checked == ["lti-sub"]
    done = desk.press(page, f"{page}/statements", people="pseudonym", texts="y")
    assert "Your choice for statements is kept." in desk.get(done.location).text
    it = one(desk, Platform)
    assert (it.actor_mode, it.texts_told) == (ActorMode.PSEUDONYM, True)
    checked = html.fromstring(desk.get(page).text).xpath("//*[@id='statements']//input[@checked]/@value")
    assert checked == ["pseudonym", "y"]
    assert desk.acts()[-1] == ("Ana", "platform.statements", "Moodle")
    assert "choice for what statements say" in desk.get("/admin/log").text
    assert desk.press(page, f"{page}/statements", people="mailbox").status_code == 422
    assert one(desk, Platform).actor_mode is ActorMode.PSEUDONYM


def test_the_key_of_pseudonyms_is_destroyed_where_there_is_one(desk, page):
    assert "Destroy the key" not in desk.get(page).text
    with desk.database.write() as rows:
        rows.scalars(select(Deployment)).one().pseudonym_key = "sealed"
    done = desk.press(page, "/pseudonyms/forget")
    assert "The key is destroyed." in desk.get(done.location).text
    assert one(desk, Deployment).pseudonym_key == ""
    assert desk.acts()[-1] == ("Ana", "platform.pseudonyms-forgotten", "Moodle")


def test_a_file_opens_for_administrators_alone_and_while_texts_are_told(desk):
    room = Classroom(desk.database)
    room.people(1)
    [work] = room.all(Contribution)
    key = uuid4()
    with desk.app.test_request_context():
        stored = desk.app.extensions["entraide.storage"].put(BytesIO(b"pixels"))
    with desk.database.write() as rows:
        rows.add(
            Attachment(
                id=key, contribution_id=work.id, position=1, media_type="image/webp", size=6,
                storage_key=stored, digest="d",
            )
        )  # fmt: skip
    assert desk.get(f"/admin/files/{key}").status_code == 404
    room.set(Platform, Platform.texts_told.is_(False), texts_told=True)
    with desk.get(f"/admin/files/{key}") as found:
        assert (found.data, found.mimetype) == (b"pixels", "image/webp")
        assert "sandbox" in found.headers["Content-Security-Policy"]
    assert desk.app.test_client().get(f"/admin/files/{key}").status_code == 401


def test_the_commands_do_the_same(desk, page, tmp_path):
    url = desk.database.engine.url.render_as_string(hide_password=False)
    environment = {
        "ENTRAIDE_DATABASE_URL": url, "ENTRAIDE_SECRET_KEY": "0" * 48, "ENTRAIDE_DATA_DIR": str(tmp_path),
    }  # fmt: skip

    def said(*command: str) -> str:
        ran = CliRunner().invoke(entraide, ["platform", *command], env=environment)
        assert ran.exit_code == 0, ran.output
        return ran.output

    said("statements", "Moodle", "--actor", "lis-sourcedid")
    assert one(desk, Platform).actor_mode is ActorMode.LIS_SOURCEDID
    assert "by lis-sourcedid, and hold what they write" in said("statements", "Moodle", "--texts")
    assert "Destroyed 0 key(s)" in said("forget-pseudonyms", "Moodle", "--yes")
