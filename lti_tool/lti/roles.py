"""Roles of a launch or on a roster, read by us: context roles win, sub-roles count, unknown ones are ignored.

LTI 1.3 core, appendix A.2. An institution's "Instructor" who is a "Learner" in this course is a learner here
(Canvas always sends institution roles); somebody with an institution or system administrator role and none in
the course is support, who may look but never appears in a roster.
"""

from collections.abc import Iterable

from ..kernel.permissions import Role

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_COURSE = (f"{_MEMBERSHIP}#", f"{_MEMBERSHIP}/", "urn:lti:role:ims/lis/")
_CONTEXT = {
    "Instructor": Role.INSTRUCTOR,
    "Administrator": Role.INSTRUCTOR,
    "Manager": Role.INSTRUCTOR,
    "ContentDeveloper": Role.DESIGNER,
    "Mentor": Role.OBSERVER,
    "Learner": Role.LEARNER,
    "Member": Role.LEARNER,
}
_ASSISTANTS = {"TeachingAssistant", "TeachingAssistantSection", "TeachingAssistantGroup", "Grader"}
_ADMINISTRATORS = {
    f"{vocabulary}{role}"
    for role in ("Administrator", "SysAdmin", "SysSupport", "Support")
    for vocabulary in (
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#",
        "http://purl.imsglobal.org/vocab/lis/v2/person#",
        "urn:lti:instrole:ims/lis/",
        "urn:lti:sysrole:ims/lis/",
    )
}
_TEST_USER = {"http://purl.imsglobal.org/vocab/lti/system/person#TestUser", "TestUser"}
# The strongest first; a designer who also learns takes part as a learner.
_ORDER = (Role.INSTRUCTOR, Role.ASSISTANT, Role.LEARNER, Role.DESIGNER, Role.OBSERVER, Role.SUPPORT)


def read_roles(roles: Iterable[object]) -> tuple[Role, bool]:
    """The role they come to, and whether it is a platform's test user.

    Accepts full URIs, sub-roles (`membership/Instructor#TeachingAssistant`), LTI 1.1 URNs and short names.
    Nothing known means the least: an observer.
    """
    given = [role.strip() for role in roles if isinstance(role, str)]
    found = {known for role in given if (known := _read(role))}
    # Canvas sends an assistant both as Instructor and as the sub-role.
    if Role.ASSISTANT in found:
        found.discard(Role.INSTRUCTOR)
    role = next((role for role in _ORDER if role in found), Role.OBSERVER)
    return role, not _TEST_USER.isdisjoint(given)


def _read(role: str) -> Role | None:
    if role in _ADMINISTRATORS:
        return Role.SUPPORT
    for vocabulary in _COURSE:
        role = role.removeprefix(vocabulary)
    principal, _, sub_role = role.replace("#", "/").partition("/")
    return Role.ASSISTANT if {principal, sub_role} & _ASSISTANTS else _CONTEXT.get(principal)
