"""Every page in every state it knows, by the state's name."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from . import (
    comparing_pages,
    feedback_pages,
    gallery_pages,
    gesture_pages,
    home_pages,
    instructor_pages,
    learner_pages,
    matrix_pages,
    news_pages,
    rubric_pages,
    talk_pages,
    together_pages,
    version_pages,
    workspace_pages,
)
from .stage import Stage

State = Callable[[Stage, BrowserContext], Page]
STATES: dict[str, State] = {
    name: state
    for pages in (
        instructor_pages,
        learner_pages,
        home_pages,
        gallery_pages,
        gesture_pages,
        talk_pages,
        news_pages,
        rubric_pages,
        matrix_pages,
        together_pages,
        version_pages,
        workspace_pages,
        feedback_pages,
        comparing_pages,
    )
    for name, state in vars(pages).items()
    if getattr(state, "__module__", "") == pages.__name__ and not name.startswith("_")
}
