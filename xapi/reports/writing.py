"""A report as files in a folder: tables for spreadsheets and for programs, and a list of what is there."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb

from xapi.reports import columns, page
from xapi.reports.measures.model import Headline, Language, Results
from xapi.reports.rows import REASONS

if TYPE_CHECKING:
    from xapi.reports.api import Report

MANIFEST = "manifest.json"
ARCHIVE = "report.zip"

Table = Sequence[Mapping[str, Any]]


def write(
    report: "Report", results: Results, folder: Path, language: Language = "en", *, rows: bool = False
) -> list[Path]:
    """Write `results` into `folder`, made if needed, and return the files.

    Each table is there as CSV and as Parquet, the network as GraphML too. `rows` adds what they were computed
    from. Last come the manifest, and an archive of all these files, to be sent: it is without the cache.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    tables = {"headline": _headlines(results.headline, language), **results.tables, **_series(results)}
    files = [file for name, table in tables.items() for file in write_table(folder / name, table)]
    files += report.write_people(results, folder)
    if rows:
        files += report.write_rows(folder)
    files.append(columns.write_dictionary(folder, files, language))
    files += page.write(report, results, folder, language, _made_by())
    manifest = folder / MANIFEST
    manifest.write_text(
        json.dumps(_manifest(report, results, language, files), indent=2, ensure_ascii=False) + "\n", "utf-8"
    )
    files = [*dict.fromkeys(files), manifest]
    with ZipFile(folder / ARCHIVE, "w", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return [*files, folder / ARCHIVE]


def _clear(folder: Path) -> None:
    """Delete the files of an earlier report: it may have named people."""
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        names = [name for name in listed if Path(name).name == name]
    except (OSError, ValueError, LookupError, TypeError):
        return
    for name in (*names, MANIFEST, ARCHIVE):
        (folder / name).unlink(missing_ok=True)


def _headlines(headlines: Mapping[str, Headline], language: Language) -> Table:
    return [
        {
            "measure": name,
            "title": headline.measure.title[language],
            "unit": headline.measure.unit[language],
            **asdict(headline.now),
            "before": headline.before.value,
            "definition": headline.measure.definition[language],
            "formula": headline.measure.formula[language],
            "source": headline.measure.source,
        }
        for name, headline in headlines.items()
    ]


def _series(results: Results) -> dict[str, Table]:
    return {f"{name}_by_week": rows for name, rows in results.series.items()}


def write_table(stem: Path, table: Table) -> list[Path]:
    """Write a table as CSV and as Parquet; an empty one, whose columns nobody knows, is not written."""
    if not table:
        return []
    comma, parquet = stem.with_suffix(".csv"), stem.with_suffix(".parquet")
    with comma.open(
        "w", encoding="utf-8-sig", newline=""
    ) as file:  # the mark tells Excel that é is one letter
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows({name: _disarmed(value) for name, value in row.items()} for row in table)
    plain = json.dumps(list(table), default=str).encode()
    lines = stem.with_suffix(".json")
    lines.write_bytes(plain)
    try:
        with duckdb.connect() as connection:
            connection.read_json(str(lines), format="array").write_parquet(str(parquet))
    finally:
        lines.unlink()
    return [comma, parquet]


def _disarmed(value: Any) -> Any:
    """Return a text that no spreadsheet takes for a formula: titles and names are written by people."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _manifest(
    report: "Report", results: Results, language: Language, files: Sequence[Path]
) -> dict[str, Any]:
    period = results.period
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_by": _made_by(),
        "source": page.address(report.source.endpoint),
        "since": f"{period.since.isoformat(timespec='seconds')}Z",
        "until": f"{period.until.isoformat(timespec='seconds')}Z",
        "course": period.course,
        "language": language,
        "names": report.source.names,
        "least": results.least,
        "complete": report.problem is None,
        "problem": report.problem and report.problem.told(language),
        "rows": dict(report.counts),
        "left_out": [
            {"reason": reason, "meaning": REASONS[reason][language], "statements": count}
            for reason, count in report.left_out.items()
        ],
        "hidden": dict(results.hidden),
        "files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }


def _made_by() -> str:
    try:
        return f"entraide {version('entraide')}"
    except PackageNotFoundError:
        return "entraide"
