"""Comparative judgement: published reliabilities, and how long a scale takes."""

import csv
import os
import random
import time
from pathlib import Path

import pytest

from lti_tool.reviews.judging import Doubt, Judgement, scale

SESSIONS = Path(os.environ.get("ENTRAIDE_DATA", "/work/shared/data")) / "cj"
"""Sessions of Kinnear, Jones and Davies (2025), which are not ours to pass on."""


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((SESSIONS / name).read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.skipif(not SESSIONS.is_dir(), reason="the published sessions are not on this machine")
def test_published_reliabilities():
    """Separation within 0.001, split halves within chance, and no noise seen where there is none."""
    close = 0
    print()
    for published in rows("published.csv"):
        name, ssr = published["judging_session"], float(published["published_ssr"])
        judgements = [
            Judgement(row["judge"], row["candidate_chosen"], row["candidate_not_chosen"])
            for row in rows(f"{name}.csv")
        ]
        found = scale(judgements, splits=15)
        close += abs(found.ssr - ssr) < 0.001
        halves = float(published["published_mean_split_corr"])
        doubts = ", ".join(found.doubts) or "no doubt"
        print(f"{name:36} {found.ssr:.5f} {ssr:.5f} halves {found.split_half:.3f} {halves:.3f}  {doubts}")
        assert found.split_half == pytest.approx(halves, abs=0.06)
        assert ssr < 0.7 or Doubt.NOISE not in found.doubts
    assert close >= 20


def test_ten_thousand_judgements_of_500_items():
    draw = random.Random(1)
    judgements = []
    for _ in range(10_000):
        one, other = draw.sample(range(500), 2)
        if draw.random() < 1 / (1 + 10 ** ((one - other) / 250)):
            one, other = other, one
        judgements.append(Judgement(draw.randrange(200), one, other))
    scale(judgements[:100], splits=1)  # loads what it needs
    start, used = time.perf_counter(), time.process_time()
    found = scale(judgements)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    print(f"\n10,000 judgements of 500 items: {seconds:.1f} s ({used:.1f} s of processor)")
    assert used < 10
    assert found.doubts == ()
