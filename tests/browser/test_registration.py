"""Registration inside an LMS's page, in a browser without cookies of ours: it ends by closing its window."""

from collections.abc import Callable

import pytest
from platforms.lms import MOODLE, running
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from lti_tool.lti.invitations import invite
from lti_tool.people.models import Platform

from .campus import Campus

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_in_the_frame_of_an_lms(
    campus: Campus, open_browser: Callable[..., BrowserContext], scripts: bool
) -> None:
    with campus.database.write() as rows:
        address = invite(rows, f"Scripts {scripts}", base_url=campus.tool.url)
    with running(MOODLE, tool=campus.tool.url) as lms:
        ada = lms.add_person("2", "Ada Admin", "Administrator")
        context = open_browser(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(lms.registration_page(ada, address))
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Register Entraide").click()
        if scripts:
            expect(page.get_by_role("heading", name="The tool is closed")).to_be_visible()
        else:
            expect(frame.get_by_text("You can close this window.")).to_be_visible()
        assert lms.refusals == []
        assert len(lms.tools) == 1
        assert [each for each in context.cookies() if each["domain"] == "localhost"] == []
    with campus.database.read() as reading:
        [kept] = reading.scalars(select(Platform).where(Platform.issuer == lms.url))
    assert (kept.name, kept.confirmed) == (f"Scripts {scripts}", False)
