"""The administrator's pages, over HTTP: what they show, what their buttons do, and that the log has it."""

import pytest
from administrators import REGISTRATION, open_desk, rows, text
from click.testing import CliRunner
from lxml import html
from sqlalchemy import select

from lti_tool.admin import queries
from lti_tool.cli import entraide
from lti_tool.kernel import clock
from lti_tool.lti import contacts
from lti_tool.lti.models import ContactKind, Invitation, PlatformCheck, ToolKey
from lti_tool.people.models import Deployment, Platform


@pytest.fixture
def moodle(desk):
    """The address of the page of a platform that was registered by hand."""
    answer = desk.press("/admin/platforms/register", "/register", **REGISTRATION)
    assert answer.status_code == 303
    return answer.location.partition("?")[0]


def change(desk, **values):
    with desk.database.write() as writing:
        for name, value in values.items():
            setattr(writing.scalars(select(Platform)).one(), name, value)


def test_a_platform_is_registered_by_hand(desk, moodle) -> None:
    [platform] = rows(desk, Platform)
    assert {name: getattr(platform, name) for name in REGISTRATION if name != "deployment_id"} == {
        name: value for name, value in REGISTRATION.items() if name != "deployment_id"
    }
    assert (platform.confirmed, platform.audience) == (True, None)
    page = text(desk.get(moodle))
    for ours in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f"http://localhost:8091{ours}" in page
    assert "https://moodle.example/token" in page
    assert desk.acts()[-1] == ("Ana", "platform.registered", "Moodle")


@pytest.mark.every_database
def test_what_does_not_hold_is_kept_and_named(desk, moodle) -> None:
    wrong = REGISTRATION | {"client_id": "", "auth_url": "http://moodle.example/auth", "jwks_url": "jwks",
                            "token_url": "https://[x", "issuer": "a\tb"}  # fmt: skip
    answer = desk.press("/admin/platforms/register", "/register", **wrong)
    assert answer.status_code == 422
    page = text(answer)
    for sentence in ("Write this: the LMS shows it.", "The address must begin with https.",
                     "This is not a web address.", "Write this on one line"):  # fmt: skip
        assert sentence in page
    assert html.fromstring(answer.text).xpath("//input[@name='name']/@value") == ["Moodle"]
    other = {"issuer": "https://other.example"}
    for typed, says in ((other, "already called Moodle"), ({"name": "Other"}, "under another name")):
        answer = desk.press("/admin/platforms/register", "/register", **(REGISTRATION | typed))
        assert (answer.status_code, says in text(answer)) == (422, True)
    assert len(rows(desk, Platform)) == 1


def test_registering_again_adds_a_deployment_and_approves_one_that_waits(desk, moodle) -> None:
    with desk.database.write() as writing:
        writing.scalars(select(Deployment)).one().approved = False
    for deployment in ("1", "2"):
        desk.press("/admin/platforms/register", "/register", **REGISTRATION | {"deployment_id": deployment})
    assert [(each.deployment_id, each.approved) for each in rows(desk, Deployment)] == [
        ("1", True),
        ("2", True),
    ]


def test_a_platform_that_registered_itself_waits_to_be_confirmed(desk, moodle) -> None:
    change(desk, confirmed=False)
    assert "Moodle has registered itself." in text(desk.get("/admin/"))
    assert "nobody can launch from it" in text(desk.get(moodle))
    done = desk.press("/admin/", "/confirm")
    assert "The platform is confirmed." in text(desk.get(done.location))
    assert rows(desk, Platform)[0].confirmed
    assert desk.acts()[-1] == ("Ana", "platform.confirmed", "Moodle")


def test_a_deployment_waits_with_its_label_and_is_approved(desk, moodle) -> None:
    with desk.database.write() as writing:
        [platform] = writing.scalars(select(Platform)).all()
        waits = {"platform_id": platform.id, "approved": False, "asked_at": clock.now()}
        writing.add(Deployment(deployment_id="77", label="School of Health", **waits))
    for page in ("/admin/", moodle):
        assert "1 deployment waits for approval." in text(desk.get(page))
        assert "School of Health 77" in text(desk.get(page))
    desk.press("/admin/", "/approve")
    assert "waits for approval" not in text(desk.get("/admin/"))
    assert all(each.approved for each in rows(desk, Deployment))
    assert desk.acts()[-1] == ("Ana", "deployment.approved", "Moodle")


def test_the_policy_is_chosen(desk, moodle) -> None:
    for choice, trusts in (("approve", True), ("wait", False)):
        desk.press(moodle, "/policy", new_deployments=choice)
        assert rows(desk, Platform)[0].trusts_deployments is trusts
        chosen = html.fromstring(desk.get(moodle).text).xpath(
            "//input[@name='new_deployments'][@checked]/@value"
        )
        assert chosen == [choice]
        assert desk.acts()[-1] == ("Ana", "platform.policy", "Moodle")


@pytest.mark.every_database
def test_a_platform_is_renamed_but_not_as_another(desk, moodle) -> None:
    other = REGISTRATION | {"name": "Canvas", "issuer": "https://canvas.example"}
    desk.press("/admin/platforms/register", "/register", **other)
    taken = desk.press(moodle, "/name", name="Canvas")
    assert taken.status_code == 422
    assert "already called Canvas" in text(taken)
    assert html.fromstring(desk.get(moodle).text).xpath("//input[@name='name']/@value") == ["Moodle"]
    assert desk.press(moodle, "/name", name="  Campus ").status_code == 303
    assert sorted(each.name for each in rows(desk, Platform)) == ["Campus", "Canvas"]
    assert desk.acts()[-1] == ("Ana", "platform.renamed", "Campus")


@pytest.mark.every_database
def test_the_list_says_what_works_and_what_to_do(desk, moodle) -> None:
    [platform] = rows(desk, Platform)
    with desk.database.write() as writing:
        contacts.succeeded(writing, platform.id, ContactKind.LAUNCH)
        contacts.succeeded(writing, platform.id, ContactKind.ROSTER)
    with desk.database.write() as writing:
        contacts.failed(writing, platform.id, ContactKind.ROSTER, "403 Forbidden")
    for address in ("/admin/", moodle):
        page = text(desk.get(address))
        assert "403 Forbidden" in page
        assert "allow this tool to read the names and roles" in page
    cells = html.fromstring(desk.get("/admin/").text).xpath("//tbody/tr[1]/td")
    assert [cell.text_content().split()[0] for cell in cells] == ["works", "–", "–", "failed", "1"]


@pytest.mark.every_database
def test_a_check_is_asked_for_and_its_answers_shown(desk, moodle) -> None:
    asked = desk.press(moodle, "/check")
    assert asked.location == f"{moodle}#check"
    assert "Being checked since" in text(desk.get(moodle))
    assert not html.fromstring(desk.get(moodle).text).xpath("//form[contains(@action, '/check')]")
    with desk.database.write() as writing:
        check = writing.scalars(select(PlatformCheck)).one()
        check.done_at = clock.now()
        check.results = [
            {"part": "keys", "outcome": "ok", "words": ""},
            {"part": "token", "outcome": "failed", "words": "401 Unauthorized"},
            {"part": "gradebook", "outcome": "unknown", "words": ""},
        ]
    page = text(desk.get(moodle))
    assert "Keys of the LMS works" in page
    assert "Access token failed 401 Unauthorized The LMS does not know our signature." in page
    assert "Gradebook not asked No course has offered its gradebook." in page
    assert desk.acts()[-1] == ("Ana", "platform.checked", "Moodle")
    desk.press(moodle, "/check")
    assert "Being checked since" in text(desk.get(moodle))


def test_a_synthetic_platform_is_not_called(desk, moodle) -> None:
    change(desk, synthetic=True)
    assert "Check it now" not in text(desk.get(moodle))


def test_an_invitation_is_shown_once(desk) -> None:
    answer = desk.press("/admin/platforms/invite", "/invite", name="Campus", days="30")
    [address] = html.fromstring(answer.text).xpath("//code/text()")
    assert address.startswith("http://localhost:8091/lti/register?")
    [invitation] = rows(desk, Invitation)
    assert (invitation.name, (invitation.expires_at - invitation.created_at).days) == ("Campus", 30)
    token = address.rpartition("=")[2]
    assert token not in str(vars(invitation))
    assert desk.acts()[-1] == ("Ana", "platform.invited", "Campus")
    assert desk.press("/admin/platforms/invite", "/invite", days="9999").status_code == 422
    assert len(rows(desk, Invitation)) == 1


@pytest.mark.every_database
def test_keys_are_listed_and_rotated(desk) -> None:
    assert "No key yet" in text(desk.get("/admin/keys"))
    for _ in range(2):
        desk.press("/admin/keys", "/rotate")
    page = text(desk.get("/admin/keys"))
    assert "published, does not sign yet" in page
    assert "It leaves the key set on" in page
    published = desk.get("/lti/jwks").json["keys"]
    assert len(published) == 2
    leaked = html.fromstring(desk.get("/admin/keys").text).xpath("//form[.//input[@name='leaked']]")[0]
    desk.client.post("/admin/keys/rotate", data=dict(leaked.form_values()))
    [left] = rows(desk, ToolKey)
    assert left.kid not in {key["kid"] for key in published}
    assert [act for _, act, _ in desk.acts()[-3:]] == ["keys.rotated"] * 3


def test_long_lists_come_in_pages(desk, moodle, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(4):
        other = REGISTRATION | {"name": f"Canvas {number}", "client_id": str(number)}
        desk.press("/admin/platforms/register", "/register", **other)
        desk.press("/admin/platforms/register", "/register", **REGISTRATION | {"deployment_id": f"d{number}"})

    def walk(address, cells):
        seen = []
        while address:
            page = html.fromstring(desk.get(address).text)
            found = page.xpath(cells)
            assert 1 <= len(found) <= 2
            seen += found
            [address] = page.xpath("//nav[@class='pager']/a[contains(., 'Next')]/@href") or [None]
        return seen

    assert walk("/admin/", "//tbody/tr/th/a/text()") == [
        *(f"Canvas {number}" for number in range(4)),
        "Moodle",
    ]
    approved = "//span[@class='name text-break']/small/text()"
    assert walk(moodle, approved) == ["1", *(f"d{number}" for number in range(4))]
    assert walk("/admin/log", "//tbody/tr/td[2]//strong/text()") == [act[2] for act in desk.acts()][::-1]


def test_the_log_names_who_and_what(desk, moodle) -> None:
    page = text(desk.get("/admin/log"))
    assert "Ana platform registered Moodle deployments: 1" in page
    assert "command line sign-in link made Ana" in page


def test_the_pages_are_in_french_for_who_reads_french(desk) -> None:
    answer = desk.client.get("/admin/", headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in answer.text


@pytest.mark.every_database
def test_the_command_prints_an_address_that_works_once(database, tmp_path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    environment = {
        "ENTRAIDE_DATABASE_URL": url,
        "ENTRAIDE_SECRET_KEY": "0" * 48,
        "ENTRAIDE_DATA_DIR": str(tmp_path),
    }
    ran = CliRunner().invoke(entraide, ["admin", "link", "--name", "Zoé"], env=environment)
    [address] = ran.stdout.split()
    assert address.startswith("http://localhost:8091/admin/enter?code=")
    desk = open_desk(database, tmp_path)
    page = address.removeprefix("http://localhost:8091")
    assert desk.press(page, "/admin/enter").status_code == 303
    assert "Zoé" in text(desk.get("/admin/log"))
    assert desk.get(page).status_code == 401
    desk.app.extensions["entraide.database"].dispose()
