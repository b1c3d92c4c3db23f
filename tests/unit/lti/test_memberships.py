"""What a platform's roster says of a member, and where its pages lead."""

import httpx
import pytest

from lti_tool.kernel.permissions import Role
from lti_tool.lti import paging
from lti_tool.lti.memberships import Member, read_member
from lti_tool.lti.paging import read_links
from lti_tool.lti.services import DeclinedError, UnavailableError


@pytest.mark.parametrize(
    ("header", "relations"),
    [
        ("", {}),
        ('<https://l.example/2>; rel="next"', {"next": "https://l.example/2"}),
        ("<https://l.example/2>; rel=next", {"next": "https://l.example/2"}),
        ("<https://l.example/2>; rel=”next”", {"next": "https://l.example/2"}),
        ("<https://l.example/2>; rel=“next”", {"next": "https://l.example/2"}),
        ('<https://l.example/2>;title="a, <b>; rel=no";REL = "Next"', {"next": "https://l.example/2"}),
        ('<https://l.example/2?a=1&amp;b=2>; rel="next"', {"next": "https://l.example/2?a=1&b=2"}),
        (
            '<https://l.example/p?page=bookmark:WyJNZW1i>; rel="next", <https://l.example/1>; rel="first"',
            {"next": "https://l.example/p?page=bookmark:WyJNZW1i", "first": "https://l.example/1"},
        ),
        (
            '<https://l.example/a;b,c>; rel="last next", <https://l.example/d>; rel="differences"',
            {
                "last": "https://l.example/a;b,c",
                "next": "https://l.example/a;b,c",
                "differences": "https://l.example/d",
            },
        ),
        (
            '<https://l.example/2>; rel="next", <https://l.example/3>; rel="next"',
            {"next": "https://l.example/2"},
        ),
        ('<https://l.example/2>; rev="next"; hreflang=rel', {}),
        ("https://l.example/2; rel=next", {}),
        ("<https://l.example/2", {}),
        ('<https://l.example/2>; rel="next', {}),
        ("<>; rel=next", {"next": ""}),
    ],
)
def test_links_in_every_writing(header, relations):
    assert read_links(header) == relations


def test_a_hostile_header_takes_no_time():
    assert read_links('<a>;"' * 20_000) == {}
    assert read_links("<" * 50_000) == {}


class Platform:
    """A platform whose list has these pages: address -> (Link header, body)."""

    def __init__(self, pages):
        self.pages, self.asked = pages, []

    def call(self, platform, scopes, method, url, *, accept):
        self.asked.append(str(url))
        link, body = self.pages[str(url)]
        return httpx.Response(200, headers=[("Link", link.encode())], content=body)


def listed(pages, url="https://l.example/m"):
    connector = Platform(pages)
    return [dict(page.document) for page in paging.pages(connector, None, "s", url, "t")], connector.asked


def test_links_may_be_relative_and_their_case_is_kept():
    pages = {
        "https://l.example/m?limit=50": ("</m?Page=Bookmark:AbC>; rel=next", b'{"n": 1}'),
        "https://l.example/m?Page=Bookmark:AbC": ("", b'{"n": 2}'),
    }
    assert listed(pages) == ([{"n": 1}, {"n": 2}], list(pages))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://other.example/m",
        "http://l.example/m",
        "https://l.example:8443/m",
        "//other.example",
        "ftp://l.example/",
    ],
)
def test_no_page_elsewhere_is_asked_for(elsewhere):
    connector = Platform({"https://l.example/m?limit=50": (f"<{elsewhere}>; rel=next", b"{}")})
    with pytest.raises(DeclinedError, match="another address"):
        list(paging.pages(connector, None, "s", "https://l.example/m", "t"))
    assert len(connector.asked) == 1


def test_differences_elsewhere_are_none():
    for address, known in (("/d?since=1", "https://l.example/d?since=1"), ("https://other.example/d", "")):
        connector = Platform({"https://l.example/m?limit=50": (f"<{address}>; rel=differences", b"{}")})
        [page] = paging.pages(connector, None, "s", "https://l.example/m", "t")
        assert page.differences == known


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"[" * 100_000])
def test_what_is_no_json_object_is_no_page(body):
    with pytest.raises(UnavailableError):
        listed({"https://l.example/m?limit=50": ("", body)})


def test_a_member_as_moodle_tells_of_one():
    told = {
        "status": "Active", "roles": ["Learner"], "user_id": "4", "lis_person_sourcedid": "SIS-student1",
        "name": "Ann Ames", "given_name": "Ann", "family_name": "Ames", "email": "student1@example.com",
    }  # fmt: skip
    assert read_member(told) == Member("4", Role.LEARNER, False, True, "Ann Ames", sourcedid="SIS-student1")


@pytest.mark.parametrize(
    ("status", "active"),
    [
        ("Active", True),
        ("Inactive", False),
        ("Deleted", False),
        (" deleted ", False),
        (None, True),
        (5, True),
    ],
)
def test_the_status_of_a_member(status, active):
    member = read_member({"user_id": "4", "status": status})
    assert member
    assert member.active is active


def test_the_groups_of_a_member():
    def groups(told):
        return read_member({"user_id": "4", "group_enrollments": told}).groups

    assert groups([{"group_id": "a"}, {"group_id": 7}, {"group_id": ""}, {}, "x"]) == {"a", "7"}
    assert groups([]) == frozenset()
    assert groups(None) is None


@pytest.mark.parametrize("user_id", [None, "", "\x00", "\ud800", "a\nb", "9" * 256, True, 1.5, ["4"], {}])
def test_without_a_usable_id_nobody_is_meant(user_id):
    assert read_member({"user_id": user_id}) is None
