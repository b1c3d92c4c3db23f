"""The profile and its data dictionary as files."""

import csv
import io
import json
from typing import Any

from xapi.profile.dictionary import Row, rows
from xapi.profile.jsonld import document
from xapi.vocabulary import PROFILE


def as_json(part: dict[str, Any] | None = None, profile: str = PROFILE) -> str:
    """Return the profile under the base IRI `profile`, or a `part` of it, as JSON for machines and people."""
    return json.dumps(part or document(profile), ensure_ascii=False, indent=2) + "\n"


def as_csv(language: str, profile: str = PROFILE) -> str:
    """Return the data dictionary as CSV with a byte order mark, which spreadsheets need to read UTF-8."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(Row._fields)
    writer.writerows(rows(language, profile))
    return file.getvalue()
