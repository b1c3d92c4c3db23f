"""What every test may ask for: databases, a browser, an independent platform, started when first asked for.

A part that this machine cannot offer skips its tests and says why; with CI=true it fails them. The last lines
of a run say which parts ran.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from services import UnavailableError, chromium, on_ci, openedx, openedx_environment, postgres, sqlite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from sqlalchemy import Engine

    from lti_tool.kernel.database import Database

pytest_plugins = ["profiled"]

# A loaded machine is slow now and then: that says nothing of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PARTS = ("SQLite", "PostgreSQL", "Chromium", "Open edX consumer")
RAN: dict[str, str] = {}  # part -> what exactly ran
MISSING: dict[str, str] = {}  # part -> why it did not

EVERY_DATABASE = os.environ.get("ENTRAIDE_TEST_EVERY_DATABASE") == "1"
DatabaseServer = sqlite.Files | postgres.Server


@pytest.fixture(scope="session")
def session() -> Iterator[ExitStack]:
    """Whatever is started for the whole session is stopped here, last first."""
    with ExitStack() as stack:
        yield stack


def start(
    stack: ExitStack, part: str, service: AbstractContextManager[Any], name: Callable[[Any], str]
) -> Any:
    """Run `service` for as long as `stack` lasts, as `part`; skip (on CI: fail) where it cannot be had."""
    try:
        started = stack.enter_context(service)
    except UnavailableError as error:
        MISSING[part] = " ".join(str(error).split())
    else:
        RAN[part] = name(started)
        return started
    leave = pytest.fail if on_ci() else pytest.skip
    leave(f"{part}: {MISSING[part]}")


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    """A command that a test runs in this process sets up its logs for itself, not for the tests after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """What each application makes for itself, always the same: compiled templates, addresses, SQL; keys."""
    import hashlib

    from flask import Flask
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket
    from sqlalchemy import Engine
    from sqlalchemy.engine.default import DefaultDialect
    from sqlalchemy.util import LRUCache
    from werkzeug.routing import Rule

    class Kept(BytecodeCache):
        """Jinja itself compares the source: a template that has changed is compiled again."""

        codes: dict[str, bytes] = {}  # noqa: RUF012 - one for all

        def load_bytecode(self, bucket: Bucket) -> None:
            if code := self.codes.get(bucket.key):
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.codes[bucket.key] = bucket.bytecode_to_string()

    builders: dict[tuple[object, ...], Any] = {}
    build = Rule._compile_builder

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, rule.host, repr(rule.defaults), tuple(rule._trace), append_unknown
        if key not in builders:
            builders[key] = build(rule, append_unknown)
        return builders[key]

    sql: LRUCache[Any, Any] = LRUCache(5000)  # by dialect and statement
    start_engine = Engine.__init__

    def start(engine: Engine, *arguments: Any, **options: Any) -> None:
        start_engine(engine, *arguments, **options)
        engine._compiled_cache = sql

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Kept()})
        patch.setattr(hashlib, "scrypt", cache(hashlib.scrypt))
        patch.setattr(Rule, "_compile_builder", builder)
        patch.setattr(Engine, "__init__", start)
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(dialect.name))
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: one.name == getattr(other, "name", None))
        yield


# Databases: `database_url` and `engine` are empty, `database` has the tool's tables. They are SQLite's, and
# for tests marked `every_database` PostgreSQL's too. Marked are tests of locks and constraints, and enough
# others that every statement of the tool runs there; ENTRAIDE_TEST_EVERY_DATABASE=1 runs all on both.


@pytest.fixture(scope="session")
def sqlite_files() -> sqlite.Files:
    """Where SQLite databases are made, by `with sqlite_files.fresh() as url`."""
    files = sqlite.Files()
    RAN["SQLite"] = str(files)
    return files


@pytest.fixture(scope="session")
def postgres_server(session: ExitStack) -> postgres.Server:
    """Where PostgreSQL databases are made, by `with postgres_server.fresh() as url`."""
    return start(session, "PostgreSQL", postgres.server(), str)


SERVERS = {
    "sqlite": "sqlite_files",
    "postgresql": pytest.param("postgres_server", marks=pytest.mark.postgres),
}


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> DatabaseServer:
    """Where databases are made: files, and for tests of `every_database` the server too."""
    return request.getfixturevalue(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its databases, unless it says itself which."""
    own = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database_server" not in metafunc.fixturenames or "database_server" in own:
        return
    every = metafunc.definition.get_closest_marker("every_database") or EVERY_DATABASE
    names = list(SERVERS) if every else ["sqlite"]
    metafunc.parametrize(
        "database_server", [SERVERS[name] for name in names], ids=names, indirect=True, scope="session"
    )


@pytest.fixture
def database_url(database_server: DatabaseServer) -> Iterator[str]:
    """The URL of a new, empty database."""
    with database_server.fresh() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator["Engine"]:
    """The tool's engine on a new, empty database."""
    from lti_tool.kernel.database import Database

    database = Database(database_url)
    yield database.engine
    database.dispose()


@pytest.fixture(scope="session")
def template_url(database_server: DatabaseServer) -> Iterator[str]:
    """The URL of a database with the tool's tables, to be copied; nobody stays connected to it."""
    from lti_tool.kernel.database import Database
    from lti_tool.migrations import upgrade

    with database_server.fresh() as url:
        database = Database(url)
        upgrade(database)
        database.dispose()
        yield url


@pytest.fixture
def database(database_server: DatabaseServer, template_url: str) -> Iterator["Database"]:
    """A new database of the tool: all its tables, no rows."""
    from lti_tool.kernel.database import Database

    with database_server.fresh(template_url) as url:
        database = Database(url)
        yield database
        database.dispose()


# Browsers


@pytest.fixture(scope="session")
def browser(session: ExitStack) -> "Browser":
    """The running Chromium, with third-party cookies blocked."""
    return start(session, "Chromium", chromium.browser(), lambda browser: f"Chromium {browser.version}")


@pytest.fixture
def open_browser(browser: "Browser") -> Iterator[Callable[..., "BrowserContext"]]:
    """Opens the browser of one more person, empty; takes the options of Playwright's `new_context`."""
    with ExitStack() as opened:

        def open_one(**options: Any) -> "BrowserContext":
            context = browser.new_context(**options)
            opened.callback(context.close)
            return context

        yield open_one


# The independent platform


@pytest.fixture
def start_openedx() -> Iterator[Callable[..., openedx.Platform]]:
    """Starts Open edX's consumer for one tool; takes what `services.openedx.platform` takes."""
    with ExitStack() as started:

        def start_one(**addresses: str) -> openedx.Platform:
            def name(_: openedx.Platform) -> str:
                return f"Open edX consumer {openedx_environment.version()}"

            return start(started, "Open edX consumer", openedx.platform(**addresses), name)

        yield start_one


# The run itself

collect_ignore = ["benchmarks"]  # they run only when named: `make bench`


BUSY = ("browser", "openedx", "processes")  # what a busy machine may be too slow for


LONG = os.environ.get("ENTRAIDE_TEST_LONG", "") != ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what another test looks at too to `make long`.

    Let what a busy machine may break, and nothing else, fail twice; the summary names it.
    """
    left = [item for item in items if item.get_closest_marker("long")] if not LONG else []
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]
    for item in items:
        if any(item.get_closest_marker(name) for name in BUSY):
            item.add_marker(pytest.mark.flaky(reruns=2))


def pytest_configure() -> None:
    """A run that is told to stop (SIGTERM) stops as for Ctrl-C: its services do not outlive it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of a run in several says what it ran."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["parts"] = RAN, MISSING


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The run itself hears it."""
    for heard, own in zip(
        getattr(node, "workeroutput", {}).get("parts", ({}, {})), (RAN, MISSING), strict=True
    ):
        own.update(heard)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ran = " · ".join(RAN[part] for part in PARTS if part in RAN)
    terminalreporter.section("parts")
    terminalreporter.write_line(f"Ran: {ran or 'no services'}")
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_line(f"Failed once, was run again: {report.nodeid}")
    for part in PARTS:
        if part not in RAN:
            reason = MISSING.get(part, "no test that was run asked for it")
            terminalreporter.write_line(f"Did not run: {part}: {reason}")
