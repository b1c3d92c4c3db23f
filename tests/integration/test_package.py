"""What users install: archive and wheel hold all that is needed, and the wheel runs the demo."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from services import free_port

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
SECONDS = 240


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source archive, and the wheel made from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--skip-dependency-check", "-o", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def wanted() -> set[str]:
    """Every file of the two packages and every template, by its path in the wheel."""
    sources = [*ROOT.glob("lti_tool/**/*"), *ROOT.glob("xapi/**/*"), *ROOT.glob("templates/**/*")]
    files = {path.relative_to(ROOT) for path in sources if path.is_file() and "__pycache__" not in path.parts}
    return {f"lti_tool/{file}" if file.parts[0] == "templates" else str(file) for file in files}


def test_the_wheel_holds_everything(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert wanted() - held == set()
    for needed in (
        "lti_tool/templates/base.html",
        "lti_tool/translations/fr/LC_MESSAGES/messages.mo",
        "lti_tool/static/dist/manifest.json",
        "lti_tool/migrations/versions/0001_the_first_tables.py",
    ):
        assert needed in held
    assert not [name for name in held if name.startswith(("tests/", "deploy/", "node_modules/"))]


def test_the_source_archive_can_make_it_again(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    for needed in (
        "pyproject.toml",
        "hatch_build.py",
        "package-lock.json",
        "LICENSE",
        "templates/base.html",
        "Makefile",
    ):
        assert needed in held


def test_the_installed_wheel_runs_the_demo_outside_the_checkout(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    target = tmp_path / "installed"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, timeout=SECONDS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")}
    line = [sys.executable, "-P", "-c", "import lti_tool; print(lti_tool.__file__)"]
    environment["PYTHONPATH"] = str(target)
    where = subprocess.run(
        line, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert where.startswith(str(target)), "the checkout would be tested instead of the wheel"

    ports = ["--lms-port", str(free_port()), "--port", str(free_port())]
    demo = subprocess.run(
        [sys.executable, "-P", "-m", "lti_tool", "demo", "--fast", *ports],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "Everything has arrived." in demo.stdout
