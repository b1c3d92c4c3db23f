"""A push: exactly k for everyone wherever that is possible; a maximum flow of another hand is the judge."""

from collections import Counter
from dataclasses import replace
from itertools import permutations, product
from random import Random

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from lti_tool.reviews import switching
from lti_tool.reviews.feasibility import SENTENCES, Among, Why, Wish, of_people
from lti_tool.reviews.regular import Plan, push
from lti_tool.reviews.sheet import Sheet

INSTANCES = 300


def allowed(wish: Wish, reviewer: object, work: object) -> bool:
    """The rules for one pair, written once more."""
    if (reviewer, work) in wish.own | wish.must_not:
        return False
    if (reviewer, work) in wish.must:
        return True
    mine, theirs = wish.reviewers[reviewer], wish.works[work]
    if wish.among is Among.WITHIN:
        return mine == theirs
    return wish.among is Among.EVERYONE or mine is None or mine != theirs


def bounds(wish: Wish) -> dict[object, tuple[int, int]]:
    """The least and the most that each work may receive."""
    apart = wish.among is Among.WITHIN
    reviewers = Counter(group if apart else 0 for group in wish.reviewers.values())
    works = Counter(group if apart else 0 for group in wish.works.values())
    found = {}
    for work, group in wish.works.items():
        island = group if apart else 0
        share, rest = divmod(wish.k * reviewers[island], works[island])
        found[work] = max(1, share), max(1, share + bool(rest))
    return found


def judged(wish: Wish) -> tuple[bool, int]:
    """By scipy's maximum flow: is the wish possible, and how many reviews at most (settled ones included)?

    A work's lower bound is a second edge to the sink's side (the usual reduction of bounds to a circulation).
    """
    shares = bounds(wish)
    given, got = (Counter(pair[side] for pair in wish.must) for side in (0, 1))
    clash = wish.must & (wish.own | wish.must_not)
    reviewers, works = list(wish.reviewers), list(wish.works)
    first = {key: at for at, key in enumerate(reviewers)}
    second = {key: len(reviewers) + at for at, key in enumerate(works)}
    source, sink, start, end = (len(first) + len(second) + extra for extra in range(4))
    size = end + 1
    free = [(r, w) for r, w in product(reviewers, works) if (r, w) not in wish.must and allowed(wish, r, w)]

    def flow(edges: list[tuple[int, int, int]], one: int, other: int) -> int:
        rows, columns, values = zip(*edges, strict=True)
        matrix = csr_array((np.array(values, np.int32), (rows, columns)), shape=(size, size))
        return int(maximum_flow(matrix, one, other).flow_value)

    inner = [(first[r], second[w], 1) for r, w in free]
    gives = {r: max(0, wish.k - given[r]) for r in reviewers}
    least = {w: max(0, shares[w][0] - got[w]) for w in works}
    most = {w: max(0, shares[w][1] - got[w]) for w in works}
    plain = [(source, first[r], gives[r]) for r in reviewers] + [(second[w], sink, most[w]) for w in works]
    best = flow(inner + plain + [(source, sink, 0)], source, sink) + len(wish.must)

    # Lower bounds: everything a reviewer gives, and the least a work receives, has to flow.
    bounded = [(start, first[r], gives[r]) for r in reviewers]
    bounded += [(source, end, sum(gives.values())), (sink, source, 10**6)]
    bounded += [(second[w], end, least[w]) for w in works] + [(start, sink, sum(least.values()))]
    bounded += [(second[w], sink, most[w] - least[w]) for w in works]
    whole = flow(inner + bounded, start, end) == sum(gives.values()) + sum(least.values())
    over = any(given[r] > wish.k for r in reviewers) or any(got[w] > shares[w][1] for w in works)
    return whole and not over and not clash, best


def checked(wish: Wish, seed: int) -> Plan:
    """The plan, or as much as is possible; nothing is in it that may not be."""
    plan = push(wish, seed, anyway=True)
    assert len(set(plan.pairs)) == len(plan.pairs)
    assert all(allowed(wish, *pair) for pair in set(plan.pairs) - wish.must)
    assert wish.must <= set(plan.pairs)
    return plan


def some_wish(rng: Random) -> Wish:
    """People in groups of any size, some with works of their own, some together; rules at random."""
    people = {f"p{n}": rng.choice([None, "a", "b", "b", "c"]) for n in range(rng.randint(1, 11))}
    own, works = set(), {}
    shared = rng.random() < 0.3
    for person, group in people.items():
        work = f"w{group}{rng.randint(0, 1)}" if shared else f"w{person}"
        works.setdefault(work, group)
        own.add((person, work))
    for side in (people, works):
        if rng.random() < 0.25 and len(side) > 1:
            del side[rng.choice(list(side))]
    pairs = [pair for pair in product(people, works) if pair not in own or rng.random() < 0.02]
    few = [set(rng.sample(pairs, min(len(pairs), rng.choice([0, 0, 1, 2, 6])))) for _ in range(2)]
    among = rng.choice(list(Among))
    return Wish(people, works, rng.randint(1, 4), own, among, must=few[0], must_not=few[1])


def test_it_is_regular_exactly_when_a_maximum_flow_says_that_it_can_be():
    rng = Random(5)
    feasible = 0
    for seed in range(INSTANCES):
        wish = some_wish(rng)
        possible, best = judged(wish)
        plan = checked(wish, seed)
        given, got = (Counter(pair[side] for pair in plan.pairs) for side in (0, 1))
        regular = all(given[r] == wish.k for r in wish.reviewers) and all(
            least <= got[work] <= most for work, (least, most) in bounds(wish).items()
        )
        assert (plan.obstacle is None) == possible, (wish, plan)
        assert push(wish, seed) == (plan if possible else Plan([], plan.obstacle))
        assert regular or not possible, (wish, plan)
        assert len(plan.pairs) == best, (wish, plan)
        feasible += possible
    assert INSTANCES / 5 < feasible < INSTANCES * 4 / 5


@pytest.mark.parametrize("among", Among)
def test_of_as_many_works_as_people_each_receives_k(among):
    people = {n: n // 6 for n in range(30)}
    for k in range(1, 6):
        plan = checked(of_people(people, k, among), seed=k)
        assert plan.obstacle is None
        assert {*Counter(one for one, _ in plan.pairs).values()} == {k}
        assert {*Counter(work for _, work in plan.pairs).values()} == {k}


def test_of_three_groups_the_largest_may_hold_half():
    people = (
        dict.fromkeys(range(10), "large")
        | dict.fromkeys(range(10, 14), "b")
        | dict.fromkeys(range(14, 20), "c")
    )
    assert checked(of_people(people, 5, Among.ACROSS), 1).obstacle is None


def test_an_allocation_is_as_likely_as_any_other():
    """Four people, one review each: nine ways, six circles of four and three times two couples."""
    draws = 720
    wish = of_people(dict.fromkeys(range(4)), 1)
    from scipy.stats import chisquare  # a second to load: not for those who only collect the tests

    seen = Counter(tuple(work for _, work in push(wish, seed).pairs) for seed in range(draws))
    every = [each for each in permutations(range(4)) if all(at != work for at, work in enumerate(each))]
    assert seen.keys() == set(every)
    assert chisquare([seen[each] for each in every]).pvalue > 0.01


def test_a_pass_of_mixing_undoes_itself_so_that_no_allocation_is_favoured(monkeypatch):
    monkeypatch.setattr(switching, "MIXING", 1)
    moved = 0
    for seed in range(40):
        sheet = Sheet(of_people(dict.fromkeys(range(7)), 3))
        pairs = switching.deal(sheet, np.random.default_rng(seed))
        reviewers, works = switching.mend(sheet, *pairs, np.random.default_rng(seed))
        mixed = switching.mix(sheet, reviewers, works, np.random.default_rng(seed))
        moved += not np.array_equal(mixed, works)
        assert np.array_equal(switching.mix(sheet, reviewers, mixed, np.random.default_rng(seed)), works)
    assert moved > 20


@pytest.mark.parametrize("among", Among)
def test_everyone_is_as_likely_to_read_anyone(among):
    people = {n: n // 4 for n in range(12)}
    draws, k = 150, 2
    seen = Counter(pair for seed in range(draws) for pair in push(of_people(people, k, among), seed).pairs)
    wish = of_people(people, k, among)
    pairs = [pair for pair in product(people, people) if allowed(wish, *pair)]
    expected = draws * k * len(people) / len(pairs)
    assert seen.keys() == set(pairs)
    assert max(abs(seen[pair] - expected) for pair in pairs) < 5 * expected**0.5


def test_a_seed_draws_the_same_and_none_draws_anew():
    wish = of_people(dict.fromkeys(range(40)), 3)
    assert push(wish, 7) == push(wish, 7)
    assert push(wish, 7) != push(wish, 8)
    assert push(wish) != push(wish)


def test_authors_of_one_work_all_review_others():
    teams = {f"p{n}": f"team {n // 3}" for n in range(12)}
    works = {team: team for team in teams.values()}
    plan = checked(Wish(teams, works, 3, {*teams.items()}), 1)
    assert plan.obstacle is None
    assert {*Counter(work for _, work in plan.pairs).values()} == {9}


def test_a_group_reviews_as_one():
    groups = dict.fromkeys("abcde")
    plan = checked(
        Wish(groups, {f"work of {g}": g for g in groups}, 4, {(g, f"work of {g}") for g in groups}), 1
    )
    assert plan.obstacle is None
    assert len(plan.pairs) == 20


CLASS = of_people({"Ana": "red", "Bo": "red", "Cy": "red", "Di": "blue", "Ed": "blue"}, 2)
OBSTACLES = {
    Why.TOO_FEW: (replace(CLASS, k=5), "Each should give 5 reviews. Contributions by others: only 4."),
    Why.GROUP_TOO_SMALL: (
        replace(CLASS, among=Among.WITHIN),
        "The group “blue” is too small. Each should give 2 reviews there. Contributions by others: only 1.",
    ),
    Why.GROUP_TOO_LARGE: (
        replace(CLASS, among=Among.ACROSS),
        "The group “red” is too large to review only other groups. "
        "Reviews possible between it and the others: 4 of 6.",
    ),
    Why.CANNOT_GIVE: (
        replace(CLASS, must_not={("Ed", "Ana"), ("Ed", "Bo"), ("Ed", "Cy")}),
        "Too few reviews for Ed to give. The groups and rules leave 1 of 2.",
    ),
    Why.CANNOT_GET: (
        replace(CLASS, must_not={("Ana", "Ed"), ("Bo", "Ed"), ("Cy", "Ed")}),
        "Too few reviewers for Ed. The groups and rules leave 1 of 2.",
    ),
    Why.CANNOT_GIVE_TOGETHER: (
        replace(CLASS, must_not=set(product(["Ana", "Bo", "Cy"], ["Ana", "Bo", "Cy"]))),
        "Together these should give 6 reviews, but can give only 4: Ana, Bo, Cy.",
    ),
    Why.CANNOT_GET_TOGETHER: (
        Wish(dict.fromkeys("abcde"), dict.fromkeys("wxyz"), 1, set(), must_not=set(product("bcde", "wx"))),
        "Together these should get 2 reviews, but can get only 1: w, x.",
    ),
    Why.MUST_OWN: (
        replace(CLASS, must={("Ed", "Ed")}), "Ed cannot be told to review their own contribution."
    ),
    Why.MUST_AND_MUST_NOT: (
        replace(CLASS, must={("Ed", "Di")}, must_not={("Ed", "Di")}),
        "One rule tells Ed to review Di. Another rule forbids it.",
    ),
    Why.MUST_GIVE_TOO_MANY: (
        replace(CLASS, must={("Ed", "Ana"), ("Ed", "Bo"), ("Ed", "Cy")}),
        "The rules tell Ed to give 3 reviews, not 2.",
    ),
    Why.MUST_GET_TOO_MANY: (
        replace(CLASS, must={("Ana", "Ed"), ("Bo", "Ed"), ("Cy", "Ed")}),
        "The rules send 3 reviewers to Ed, more than 2.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", Why)
def test_what_is_in_the_way_is_said_in_words(why):
    wish, sentence = OBSTACLES[why]
    obstacle = push(wish, 1).obstacle
    assert obstacle is not None
    assert (obstacle.why, str(obstacle)) == (why, sentence)
    assert why in SENTENCES


def test_as_many_as_possible_are_spread_evenly():
    """Six of nine people in one group: the three others cannot be read by all of them twice."""
    people = dict.fromkeys(range(6), "large") | dict.fromkeys(range(6, 9), "small")
    plan = checked(of_people(people, 2, Among.ACROSS), 1)
    given, got = (Counter(pair[side] for pair in plan.pairs) for side in (0, 1))
    assert [given[one] for one in people] == [1] * 6 + [2] * 3
    assert [got[one] for one in people] == [1] * 6 + [2] * 3


def test_nobody_is_no_obstacle_and_no_reviews_are_no_wish():
    assert push(of_people({}, 3)) == Plan([])
    with pytest.raises(ValueError, match="no reviews"):
        of_people({"Ana": None}, 0)
    with pytest.raises(ValueError, match="does not take part"):
        replace(CLASS, must={("Ana", "Zoe")})
