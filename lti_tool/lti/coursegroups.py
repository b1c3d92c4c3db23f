"""The groups of a course, as the platform knows them: its Course Groups Service 1.0, or what launches say."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from ..kernel.markup import plain
from ..people.groups import Named, add_groups, keep_members
from ..people.models import Group, GroupMember, GroupSource, Platform
from . import paging
from .names import GROUP_IDS, GROUP_NAMES
from .services import ServiceConnector
from .shapes import LONGEST, line

SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
_TYPE = "application/vnd.ims.lti-gs.v1.{}+json"
GROUP_LIST, SET_LIST = _TYPE.format("contextgroupcontainer"), _TYPE.format("contextgroupsetcontainer")
_MOST = 100  # groups that one launch may name
_SECTION = "section:"  # before a name that stands for a group without an id


def read_groups(
    connector: ServiceConnector, platform: Platform, groups_url: str, sets_url: str
) -> dict[str, Named]:
    """The groups that the platform's service lists (section 3.3), by their ids.

    Raises:
        ServiceError: as `paging.pages`.

    """
    sets: dict[str, str] = {}
    if sets_url:
        told = _listed(connector, platform, sets_url, SET_LIST, "sets")
        sets = {identifier(each.get("id")): line(each, "name") for each in told}
    told = _listed(connector, platform, groups_url, GROUP_LIST, "groups")
    groups = {
        identifier(each.get("id")): Named(line(each, "name"), sets.get(identifier(each.get("set_id")), ""))
        for each in told
    }
    groups.pop("", None)
    return groups


def place_at_launch(session: Session, course_id: UUID, person_id: UUID, custom: Mapping[str, str]) -> None:
    """Put somebody into the groups that their launch names; groups that nobody is in any more go.

    A launch that says nothing of groups changes nothing. One statement when all is as it was.
    """
    if not {GROUP_IDS, GROUP_NAMES} & custom.keys():
        return
    wanted = groups_named(custom)
    of_course = (Group.course_id == course_id, Group.source == GroupSource.LMS)
    mine = select(Group.external_id).join(GroupMember).where(*of_course, GroupMember.person_id == person_id)
    if set(session.scalars(mine)) == wanted.keys():
        return
    add_groups(session, course_id, GroupSource.LMS, wanted)
    ids = session.scalars(select(Group.id).where(*of_course, Group.external_id.in_(wanted))).all()
    keep_members(session, course_id, GroupSource.LMS, {person_id: ids})
    nobody = ~exists().where(GroupMember.group_id == Group.id)
    session.execute(delete(Group).where(*of_course, nobody).execution_options(synchronize_session=False))


def groups_named(custom: Mapping[str, str]) -> dict[str, Named]:
    """The groups in a launch's custom parameters: ids (Moodle), or names of sections (Canvas)."""
    ids = {identifier(each.strip()): Named("") for each in custom.get(GROUP_IDS, "").split(",")}
    names = [" ".join(plain(each).split())[:LONGEST] for each in _names(custom.get(GROUP_NAMES, ""))]
    found = ids | {_SECTION + name: Named(name) for name in names if name}
    found.pop("", None)
    return dict(list(found.items())[:_MOST])


def identifier(told: Any) -> str:
    """An id as a platform gives it, a number too; empty if it is not usable."""
    text = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
    return text if len(text) <= LONGEST and text.isprintable() else ""


def _names(told: str) -> list[str]:
    """The names in a JSON list, as Canvas sends them, or between commas."""
    try:
        names = json.loads(told)
    except (ValueError, RecursionError):
        names = None
    return [each for each in names if isinstance(each, str)] if isinstance(names, list) else told.split(",")


def _listed(
    connector: ServiceConnector, platform: Platform, url: str, media_type: str, name: str
) -> Iterator[Mapping[str, Any]]:
    for page in paging.pages(connector, platform, SCOPE, url, media_type):
        told = page.document.get(name)
        yield from (each for each in (told if isinstance(told, list) else ()) if isinstance(each, dict))
