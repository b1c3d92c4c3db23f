"""The platform for tests fails as it is told to."""

import http.client
import time
import urllib.error

import pytest
from platforms.lms import DROP, HANG, Answer, running
from platforms.lms.gradebook import ITEM
from platforms.lms.personalities import LINE_ITEM, SCORE
from platforms.lms.toytool import OPENER, Scene, ask


def test_answers_are_given_once_each(scene: Scene) -> None:
    scene.lms.fail(r"/scores$", [(500, {}, "down"), Answer(429, {"Retry-After": "1"}), (204,)])
    first, second, third, fourth = (scene.score(second=each) for each in range(4))
    assert (first.status, first.body) == (500, "down")
    assert (second.status, second.headers["Retry-After"]) == (429, "1")
    assert (third.status, fourth.status) == (204, 200)
    assert scene.lms.grades[scene.item, "4"].count == 1
    assert [each.status for each in scene.lms.asked("POST", "/scores$")] == [500, 429, 204, 200]


def test_an_answer_can_be_lost(scene: Scene) -> None:
    scene.lms.fail(r"/scores$", [DROP], after=True)
    with pytest.raises((urllib.error.URLError, http.client.HTTPException, ConnectionError)):
        scene.score()
    assert scene.grade == 80


def test_a_connection_can_hang(scene: Scene) -> None:
    scene.lms.fail("/jwks", [HANG])
    with pytest.raises(TimeoutError):
        OPENER.open(f"{scene.lms.url}/jwks", timeout=0.1)
    assert ask("GET", f"{scene.lms.url}/jwks").status == 200


def test_a_function_decides_until_healed(scene: Scene) -> None:
    scene.lms.fail(r"/token$", lambda asked: Answer(400) if b"score" in asked.body else None)
    assert [scene.tool.ask_token(SCORE).status for _ in "ab"] == [400, 400]
    assert scene.tool.call("GET", scene.item, LINE_ITEM, media=ITEM).status == 200
    scene.lms.heal()
    assert scene.tool.ask_token(SCORE).status == 200


def test_answers_take_their_time() -> None:
    with running(latency=0.05) as lms:
        started = time.monotonic()
        ask("GET", f"{lms.url}/jwks")
        assert time.monotonic() - started >= 0.05


def test_refusals_are_told_in_words(scene: Scene) -> None:
    scene.score(scoreGiven="8")
    assert scene.lms.refusals[-1].startswith("POST /contexts/")
    assert "Incorrect score received (scoreGiven)" in scene.lms.refusals[-1]
