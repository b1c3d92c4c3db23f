"""Languages and dates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lti_tool.kernel import clock, i18n

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["fr-CA"], "fr"),
        (["fr_FR"], "fr"),
        (["de", "fr"], "fr"),
        (["de"], "en"),
        ([""], "en"),
        ([], "en"),
        (["en-GB"], "en"),
    ],
)
def test_the_first_language_that_we_have(wanted: list[str], language: str) -> None:
    assert i18n.choose_language(wanted) == language


@pytest.mark.parametrize(
    ("when", "english", "french"),
    [
        (datetime(2026, 11, 27, 17, tzinfo=UTC), "Fri 27 Nov, 18:00", "ven. 27 nov., 18 h"),
        (datetime(2026, 11, 27, 17, 5, tzinfo=UTC), "Fri 27 Nov, 18:05", "ven. 27 nov., 18 h 05"),
        (datetime(2027, 1, 1, 8, tzinfo=UTC), "Fri 1 Jan 2027, 09:00", "ven. 1 janv. 2027, 9 h"),
    ],
)
def test_moments_as_people_read_them(when: datetime, english: str, french: str) -> None:
    assert i18n.moment(when, "en", PARIS) == english
    assert i18n.moment(when, "fr", PARIS) == french


def test_distances() -> None:
    assert i18n.distance(clock.now() + timedelta(days=3), "en") == "in 3 days"
    assert i18n.distance(clock.now() - timedelta(hours=2), "fr") == "il y a 2 heures"
