"""What `entraide doctor` sees from here: settings, address, database, keys, files, worker, mail."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import httpx
from cryptography.fernet import InvalidToken
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ..kernel import clock, outgoing
from ..kernel.database import Database
from ..kernel.heartbeat import alive
from ..kernel.mail import Mailer, MailError
from ..kernel.secrets import Sealer
from ..lti.keys import KeyState, list_keys, signing_key
from ..migrations import is_current
from ..settings import Settings
from .findings import Finding, fail, ok, warn

SHORTEST_SECRET = 32  # characters
OLDEST_KEY = timedelta(days=400)  # deploy/operations.md: a new one each year
ROOM = 3  # of the largest files, in the data folder: there they are put together
PATIENCE = 15.0  # seconds for our own address


def settings_held(settings: Settings) -> Finding:
    """What the settings themselves tell."""
    if len(settings.secret_key) < SHORTEST_SECRET:
        return warn(
            "settings",
            f"ENTRAIDE_SECRET_KEY has fewer than {SHORTEST_SECRET} characters.",
            "Set a longer one before you add platforms: another opens nothing that this one sealed.",
        )
    if settings.allow_private_networks and urlsplit(settings.base_url).scheme == "https":
        return warn(
            "settings",
            "ENTRAIDE_ALLOW_PRIVATE_NETWORKS lets calls go by http, and into your own network.",
            "Keep it only for an LMS or an LRS that is inside.",
        )
    if not settings.partitioned_cookies:
        return warn(
            "settings",
            "Browsers that block third-party cookies keep none of ours in a frame.",
            "Set ENTRAIDE_PARTITIONED_COOKIES=true.",
        )
    return ok("settings", f"They hold. The data folder is {settings.data_dir}.")


def database_reached(database: Database) -> Finding:
    """Whether it answers, and has the present schema."""
    url = database.engine.url.render_as_string(hide_password=True)
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError as error:
        return fail("database", f"{url}: {error.orig}", "Start it, or correct ENTRAIDE_DATABASE_URL.")
    if not is_current(database):
        return fail("database", f"{url} has not the present schema.", "Run: entraide db upgrade")
    return ok("database", f"{url} answers, and has the present schema.")


def keys_opened(database: Database, sealer: Sealer) -> Finding:
    """Whether the tool can sign."""
    with database.read() as session:
        try:
            kid, _ = signing_key(session, sealer)
        except LookupError:
            return fail("keys", "The tool has no key pair yet.", "Run: entraide db upgrade")
        except InvalidToken:
            return fail(
                "keys",
                "ENTRAIDE_SECRET_KEY does not open the tool's own keys: they were sealed with another.",
                "Set the former one again; it is in your backup.",
            )
        listed = list_keys(session)
    signing = next(key for key in listed if key.kid == kid)
    age = clock.now() - signing.created_at
    if age > OLDEST_KEY and not any(key.state is KeyState.COMING for key in listed):
        return warn("keys", f"{kid} has signed for {age.days} days.", "Run: entraide keys rotate")
    return ok("keys", f"{kid} signs; {len(listed)} in the key set.")


def address_answering(settings: Settings, database: Database) -> Finding:
    """Whether browsers find this installation at its address, and may show it in a frame."""
    here = settings.base_url
    try:
        with outgoing.client(here, private=True, within=PATIENCE) as http:
            answer = http.get(f"{here}/lti/jwks").raise_for_status()
            served = {key["kid"] for key in answer.json()["keys"]}
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        return fail(
            "address",
            f"The tool does not answer at {here}: {error}",
            "Run `entraide serve` or `entraide web`; else look at the name, the proxy and its certificate.",
        )
    with database.read() as session:
        ours = {key.kid for key in list_keys(session)}
    if served != ours:
        return fail(
            "address",
            f"Another installation answers at {here}: its keys are not ours.",
            "Correct ENTRAIDE_BASE_URL, or where that name leads.",
        )
    if "x-frame-options" in answer.headers:
        return fail(
            "address",
            f"A proxy adds X-Frame-Options: {answer.headers['x-frame-options']}. LMSs cannot frame us.",
            "Take it out there; the tool says itself who may frame it.",
        )
    if urlsplit(here).scheme != "https":
        return warn(
            "address",
            f"{here} is for this machine only.",
            "Set ENTRAIDE_BASE_URL to the https address that browsers use.",
        )
    if not settings.proxies:
        return warn(
            "address",
            f"{here} answers, but no proxy is trusted: all people seem to have its address.",
            "Set ENTRAIDE_PROXIES to the number of proxies in front.",
        )
    return ok("address", f"{here} leads here, and LMSs may frame it.")


def files_kept(settings: Settings) -> Iterator[Finding]:
    """Whether files can be stored, read and removed, and there is room to receive some."""
    storage = settings.storage()
    key = storage.put(BytesIO(b"entraide doctor"))
    try:
        with storage.open(key) as file:
            intact = file.read() == b"entraide doctor"
    finally:
        storage.delete(key)
    where = settings.media_url or settings.data_dir / "media"
    if intact:
        yield ok("files", f"{where} keeps them.")
    else:
        yield fail("files", f"{where} gives back something else than was stored.", "Look at the store.")
    free = shutil.disk_usage(settings.data_dir).free
    if free < ROOM * settings.largest_file:
        yield warn(
            "room",
            f"{free >> 20} MB are free in {settings.data_dir}.",
            f"Make room for {ROOM} of the largest files: {ROOM * settings.largest_file >> 20} MB.",
        )
    else:
        yield ok("room", f"{free >> 20} MB are free in {settings.data_dir}.")


def worker_alive(database: Database) -> Finding:
    """Whether anything is delivered at all."""
    with database.read() as session:
        if alive(session):
            return ok("worker", "One was seen in the last half minute.")
    return fail(
        "worker",
        "None was seen in the last half minute: nothing is delivered.",
        "Run `entraide serve` or `entraide worker`.",
    )


def mail_taken(settings: Settings) -> Finding:
    """Whether the mail server lets us in; nothing is sent."""
    if not settings.sends_mail:
        return ok("mail", "No server is set: no mail is sent.")
    try:
        with Mailer(settings.smtp_url, settings.mail_from).connection():
            return ok("mail", "The server lets us in.")
    except MailError as error:
        return fail("mail", f"The server does not let us in: {error}", "Correct ENTRAIDE_SMTP_URL.")
