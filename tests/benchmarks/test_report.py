"""A report from an LRS: how long, how much memory, and against a tenth of the statements.

ENTRAIDE_TEST_STATEMENTS says how many there are; a million take some minutes.
"""

import json
import multiprocessing
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from peers import TOKEN, Peers

from xapi.statements import to_bytes

SIZE = int(os.environ.get("ENTRAIDE_TEST_STATEMENTS", "100000"))
PAGE = 500
STORED = datetime(2025, 6, 1, tzinfo=UTC)  # the first
BETWEEN = timedelta(seconds=1)
MEASURED = """
import json, resource, sys, time
from xapi.reports.command import report
began = time.perf_counter()
report(sys.argv[1:], standalone_mode=False)
usage = resource.getrusage(resource.RUSAGE_SELF)
seconds, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
print(json.dumps({"seconds": seconds, "cpu": cpu, "mib": usage.ru_maxrss / 1024}))
"""


class Courses:
    """Statements of as many courses as it takes, made of the bytes of one; each page when it is asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.bytes = [to_bytes(event) for event in Peers(people=60).events()]

    def page(self, query: dict[str, list[str]]) -> bytes:
        first = int(query["from"][0]) if "from" in query else self._after(query.get("since", [""])[0])
        numbers = range(first, min(first + PAGE, self.count))
        courses = groupby(numbers, lambda number: number // len(self.bytes))
        told = b",".join(self._of_course(course, inside) for course, inside in courses)
        more = f"/statements?from={numbers.stop}" if numbers.stop < self.count else ""
        return b'{"more":"%s","statements":[%s]}' % (more.encode(), told)

    def _of_course(self, course, numbers) -> bytes:
        told = b",".join(
            b'{"stored":"%s",%s' % (stored(number).encode(), self.bytes[number % len(self.bytes)][1:])
            for number in numbers
        )
        return told.replace(TOKEN.encode(), b"%08x" % course)

    @staticmethod
    def _after(since: str) -> int:
        return max((datetime.fromisoformat(since) - STORED) // BETWEEN + 1, 0) if since else 0


def stored(number: int) -> str:
    return (STORED + number * BETWEEN).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def serve(count: int, ready) -> None:
    courses = Courses(count)

    class Lrs(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            about = url.path.endswith("/about")
            body = b'{"version":["2.0.0"]}' if about else courses.page(parse_qs(url.query))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Lrs) as server:
        ready.send(server.server_port)
        server.serve_forever()


@contextmanager
def lrs(count: int):
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, theirs))
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def run(url: str, out: Path, *more: str) -> dict[str, float]:
    arguments = ["--url", url, "--username", "u", "--password", "p", "--out", str(out), *more]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def told(what: str, spent: dict[str, float]) -> None:
    print(f"  {what}: {spent['seconds']:.1f} s ({spent['cpu']:.1f} s of CPU), {spent['mib']:.0f} MiB at most")


@pytest.fixture(scope="module")
def spent(tmp_path_factory) -> dict[int, dict[str, dict[str, float]]]:
    found = {}
    for count in (SIZE // 10, SIZE):
        out = tmp_path_factory.mktemp("report")
        with lrs(count) as url:
            found[count] = {
                "reading and reporting": run(url, out),
                "reporting again": run(url, out, "--no-fetch"),
                "topping up and reporting": run(url, out),
            }
        rows = json.loads((out / "manifest.json").read_text("utf-8"))["rows"]
        assert rows["acts"] == count
        size = sum(file.stat().st_size for file in (out / "cache").iterdir()) / 2**20
        print(f"\n{count:,} statements (cache {size:.0f} MiB)")
        for what, figures in found[count].items():
            told(what, figures)
    return found


def test_memory_does_not_grow_with_the_store(spent):
    small, large = (one["reading and reporting"]["mib"] for one in spent.values())
    print(f"  memory {large / small:.2f}x for 10x the statements")
    assert large <= 768
    assert large <= 4 * small


def test_time_grows_no_faster_than_the_store(spent):
    small, large = (one["reading and reporting"]["cpu"] for one in spent.values())
    print(f"  CPU {large / small:.1f}x for 10x the statements")
    assert large / small <= 13
