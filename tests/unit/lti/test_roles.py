"""Roles of a launch: what the course says wins (LTI 1.3 core, appendix A.2)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.kernel.permissions import May, Role, Visit
from lti_tool.lti.roles import read_roles

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
COURSE, INSTITUTION, SYSTEM = f"{LIS}/membership", f"{LIS}/institution/person", f"{LIS}/system/person"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([f"{COURSE}#Instructor"], Role.INSTRUCTOR),
        ([f"{COURSE}#Administrator"], Role.INSTRUCTOR),
        ([f"{COURSE}#Manager"], Role.INSTRUCTOR),
        ([f"{COURSE}/Instructor#PrimaryInstructor"], Role.INSTRUCTOR),
        ([f"{COURSE}/Instructor#Lecturer", f"{COURSE}#Instructor"], Role.INSTRUCTOR),
        ([f"{COURSE}#ContentDeveloper"], Role.DESIGNER),
        ([f"{COURSE}#Mentor"], Role.OBSERVER),
        ([f"{COURSE}#Learner"], Role.LEARNER),
        ([f"{COURSE}#Member"], Role.LEARNER),
        ([f"{COURSE}/Learner#GuestLearner"], Role.LEARNER),
        # An assistant, in every spelling; Canvas sends both
        ([f"{COURSE}/Instructor#TeachingAssistant"], Role.ASSISTANT),
        ([f"{COURSE}#Instructor", f"{COURSE}/Instructor#TeachingAssistant"], Role.ASSISTANT),
        ([f"{COURSE}#TeachingAssistant"], Role.ASSISTANT),
        ([f"{COURSE}/Instructor#Grader"], Role.ASSISTANT),
        (["TeachingAssistant"], Role.ASSISTANT),
        (["urn:lti:role:ims/lis/TeachingAssistant"], Role.ASSISTANT),
        (["urn:lti:role:ims/lis/TeachingAssistant/TeachingAssistant"], Role.ASSISTANT),
        (["urn:lti:role:ims/lis/Instructor/TeachingAssistant"], Role.ASSISTANT),
        ([f"{COURSE}#Learner", f"{COURSE}/Instructor#TeachingAssistant"], Role.ASSISTANT),  # Open edX
        # What the institution says does not count in the course
        ([f"{INSTITUTION}#Instructor", f"{COURSE}#Learner"], Role.LEARNER),
        ([f"{INSTITUTION}#Administrator", f"{COURSE}#Learner"], Role.LEARNER),
        ([f"{INSTITUTION}#Instructor", f"{INSTITUTION}#Student", f"{SYSTEM}#User"], Role.OBSERVER),
        # An administrator with no role in the course
        ([f"{INSTITUTION}#Administrator"], Role.SUPPORT),
        ([f"{SYSTEM}#SysAdmin", f"{SYSTEM}#User"], Role.SUPPORT),
        ([f"{SYSTEM}#SysSupport"], Role.SUPPORT),
        ([f"{SYSTEM}#Administrator"], Role.SUPPORT),
        ([f"{LIS}/person#Administrator"], Role.SUPPORT),
        (["urn:lti:sysrole:ims/lis/SysAdmin"], Role.SUPPORT),
        (["urn:lti:instrole:ims/lis/Administrator"], Role.SUPPORT),
        ([f"{INSTITUTION}#Administrator", f"{COURSE}#Instructor"], Role.INSTRUCTOR),
        # LTI 1.1 and short names
        (["Instructor"], Role.INSTRUCTOR),
        (["Learner"], Role.LEARNER),
        (["urn:lti:role:ims/lis/Instructor"], Role.INSTRUCTOR),
        (["urn:lti:role:ims/lis/Learner/Learner"], Role.LEARNER),
        (["urn:lti:instrole:ims/lis/Instructor"], Role.OBSERVER),
        ([" Instructor\n"], Role.INSTRUCTOR),
        # Several
        ([f"{COURSE}#Instructor", f"{COURSE}#Learner"], Role.INSTRUCTOR),
        ([f"{COURSE}#ContentDeveloper", f"{COURSE}#Learner"], Role.LEARNER),
        ([f"{COURSE}#ContentDeveloper", f"{COURSE}#Instructor"], Role.INSTRUCTOR),
        # Nothing known
        ([], Role.OBSERVER),
        ([""], Role.OBSERVER),
        ([f"{LIS}/person#None", f"{INSTITUTION}#None"], Role.OBSERVER),
        (["Instructor,Learner"], Role.OBSERVER),
        (["instructor#Instructor", "https://evil.example/membership#Instructor"], Role.OBSERVER),
        ([f"{COURSE}#", f"{COURSE}/", f"{COURSE}/#", f"{COURSE}", f"{COURSE}s#Instructor"], Role.OBSERVER),
    ],
)
def test_the_role_of_a_launch(roles: list[str], role: Role) -> None:
    assert read_roles(roles) == (role, False)


def test_a_test_user_is_known() -> None:
    assert read_roles([f"{COURSE}#Learner", TEST_USER]) == (Role.LEARNER, True)
    assert read_roles([TEST_USER]) == (Role.OBSERVER, True)


@given(st.lists(st.text() | st.integers() | st.none()))
def test_made_up_roles_never_give_power(roles: list[object]) -> None:
    known = {"Instructor", "Administrator", "Manager", "ContentDeveloper", "TeachingAssistant", "Grader"}
    role, test_user = read_roles(roles)
    if not known & {each.strip() for each in roles if isinstance(each, str)}:
        assert role in {Role.OBSERVER, Role.LEARNER}
    assert not test_user


@given(st.permutations([f"{COURSE}#Instructor", f"{COURSE}/Instructor#TeachingAssistant", "Learner", "x"]))
def test_the_order_of_roles_means_nothing(roles: list[str]) -> None:
    assert read_roles(roles)[0] == Role.ASSISTANT


def test_an_observer_may_do_nothing() -> None:
    visit = Visit("l", *[UUID(int=0)] * 4, Role.OBSERVER, "en")
    assert not any(visit.may(what) for what in May)
