"""What the LMS says to the tool: the claims of launches and notices, as its personality sends them."""

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from platforms.lms.people import MEMBERSHIP, ROLES, Course, LineItem, Link, Person
from platforms.lms.personalities import (
    AGS,
    COPIED,
    DEEP_LINKING,
    GROUPS,
    HELLO,
    NOTICES,
    PRIVACY,
    REVIEW,
    ROSTER,
)

if TYPE_CHECKING:
    from platforms.lms.lms import Lms

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"


def claims(
    lms: "Lms", person: Person, course: Course | None, link: Link | None, nonce: str, message_type: str,
    for_user: Person | None, line_item: LineItem | None,
) -> dict[str, Any]:  # fmt: skip
    """The claims of a launch of any type."""
    course = None if message_type == PRIVACY else course
    link = None if message_type in (DEEP_LINKING, PRIVACY) else link
    said = _registered(lms, nonce) | {"sub": person.sub} | _names(lms, person)
    said |= {
        LTI + "message_type": message_type,
        LTI + "target_link_uri": target(lms, link, message_type, line_item),
        LTI + "roles": roles(lms, person, course),
        LTI + "tool_platform": _platform(lms),
        LTI + "launch_presentation": _presentation(lms, course, message_type),
        LTI + "lis": {"person_sourcedid": f"SIS-{person.sub}"},
    }
    if course:
        said[LTI + "context"] = _context(course)
        said |= _services(lms, course, link, line_item)
    if link:
        said[LTI + "resource_link"] = {"id": link.id, "title": link.title, "description": link.text}
    if message_type == DEEP_LINKING and course:
        said[SETTINGS] = deep_linking(lms, person, course)
    if message_type in (REVIEW, PRIVACY):
        said[LTI + "for_user"] = _for_user(lms, for_user or person, course)
    custom = customised(lms, person, course, link, line_item if message_type == REVIEW else None)
    if custom:
        said[LTI + "custom"] = custom
    return said


def notice(lms: "Lms", notice_type: str, course: Course) -> dict[str, Any]:
    """The claims of a notice (Platform Notification Service 1.0)."""
    said = _registered(lms, secrets.token_hex(16))
    about = {"id": secrets.token_hex(16), "timestamp": _iso(lms.clock()), "type": notice_type}
    said |= {LTI + "notice": about, LTI + "context": _context(course)}
    if notice_type == COPIED:
        said[LTI + "origin_contexts"] = list(course.history[:1])
    return said


def _registered(lms: "Lms", nonce: str) -> dict[str, Any]:
    now = int(lms.clock())
    said: dict[str, Any] = {
        "iss": lms.issuer, "aud": lms.client_id, "iat": now, "exp": now + lms.personality.id_token_life,
        "nonce": nonce, LTI + "version": "1.3.0", LTI + "deployment_id": lms.deployment_id,
    }  # fmt: skip
    if lms.personality.azp:
        said["azp"] = lms.client_id
    if lms.personality.nbf:
        said["nbf"] = now
    return said


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _names(lms: "Lms", person: Person) -> dict[str, str]:
    said = {}
    if lms.sends_names and person.name:
        said = {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if lms.sends_email:
        said["email"] = person.email
    return said


def roles(lms: "Lms", person: Person, course: Course | None, on_roster: bool = False) -> list[str]:
    """The roles that are sent: at a launch, or on the roster, where Moodle's assistants are learners."""
    member = course.members.get(person.sub) if course else None
    role = member.role if member else person.role
    if role == "TeachingAssistant" and lms.personality.assistants_teach:
        role = "Learner" if on_roster else "Instructor"
    said = list(ROLES.get(role) or (role,))
    if on_roster and lms.personality.short_roles:
        return [each.partition("#")[2] for each in said if each.startswith(MEMBERSHIP)] or said
    if not on_roster and lms.personality.institution_roles:
        said.append(f"{INSTITUTION}#{'Instructor' if 'Instructor' in said[0] else 'Student'}")
    return said


def _platform(lms: "Lms") -> dict[str, str]:
    said = {"guid": f"guid-of-{lms.url.rpartition(':')[2]}", "name": lms.personality.name}
    if lms.personality.family:
        said |= {"product_family_code": lms.personality.family, "version": lms.personality.version}
    return said


def _presentation(lms: "Lms", course: Course | None, message_type: str) -> dict[str, Any]:
    if message_type == DEEP_LINKING or course is None:
        return {"locale": lms.locale}
    said = {"locale": lms.locale, "document_target": "iframe"}
    return said | {"return_url": f"{lms.url}/contexts/{course.id}/return?container=3"}


def _context(course: Course) -> dict[str, Any]:
    offering = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
    return {"id": course.id, "label": course.label, "title": course.title, "type": [offering]}


def _services(
    lms: "Lms", course: Course, link: Link | None, line_item: LineItem | None
) -> dict[str, dict[str, Any]]:
    base, scopes = f"{lms.url}/contexts/{course.id}", list(lms.scopes)
    said: dict[str, dict[str, Any]] = {}
    grading = [each for each in scopes if each.startswith(AGS)]
    if grading:
        query = f"?{lms.personality.item_query}" if lms.personality.item_query else ""
        said[ENDPOINT] = {"scope": grading, "lineitems": f"{base}/lineitems{query}"}
        items = [line_item] if line_item else lms.items_of(course, link) if link else []
        if len(items) == 1:
            said[ENDPOINT]["lineitem"] = items[0].id
    if ROSTER in scopes:
        address = {"context_memberships_url": f"{base}/memberships", "service_versions": ["2.0"]}
        said[ROSTER_CLAIM] = address
    if GROUPS in scopes:
        said[GROUPS_CLAIM] = {
            "context_groups_url": f"{base}/groups", "context_group_sets_url": f"{base}/group_sets",
            "scope": [GROUPS], "service_versions": ["1.0"],
        }  # fmt: skip
    if NOTICES in scopes:
        said[LTI + "platformnotificationservice"] = {
            "service_versions": ["1.0"], "platform_notification_service_url": f"{lms.url}/notice-handlers/1",
            "scope": [NOTICES], "notice_types_supported": [HELLO, COPIED],
        }  # fmt: skip
    return said


def _for_user(lms: "Lms", person: Person, course: Course | None) -> dict[str, Any]:
    if lms.personality.spreads_custom:  # Moodle sends no more
        return {"user_id": person.sub}
    return {"user_id": person.sub, "roles": roles(lms, person, course)} | _names(lms, person)


def target(lms: "Lms", link: Link | None, message_type: str, line_item: LineItem | None) -> str:
    """Where a message opens."""
    review = (line_item.fields.get("submissionReview") if line_item else None) or {}
    if message_type == REVIEW and review.get("url"):
        return str(review["url"])
    return (link.url if link else "") or f"{lms.tool}/lti/launch"


def deep_linking(lms: "Lms", person: Person, course: Course) -> dict[str, Any]:
    """The deep-linking settings of a new request, which the LMS remembers until it is answered."""
    number = lms.number()
    returning = f"{lms.url}/contexts/{course.id}/deep_link/{number}"
    settings: dict[str, Any] = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": False,
        "deep_link_return_url": f"{returning}?sesskey={secrets.token_hex(5)}",
        "title": "Entraide",
        "text": "",
    }
    if lms.personality.deep_linking_data:
        settings["data"] = f"csrf:{secrets.token_hex(8)}"
    settings = {name: value for name, value in (settings | lms.deep_linking).items() if value is not None}
    lms.pending[number] = (person, course, settings)
    return settings


# Custom parameters


def customised(
    lms: "Lms", person: Person, course: Course | None, link: Link | None, reviewed: LineItem | None
) -> dict[str, str]:
    """The custom parameters, with the variables that this LMS knows put in; the others arrive literally."""
    given = dict(lms.custom) | (link.custom if link else {})
    if reviewed:
        given |= (reviewed.fields.get("submissionReview") or {}).get("custom") or {}
    known = _variables(lms, person, course, link)
    put = {
        name: known.get(value[1:], value) if str(value).startswith("$") else value
        for name, value in given.items()
    }
    if lms.personality.spreads_custom:
        put = {re.sub(r"\W", "_", name.lower()): value for name, value in put.items()} | put
    return put


def _variables(lms: "Lms", person: Person, course: Course | None, link: Link | None) -> dict[str, str]:
    values = {
        "User.id": person.sub, "User.username": person.sub, "Person.name.full": person.name,
        "Person.name.given": person.given_name, "Person.name.family": person.family_name,
        "Person.email.primary": person.email, "Membership.role": ",".join(roles(lms, person, course)),
    }  # fmt: skip
    if course:
        groups = [each for each in course.groups.values() if person.sub in each.members]
        values |= {
            "Context.id": course.id, "Context.title": course.title, "Context.label": course.label,
            "Context.id.history": ",".join(course.history), "CourseSection.title": course.title,
            "CourseSection.label": course.label, "Canvas.course.id": course.id,
            "Moodle.Person.userGroupIds": ",".join(each.id for each in groups),
            "com.instructure.User.sectionNames": str([each.name for each in groups]).replace("'", '"'),
        }  # fmt: skip
    if link:
        values |= {
            "ResourceLink.id": link.id, "ResourceLink.title": link.title,
            "ResourceLink.description": link.text,
            "ResourceLink.id.history": ",".join(link.history), "Canvas.assignment.id": f"9{link.id}",
        } | {f"ResourceLink.{name}": value for name, value in link.dates.items()}  # fmt: skip
    return {name: value for name, value in values.items() if name in lms.personality.variables}
