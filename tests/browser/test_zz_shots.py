import pytest, io, sys
from pathlib import Path
from playwright.sync_api import expect
from browser.test_uploads import video, writing, CHOOSE, ROW, ITEM, a_part  # noqa
from browser.conftest import *  # noqa
OUT=Path('/tmp/media')
def test_shots(writing, video, stage, complaints):
    page=writing.page
    for w,h in ((360,740),(1280,800)):
        page.set_viewport_size({'width':w,'height':h})
        with page.expect_response(a_part):
            page.locator(CHOOSE).set_input_files(video)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(ROW)).to_contain_text("Paused")
        page.locator('#files').screenshot(path=OUT/f'paused-{w}.png')
        page.get_by_role("button", name="Remove").last.click()
        page.get_by_role("button", name="Record sound").click()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_timeout(1500)
        page.locator('#files').screenshot(path=OUT/f'recording-{w}.png')
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator(ITEM)).not_to_have_count(0)
        page.wait_for_timeout(500)
        page.locator('#files').screenshot(path=OUT/f'list-{w}.png')
    page.set_viewport_size({'width':360,'height':740})
    page.get_by_role("link", name="Add captions").first.click()
    page.screenshot(path=OUT/'captions-360.png', full_page=True)
    complaints.clear()
