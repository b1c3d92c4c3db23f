"""By what statements name people."""

from uuid import uuid4

import pytest

from lti_tool.people.accounts import Somebody, Tenant, account, learnt_home_page, team
from lti_tool.people.models import ActorMode
from xapi.statements import Actor, pseudonym_actor

CANVAS = "https://canvas.instructure.com"
SCHOOL = "https://school.instructure.com"
AWA = Somebody("7", "S-7", False)
KEY = b"k" * 32


def tenant(mode: ActorMode, home_page: str = "") -> Tenant:
    return Tenant(uuid4(), CANVAS, home_page, mode, "")


@pytest.mark.parametrize("home", ["", SCHOOL])
def test_each_mode_has_its_account_at_the_tenant_s_home_page(home):
    at = home or CANVAS
    assert account(tenant(ActorMode.LTI_SUB, home), AWA) == Actor(at, "7")
    assert account(tenant(ActorMode.LIS_SOURCEDID, home), AWA) == Actor(at, "S-7")
    assert account(tenant(ActorMode.PSEUDONYM, home), AWA, KEY) == pseudonym_actor(at, "7", KEY)
    group = uuid4()
    assert team(tenant(ActorMode.LTI_SUB, home), group) == Actor(at, str(group))


def test_nobody_is_named_by_another_number_than_the_one_asked_for():
    with pytest.raises(ValueError, match="lis person_sourcedid"):
        account(tenant(ActorMode.LIS_SOURCEDID), Somebody("7", "", False))
    with pytest.raises(ValueError, match="32 bytes"):
        account(tenant(ActorMode.PSEUDONYM), AWA)


@pytest.mark.parametrize(
    ("issuer", "url", "guid", "home"),
    [
        (CANVAS, f"{SCHOOL}/", "g", SCHOOL),
        (f"{CANVAS}/", "", "g:1/2", f"{CANVAS}/g%3A1%2F2"),
        (CANVAS, "", "", ""),
        ("https://moodle.example", "https://elsewhere.example", "g", ""),
    ],
)
def test_where_many_share_an_issuer_a_launch_tells_the_home_page(issuer, url, guid, home):
    assert learnt_home_page(issuer, url, guid) == home
