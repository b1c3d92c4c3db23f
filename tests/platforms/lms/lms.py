"""The running LMS: what tests set up, do and look at."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from platforms.lms import login, messages, registration, server
from platforms.lms.campus import Campus
from platforms.lms.faults import Faulty
from platforms.lms.people import Course, LineItem, Link, Person
from platforms.lms.personalities import LAUNCH, MOODLE, Personality
from platforms.strict import Key, compact, key

ToolKeys = str | Callable[[], Any] | None
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Lms(Campus, Faulty):
    """An LMS with a personality, at `url`, that knows the tool as one client with one deployment.

    `tool` is the tool's base address. `tool_keys` says where its key set is: an address, or a function that
    returns it; by default TOOL/lti/jwks is fetched. What is public may be changed while it runs.
    """

    def __init__(self, personality: Personality, url: str, tool: str, tool_keys: ToolKeys) -> None:
        Campus.__init__(self, personality, url)
        Faulty.__init__(self)
        self.tool = tool
        self.tool_keys = tool_keys
        self.key: Key = key("lms")
        self.issuer = personality.issuer or url
        self.client_id = personality.client_id or f"client-{secrets.token_hex(4)}"
        self.deployment_id = personality.deployment_id
        self.scopes = personality.scopes  # granted to the tool
        self.clock: Callable[[], float] = time.time
        self.custom: dict[str, str] = {}  # custom parameters of the tool as a whole
        self.deep_linking: dict[str, Any] = {}  # changes to the settings it sends; None: left out
        self.token_answer: dict[str, Any] = {}  # changes to the answers of the token endpoint; None: left out
        self.sends_names = True
        self.sends_email = True
        self.locale = "en"
        self.answers_messages = True  # False: its pages ignore postMessage, as Canvas's apps do
        self.link_loop = False  # the next page of a roster is always the same
        self.link_elsewhere = ""  # the next page of a roster is at this address
        self.tokens_issued: list[dict[str, Any]] = []  # token, scope, expires, revoked
        self.tools: list[
            dict[str, Any]
        ] = []  # client metadata that dynamic registration took, with client_id
        self.returned: list[dict[str, Any]] = []  # claims of the deep-linking responses taken, with "links"
        self.denials: list[str] = []  # OIDC errors posted to the tool
        self.handlers: dict[str, str] = {}  # notice type -> address
        # What the services remember between requests
        self.lock = threading.RLock()
        self.stopped = threading.Event()
        self.cached_keys: Any = None
        self.seen: set[str] = set()  # jti and nonces
        self.pending: dict[str, tuple[Person, Course, dict[str, Any]]] = {}  # deep-linking requests
        self.hints: dict[str, dict[str, Any]] = {}  # message hint -> what to launch
        self.registration_tokens: dict[str, bool] = {}  # -> whether it has been used

    # Registration

    @property
    def registration(self) -> dict[str, Any]:
        """What the tool has to know: the columns of its platform table."""
        return {
            "issuer": self.issuer,
            "client_id": self.client_id,
            "auth_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
            "audience": self.personality.token_audience or None,
        }

    def invite(self, address: str) -> str:
        """The tool's registration `address` as the LMS opens it: with a configuration and a one-use token."""
        query = registration.invitation(self)
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    # Messages

    def initiation(
        self, person: Person, at: Link | Course | None, message_type: str = LAUNCH, **more: Any
    ) -> dict[str, str]:
        """The parameters with which the LMS begins a login; `more` are `claims`' for the launch to come."""
        return login.initiation(self, person, at, message_type, more)

    def authorize(self, location: str) -> dict[str, str]:
        """Check an authentication request; return the form that the browser posts: id_token and state.

        AssertionError if the tool asks for anything it should not.
        """
        return login.authorize(self, location)

    def claims(
        self, person: Person, course: Course | None = None, link: Link | None = None, *, nonce: str = "",
        message_type: str = LAUNCH, for_user: Person | None = None, line_item: LineItem | None = None,
        **changes: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """The claims of a message; `changes` are top-level claims, None leaves one out."""
        said = messages.claims(self, person, course, link, nonce, message_type, for_user, line_item) | changes
        return {name: value for name, value in said.items() if value is not None}

    def token(self, claims: Any, *, key: Key | None = None, **header: Any) -> str:
        """A token of these claims, signed by the platform's key or another; a header of None is left out."""
        key = key or self.key
        header = {"typ": "JWT", "alg": key.alg, "kid": key.kid} | header
        return compact({n: v for n, v in header.items() if v is not None}, claims, key.signer())

    def notice(self, notice_type: str, course: Course, **changes: Any) -> str:
        """A notice's JWT; `changes` are top-level claims."""
        return self.token(messages.notice(self, notice_type, course) | changes)

    def notify(self, notice_type: str, course: Course, **changes: Any) -> int:
        """Send a notice to the tool's handler over HTTP; the status it answers."""
        body = {"notices": [{"jwt": self.notice(notice_type, course, **changes)}]}
        request = urllib.request.Request(
            self.handlers[notice_type], json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with _OPENER.open(request, timeout=5) as answered:
                return int(answered.status)
        except urllib.error.HTTPError as error:
            error.close()
            return int(error.code)

    def revoke_tokens(self) -> None:
        """Every token issued so far is worth nothing."""
        for each in self.tokens_issued:
            each["revoked"] = True

    # Pages for a browser

    def page(self, person: Person, at: Link | Course, **query: str) -> str:
        """The address that signs a person in and shows a link, with the tool in a frame, or a course.

        `query`: container="window" for a new window, review=SUB for a submission review.
        """
        where = f"contexts/{at.id}" if isinstance(at, Course) else f"contexts/{at.course.id}/links/{at.id}"
        return f"{self.url}/as/{person.sub}/{where}{'?' if query else ''}{urlencode(query)}"

    def linking_page(self, person: Person, course: Course) -> str:
        """The address that signs a person in and shows the deep-linking dialog of a course."""
        return f"{self.page(person, course)}/deep_linking"

    def privacy_page(self, person: Person, course: Course) -> str:
        """The address that signs a person in and shows the tool's page about their data."""
        return f"{self.page(person, course)}/privacy"

    def registration_page(self, person: Person, address: str) -> str:
        """The address that signs a person in and opens the tool's registration `address` in a frame."""
        return f"{self.url}/as/{person.sub}/registering?{urlencode({'address': address})}"


@contextmanager
def running(
    personality: Personality = MOODLE, tool: str = "https://tool.example", *, tool_keys: ToolKeys = None,
    latency: float = 0,
) -> Iterator[Lms]:  # fmt: skip
    """A running LMS; every answer takes `latency` seconds at least."""
    with server.serving(lambda url: Lms(personality, url, tool, tool_keys)) as lms:
        if latency:
            lms.delay("", latency)
        yield lms
