"""Agreement and its intervals, beside the packages krippendorff and pingouin."""

import warnings

import krippendorff
import numpy as np
import pytest
from acts_told import act, cache, moment, tell
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xapi.reports import reliability
from xapi.reports.measures import Period, trust
from xapi.reports.measures.compute import prepared
from xapi.reports.sql import DuckDB

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that pingouin loads
    import pandas
    import pingouin

MARCH = Period(moment("2"), moment("30"))


def sums(scores: list[list[float]]) -> np.ndarray:
    """A row of reliability.SUMS for each work that has two scores at least."""
    rated = [np.array(each) for each in scores if len(each) > 1]
    every = np.sort(np.concatenate(rated))
    standing = [
        (np.searchsorted(every, each) + np.searchsorted(every, each, "right") + 1) / 2 / len(every)
        for each in rated
    ]
    return np.array([
        [1, m, m * m, each.sum(), (each**2).sum(), (each**2).sum() - each.sum() ** 2 / m, each.sum() ** 2 / m,
         (m * (each**2).sum() - each.sum() ** 2) / (m - 1), rank.sum(), (rank**2).sum(),
         (m * (rank**2).sum() - rank.sum() ** 2) / (m - 1)]
        for each, rank in zip(rated, standing, strict=True)
        for m in [len(each)]
    ])  # fmt: skip


def alphas(scores: list[list[float]]) -> list[float]:
    """Krippendorff's alphas by the package: a row for each reviewer, a column for each work."""
    table = np.full((max(map(len, scores)), len(scores)), np.nan)
    for work, each in enumerate(scores):
        table[: len(each), work] = each
    return [
        krippendorff.alpha(reliability_data=table, level_of_measurement=level)
        for level in ("ordinal", "interval")
    ]


SCORES = st.lists(
    st.lists(st.sampled_from([0, 0.25, 0.5, 0.7, 1]), min_size=1, max_size=5), min_size=3, max_size=9
)


@settings(max_examples=40, deadline=None)
@given(SCORES)
def test_alpha_is_that_of_krippendorff(scores):
    assume(sum(len(each) > 1 for each in scores) > 1)
    assume(len({score for each in scores if len(each) > 1 for score in each}) > 1)
    found = reliability.coefficients(sums(scores).sum(axis=0, keepdims=True))
    assert [found["alpha_ordinal"][0], found["alpha_interval"][0]] == pytest.approx(alphas(scores), abs=1e-9)


def test_the_same_coefficients_in_sql_and_in_other_packages():
    rng = np.random.default_rng(3)
    truth = rng.uniform(0.2, 0.8, 30)
    scores = np.clip(np.round(truth[:, None] + rng.normal(0, 0.15, (30, 4)), 2), 0, 1)
    acts = [
        act("reviewed", f"p{(work * 5 + place) % 23}", f"w{work}", scaled=float(score))
        for work, each in enumerate(scores)
        for place, score in enumerate(each)
    ]
    with cache() as tables, DuckDB(tables) as database:
        tell(tables, *acts)
        prepared(database, MARCH, 5, [trust.HEADLINE, trust.DRAWS])
        found = {row["measure"]: row["value"] for row in database.rows(trust.HEADLINE.sql)}
        lots = [[row[name] for name in reliability.SUMS] for row in database.rows(trust.DRAWS.sql)]
    ordinal, interval = alphas(scores.tolist())
    long = pandas.DataFrame(
        [(work, rater, score) for work, each in enumerate(scores) for rater, score in enumerate(each)],
        columns=["work", "rater", "score"],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = pingouin.intraclass_corr(long, targets="work", raters="rater", ratings="score")
    one, mean = (table["ICC"].iloc[row] for row in (0, 3))
    assert [found[name] for name in trust.FORMULAS] == pytest.approx([ordinal, interval, one, mean], abs=1e-6)

    # The intervals are those of works drawn one by one, and alpha computed each time
    drawn = np.array([alphas(scores[rng.integers(0, 30, 30)].tolist()) for _ in range(300)])
    intervals = reliability.intervals(np.array(lots))
    for name, each in zip(("alpha_ordinal", "alpha_interval"), drawn.T, strict=True):
        assert intervals[name] == pytest.approx(tuple(np.percentile(each, [2.5, 97.5])), abs=0.06)
        assert intervals[name][0] < found[name] < intervals[name][1]
    assert intervals["icc_one"][0] < found["icc_one"] < intervals["icc_one"][1]
    assert intervals == reliability.intervals(np.array(lots))


def test_of_scores_that_are_all_the_same_there_is_nothing_to_agree_on():
    same = sums([[0.7, 0.7], [0.7, 0.7, 0.7]])
    assert all(np.isnan(each).all() for each in reliability.coefficients(same).values())


def test_few_contributions_promise_no_interval():
    assert reliability.intervals(sums([[0.1, 0.2]] * (reliability.FEWEST - 1))) == {}
