"""Settings, from the environment or a .env file, each with the prefix ENTRAIDE_."""

import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .kernel.mail import is_address
from .kernel.storage import Storage, storage_at


class Settings(BaseSettings):
    """Everything that can be set. contract.md's five first; the rest have defaults that fit most."""

    model_config = SettingsConfigDict(env_prefix="ENTRAIDE_", env_file=".env", extra="ignore")

    base_url: str = "http://localhost:8091"
    database_url: str = ""  # default: SQLite in the data folder
    data_dir: Path = Path("var")
    secret_key: str = ""  # default: made on the first run, kept in the data folder
    allow_private_networks: bool = False

    store_username: str = "entraide"  # the local statement store's HTTP Basic credentials
    store_password: str = ""  # empty: the store takes statements from the worker only
    profile_url: str = "https://w3id.org/entraide/xapi"
    time_zone: str = "Europe/Paris"  # in which dates are shown
    session_hours: int = Field(default=8, ge=1, le=72)
    proxies: int = Field(default=0, ge=0, le=5)  # trusted reverse proxies in front (X-Forwarded-*)
    partitioned_cookies: bool = True
    max_image_mb: int = Field(default=20, ge=1)
    max_file_mb: int = Field(default=50, ge=1)
    max_video_mb: int = Field(default=500, ge=1)
    media_url: str = ""  # s3://bucket/prefix; default: the folder media in the data folder
    media_endpoint: str = ""  # the address of an S3-compatible store that is not Amazon's
    live_readers: int = Field(default=2000, ge=0)  # open streams of one web process; 0: pages ask instead
    smtp_url: str = ""  # smtp://user:password@host:587 or smtps://...; empty: no mail is sent
    mail_from: str = ""  # the sender of mail; needed with smtp_url
    log_level: str = "INFO"

    @field_validator("base_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ValueError(
                "must be an https address (http only on localhost): LMSs embed the tool in a frame"
            )
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be scheme, host and port only, as in https://entraide.example.org")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError(
                "must be a mail server's address, as in smtp://user:password@mail.example.org:587"
            )
        return value

    @field_validator("media_url")
    @classmethod
    def _a_bucket(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "s3" or not parts.netloc):
            raise ValueError("must name a bucket, as in s3://bucket or s3://bucket/folder")
        return value

    @field_validator("time_zone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    @model_validator(mode="after")
    def _defaults(self) -> "Settings":
        self.data_dir = self.data_dir.expanduser().resolve()
        embedded = not self.database_url
        if embedded:
            self.database_url = f"sqlite:///{self.data_dir / 'entraide.db'}"
        if not self.secret_key:
            if not embedded:
                raise ValueError(
                    "ENTRAIDE_SECRET_KEY must be set with a database of your own. Make one with:"
                    ' python -c "import secrets; print(secrets.token_urlsafe(48))"'
                )
            self.secret_key = _secret_of(self.data_dir)
        if self.smtp_url and not is_address(parseaddr(self.mail_from)[1]):
            raise ValueError("ENTRAIDE_MAIL_FROM must be an address, as in Entraide <entraide@example.org>")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether news go out by mail."""
        return bool(self.smtp_url)

    def storage(self) -> Storage:
        """Where files rest."""
        return storage_at(self.media_url, self.media_endpoint, self.data_dir / "media")

    @property
    def largest_file(self) -> int:
        """The most bytes of a file of any kind."""
        return max(self.max_image_mb, self.max_file_mb, self.max_video_mb) << 20

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which dates are shown."""
        return ZoneInfo(self.time_zone)


def _secret_of(folder: Path) -> str:
    """The embedded installation's secret key: made on the first run, then read."""
    file = folder / "secret-key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with open(file, "x", opener=_private) as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
