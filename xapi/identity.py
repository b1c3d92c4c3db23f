"""Who and what a statement speaks of: accounts, IRIs, and ids that are the same at every try."""

import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID, uuid5

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(?![A-Za-z0-9])")


def require_iri(value: str) -> str:
    """Return `value` when it is an absolute IRI (RFC 3987, 2.2); raise ValueError otherwise."""
    if not _IRI.fullmatch(value):
        raise ValueError(f"not an absolute IRI: {value[:200]!r}")
    return value


def language_tag(locale: str | None) -> str | None:
    """Return the RFC 5646 tag an LMS meant by `locale` ("fr_ca" -> "fr-ca"), or None when it means none."""
    match = _LANGUAGE.match((locale or "").replace("_", "-"))
    return match.group() if match else None


@dataclass(frozen=True)
class Actor:
    """A person (or a team) known by an account, never by name or mailbox (xAPI 1.0.3, Part Two, 2.4.2.4).

    Raises ValueError when `home_page` is not an IRI or `name` is empty.
    """

    home_page: str
    name: str

    def __post_init__(self) -> None:
        require_iri(self.home_page)
        if not self.name.strip():
            raise ValueError("an account needs a name")


def lti_sub_actor(home_page: str, sub: str) -> Actor:
    """Return the actor by the LTI subject, the default: on Moodle the very account its own xAPI plugin uses.

    `home_page` is the platform's issuer, except where tenants share one issuer (Canvas cloud): there it is
    the address that the tool_platform claim names.
    """
    return Actor(home_page, sub)


def lis_sourcedid_actor(home_page: str, sourcedid: str) -> Actor:
    """Return the actor by the institution's own person id (claim `lis`, `person_sourcedid`)."""
    return Actor(home_page, sourcedid)


def pseudonym_actor(home_page: str, sub: str, key: bytes) -> Actor:
    """Return the actor by HMAC-SHA256 of its account under a tenant's `key`.

    Stable while the key lives; once the key is destroyed nobody can tell again who it was. Raises ValueError
    for a key shorter than 32 bytes.
    """
    if len(key) < 32:
        raise ValueError("a pseudonym's key needs 32 bytes")
    return Actor(home_page, hmac.digest(key, f"{home_page}\n{sub}".encode(), "sha256").hex())


def course_iri(issuer: str, context_id: str, product_family: str | None) -> str:
    """Return a stable IRI for an LMS's course: a context id such as Moodle's "2" means nothing by itself.

    On Moodle it is the course page's address, which moodle-logstore_xapi uses too. Raises ValueError when
    `issuer` is no IRI or `context_id` is empty.
    """
    if not context_id:
        raise ValueError("a course needs a context id")
    path = "course/view.php" if (product_family or "").lower() == "moodle" else "lti/context"
    return require_iri(f"{issuer.rstrip('/')}/{path}?id={quote(context_id, safe='')}")


def statement_id(tenant: UUID, event_type: str, entity: UUID, revision: int = 1) -> UUID:
    """Return the id of the statement about one event, the same whenever and wherever it is computed."""
    return uuid5(tenant, f"{event_type}:{entity}:{revision}")


def registration_id(tenant: UUID, activity: UUID, learner: UUID) -> UUID:
    """Return the registration that groups all that one learner does in one run of an activity."""
    return uuid5(tenant, f"registration:{activity}:{learner}")
