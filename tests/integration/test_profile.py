"""The profile is found where its IRIs point, by machines and by people; what people really do follows it."""

import json
from uuid import UUID

import pytest
from classroom import Classroom
from click.testing import CliRunner
from factories import tool
from lxml import html
from sqlalchemy import true

from lti_tool.cli import entraide
from lti_tool.reviews import actions
from lti_tool.worker.translate import journal_lines, translate
from xapi.profile import Outcome, Profile, document, match
from xapi.profile.examples import example
from xapi.statements import to_bytes
from xapi.vocabulary import PROFILE

PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
OURS = "https://tool.example/profile"


@pytest.fixture
def browser(database, tmp_path):
    return tool(database, tmp_path, base_url="https://tool.example", profile_url=OURS).test_client()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        (PAGE["Accept"], "text/html"),
        ("image/png", "application/ld+json"),
    ],
)
def test_everybody_gets_what_they_read(browser, accept, kind):
    for path in ("/profile", "/profile/v1.0"):
        answer = browser.get(path, headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "Accept" in answer.vary
        if kind != "text/html":
            assert answer.json == document(OURS)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert (answer.cache_control.public, answer.cache_control.max_age) == (True, 3600)
            again = browser.get(path, headers={"Accept": kind, "If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")
        assert ('rel="http://www.w3.org/ns/json-ld#context"' in str(answer.headers)) == (
            kind == "application/json"
        )


def test_every_iri_leads_to_its_part_and_to_its_place_in_the_page(browser):
    profile = document(OURS)
    page = browser.get("/profile", headers=PAGE | {"Accept-Language": "fr"})
    places = set(html.fromstring(page.text).xpath("//@id"))
    for part in (*profile["concepts"], *profile["templates"], *profile["patterns"]):
        path = part["id"].removeprefix("https://tool.example")
        assert browser.get(path).json == {"@context": profile["@context"], **part}
        shown = browser.get(path, headers=PAGE)
        assert shown.status_code == 303
        assert shown.location.rpartition("#")[2] in places
    assert browser.get("/profile/verbs/unheard-of").status_code == 404


def test_the_page_tells_in_the_language_asked_for(browser):
    french = browser.get("/profile?language=fr", headers=PAGE | {"Accept-Language": "en"}).text
    assert '<html lang="fr"' in french
    assert "Contribution relue" in french
    english = browser.get("/profile", headers=PAGE | {"Accept-Language": "en"}).text
    [shown] = html.fromstring(english).xpath("//section[@id='v1.0-templates-reviewed']//pre")
    assert json.loads(shown.text_content()) == example("reviewed", profile=OURS)
    for language, word in (("fr", "toujours"), ("en", "always")):
        file = browser.get(f"/profile/dictionary.csv?language={language}")
        assert file.mimetype == "text/csv"
        assert word in file.get_data(as_text=True)


def test_the_command_prints_it():
    printed = CliRunner().invoke(entraide, ["profile"])
    assert Profile.read(json.loads(printed.output)).id == PROFILE
    assert json.loads(CliRunner().invoke(entraide, ["profile", "--url", OURS]).output) == document(OURS)
    assert "toujours" in CliRunner().invoke(entraide, ["profile", "--dictionary", "fr"]).output


def test_what_a_reviewer_does_follows_the_pattern(database):
    room = Classroom(database)
    reviewer, *_ = room.people(4)
    with database.write() as rows:
        first = actions.pull(rows, room.visit(reviewer), room.activity)
        actions.give_back(rows, room.visit(reviewer), room.activity, first.id)
    with database.write() as rows:
        second = actions.pull(rows, room.visit(reviewer), room.activity)
        actions.send(rows, room.visit(reviewer), room.activity, second.id, 0, room.written())
    with database.read() as rows:
        events = translate(rows, journal_lines(rows, true(), 20), "https://tool.example")
    told = [json.loads(to_bytes(event)) for event in events]
    assert [statement["verb"]["id"].rpartition("/")[2] for statement in told] == [
        "assigned-review", "return", "assigned-review", "reviewed",
    ]  # fmt: skip
    [run] = match(told)
    assert UUID(run.registration)
    assert (run.outcome, run.matched) == (Outcome.SUCCESS, 4)
    [broken] = match(told[1:])
    assert broken.outcome is Outcome.FAILURE
