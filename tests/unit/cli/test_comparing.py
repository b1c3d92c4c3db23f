"""`entraide compare`."""

import csv
import json

import pytest
from click.testing import CliRunner

from lti_tool.cli import entraide


def run(text):
    return CliRunner().invoke(entraide, ["compare", "-"], input=text)


def test_a_scale_and_what_to_think_of_it():
    """4 wins of 4 count as 3.7: the log odds are ln(3.7 / 0.3)."""
    lines = [f"{pair};{judge}" for judge in range(4) for pair in ("Ämne;=b", "=b;c")]
    done = run("\n".join(["\ufeffWinner;Loser;judge", *lines]))
    assert done.exit_code == 0
    header, *rows = csv.reader(done.stdout.splitlines())
    assert header == ["item", "score", "se"]
    assert [row[0] for row in rows] == ["Ämne", "=b", "c"]
    assert [float(row[1]) for row in rows] == pytest.approx([2.5123, 0, -2.5123], abs=1e-4)
    said = json.loads(done.stderr)
    assert said.keys() == {"ssr", "split_half", "warning"}
    assert "fewer than 10" not in (said["warning"] or "")  # few, but the halves agree


def test_noise_is_told():
    lines = [f"{judge},{one},{other}" for judge in range(9) for one, other in ("ab", "bc", "ca")]
    said = json.loads(run("\n".join(["judge,winner,loser", *lines])).stderr)
    assert (said["ssr"], said["split_half"]) == (None, 0.0)  # all are equal
    assert "coin tosses" in said["warning"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("judge,winner,loser\n1,a,b\n2,c,c\n", 'line 3: "c" is compared with itself'),
        ("judge,winner,loser\n1,a,\n", 'line 2: nothing under "loser"'),
        ("judge,better,worse\n1,a,b\n", 'line 1: no column "winner"'),
        ("judge,winner,loser\n", "There are no comparisons"),
        ("", 'no column "judge"'),
    ],
)
def test_what_cannot_be_used_says_where_and_why(text, why):
    done = run(text)
    assert (done.exit_code, done.stdout) == (1, "")
    assert why in done.stderr
