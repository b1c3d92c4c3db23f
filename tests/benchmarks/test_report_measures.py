"""How long all measures of a million acts take, in how much memory, and against a tenth of them."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
MEASURED = """
import resource, sys, time
from datetime import datetime
import duckdb
from acts_told import invent
from xapi.reports.measures import Period, compute
from xapi.reports.tables import TABLES, definition

count, file, people = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with duckdb.connect(file, config={"threads": 2, "memory_limit": "1GB"}) as tables:
    if sys.argv[4] == "make":
        for table in TABLES:
            tables.execute(definition(table))
        invent(tables, count, people, courses=50)
        raise SystemExit
    begun, spent = time.perf_counter(), time.process_time()
    found = compute(tables, Period(datetime(2026, 4, 1), datetime(2026, 6, 30)))
    print(time.perf_counter() - begun, time.process_time() - spent,
          resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found.headline["came"].now.value)
"""


def measured(count: int, people: int, folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and MB at the most, of a process that only computes."""
    file = str(folder / f"{count}.duckdb")
    for step in ("make", "compute"):
        made = subprocess.run(
            [sys.executable, "-c", MEASURED, str(count), file, str(people), step],
            cwd=TESTS, env={"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    seconds, spent, memory, came = map(float, made.stdout.split())
    assert came > 0
    print(
        f"\n{count:,} acts, {came:,.0f} people: {seconds:.1f} s ({spent:.1f} s of CPU), {memory:.0f} MB",
        end="",
    )
    return seconds, spent, memory


def test_a_million_acts(tmp_path):
    _, tenth, little = measured(100_000, 2_000, tmp_path)
    _, whole, much = measured(1_000_000, 20_000, tmp_path)
    print(f"\nten times the acts: {whole / tenth:.1f} times the CPU, {much / little:.1f} times the memory")
    assert whole < 12 * tenth
    assert much < 2000
