"""What administrators read and run says what the tool does: files, settings, commands, codes."""

import json
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
import yaml

from lti_tool.cli import entraide
from lti_tool.cli.surroundings import PORT
from lti_tool.lti.refusals import SENTENCES
from lti_tool.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCS = sorted((ROOT / "docs").glob("*.md"))
GUIDES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted(DEPLOY.glob("*.md"))]
PAGES = [*GUIDES, *DOCS]
FILES = [*PAGES, *(DEPLOY / name for name in ("Dockerfile", "compose.yaml", "Caddyfile", ".env.example"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in FILES}
SETTINGS = {f"ENTRAIDE_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
DOCKERFILE = TEXTS["deploy/Dockerfile"].replace("\\\n", " ").splitlines()


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(TEXTS["deploy/compose.yaml"])


def rows(text: str) -> list[list[str]]:
    """The cells of every table row of a page, without its rulers."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [cells for cells in table if not set("".join(cells)) <= {"-", " "}]


def instructions(name: str) -> list[str]:
    return [line.split(" ", 1)[1].strip() for line in DOCKERFILE if line.startswith(f"{name} ")]


def commands(text: str) -> list[str]:
    """Every use of the command in code: indented lines, and words between backticks."""
    joined = re.sub(r"\\\n\s*", "", text)
    code = re.findall(r"^ {4}.*", joined, re.M) + re.findall(r"`([^`\n]+)`", joined)
    return [found for line in code for found in re.findall(r"\bentraide ([a-z][^#;|&`]*)", line)]


def check_command(line: str) -> None:
    """Follow the words of a use of the command; unknown commands and options fail."""
    here: click.Command = entraide
    for word in shlex.split(line.replace("...", "")):
        if isinstance(here, click.Group) and not word.startswith("-"):
            assert word in here.commands, f"entraide {line}: no command {word!r}"
            _, found, _ = here.resolve_command(click.Context(here), [word])
            assert found
            here = found
        elif word.startswith("--"):
            given = [option for each in here.params for option in (*each.opts, *each.secondary_opts)]
            options = {*given, "--help"}
            assert word.partition("=")[0] in options, f"entraide {line}: no option {word!r}"


@pytest.mark.parametrize("name", TEXTS)
def test_every_setting_that_is_named_exists(name: str) -> None:
    of_commands = {f"ENTRAIDE_REPORT_{what}" for what in ("USERNAME", "PASSWORD")}
    assert set(re.findall(r"ENTRAIDE_[A-Z][A-Z_]*[A-Z]", TEXTS[name])) <= set(SETTINGS) | of_commands


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    told = {cells[0].strip("`"): cells[1] for cells in rows(TEXTS["README.md"]) if "ENTRAIDE_" in cells[0]}
    assert set(told) == set(SETTINGS)
    for name, default in SETTINGS.items():
        if default != "":  # an empty one is made up on the first run, or means none: told in words
            text = str(default).lower() if isinstance(default, bool) else str(default)
            assert told[name] == f"`{text}`", name


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in PAGES])
def test_every_command_that_is_shown_exists(name: str) -> None:
    for line in commands(TEXTS[name]):
        check_command(line)


def test_commands_are_found_where_they_stand() -> None:
    assert commands("    entraide db \\\n        upgrade\nor `entraide lrs test N`") == [
        "db upgrade",
        "lrs test N",
    ]
    for wrong in ("nurse", "lrs forget", "platform add --nickname N"):
        with pytest.raises(AssertionError):
            check_command(wrong)


def test_every_refusal_of_the_door_has_a_row() -> None:
    first_table = TEXTS["deploy/launch-errors.md"].split("After a launch")[0]
    told = [cells[0].strip("`") for cells in rows(first_table) if cells[0].startswith("`")]
    assert sorted(told) == sorted(SENTENCES)


@pytest.mark.parametrize("guide", ["moodle", "canvas"])
def test_guides_name_no_code_that_does_not_exist(guide: str) -> None:
    cells = [re.match(r"`([a-z-]+)`", row[0]) for row in rows(TEXTS[f"deploy/{guide}.md"])]
    codes = {cell[1] for cell in cells if cell and not cell[1].startswith("-")}
    assert len(codes) >= 5
    assert codes <= set(SENTENCES)


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", TEXTS[name]):
        if not target.startswith("https://"):
            assert (ROOT / name).parent.joinpath(target).is_file(), target


def test_the_version_is_one_and_the_same() -> None:
    assert f"\n## [{VERSION}] - 20" in TEXTS["CHANGELOG.md"]
    named = re.findall(
        r"entraide:(\d[\w.]*)|entraide-(\d[\w.]*)-py3|IMAGE_TAG:-([\w.]+)", "".join(TEXTS.values())
    )
    assert {"".join(found) for found in named} == {VERSION}


def test_compose_wires_what_the_guide_says(compose: dict) -> None:
    services = compose["services"]
    assert set(services) == {"db", "migrate", "web", "worker", "caddy"}
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    for name in ("migrate", "web", "worker"):
        program, *words = services[name]["command"]
        assert program == "entraide"
        check_command(shlex.join(words))
        assert services[name]["read_only"]
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["restart"] == "no"
    assert services["web"]["environment"]["ENTRAIDE_PROXIES"] == "${ENTRAIDE_PROXIES:-1}"
    assert compose["networks"]["database"] == {"internal": True}
    assert "front" not in services["db"]["networks"]
    assert "database" not in services["caddy"]["networks"]
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert {volume for volume in mounted if not volume.startswith((".", "/"))} == set(compose["volumes"])


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", TEXTS["deploy/compose.yaml"]))
    offered = set(re.findall(r"^(\w+)=", TEXTS["deploy/.env.example"], re.M))
    assert asked == offered


def test_caddy_lets_a_video_through_and_keeps_figures_inside() -> None:
    text = TEXTS["deploy/Caddyfile"]
    assert text.count("{") == text.count("}")
    limit = re.search(r"max_size \{\$MAX_BODY:(\d+)MiB\}", text)
    assert limit
    assert (
        int(limit[1]) > Settings.model_fields["max_video_mb"].default + 1
    )  # create_app's MAX_CONTENT_LENGTH
    assert f"MAX_BODY:-{limit[1]}MiB" in TEXTS["deploy/compose.yaml"]
    assert re.search(rf"dynamic a \S+ {PORT} ", text)
    assert "respond /metrics 404" in text


def test_the_image_is_made_from_what_is_here_and_runs_as_nobody_special() -> None:
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    sources = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert {"pyproject.toml", "hatch_build.py", "package-lock.json", "lti_tool", "xapi", "templates"} <= set(
        sources
    )
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in let_in, source
    assert instructions("USER")[-1].partition(":")[0].isdigit()
    assert instructions("EXPOSE") == [str(PORT)]
    program, *words = json.loads(instructions("CMD")[-1])
    assert program == "entraide"
    check_command(shlex.join(words))


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
def test_the_health_check_checks(status: int | None, healthy: bool) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" and status else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    _, script = json.loads(instructions("HEALTHCHECK")[0].partition(" CMD ")[2])[1:]
    assert f"'127.0.0.1', {PORT}" in script
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        if status:
            threading.Thread(target=server.handle_request, daemon=True).start()
        else:
            server.server_close()  # nobody listens
        command = [sys.executable, "-c", script.replace(str(PORT), str(server.server_port))]
        done = subprocess.run(command, stderr=subprocess.DEVNULL, timeout=20, check=False)
    assert (done.returncode == 0) is healthy
