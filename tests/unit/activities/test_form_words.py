"""What the form that makes an activity says of what it cannot take, in French."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

import lti_tool
from lti_tool.activities.forms import CreateForm

TRANSLATIONS = str(Path(lti_tool.__file__).parent / "translations")
SOUND = {
    "kind": "practice",
    "when": "always",
    "grading": "none",
    "wanted": "3",
    "given": "4",
    "minimum_words": "30",
}


@pytest.fixture
def french() -> Iterator[Flask]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="words", WTF_CSRF_ENABLED=False)
    Babel(app, locale_selector=lambda: "fr", default_translation_directories=TRANSLATIONS)
    return app


@pytest.mark.parametrize(
    ("field", "written", "sentence"),
    [
        ("wanted", "0", "Écrivez un nombre entier de 1 à 10."),
        ("wanted", "trois", "Écrivez un nombre entier de 1 à 10."),
        ("given", "", "Écrivez un nombre entier de 1 à 20."),
        ("minimum_words", "501", "Écrivez un nombre entier de 0 à 500."),
        ("title", "x" * 201, "Raccourcissez ce texte à 200 caractères."),
        ("kind", "", "Choisissez ce que l’on partagera."),
        ("share_by", "demain", "Choisissez une date et une heure."),
        ("grading", "stars", "N'est pas un choix valide."),  # WTForms' own
    ],
)
def test_a_field_says_it_once_and_in_french(french: Flask, field: str, written: str, sentence: str):
    with french.test_request_context(
        method="POST", data={**SOUND, "when": "dates", "share_by": "2030-01-01T12:00", field: written}
    ):
        form = CreateForm()
        assert not form.validate()
        assert {name: [str(error) for error in errors] for name, errors in form.errors.items()} == {
            field: [sentence]
        }
