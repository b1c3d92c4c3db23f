"""A film of 500 MB over a line that breaks ten times: it arrives whole, and memory stays flat."""

import hashlib
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import httpx
import pytest
from classroom import Classroom
from cutting import PART, Sender, line
from factories import tool
from services import free_port
from services.sqlite import Files

from lti_tool.contributions.models import Attachment
from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade

SIZE = 500 << 20  # bytes
CUTS = 10
FLAT = 32 << 20  # bytes that the process may grow by


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(path: Path) -> str:
    """A video of SIZE bytes, most of them a hole in the disk's file; its digest."""
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(13))
    table = box(b"minf", box(b"stbl"))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), hdlr, table))
    head = box(b"ftyp", b"isom", bytes(4), b"isommp42") + box(b"moov", box(b"mvhd", bytes(100)), track)
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", SIZE - len(head), b"mdat"))
        for at in range(len(head) + 8, SIZE, PART // 3):
            file.seek(at)
            file.write(at.to_bytes(8))
        file.truncate(SIZE)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def web(url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """`entraide web`, as it is run: its port, and the process that answers."""
    port = free_port()
    settings = {
        "ENTRAIDE_DATABASE_URL": url, "ENTRAIDE_DATA_DIR": str(folder), "ENTRAIDE_SECRET_KEY": "0" * 48,
        "ENTRAIDE_BASE_URL": f"http://localhost:{port}",
    }  # fmt: skip
    command = [sys.executable, "-m", "lti_tool", "web", "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | settings, cwd=folder) as server:
        try:
            for _ in range(300):
                time.sleep(0.2)
                try:
                    httpx.get(f"http://localhost:{port}/healthz")
                    break
                except httpx.TransportError:
                    continue
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            yield port, int(children[0])
        finally:
            server.terminate()


def resident(process: int) -> int:
    """The memory of a process, in bytes, without what it shares with others or could read again."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["RssAnon"].split()[0]) << 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_film_arrives_whole_over_a_line_that_breaks(tmp_path: Path) -> None:
    digest = film(tmp_path / "film.mp4")
    random = Random(7)
    with Files().fresh() as url:
        database = Database(url)
        upgrade(database)
        room = Classroom(database)
        sender = Sender(tool(database, tmp_path), database, room.visit(room.people(1, shared=False)[0]))
        cuts = [int((number + random.random()) * SIZE / CUTS) for number in range(CUTS)]
        with web(url, tmp_path) as (port, process), line(("127.0.0.1", port), cuts) as bad:
            sender._ask(port, "OPTIONS", sender.address, {})
            before, seen, over = resident(process), [0], Event()

            def watch() -> None:
                while not over.wait(0.02):
                    seen[0] = max(seen[0], resident(process))

            watching = Thread(target=watch)
            watching.start()
            began = time.monotonic()
            item = sender.send(tmp_path / "film.mp4", bad.port)
            seconds = time.monotonic() - began
            over.set()
            watching.join()
        (row,) = room.all(Attachment)
        database.dispose()
    twice = bad.up - SIZE
    print(
        f"\n{SIZE >> 20} MB, {bad.broken} cuts: {seconds:.1f} s, sent twice {twice / 2**20:.1f} MB,"
        f" memory {before >> 20} MB before, {seen[0] >> 20} MB at most"
    )
    assert "<li" in item
    assert bad.broken == CUTS
    assert (row.size, row.digest) == (SIZE, digest)
    assert twice <= CUTS * PART
    assert seen[0] - before <= FLAT
