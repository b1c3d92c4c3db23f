"""A PostgreSQL server: the one that ENTRAIDE_TEST_POSTGRES_URL names, or one of our own for the session."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, event, make_url
from sqlalchemy.pool import Pool

from services import UnavailableError, install

# Nothing here outlives the session, so nothing has to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}


connections: weakref.WeakSet[psycopg.Connection] = weakref.WeakSet()  # of this process


@event.listens_for(Pool, "connect")
def remember(connection: object, _: object) -> None:
    """Know every connection of every engine."""
    if isinstance(connection, psycopg.Connection):
        connections.add(connection)


def hang_up(name: str) -> None:
    """Close what engines keep open to a database: nobody else does, and psycopg warns of it."""
    for connection in list(connections):
        if not connection.closed and connection.info.dbname == name:
            connection.close()


# Where a change of the tables leaves its mark: a row more or less, or one that a later transaction wrote.
CATALOGUES = ("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_trigger", "pg_proc")
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
COUNT_ANEW = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


class Copy:
    """A database made from a template: when a test has used it, it can be made as new, ten times as fast."""

    def __init__(self, name: str, connection: psycopg.Connection) -> None:
        self.name = name
        tables = [table for (table,) in connection.execute(TABLES)]
        filled = {
            table for table in tables if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        }
        self._unchanged = " UNION ALL ".join(
            f"SELECT count(*), max(xmin::text::bigint) FROM {table}" for table in (*CATALOGUES, *filled)
        )
        self._was = connection.execute(self._unchanged).fetchall()
        # No foreign key is checked meanwhile: all these tables are empty afterwards.
        deletions = [f"DELETE FROM {table}" for table in tables if table not in filled]
        self._empty = "; ".join(["SET session_replication_role = replica", *deletions, COUNT_ANEW])

    def renew(self, connection: psycopg.Connection) -> bool:
        """Take all rows out; whether it is like its template again. Whoever is still connected is cut off."""
        while connection.execute(OTHERS).fetchall():
            time.sleep(0.005)
        if connection.execute(self._unchanged).fetchall() != self._was:
            return False
        try:
            connection.execute(self._empty)
        except psycopg.errors.InsufficientPrivilege:  # not our own server
            return False
        return True


class Server:
    """A running server on which databases can be made and dropped; `note` says where it comes from."""

    def __init__(self, url: URL, note: str) -> None:
        self.url = url
        self.note = note
        self._spare: dict[str, list[Copy]] = {}  # template -> its copies that are as new
        with self._administrator() as connection:
            self.version = connection.info.parameter_status("server_version").split()[0]

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} ({self.note})"

    @contextmanager
    def fresh(self, template: str | None = None) -> Iterator[str]:
        """The SQLAlchemy URL of a new database, a copy of the one at URL `template` if given.

        Nobody can use it afterwards. Nobody may be connected to the template meanwhile.
        """
        if template:
            with self._copied(template) as name:
                yield self._url(name)
            return
        name = self._create("template1")
        try:
            yield self._url(name)
        finally:
            hang_up(name)
            self._drop(name)

    @contextmanager
    def _copied(self, template: str) -> Iterator[str]:
        spare = self._spare.setdefault(template, [])
        if spare:
            copy = spare.pop()
        else:
            name = self._create(make_url(template).database)
            with self._administrator(name) as connection:
                copy = Copy(name, connection)
        renewed = False
        try:
            yield copy.name
            hang_up(copy.name)
            with self._administrator(copy.name) as connection:
                renewed = copy.renew(connection)
        finally:
            if renewed:
                spare.append(copy)
            else:
                self._drop(copy.name)

    def close(self) -> None:
        """Drop what was kept for another test."""
        for copy in [copy for spare in self._spare.values() for copy in spare]:
            self._drop(copy.name)
        self._spare.clear()

    def _create(self, source: str) -> str:
        name = f"entraide_test_{uuid.uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, source)
        return name

    def _drop(self, name: str) -> None:
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str, *names: str) -> None:
        with self._administrator() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _administrator(self, database: str | None = None) -> psycopg.Connection:
        url = self.url.set(drivername="postgresql", database=database or self.url.database)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def server() -> Iterator[Server]:
    """A server for the session; raises `UnavailableError`. One that we start is stopped at the end."""
    if given := os.environ.get("ENTRAIDE_TEST_POSTGRES_URL"):
        try:
            existing = Server(
                make_url(given).set(drivername="postgresql+psycopg"), "ENTRAIDE_TEST_POSTGRES_URL"
            )
        except psycopg.OperationalError as error:
            raise UnavailableError(
                f"the server of ENTRAIDE_TEST_POSTGRES_URL does not answer: {error}"
            ) from error
        with closing(existing):
            yield existing
        return
    binaries = find_binaries()
    if not binaries:
        install("postgresql")
        binaries = find_binaries()
    if not binaries:
        raise UnavailableError("PostgreSQL is installed, but without a working initdb and postgres")
    with own_server(binaries) as started:
        yield started


def find_binaries() -> Path | None:
    """The folder with the newest `initdb` and `postgres` that belong together and both run."""
    folders = set(Path("/usr/lib/postgresql").glob("*/bin")) | set(Path("/usr").glob("pgsql-*/bin"))
    if on_path := shutil.which("initdb"):
        folders.add(Path(on_path).resolve().parent)
    versions = {folder: _version(folder) for folder in folders}
    return max((folder for folder in folders if versions[folder]), key=versions.__getitem__, default=None)


def _version(folder: Path) -> tuple[int, ...]:
    """(15, 18), or () where one of the two programs is missing, does not run or is of another version."""
    found = set()
    for program in ("initdb", "postgres"):
        try:
            answer = subprocess.run(
                [folder / program, "--version"], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return ()
        found.add(answer.stdout.split(")")[1].split()[0])
    try:
        return tuple(map(int, found.pop().split("."))) if len(found) == 1 else ()
    except ValueError:  # a development version
        return (0,)


@contextmanager
def own_server(binaries: Path) -> Iterator[Server]:
    """A server in a temporary folder, reached through a socket in it: no port, no password, nobody else."""
    folder = Path(tempfile.mkdtemp(prefix="entraide-pg-"))  # short: a socket's path has at most 107 bytes
    owner = _unprivileged(folder)
    data, log = folder / "data", folder / "log"
    try:
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "entraide", "-A", "trust", f"--locale={locale}", "-N"],
            cwd=folder, capture_output=True, text=True, check=False, **owner,
        )  # fmt: skip
        if made.returncode != 0:
            raise UnavailableError(f"{binaries}/initdb failed: {made.stderr.strip()[-400:]}")
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder, stdout=output, stderr=output, **owner,
            )  # fmt: skip
        try:
            url = URL.create(
                "postgresql+psycopg", "entraide", database="postgres", query={"host": str(folder)}
            )
            yield _when_ready(url, process, log)
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it does not wait for clients
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, object]:
    """How to run the server as somebody else when we are root, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise UnavailableError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")


def _when_ready(url: URL, process: subprocess.Popen, log: Path) -> Server:
    """The server at `url`, as soon as it answers; raises `UnavailableError` if it does not in two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return Server(url, "own server")
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise UnavailableError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-400:]}")
