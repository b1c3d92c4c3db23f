"""Every measure, on cases small enough to compute by hand."""

import math
from datetime import datetime
from types import SimpleNamespace

import pytest
from acts_told import act, cache, moment, tell

from xapi.reports.measures import (
    Period,
    compute,
    exchange,
    participation,
    quality,
    speed,
    structure,
    trust,
    use,
)
from xapi.reports.measures.compute import prepared
from xapi.reports.sql import DuckDB

MARCH = Period(moment("2"), moment("30"))
HOUR = 3600


@pytest.fixture
def tables():
    connection = cache()
    yield connection
    connection.close()


def headline(tables, family, *acts):
    """The figures of one family of measures: the others need not be computed."""
    if acts:
        tell(tables, *acts)
    with DuckDB(tables) as database:
        prepared(database, MARCH, 2, [family.HEADLINE])
        return {row["measure"]: SimpleNamespace(**row) for row in database.rows(family.HEADLINE.sql)}


def values(found, *names):
    return [found[name].value for name in names]


def test_who_takes_part(tables):
    found = headline(
        tables,
        participation,
        *[act("launched", who) for who in "abcde"],  # five came, and f, who has acted without: six
        act("submitted", "a", "w1"), act("submitted", "b", "w2"), act("submitted", "b", "w3"),
        act("assigned", "c", "w1"), act("assigned", "c", "w2"), act("assigned", "d", "w1"),
        act("assigned", "e", "w2"),
        act("reviewed", "c", "w1", "4"), act("returned", "e", "w2", "4"),
        act("answered", "f", "w1", object="q"),
        act("staff-reviewed", "teacher", "w1"), act("launched", "teacher"),
        act("completed", "never here"),
    )  # fmt: skip
    assert values(found, "came") == [6]
    # Shared: a, b. Reviewed: c. Answered: f. So 4 of 6, and d and e have only looked
    assert values(found, "reach", "reach_shared", "reach_reviewed", "reach_answered") == pytest.approx(
        [4 / 6, 2 / 6, 1 / 6, 1 / 6]
    )
    assert values(found, "missing") == [2]
    # c has w2 to do and d has w1; e gave w2 back. Four were given, two are open
    assert values(found, "not_reviewed") == [2]
    waiting = found["not_reviewed"]
    assert (waiting.people, waiting.cases, waiting.undone) == (3, 4, 2)
    assert values(found, "contributions_each", "reviews_each") == pytest.approx([3 / 6, 1 / 6])


def test_what_is_used(tables):
    found = headline(
        tables,
        use,
        act("submitted", "a", "w1"), act("submitted", "b", "w2"),
        act("viewed", "b", "w1"), act("viewed", "b", "w1"), act("viewed", "c", "w1"),
        act("viewed", "a", "w1"),
        act("applied", "c", "w1"), act("applied", "c", "w1"),
        act("shared", "a", "w1"), act("shared", "b", "w1"),
    )  # fmt: skip
    # w1 was read by b and by c (a is its author), w2 by nobody: 2 reads ÷ 2 contributions
    assert values(found, "reads", "applied", "copied") == [1, 2, 1]
    assert found["reads"].cases == 2


def test_how_long_people_wait(tables):
    found = headline(
        tables,
        speed,
        # Reviews after 1 h, 2 h and 4 h; two given back after 3 h; two open until the end
        *[act("assigned", who, "w", "3 00:00") for who in "abcdefg"],
        act("reviewed", "a", "w", "3 01:00"), act("reviewed", "b", "w", "3 02:00"),
        act("reviewed", "c", "w", "3 04:00"), act("returned", "d", "w", "3 03:00"),
        act("returned", "e", "w", "3 03:00"),
    )  # fmt: skip
    # S(1 h) = 6/7; S(2 h) = 6/7 · 5/6 = 0.71; at 4 h three are open, one was written: S = 5/7 · 2/3 = 0.48
    # S ≤ 3/4 first at 2 h, ≤ 1/2 first at 4 h, ≤ 1/4 never
    time = found["review_time"]
    assert (time.low, time.value, time.high) == (2 * HOUR, 4 * HOUR, None)
    assert (time.people, time.cases, time.undone) == (7, 7, 4)


def test_how_long_feedback_and_answers_take(tables):
    found = headline(
        tables,
        speed,
        act("submitted", "a", "w1", "3 00:00"), act("submitted", "b", "w2", "3 00:00"),
        act("commented", "a", "w1", "3 00:30"),  # one's own comment is no feedback
        act("staff-reviewed", "teacher", "w1", "3 01:00"), act("commented", "a", "w2", "3 05:00"),
        act("asked", "a", "w1", "3 00:00", object="q1"), act("asked", "b", "w1", "3 00:00", object="q2"),
        act("answered", "a", "w1", "3 01:00", object="q1"),
        act("answered", "b", "w1", "3 06:00", object="q1"),
    )  # fmt: skip
    # Feedback after 1 h and 5 h: S(1 h) = 1/2. Answers after 6 h and never: S(6 h) = 1/2
    assert values(found, "feedback_time", "answer_time") == [HOUR, 6 * HOUR]
    assert (found["feedback_time"].high, found["answer_time"].high) == (5 * HOUR, None)
    assert found["answer_time"].undone == 1


def test_what_feedback_is_worth(tables):
    found = headline(
        tables,
        quality,
        act("submitted", "a", "w1"), act("submitted", "b", "w2"), act("submitted", "c", "w3"),
        act("reviewed", "b", "w1", "4", review="r1", words=10, scaled=0.5),
        act("reviewed", "c", "w1", "4", review="r2", words=20, scaled=0.7),
        act("reviewed", "c", "w2", "4", review="r3", words=60, scaled=0.2),
        act("commented", "a", "w2", "4", words=30),
        act("rated", "a", "w1", "5", review="r1", object="r1", scaled=0.5),
        act("rated", "b", "w2", "5", review="r3", object="r3", scaled=1.0),
        act("review-thanked", "a", "w1", "5", review="r1", object="r1"),
        act("revised", "a", "w1", "6"), act("revised", "b", "w2", "3 12:00"), act("revised", "c", "w3", "6"),
        act("looked-again", "b", "w1", "7", scaled=0.8), act("looked-again", "c", "w1", "7", scaled=0.8),
        act("looked-again", "c", "w2", "7", scaled=0.1),
    )  # fmt: skip
    # 10, 20, 30, 60 words: median 25; quartiles of type 7 at 10 + 0.75 · 10 = 17.5 and 30 + 0.25 · 30 = 37.5
    words = found["feedback_words"]
    assert (words.low, words.value, words.high) == (17.5, 25, 37.5)
    assert values(found, "usefulness") == [0.75]  # (0.5 + 1) ÷ 2
    assert values(found, "acknowledged") == pytest.approx([2 / 3])  # r1 and r3 of three
    assert values(found, "revised_after") == [0.5]  # w1 after, w2 before; w3 had no feedback
    # w1 rose by 0.3 and 0.1: 0.2; w2 fell by 0.1. Mean 0.05, s = 0.3 ÷ √2, ÷ √2 = 0.15
    uplift = found["uplift"]
    assert (uplift.value, uplift.cases) == (pytest.approx(0.05), 2)
    assert (uplift.low, uplift.high) == pytest.approx((0.05 - 1.96 * 0.15, 0.05 + 1.96 * 0.15))


def test_whether_scores_can_be_trusted(tables):
    found = headline(
        tables,
        trust,
        *[
            act("reviewed", who, work, scaled=score)
            for work, scores in {"w1": {"a": 0.1, "b": 0.3}, "w2": {"a": 0.6, "b": 0.8}}.items()
            for who, score in scores.items()
        ],
        act("reviewed", "c", "w3", scaled=0.9),  # alone: it can be paired with nothing
    )
    # Pairs: (0.1, 0.3), (0.6, 0.8). Σ = 1.8, Σ² = 0.01 + 0.09 + 0.36 + 0.64 = 1.10, n = 4
    # Apart: (2 · 0.10 − 0.16) + (2 · 1.00 − 1.96) = 0.08; α = 1 − 3 · 0.08 ÷ (4.4 − 3.24) = 1 − 0.24 ÷ 1.16
    assert values(found, "alpha_interval") == pytest.approx([1 - 0.24 / 1.16])
    # Ranks 1 to 4: Σ = 10, Σ² = 30; apart: (2 · 5 − 9) + (2 · 25 − 49) = 2; α = 1 − 3 · 2 ÷ (120 − 100)
    assert values(found, "alpha_ordinal") == pytest.approx([0.7])
    # Means 0.2 and 0.7: MSB = 2 · 2 · 0.25² = 0.25; MSW = 4 · 0.1² ÷ 2 = 0.02; k = 2
    assert values(found, "icc_one", "icc_mean") == pytest.approx([0.23 / 0.27, 0.23 / 0.25])
    # Each pair lies 0.2 apart: s = 0.2 ÷ √2
    assert values(found, "disagreement") == pytest.approx([0.2 / math.sqrt(2)])
    # a is 0.2 under the other twice, b 0.2 over: MSB = 2 · 2 · 0.2² ÷ 1 = 0.16, MSW = 0, n₀ = 2: τ² = 0.08
    assert values(found, "severity") == pytest.approx([math.sqrt(0.08)])


def test_severity_is_drawn_towards_nothing_where_reviews_are_few(tables):
    scores = {"w1": {"a": 0.5, "b": 0.7}, "w2": {"a": 0.4, "b": 0.5}, "w3": {"a": 0.5, "c": 0.5}}
    tell(tables, *[act("reviewed", r, w, scaled=s) for w, given in scores.items() for r, s in given.items()])
    with DuckDB(tables) as database:
        prepared(database, MARCH, 2, trust.PEOPLE)
        people = {row["actor"]: row for row in database.rows("FROM severity")}
    # d: a −0.2, −0.1, 0; b 0.2, 0.1; c 0. Totals −0.3, 0.3, 0. Squares of totals ÷ n: 0.03 + 0.045 = 0.075
    # Σ d² = 0.10, so MSW = 0.025 ÷ 3; Σ d = 0, MSB = 0.075 ÷ 2; n₀ = (6 − 14 ÷ 6) ÷ 2
    noise, own = 0.025 / 3, (0.075 / 2 - 0.025 / 3) / ((6 - 14 / 6) / 2)
    assert people["b"]["mean"] == pytest.approx(0.15)
    assert people["b"]["shrunk"] == pytest.approx(0.15 * 2 * own / (2 * own + noise))
    assert people["a"]["shrunk"] == pytest.approx(-0.1 * 3 * own / (3 * own + noise))


def test_who_helps_whom(tables):
    works = [
        act("submitted", who, f"w{who}", "2", team=f"t{team}")
        for who, team in zip("abcd", "1122", strict=True)
    ]
    told = [
        *works,
        act("launched", "e"),
        act("reviewed", "a", "wb", "3", review="r1"), act("reviewed", "b", "wa", "3"),
        act("commented", "a", "wc", "3", comment="c1"),
        act("replied", "c", "wc", "4", object="c1"),  # to a, who made the comment, not to c, who made wc
        act("reviewed", "a", "wd", "3", other="d"),
        act("rated", "b", "wb", "5", object="r1", review="r1"),  # to a, the reviewer: no help
        act("commented", "a", "wa", "5"),  # to oneself
    ]  # fmt: skip
    found = headline(tables, exchange, *told) | headline(tables, structure)
    # Links: a→b, b→a, a→c, c→a, a→d. N = 5 (a b c d, and e who only came)
    assert values(found, "density") == [5 / 20]
    # Helped: ab both ways, ac both ways, ad one way
    assert values(found, "reciprocity", "both_ways") == pytest.approx([2 / 3, 3 / 4])
    # r = 4 ÷ 5, ā = 5 ÷ 20: ρ = 0.55 ÷ 0.75
    assert values(found, "reciprocity_rho") == pytest.approx([0.55 / 0.75])
    # Out: a 3, b 1, c 1: 5 · 3 − 5 = 10 of 16. In: a 2, b 1, c 1, d 1: 5 · 2 − 5 = 5 of 16
    assert values(found, "centralisation_out", "centralisation_in") == [10 / 16, 5 / 16]
    assert values(found, "links_each", "alone") == [2 * 3 / 5, 1]
    # Pairs ab (team 1 both), ac and ad (1 and 2)
    assert values(found, "cross_team") == pytest.approx([2 / 3])


def test_skills(tables):
    tell(
        tables,
        act("submitted", "a", "w1"), act("submitted", "b", "w2"),
        act("endorsed", "teacher", "w1", skill="s"), act("earned", "b", skill="s"),
        act("earned", "a", skill="s"),
        act("earned", "a", skill="rare"),
    )  # fmt: skip
    with DuckDB(tables) as database:
        [skills] = quality.TABLES
        prepared(database, MARCH, 2, [skills])
        assert list(database.rows(skills.sql)) == [{"skill": "s", "people": 2, "endorsed": 1, "earned": 2}]


def test_the_period_before_has_the_same_length_and_knows_nothing_of_this_one(tables):
    period = Period(moment("16"), moment("30"))
    tell(
        tables,
        *[act("launched", who, at="5") for who in "abcd"], act("submitted", "a", "w", at="15 23:59"),
        *[act("launched", who, at="16") for who in "ab"], act("reviewed", "b", "w", at="16 00:00"),
    )  # fmt: skip
    assert period.before == Period(moment("2"), moment("16"))
    found = compute(tables, period, least=2).headline
    assert (found["came"].before.value, found["came"].now.value) == (4, 2)
    assert (found["reach"].before.value, found["reach"].now.value) == (1 / 4, 1 / 2)
    assert found["density"].now.value == 1 / 2  # b's review is of a's work, handed in before


def test_series_by_week(tables):
    tell(
        tables,
        *[act("launched", who, at="3") for who in "abcd"], act("submitted", "a", "w1", "3 10:00"),
        act("reviewed", "b", "w1", "3 12:00", review="r"),
        act("rated", "a", "w1", "9", object="r", scaled=0.5),
        act("rated", "b", "w1", "9", object="r", scaled=1.0), act("applied", "c", "w1", "9"),
    )  # fmt: skip
    series = compute(tables, MARCH, least=2).series
    assert list(series) == ["reach", "speed", "quality", "use", "links"]
    first, second = (moment(day).date() for day in ("2", "9"))
    reach = {row["week"]: row["value"] for row in series["reach"]}
    assert reach == {first: 2 / 4, second: 0}
    assert series["quality"] == [{"week": second, "value": 0.75, "people": 2, "cases": 2}]
    assert [row["value"] for row in series["use"]] == [0, 1]
    # First week: a and b meet, of four. Second: a rates b's review and c uses a's work: 2 + 1 + 1, of three
    assert [row["value"] for row in series["links"]] == [2 / 4, 4 / 3]
    # One author is too few to say how long feedback took
    assert [row["value"] for row in series["speed"]] == [None]


def test_a_period_is_in_utc_and_goes_forward():
    with pytest.raises(ValueError, match="UTC"):
        Period(datetime.now().astimezone(), moment("2"))
    with pytest.raises(ValueError, match="ends after"):
        Period(moment("2"), moment("2"))


def test_invented_courses_count_only_where_there_is_nothing_else(tables):
    invented = headline(tables, participation, *[act("launched", who, synthetic=True) for who in "abc"])
    assert values(invented, "came") == [3]
    assert values(headline(tables, participation, *[act("launched", who) for who in "de"]), "came") == [2]


def test_an_empty_cache_has_no_numbers(tables):
    found = compute(tables, MARCH)
    assert {headline.now.value for headline in found.headline.values()} == {None}
    assert not any(found.tables.values())
    assert found.network is None
