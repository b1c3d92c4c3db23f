import io
from collections import Counter
from statistics import fmean

import pytest
from PIL import Image

from lti_tool.demo.course import PEOPLE
from lti_tool.demo.pages import PageError
from lti_tool.demo.pictures import SCENES, draw
from lti_tool.demo.story import INSTRUCTOR, load_story, seed_through_the_door
from lti_tool.demo.visitors import Visitor

from .minitool import PROMPTS, MiniTool

STORY = load_story()
WORKS = [(chapter, work) for chapter in STORY.chapters for work in chapter.works]


def test_the_story_is_worth_reading() -> None:
    assert Counter(chapter.kind for chapter, _ in WORKS) == {"practice": 7, "gesture": 5, "experience": 5}
    assert len({work.title for _, work in WORKS}) == len(WORKS)
    for chapter, work in WORKS:
        assert set(work.answers) == set(PROMPTS[chapter.kind])
        told = [
            *work.answers.values(),
            *(part for step in work.steps for part in (step.text, step.watch_out)),
        ]
        assert 80 <= sum(len(text.split()) for text in told) <= 210, work.title
        assert bool(work.steps) is (chapter.kind == "gesture")
        assert len(work.reviews) >= 4
        assert len({review.overall for review in work.reviews}) == len(work.reviews)
        for review in work.reviews:
            assert len(review.overall.split()) >= 30, review.overall
            assert len(review.marks) == len(review.comments) == 3
            assert set(review.marks) <= {1, 2, 3, 4}


def test_scores_vary() -> None:
    means = {round(fmean(sum(review.marks) for review in work.reviews[:3]), 1) for _, work in WORKS}
    assert len(means) >= 6
    assert max(means) - min(means) >= 2.5


def test_some_have_finished_some_are_in_the_middle_one_has_done_nothing() -> None:
    seen = {work.author.username for _, work in WORKS}
    seen |= {
        name for chapter in STORY.chapters for name in (*chapter.gives, *chapter.begins, *chapter.visits)
    }
    idle = {person.username for person in PEOPLE.values() if person.role == "Learner"} - seen
    assert idle == {"thomas"}
    given = {count for chapter in STORY.chapters for count in chapter.gives.values()}
    assert given == {1, 2, 3, 4}


def test_pictures_are_small_files_that_open() -> None:
    for name in SCENES:
        data = draw(name)
        assert len(data) < 10_000
        assert Image.open(io.BytesIO(data)).size == (480, 320)


def test_the_story_goes_in_through_the_door(tool: MiniTool) -> None:
    lines: list[str] = []
    counts = seed_through_the_door(tool.settings.url, STORY, lines.append)
    assert (counts.contributions, counts.reviews) == (17, 45)
    assert len(tool.works) == 17
    assert len(tool.reviews) == 45
    assert counts.of("assigned-review").total() == 46
    assert len(tool.open_reviews) == 1
    assert len(tool.drafts) == 2
    assert tool.kinds == {"11": "practice", "12": "gesture", "13": "experience"}
    assert tool.titles["11"] == "Une pratique qui évite l’accident"
    files = {work["title"]: work["files"] for work in tool.works if work["files"]}
    steps = {work["title"]: work["steps"] for work in tool.works if work["steps"]}
    assert len(steps) == 5
    assert steps["Prendre une charge au sol sans se faire mal au dos"][5][0].startswith("Pour tourner")
    assert files["Prendre une charge au sol sans se faire mal au dos"] == ["lift-low.png", "lift-up.png"]
    titles = {work.title: work for _, work in WORKS}
    for review in tool.reviews:
        pool = titles[review["work"]["title"]].reviews
        said = next(one for one in pool if one.overall == review["overall"])
        assert tuple(int(review[f"mark-{c}"]) for c in "abc") == said.marks
        assert tuple(review[f"comment-{c}"] for c in "abc") == said.comments
    # Nobody repeats what somebody else has said, unless a work has more readers than reviews of it.
    assert max(Counter(review["overall"] for review in tool.reviews).values()) == 1
    assert "7" not in {claims["sub"] for claims in tool.launches.values()}
    assert counts.reviewed_authors == {(work["link"], work["who"]) for work in tool.works}
    assert any("contributions" in line for line in lines)


def test_a_page_that_is_not_as_agreed_is_named(tool: MiniTool) -> None:
    instructor = Visitor(INSTRUCTOR, tool.settings.url)
    instructor.launch("11")
    with pytest.raises(PageError, match="dance"):
        instructor.create_activity("dance")
    learner = Visitor(PEOPLE["4"], tool.settings.url)
    learner.launch("11")
    with pytest.raises(PageError, match="share-link"):
        learner.share("Title", {})
