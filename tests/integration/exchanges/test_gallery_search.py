"""Finding what is shared by its words, in French and English, the same on both databases."""

from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from classroom import Classroom
from factories import browser_of, tool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from lti_tool.contributions import actions
from lti_tool.contributions.actions import Written
from lti_tool.contributions.index import SearchEntry
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import gallery
from lti_tool.exchanges.gallery import Asked
from lti_tool.exchanges.search import Search
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person

pytestmark = pytest.mark.every_database

FRENCH = {
    "situation": "Le bénévole accueille l’équipe.", "what_i_do": "Je prépare du café pour les collègues.",
    "why_it_works": "Les chevaux sont calmes – même à Nœux.",
}  # fmt: skip
ENGLISH = {
    "situation": "A nurse runs the night shift.", "what_i_do": "I carried two boxes of gloves.",
    "why_it_works": "The note of the day is read aloud; notre équipe.",
}  # fmt: skip


@pytest.fixture
def room(database: Database) -> Classroom:
    room = Classroom(database)
    for language, title, answers in (("fr", "Accueil", FRENCH), ("en", "Handover", ENGLISH)):
        [author] = room.people(1, shared=False)
        share(room, author, title, answers)
        room.set(Contribution, Contribution.author_id == author, language=language)
        again(room, author)
    return room


def share(room: Classroom, author: UUID, title: str, answers: dict[str, str]) -> None:
    with room.database.write() as session:
        visit = room.visit(author)
        mine = session.scalar(select(Contribution).where(Contribution.author_id == author))
        written = Written(title, answers, {}, mine.version if mine else 0)
        actions.save_draft(session, visit, room.activity, written)
        actions.share(session, visit, room.activity)


def again(room: Classroom, author: UUID) -> None:
    """Share it in the language it now has."""
    [work] = room.all(Contribution, Contribution.author_id == author)
    share(room, author, work.title + " ", {**work.answers, "where_it_does_not": "Nowhere."})


def found(room: Classroom, typed: str) -> list[str]:
    with room.database.read() as session:
        visit = room.visit(room.instructor, role=Role.INSTRUCTOR)
        here = gallery.places(session, visit, room.activity)
        cards = gallery.gallery(session, visit, here, Asked(search=Search.of(typed))).cards
    return [card.contribution.title for card in cards]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("benevole", ["Accueil"]),
        ("BÉNÉVOLES", ["Accueil"]),
        ("accueillir", ["Accueil"]),
        ("noeux", ["Accueil"]),
        ("nœu", ["Accueil"]),
        ("cheval l'équipe", ["Accueil"]),
        ("équipe", ["Handover", "Accueil"]),
        ("nurses", ["Handover"]),
        ("carrying boxes", ["Handover"]),
        ("notes", ["Handover"]),
        ("glov", ["Handover"]),
        ("comment accueillir une équipe", ["Accueil"]),
        ("handover", ["Handover"]),
        ("nurse café", []),
        ("quipe", []),
        ("day*", ["Handover"]),
    ],
)
def test_what_is_found(room: Classroom, typed: str, titles: list[str]) -> None:
    assert found(room, typed) == titles


ODD = [
    "'", '"', "''", '"""', "*", "a*", "NEAR", "NEAR(a, 2)", "a NEAR b", "AND", "a OR", "NOT a", "-a", "^a",
    "terms:a", "{terms}:a", "(", "())", "a & b", "a | !b", "a:*", "a <-> b", ":A", "\\", "\\'", "%", "_", "?",
    ":q", "😀", "𝔘𝔫𝔦", "ﷺ", "x" * 10_000, "mot " * 2_500, "'; DROP TABLE person; --", "\x00", "\ud800",
    "é" * 300, "١٢٣", "中文字",
]  # fmt: skip


def test_odd_questions_are_only_words(room: Classroom) -> None:
    for typed in ODD:
        assert set(found(room, typed)) <= {"Accueil", "Handover"}, typed
    assert found(room, "😀 !") == []
    assert found(room, "") == []

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(min_size=1))
    def whatever_is_typed(typed: str) -> None:
        found(room, typed)

    whatever_is_typed()


def test_the_pages_take_them_too(room: Classroom, tmp_path: Path) -> None:
    app = tool(room.database, tmp_path)
    staff = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    for typed in ODD[::3]:
        query = urlencode({"q": typed.encode("utf-8", "replace")})
        answer = staff.get(f"/gallery?{query}")
        assert answer.status_code == 200, typed
        assert len(answer.text) < 40_000
    shown = staff.get("/gallery?" + urlencode({"q": '<b>"café"</b>'})).text
    assert "<mark>café</mark>" in shown
    assert "<b>" not in shown
    app.extensions["entraide.database"].dispose()


def test_a_change_is_found_once_it_is_shared(room: Classroom) -> None:
    [work] = room.all(Contribution, Contribution.title == "Accueil")
    with room.database.write() as session:
        change = Written("Accueil", FRENCH | {"situation": "Un zèbre."}, {}, work.version)
        actions.save_draft(session, room.visit(work.author_id), room.activity, change)
    assert found(room, "zebre") == []
    assert found(room, "benevole") == ["Accueil"]
    with room.database.write() as session:
        actions.share(session, room.visit(work.author_id), room.activity)
    assert found(room, "zebre") == ["Accueil"]
    assert found(room, "benevole") == []


def test_who_is_erased_is_not_found(room: Classroom) -> None:
    [work] = room.all(Contribution, Contribution.title == "Accueil")
    with room.database.write() as session:
        session.execute(delete(Person).where(Person.id == work.author_id))
    assert found(room, "benevole") == []
    with room.database.read() as session:
        assert session.scalar(select(func.count()).select_from(SearchEntry)) == 1
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("INSERT INTO search_words (search_words) VALUES ('integrity-check')"))
