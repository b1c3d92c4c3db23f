"""A report from a real LRS over HTTP: by script, by command, with nothing of the tool."""

import csv
import hashlib
import json
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from click.testing import CliRunner

from xapi.reports import Report
from xapi.reports.command import INCOMPLETE, report

ROOT = Path(__file__).parents[4]
VERBS = {"assigned-review": "assigned", "submit": "submitted", "liked": "thanked"}


def run(source, out: Path, *more: str, password: str = "secret"):
    arguments = ["--url", source.url, "--username", "key", "--out", str(out), *more]
    return CliRunner().invoke(report, arguments, env={"ENTRAIDE_REPORT_PASSWORD": password})


def column(name: str, file: Path) -> set:
    return {value for [value] in duckdb.sql(f"SELECT {name} FROM '{file}'").fetchall()}


def expected(events) -> Counter:
    words = (event.verb.iri.rpartition("/")[2] for event in events)
    return Counter(VERBS.get(word, word) for word in words)


@pytest.fixture(scope="module")
def out(peers_told, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    result = run(peers_told, folder, "--rows", "--language", "fr")
    assert result.exit_code == 0, result.output
    return folder


def test_every_event_is_an_act(out, peers_told):
    acts = duckdb.sql(f"SELECT act, count(*) FROM '{out}/acts.parquet' GROUP BY act").fetchall()
    assert dict(acts) == expected(peers_told.events)


def test_the_manifest_says_what_is_there(out):
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["complete"]
    assert manifest["left_out"] == []
    assert "secret" not in json.dumps(manifest)
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    with (out / "headline.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["measure"] for row in rows} == column("measure", out / "headline.parquet")


def test_nobody_is_named_unless_asked(out, peers_told):
    people = {event.actor.name for event in peers_told.events}
    tables = list(out.glob("*.csv"))
    assert tables
    for file in tables:
        assert not any(name in file.read_text("utf-8-sig") for name in people), file


def test_a_report_leaves_nothing_of_the_one_before(out, peers_told, tmp_path):
    """It may have named people."""
    folder, outside = shutil.copytree(out, tmp_path / "out"), tmp_path / "outside.csv"
    for file in (folder / "people.csv", folder / "notes.txt", outside):
        file.write_text("Zoé")
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    told["files"] |= {"people.csv": "", "../outside.csv": ""}
    (folder / "manifest.json").write_text(json.dumps(told))
    assert run(peers_told, folder, "--no-fetch").exit_code == 0
    left = {file.name for file in folder.iterdir() if file.is_file()}
    kept = set(json.loads((folder / "manifest.json").read_text("utf-8"))["files"])
    assert left == kept | {"manifest.json", "report.zip", "notes.txt"}
    assert outside.exists()
    with ZipFile(folder / "report.zip") as archive:  # what is sent to others is without the cache
        assert set(archive.namelist()) == kept | {"manifest.json"}


def test_what_was_read_is_enough(out, peers_told):
    with Report.read(peers_told.url, "key", "", cache=out / "cache", fetch=False) as again:
        assert again.read_now == 0
        assert again.counts["acts"] == len(peers_told.events)


def test_says_what_is_wrong(peers_told, tmp_path):
    missing = CliRunner().invoke(report, ["--url", "x", "--username", "key", "--out", str(tmp_path)])
    assert missing.exit_code == 2
    refused = run(peers_told._replace(url=f"{peers_told.url}/nowhere"), tmp_path)
    assert refused.exit_code == 1
    assert "404" in refused.output
    upside_down = run(peers_told, tmp_path, "--since", "2026-04-01", "--until", "2026-03-01")
    assert upside_down.exit_code == 1
    assert "Traceback" not in upside_down.output


def test_reports_on_what_was_read_when_the_lrs_fails_later(peers_told, out, tmp_path):
    shutil.copytree(out / "cache", tmp_path / "cache")
    result = run(peers_told, tmp_path, "--language", "fr", password="changed since")
    assert result.exit_code == INCOMPLETE, result.output
    assert "Relancez-le" in result.output
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert not manifest["complete"]
    told = "il refuse cet identifiant ou ce mot de passe"
    assert all(told in text for text in (result.output, manifest["problem"]))
    assert told in (tmp_path / "report.html").read_text("utf-8")
    assert manifest["rows"]["acts"] == len(peers_told.events)


def test_the_script_of_ten_lines(peers_told, tmp_path, monkeypatch, capsys):
    script = ROOT / "examples" / "report.py"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(script), peers_told.url, "key", "secret", "made"])
    runpy.run_path(str(script), run_name="__main__")
    assert f"{len(peers_told.events)} acts; left out: {{}}" in capsys.readouterr().out
    assert (tmp_path / "made" / "manifest.json").exists()
    lines = [line for line in script.read_text("utf-8").splitlines()[1:] if line.strip()]
    assert len(lines) <= 10


def test_needs_nothing_of_the_tool(peers_told, tmp_path):
    watched = (
        "import sys; from xapi.reports import Report;"
        "Report.read(*sys.argv[1:4], cache=sys.argv[4]).close();"
        "print({name.partition('.')[0] for name in sys.modules} & {'lti_tool', 'flask', 'pylti1p3'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched, peers_told.url, "key", "secret", str(tmp_path)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "set()"
