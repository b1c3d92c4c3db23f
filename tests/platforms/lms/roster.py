"""Names and Role Provisioning Services 2.0, and Course Groups 1.0."""

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from platforms.lms.exchange import RefusedError, accepts, answer, authorized, demand
from platforms.lms.messages import LTI, customised, roles
from platforms.lms.people import Course, Link, Member
from platforms.lms.personalities import GROUPS, LAUNCH, ROSTER
from werkzeug import Request, Response

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
GROUP_LIST = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
GROUP_SETS = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"


def memberships(lms: "Lms", request: Request, course: str) -> Response:
    """GET a page of a course's members."""
    demand(course in lms.courses, "No such context", 404)
    authorized(lms, request, ROSTER)
    accepts(lms, request, MEMBERS)
    within, args = lms.courses[course], request.args
    limit = args.get("limit", "")
    demand(not limit or (limit.isdecimal() and limit != "0"), "limit must be a number")
    link = args.get("rlid")
    demand(link is None or link in within.links, "No such resource link", 404)
    demand(len(args.getlist("rlid")) < 2, "rlid twice")
    members, role = _wanted(lms, within, args), args.get("role")
    if role is not None:
        members = [each for each in members if _plays(lms, each, within, role)]
    size = int(limit or lms.personality.page or len(members) or 1)
    start = _start(lms, args)
    page = members[start : start + size]
    body = {
        "id": f"{lms.url}/contexts/{course}/memberships",
        "context": {"id": course, "label": within.label, "title": within.title},
        "members": [
            _told(lms, each, within, within.links.get(link or ""), "groups" in args) for each in page
        ],
    }
    response = answer(lms, body, MEMBERS)
    for address, relation in _links(lms, request, within, start + size, len(members)):
        response.headers.add("Link", f"<{address}>; {relation}")
    return response


def _wanted(lms: "Lms", course: Course, args: Any) -> list[Member]:
    since = args.get("since")
    if since is not None:
        demand(lms.personality.differences and since.isdecimal(), "No differences", 404)
        return [each for each in course.members.values() if each.changed > int(since)]
    listed = {"Active", "Inactive"} if lms.personality.lists_inactive else {"Active"}
    return [
        each
        for each in course.members.values()
        if each.status in listed and (each.role != "TestUser" or lms.personality.test_users_on_roster)
    ]


def _plays(lms: "Lms", member: Member, course: Course, role: str) -> bool:
    played = roles(lms, member.person, course, on_roster=True)
    return role.rpartition("#")[2] in {each.rpartition("#")[2] for each in played}


def _start(lms: "Lms", args: Any) -> int:
    given = args.get("page" if lms.personality.bookmarks else "from")
    if given is None:
        return 0
    if not lms.personality.bookmarks:
        demand(given.isdecimal(), "from must be a number")
        return int(given)
    try:
        start = int(json.loads(base64.urlsafe_b64decode(given.removeprefix("bookmark:")))[1])
    except (ValueError, LookupError, TypeError) as error:
        raise RefusedError(400, f"Unknown bookmark {given}") from error
    demand(_bookmark(start) == given, f"Unknown bookmark {given}")
    return start


def _bookmark(start: int) -> str:
    return "bookmark:" + base64.urlsafe_b64encode(json.dumps(["Member", start]).encode()).decode()


def _told(lms: "Lms", member: Member, course: Course, link: Link | None, with_groups: bool) -> dict[str, Any]:
    person = member.person
    told: dict[str, Any] = {
        "status": member.status,
        "roles": roles(lms, person, course, on_roster=True),
        "user_id": person.sub,
        "lis_person_sourcedid": f"SIS-{person.sub}",
    }
    if lms.sends_names and person.name:
        told |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if lms.sends_email:
        told["email"] = person.email
    if link:
        message = {LTI + "message_type": LAUNCH, LTI + "custom": customised(lms, person, course, link, None)}
        told["message"] = [message]
    if with_groups and GROUPS in lms.scopes:
        mine = [each.id for each in course.groups.values() if person.sub in each.members]
        told["group_enrollments"] = [{"group_id": each} for each in mine]
    return told


def _links(lms: "Lms", request: Request, course: Course, after: int, total: int) -> list[tuple[str, str]]:
    given = {name: value for name, value in request.args.items() if name not in ("from", "page")}
    if lms.personality.next_drops_filters:
        given = {name: value for name, value in given.items() if name == "limit"}
    here = request.base_url
    if lms.link_elsewhere:
        return [(lms.link_elsewhere, 'rel="next"')]
    if lms.link_loop:
        return [(request.url, 'rel="next"')]
    if after < total:
        at = {"page": _bookmark(after)} if lms.personality.bookmarks else {"from": str(after)}
        return [(f"{here}?{urlencode(given | at, safe=':')}", lms.personality.link_style)]
    if lms.personality.differences:
        query = urlencode({"since": str(course.changes)})
        return [(f"{here}?{query}", lms.personality.link_style.replace("next", "differences"))]
    return []


# Groups


def groups(lms: "Lms", request: Request, course: str) -> Response:
    """GET the groups of a course, or those of one user."""
    sub = request.args.get("user_id")
    told = []
    for group in _grouped(lms, request, course).groups.values():
        if sub is None or sub in group.members:
            each = {"id": group.id, "name": group.name, "tag": group.tag}
            told.append(each | ({"set_id": group.group_set.id} if group.group_set else {}))
    accepts(lms, request, GROUP_LIST)
    return _page(lms, request, "groups", told, GROUP_LIST)


def group_sets(lms: "Lms", request: Request, course: str) -> Response:
    """GET the group sets of a course."""
    told = [{"id": each.id, "name": each.name} for each in _grouped(lms, request, course).group_sets.values()]
    return _page(lms, request, "sets", told, GROUP_SETS)


def _grouped(lms: "Lms", request: Request, course: str) -> Course:
    demand(course in lms.courses and GROUPS in lms.scopes, "No such service", 404)
    authorized(lms, request, GROUPS)
    return lms.courses[course]


def _page(lms: "Lms", request: Request, name: str, told: list[dict[str, str]], media: str) -> Response:
    limit = request.args.get("limit", "")
    demand(not limit or (limit.isdecimal() and limit != "0"), "limit must be a number")
    start, size = int(request.args.get("from", 0)), int(limit or len(told) or 1)
    response = answer(lms, {"id": request.base_url, name: told[start : start + size]}, media)
    if start + size < len(told):
        following = urlencode({**request.args, "from": str(start + size)})
        response.headers["Link"] = f"<{request.base_url}?{following}>; {lms.personality.link_style}"
    return response
