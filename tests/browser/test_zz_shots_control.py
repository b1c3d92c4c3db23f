import os
import pytest
from . import home_pages, instructor_pages
pytestmark = pytest.mark.browser
NAMES = os.environ.get("SHOTS", "instructor_nobody instructor_people instructor_looks_first reminder reminder_nobody export learner_improves learner_trains learner_compares instructor_draft").split()
def test_shots(campus, phone):
    from .stage import Stage
    for name in NAMES:
        stage = Stage(campus, "en")
        stage.blank = phone("en", "light")
        page = getattr(home_pages, name, None) or getattr(instructor_pages, name)
        page = page(stage, stage.blank.context)
        page.screenshot(path=f"/tmp/control/{name}-360.png", full_page=True)
        page.set_viewport_size({"width":1280,"height":720})
        page.screenshot(path=f"/tmp/control/{name}-1280.png", full_page=True)
        page.set_viewport_size({"width":360,"height":640})
