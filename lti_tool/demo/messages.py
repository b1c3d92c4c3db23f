"""What the LMS tells the tool in a launch: the claims of every message, in the shape of Moodle 5.1."""

import time
from typing import Any

from lti_tool.demo.course import Course, Link, Person
from lti_tool.demo.platform import Begun, Platform, Run
from lti_tool.demo.services import item_url
from lti_tool.demo.session import language
from lti_tool.demo.tokens import AGS_SCOPES

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ID_TOKEN_SECONDS = 60
OPEN, CHOOSE = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
REVIEW, OWN_DATA = "LtiSubmissionReviewRequest", "DataPrivacyLaunchRequest"
CUSTOM = {"context_history": "$Context.id.history", "resource_link_history": "$ResourceLink.id.history"}
"""The custom parameters that an administrator of the LMS has entered for the tool."""


def claims(lms: Platform, begun: Begun, nonce: str) -> dict[str, Any]:
    """The claims of a launch that was begun."""
    person = lms.people[begun.person_id]
    said = _registered(lms, nonce) | _about(person)
    said[LTI + "message_type"] = begun.message_type
    run = lms.runs.get(begun.course_id)
    if run is None:
        return said | {LTI + "for_user": {"user_id": person.id}, LTI + "custom": {}}
    course, link = run.course, run.course.links.get(begun.link_id)
    services = f"{lms.settings.url}/mod/lti/services"
    endpoint: dict[str, Any] = {
        "scope": sorted(AGS_SCOPES),
        "lineitems": f"{services}/{course.id}/lineitems?type_id={lms.settings.deployment_id}",
    }
    said |= {
        LTI + "context": {
            "id": course.id,
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        ENDPOINT: endpoint,
        ROSTER: {
            "context_memberships_url": (
                f"{services}/CourseSection/{course.id}/bindings/{lms.settings.deployment_id}/memberships"
            ),
            "service_versions": ["1.0", "2.0"],
        },
    }
    said[LTI + "launch_presentation"]["return_url"] += f"/{course.id}"
    said[LTI + "lis"]["course_section_sourcedid"] = f"SIS-{course.label}"
    parameters = dict(CUSTOM)
    if link:
        described = {"id": link.id, "title": link.title, "description": link.description}
        said[LTI + "resource_link"] = described
        parameters |= link.custom
        # AGS 2.0 section 3.1.3: `lineitem` only while the link has exactly one.
        if len(own := run.gradebook.items(link_id=link.id)) == 1:
            endpoint["lineitem"] = item_url(lms, run, own[0])
    if begun.message_type == REVIEW:
        item = run.gradebook.item(begun.item_id)
        endpoint["lineitem"] = item_url(lms, run, item)
        said[LTI + "for_user"] = {"user_id": begun.learner_id}
        parameters |= item.review.get("custom") or {}
        said[LTI + "target_link_uri"] = _target(lms, item.review)
    if begun.message_type == CHOOSE:
        said[DEEP_LINKING + "deep_linking_settings"] = _settings(lms, run, person)
    return said | {LTI + "custom": _substituted(parameters, course, link)}


def _target(lms: Platform, review: Any) -> str:
    """Where the tool wants to be opened; its usual address if it said nothing, or one not its own."""
    url = str(review.get("url") or "")
    return url if url.startswith(f"{lms.settings.tool_url}/") else lms.settings.launch_url


def _registered(lms: Platform, nonce: str) -> dict[str, Any]:
    settings, now = lms.settings, int(time.time())
    return {
        "nonce": nonce,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "iss": settings.url,
        "aud": settings.client_id,
        LTI + "version": "1.3.0",
        LTI + "deployment_id": settings.deployment_id,
        LTI + "target_link_uri": settings.launch_url,
        LTI + "launch_presentation": {
            "locale": language(),
            "document_target": "iframe",
            "return_url": f"{settings.url}/course",
        },
        LTI + "tool_platform": {
            "product_family_code": "moodle",
            "version": "2025100600.02",
            "guid": "6d1f0c3b5a7e49128c40e2b7d95a1f38",
            "name": "demo",
            "description": "A small LMS to try things in",
        },
    }


def _about(person: Person) -> dict[str, Any]:
    return {
        "sub": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        LTI + "roles": [MEMBERSHIP + person.role],
        LTI + "lis": {"person_sourcedid": person.staff_number},
        LTI + "ext": {"user_username": person.username, "lms": "moodle-2"},
    }


def _settings(lms: Platform, run: Run, person: Person) -> dict[str, Any]:
    """What the dialog takes (Deep Linking 2.0, section 4.4.1); by `data` the answer finds its request."""
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_lineitem": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{lms.settings.url}/mod/lti/contentitem_return",
        "title": "Entraide",
        "text": "",
        "data": lms.dialogs.issue(Begun(CHOOSE, person.id, run.course.id)),
    }


def _substituted(parameters: dict[str, str], course: Course, link: Link | None) -> dict[str, str]:
    """Custom parameters, with the variables that this LMS knows filled in; others stay as they are."""
    known = {"$Context.id": course.id, "$Context.id.history": ",".join(course.history)}
    if link:
        known |= {"$ResourceLink.id": link.id, "$ResourceLink.id.history": ",".join(link.history)}
    return {name: known.get(value, value) for name, value in parameters.items()}
