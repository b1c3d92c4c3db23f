"""The way to a mail server: one connection for several messages, with a time limit, in the worker only."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from . import clock

TIMEOUT = 20.0  # seconds of a connection, and of each answer
# What we write to: an address that needs no quoting, and holds nothing that ends a header.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


class MailError(Exception):
    """The server took nothing now; later it may."""


class MailRefusedError(MailError):
    """The server will never take this: the address or the message is refused for good."""


def is_address(text: str) -> bool:
    """Whether mail can be sent there: a plain address (RFC 5321, section 4.1.2), without its rare forms."""
    return bool(_ADDRESS.fullmatch(text))


def line(text: str) -> str:
    """A text as a header may hold it: on one line."""
    return " ".join(_BREAKS.sub(" ", text).split())


def message(*, sender: str, to: str, subject: str, plain: str, html: str, number: UUID) -> EmailMessage:
    """A message in plain text and HTML, known by its `number` however often it is sent (RFC 5322, 3.6.4)."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = line(subject)
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{number}@{sender.rpartition('@')[2].rstrip('>')}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    made.set_content(plain)
    made.add_alternative(html, subtype="html")
    return made


class Mailer:
    """A mail server, by its address: smtp://user:password@host:587, or smtps:// for TLS from the start.

    With smtp:// STARTTLS is used where it is offered; where a password is to be said, it must be.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._at = urlsplit(url)
        self.sender = sender

    @contextmanager
    def connection(self) -> Iterator["Connection"]:
        """A connection. Raises MailError when there is none to be had."""
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"{type(error).__name__}: {error}") from error
        try:
            yield Connection(server)
        finally:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _connect(self) -> smtplib.SMTP:
        host, at = self._at.hostname or "localhost", self._at
        secure = ssl.create_default_context()
        if at.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT, context=secure)
        else:
            server = smtplib.SMTP(host, at.port or 587, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=secure)
            elif at.password:
                server.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS is offered, so the password is not said")
        if at.username:
            server.login(unquote(at.username), unquote(at.password or ""))
        return server


class Connection:
    """An open connection to a mail server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def send(self, mail: EmailMessage) -> None:
        """Send a message.

        Raises:
            MailRefusedError: its address or content is refused for good (a 5xx answer).
            MailError: anything else; the same message may go later.

        """
        try:
            self._server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            kind = MailRefusedError if all(code >= 500 for code in codes) else MailError
            raise kind(f"recipient refused: {codes}") from error
        except smtplib.SMTPResponseException as error:
            kind = MailRefusedError if error.smtp_code >= 500 else MailError
            raise kind(f"{error.smtp_code} {error.smtp_error!r}") from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise MailError(f"{type(error).__name__}: {error}") from error
