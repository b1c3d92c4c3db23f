"""Who is in a course, as a platform's roster tells it (LTI Names and Role Provisioning Services 2.0)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..kernel.permissions import Role
from ..people.models import Platform
from . import paging
from .coursegroups import identifier
from .roles import read_roles
from .services import ServiceConnector, UnavailableError
from .shapes import line

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_GONE = {"inactive", "deleted"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a roster. `groups`: the ids of theirs, None where the platform does not say."""

    user_id: str
    role: Role
    test_user: bool
    active: bool
    name: str = ""
    groups: frozenset[str] | None = None
    sourcedid: str = ""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Some members, and where later changes will be listed, if the platform offers that."""

    members: Mapping[str, Member]  # by user_id
    differences: str


def read_members(
    connector: ServiceConnector, platform: Platform, url: str, *, groups: bool = False
) -> Iterator[MembersPage]:
    """Read a roster page by page.

    Args:
        connector: calls the platform.
        platform: whose roster it is.
        url: its address, or that of its differences.
        groups: ask for each member's groups too (Course Groups 1.0, section 3.4).

    Raises:
        ServiceError: as `paging.pages`.

    """
    wanted = {"groups": "true"} if groups else {}
    for page in paging.pages(connector, platform, SCOPE, url, MEDIA_TYPE, **wanted):
        told = page.document.get("members")
        if not isinstance(told, list):
            raise UnavailableError("The platform's answer has no list of members.")
        members = (read_member(each) for each in told if isinstance(each, dict))
        yield MembersPage({each.user_id: each for each in members if each}, page.differences)


def read_member(told: Mapping[str, Any]) -> Member | None:
    """A member as a platform tells of one (section 2.2); None without a usable id."""
    user_id, roles, status = identifier(told.get("user_id")), told.get("roles"), told.get("status")
    if not user_id:
        return None
    role, test_user = read_roles(roles if isinstance(roles, list) else ())
    name = line(told, "name") or f"{line(told, 'given_name')} {line(told, 'family_name')}".strip()
    gone = isinstance(status, str) and status.strip().casefold() in _GONE
    groups = _groups(told.get("group_enrollments"))
    sourcedid = line(told, "lis_person_sourcedid")
    return Member(user_id, role, test_user, not gone, name, groups, sourcedid)


def _groups(told: Any) -> frozenset[str] | None:
    if not isinstance(told, list):
        return None
    ids = (identifier(each.get("group_id")) for each in told if isinstance(each, dict))
    return frozenset(each for each in ids if each)
