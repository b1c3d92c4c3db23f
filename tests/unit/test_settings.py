"""Settings: good defaults, and a clear no."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lti_tool.settings import Settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_embedded_by_default(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert settings.database_url == f"sqlite:///{tmp_path}/data/entraide.db"
    assert len(settings.secret_key) > 40
    assert settings.secret_key == Settings(data_dir=tmp_path / "data").secret_key
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def test_with_a_database_of_its_own_the_secret_must_be_set(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="ENTRAIDE_SECRET_KEY must be set"):
        Settings(data_dir=tmp_path, database_url="postgresql+psycopg://x/y")


@pytest.mark.parametrize(
    "url", ["http://entraide.example.org", "ftp://localhost", "https://", "https://x.org/app", "nonsense"]
)
def test_addresses_that_no_lms_could_embed(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        Settings(data_dir=tmp_path, base_url=url)


def test_the_environment_says_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTRAIDE_BASE_URL", "https://entraide.example.org/")
    monkeypatch.setenv("ENTRAIDE_DATA_DIR", str(tmp_path))
    assert Settings().base_url == "https://entraide.example.org"
