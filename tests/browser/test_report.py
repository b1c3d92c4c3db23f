"""The report's page in a browser: readable for everybody, printed on one sheet, and alone in the world."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import BrowserContext, Page
from reported import MARCH, report_on

from .looks import DESK, OF_COLOURS, overflow, small_targets, violations

pytestmark = pytest.mark.browser
ONLY_THE_FIRST = "document.querySelectorAll('main > :not(.first)').forEach(each => each.remove())"


@pytest.fixture(scope="module")
def report(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with report_on(folder, acts=6000) as told:
        told.connection.execute("UPDATE acts SET course_title = ?", ["Sécurité " * 60])
        told.write(folder, "fr", **MARCH)
    return folder / "report.html"


def test_the_report_is_readable_for_everybody(report: Path, open_browser) -> None:
    context: BrowserContext = open_browser()
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: said.append(message.text))
    page: Page = context.new_page()
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert small_targets(page) == []
    found = [each for width, text in ((360, "200%"), (320, "100%")) for each in overflow(page, width, text)]
    page.set_viewport_size(DESK)
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(26, 29, 31)"
    assert found + violations(page, OF_COLOURS) == []
    assert asked == [report.as_uri()]
    assert said == []


def test_the_first_page_is_one_sheet(report: Path, open_browser) -> None:
    page: Page = open_browser().new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    page.evaluate(ONLY_THE_FIRST)
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) == 1
        assert [float(side) for side in printed.pages[0].mediabox] == pytest.approx([0, 0, 595, 842], abs=1)
