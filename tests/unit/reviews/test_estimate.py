"""The explained estimate: what it corrects, how sure it is, and what no data make it do."""

from math import isfinite

import numpy as np
import pytest
from simulated import ENDS, Crowd, covered, error, root_mean_square

from lti_tool.reviews import estimate
from lti_tool.reviews.aggregation import Given, Method, scores
from lti_tool.reviews.estimate import Part


@pytest.fixture(scope="module")
def courses():
    """Ten crowds of 120 and their first assignment: the reviews, and the true values."""
    drawn = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        drawn.append(Crowd.drawn(rng).reviews(rng))
    return drawn


def test_it_errs_a_fifth_less_than_the_mean_and_knows_how_far(courses):
    means, models, held = [], [], []
    for given, truth in courses:
        found = scores(given, Method.MODEL, **ENDS)
        means.append(error(scores(given, Method.MEAN, **ENDS), truth))
        models.append(error(found, truth))
        held.append(covered(found, truth))
    assert root_mean_square(models) < 0.82 * root_mean_square(means)
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.parametrize("method", [Method.MEAN, Method.MEDIAN, Method.TRIMMED])
def test_other_intervals_hold_as_often(courses, method):
    held = [covered(scores(given, method, **ENDS), truth) for given, truth in courses]
    assert 0.85 <= np.mean(held) <= 0.95


def test_anchors_show_the_leniency_that_all_share():
    rng = np.random.default_rng(5)
    given, truth = Crowd.drawn(rng, leniency=6).reviews(rng)
    anchors = {work: float(truth[work]) for work in range(0, 120, 10)}
    fitted = estimate.fit(given, anchors=anchors)
    rest = {work: one for work, one in fitted.works.items() if work not in anchors}
    assert fitted.leniency == pytest.approx(6, abs=2.5)
    assert error(rest, truth) < 0.65 * error(scores(given, Method.MEAN, **ENDS), truth)
    assert estimate.fit(given).leniency == pytest.approx(0, abs=1e-6)


def test_a_known_reviewer_is_corrected_from_the_first_review_on():
    rng = np.random.default_rng(6)
    crowd = Crowd.drawn(rng)
    known = estimate.fit(crowd.reviews(rng)[0])
    given, truth = crowd.reviews(rng)
    again = estimate.fit(given, history=known.reviewers)
    assert error(again.works, truth) < error(estimate.fit(given).works, truth)
    habits = [again.reviewers[person] for person in range(120)]
    assert np.corrcoef([habit.bias for habit in habits], crowd.bias)[0, 1] > 0.8
    assert np.corrcoef([np.log(habit.noise) for habit in habits], np.log(crowd.noise))[0, 1] > 0.5
    quiet, loud = np.argmin(crowd.noise), np.argmax(crowd.noise)
    assert 0 < again.reliability(loud) < again.reliability(quiet) < 1


@pytest.mark.parametrize("anchors", [{}, {3: 80.0, 4: 130.0}])
def test_the_parts_on_the_page_add_up_to_the_estimate(courses, anchors):
    given, _ = courses[0]
    fitted = estimate.fit(given, anchors=anchors, low=0, high=90)
    kinds = set()
    for work, found in fitted.works.items():
        terms = fitted.explain(work)
        kinds |= {term.kind for term in terms}
        assert sum(term.part for term in terms) == pytest.approx(found.score, abs=1e-9)
        assert sum(term.weight for term in terms) == pytest.approx(1)
        reviews = [term for term in terms if term.kind is Part.REVIEW]
        assert [(t.reviewer, t.score) for t in reviews] == [
            (g.reviewer, g.score) for g in given if g.work == work
        ]
        for term in terms:
            if term.kind is not Part.SCALE:
                assert term.part == pytest.approx(term.weight * (term.score - term.bias))
        assert found.low <= found.score <= found.high
        assert (found.low >= 0 and found.high <= 90) or work in anchors
    assert kinds == {Part.REVIEW, Part.OTHERS, Part.SCALE} | ({Part.TEACHER} if anchors else set())


def test_means_and_variances_are_those_of_the_dense_system():
    """The judge: the posterior of values, biases and centre by a plain inverse."""
    rng = np.random.default_rng(8)
    given, _ = Crowd.drawn(rng, people=30).reviews(rng, k=4)
    fitted = estimate.fit(given)
    size, last = 61, 60
    system, right = np.zeros((size, size)), np.zeros(size)
    for one in given:
        direction = np.zeros(size)
        direction[[one.work, 30 + one.reviewer]] = 1
        habit = fitted.reviewers[one.reviewer]
        system += np.outer(direction, direction) / habit.noise**2
        right += direction * one.score / habit.noise**2
    biases = np.mean([habit.bias**2 + habit.variance for habit in fitted.reviewers.values()])
    for work in range(30):
        direction = np.zeros(size)
        direction[[work, last]] = 1, -1
        system += np.outer(direction, direction) / fitted.between**2
        system[30 + work, 30 + work] += 1 / biases
    inverse = np.linalg.inv(system)
    mean = inverse @ right
    for work, found in fitted.works.items():
        assert found.score == pytest.approx(mean[work], abs=0.25)  # biases vary nearly as the fit found
        reach = 1.69 * np.sqrt(inverse[work, work])
        assert reach < found.high - found.score < 1.3 * reach  # wider: the noises are estimates too


ODD = {
    "one review": [("a", "x", 7)],
    "one review of each": [(f"r{n}", f"w{n}", n % 15) for n in range(30)],
    "one reviewer": [("a", f"w{n}", n % 15) for n in range(30)],
    "one work": [(f"r{n}", "x", n % 15) for n in range(30)],
    "all alike": [(f"r{n}", f"w{(n + d) % 20}", 9) for n in range(20) for d in (1, 2, 3)],
    "all at the top": [(f"r{n}", f"w{(n + d) % 20}", 14) for n in range(20) for d in (1, 2, 3)],
    "apart": [(f"r{n}", f"w{n // 2}", (n * 7) % 15) for n in range(40)],
    "each the same to all": [(f"r{n}", f"w{(n + d) % 20}", n % 15) for n in range(20) for d in (1, 2, 3)],
    "two reviews": [(f"r{n}", f"w{(n + d) % 20}", (n * d) % 15) for n in range(20) for d in (1, 2)],
    "0 or all": [(f"r{n}", f"w{(n + d) % 20}", 14 * (n % 2)) for n in range(20) for d in (1, 2, 3)],
    "everyone on everything": [(f"r{n}", f"w{d}", (n + 2 * d) % 15) for n in range(12) for d in range(12)],
    "all agree": [(f"r{n}", f"w{d}", d) for n in range(12) for d in range(12)],
}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("odd", ODD)
def test_nothing_blows_up_on_any_scale(odd, method):
    given = [Given(*row) for row in ODD[odd]]
    found = scores(given, method, high=14)
    assert list(found) == list(dict.fromkeys(one.work for one in given))
    for one in found.values():
        assert all(isfinite(value) for value in (one.score, one.low, one.high))
        assert 0 <= one.low <= one.score <= one.high <= 14
    for factor in (1 / 14, 100 / 14):
        other = scores(
            [Given(g.reviewer, g.work, min(g.score * factor, 14 * factor)) for g in given],
            method,
            high=14 * factor,
        )
        for work, one in found.items():
            for value, same in (
                (one.score, other[work].score),
                (one.low, other[work].low),
                (one.high, other[work].high),
            ):
                assert same == pytest.approx(value * factor, abs=1e-6 * factor * 14)


def test_order_and_names_change_nothing(courses):
    given, _ = courses[1]
    found = scores(given, Method.MODEL, **ENDS)
    for work, one in scores(given[::-1], Method.MODEL, **ENDS).items():
        assert one.score == pytest.approx(found[work].score, abs=1e-6)


def test_no_review_is_an_error():
    with pytest.raises(ValueError, match="no review"):
        estimate.fit([])
