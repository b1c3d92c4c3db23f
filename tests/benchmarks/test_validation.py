"""The validator beside another one: where they disagree about 1.0.3, and what the specification says."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from good_and_bad import BAD, GOOD, with_part

from xapi.validation import problems

PACKAGE = "@learninglocker/xapi-validation@3.0.0"
SCRIPT = """
const check = require("@learninglocker/xapi-validation").default;
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean);
for (const line of lines) console.log(check(JSON.parse(line)).length);
"""

# Each is a part of good_and_bad by the text of its value, with the section that we go by
WE_TAKE = {
    '"12345678-1234-5678-1234-567812345678"': "Part Two has it as an example; the form is standard (2.4.1)",
    '"P0,5Y"': "ISO 8601:2004, 4.4.3.2: the lowest unit may have a fraction, after a comma or a stop (4.6)",
    '{"parent": [{"id": "https://example.org/activities/1"}], "grouping": '
    '{"id": "https://example.org/activities/1"}, "category": [], "other": '
    '[{"id": "https://example.org/activities/1"}]}': "a single activity stands for an array of one (2.4.6.2)",
    '"2026-03-01 09:30:00.6+00:00"': "RFC 3339, 5.6: a space may stand for the T (4.5)",
    '"2016-12-31T23:59:60Z"': "RFC 3339, 5.6: a leap second (4.5)",
    '{"objectType": "Group", "name": "Team", "member": [{"mbox": "mailto:ana@example.org"}, {"account": '
    '{"homePage": "https://lms.example", "name": "7"}}]}': "an anonymous group may have a name (2.4.2.2)",
}
WE_REFUSE = {
    '"{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}"': "a UUID is in its standard form, without braces (2.4.1)",
    '{"objectType": "Group", "member": [{"objectType": "Group", "name": "Team", "member": '
    '[{"mbox": "mailto:ana@example.org"}, {"account": {"homePage": "https://lms.example", "name": "7"}}]}]}':
        "members are agents, no groups (2.4.2.2)",
    '"https://example.org/a b"': "RFC 3987, 2.2: no spaces in an IRI (4.3)",
    '"https://example.org/%zz"': "RFC 3987, 2.2: two hexadecimal digits follow % (4.3)",
    '"https://"': "RFC 9110, 4.2.2: https names a host (4.3)",
    '"https://example.org/#a#b"': "RFC 3987, 2.2: one fragment (4.3)",
    '{"id": "https://example.org/activities/1", "definition": {"interactionType": "choice", "choices": '
    '[{"id": "a", "description": {"en": "a"}}, {"id": "a", "description": {"en": "a"}}]}}':
        "ids of interaction components are distinct (2.4.4.1)",
    '{"min": 5, "max": 5}': "min is less than max (2.4.5.1)",
    '"-PT1S"': "ISO 8601:2004, 4.4.3.2 has no sign (4.6)",
    '{"mbox": "mailto:ana@example.org"}': "a team is a group, and a group says so (2.4.6, 2.4.2.2)",
    '{"id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}': "a StatementRef says so (2.4.4.3)",
    '"2026-03-01"': "RFC 3339, which 4.5 recommends, has the time and its offset",
    '"2026-02-30T09:30:00Z"': "February has no 30th",
    '{"ar-a-aaa-b-bbb-a-ccc": "did"}': "RFC 5646, 2.2.6: a singleton stands once in a language tag (4.2)",
    '"20260301T093000Z"': "RFC 3339, which 4.5 recommends, has hyphens and colons",
}  # fmt: skip
LENGTH, SHA2 = "a length in octets is not negative (2.4.11)", "63 digits are no SHA-2 (2.4.11)"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The other validator, freshly installed."""
    if not shutil.which("npm"):
        pytest.skip("there is no npm here")
    folder = tmp_path_factory.mktemp("validator")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    if subprocess.run(install, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("npm does not give the package")
    return folder


def why(text: str) -> str | None:
    if text.startswith('[{"usageType"'):
        return LENGTH if '"length": -1' in text else SHA2 if f'"{"a" * 63}"' in text else None
    return WE_TAKE.get(text) or WE_REFUSE.get(text)


def test_agreement_with_another_validator(other):
    parts = [part[:2] for part in (*GOOD, *BAD) if part[1] == part[1] and "NaN" not in json.dumps(part[1])]
    statements = [with_part(*part) for part in parts]
    lines = "\n".join(map(json.dumps, statements))
    found = subprocess.run(
        ["node", "-e", SCRIPT], input=lines, capture_output=True, text=True, cwd=other, check=True
    ).stdout.split()
    disagreements = []
    for (path, value), statement, count in zip(parts, statements, found, strict=True):
        ours = bool(problems(statement, "1.0.3"))
        if ours != (count != "0"):
            text = json.dumps(value, ensure_ascii=False)
            disagreements.append(text)
            print(f"  {'we refuse' if ours else 'we take'} {path}: {text[:70]} as {why(text)}")
    print(f"{PACKAGE}: {len(parts) - len(disagreements)} of {len(parts)} statements judged the same")
    assert [text for text in disagreements if not why(text)] == []
    assert len(disagreements) == len(WE_TAKE) + len(WE_REFUSE) + 2
