"""Groups too small to be shown are not shown, nor can they be found by taking away; nor is anybody named."""

import csv

import networkx as nx
import pytest
from acts_told import act, cache, invent, moment, tell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xapi.reports import network
from xapi.reports.measures import Period, compute
from xapi.reports.measures.acts import asked
from xapi.reports.measures.blocks import BLOCKS
from xapi.reports.measures.compute import called, prepared
from xapi.reports.measures.export import export
from xapi.reports.measures.model import LEAST
from xapi.reports.measures.participation import TABLES
from xapi.reports.sql import DuckDB

MARCH = Period(moment("2"), moment("30"))


@pytest.fixture
def tables():
    connection = cache()
    yield connection
    connection.close()


def learners(course: str, count: int, **more) -> list[dict]:
    return [act("submitted", f"{course}{n}", f"{course}/{n}", course=course, **more) for n in range(count)]


def shown(tables, name: str) -> list[tuple[str, int]]:
    """The groups of one table, with how many people they have."""
    [table] = [table for table in TABLES if table.name == f"by_{name}"]
    with DuckDB(tables) as database:
        prepared(database, MARCH, LEAST, [table])
        return [(row[name], row["people"]) for row in database.rows(table.sql)]


def test_a_small_group_takes_the_next_one_with_it(tables):
    tell(tables, *learners("big", 9), *learners("middle", 6), *learners("small", 2))
    found = compute(tables, MARCH)
    # 17 − 9 − 6 would tell of the two: the six are not shown either, and 17 − 9 tells of eight
    assert [(row["course"], row["people"]) for row in found.tables["by_course"]] == [("big", 9)]
    assert found.hidden["course"] == 2
    assert found.headline["came"].now.value == 17


def test_small_groups_that_are_many_together_hide_each_other(tables):
    tell(tables, *learners("big", 9), *learners("middle", 6), *learners("one", 3), *learners("two", 2))
    assert shown(tables, "course") == [("big", 9), ("middle", 6)]


def test_the_same_few_people_in_two_small_courses_are_still_few(tables):
    few = [
        act("submitted", f"x{n}", f"{course}/x{n}", course=course)
        for course in ("one", "two")
        for n in range(3)
    ]
    tell(tables, *learners("big", 9), *learners("middle", 6), *few)
    assert shown(tables, "course") == [("big", 9)]


def test_contributions_by_the_most_that_became_of_them(tables):
    gesture = {"course": "a", "activity_kind": "gesture"}
    read = [act("viewed", "reader", f"a/{n}", **gesture) for n in range(11)]
    applied = [act("applied", "reader", f"a/{n}", **gesture) for n in range(5)]
    scores = [act("reviewed", "reader", f"a/{n}", scaled=n / 10, **gesture) for n in range(5)]
    tell(tables, *learners("a", 16, activity_kind="gesture"), *read, *applied, *scores)
    found = compute(tables, MARCH).tables
    assert [(row["use"], row["people"], row["works"], row["mean"]) for row in found["by_use"]] == [
        ("applied", 5, 5, pytest.approx(0.2)),
        ("read", 6, 6, None),
        ("unread", 5, 5, None),
    ]
    assert [(row["activity_kind"], row["applied"]) for row in found["by_kind"]] == [("gesture", 5)]


def test_who_is_in_a_bigger_group_too_still_counts_among_the_hidden(tables):
    both = [act("submitted", f"big{n}", f"one/{n}", course="one") for n in range(4)]
    tell(tables, *learners("big", 9), *both, *learners("two", 4))
    assert shown(tables, "course") == [("big", 9)]  # four and four others are enough together


def test_a_whole_that_is_too_small_has_no_numbers_at_all(tables):
    tell(
        tables,
        *learners("one", 4),
        act("reviewed", "one1", "one/0", scaled=0.5),
        act("rated", "one0", scaled=1.0),
    )
    found = compute(tables, MARCH)
    came = found.headline["came"].now
    assert (came.value, came.people, came.hidden) == (None, None, True)
    assert {figure.now.value for figure in found.headline.values()} == {None}
    assert not any(row["people"] for rows in (*found.tables.values(), *found.series.values()) for row in rows)
    assert found.network is None


def test_activities_inside_a_hidden_course_are_hidden(tables):
    tell(
        tables,
        *learners("big", 9, activity="big/a"), *learners("middle", 6, activity="middle/a"),
        *learners("small", 2, activity="small/a"),
    )  # fmt: skip
    assert shown(tables, "activity") == [("big/a", 9)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.integers(0, 25), min_size=1), min_size=1, max_size=6), st.integers(2, 6))
def test_what_is_hidden_is_nobody_or_enough_people(tables, groups, least):
    members = ", ".join(f"('course', '', 'c{n}', 'p{p}')" for n, group in enumerate(groups) for p in group)
    with DuckDB(tables) as database:
        database.make("asked", asked(MARCH, least))
        database.make("members", f"SELECT * FROM (VALUES {members}) AS m(kind, parent, part, actor)")
        for block in ("sizes", "unions", "judged", "groups"):
            database.make(block, BLOCKS[block])
        shown = {row["part"]: row["people"] for row in database.rows("FROM groups WHERE visible = 1")}
    assert all(shown[f"c{n}"] == len(group) for n, group in enumerate(groups) if f"c{n}" in shown)
    assert all(people >= least for people in shown.values())
    hidden = set().union(*(group for n, group in enumerate(groups) if f"c{n}" not in shown))
    assert not shown or not hidden or len(hidden) >= least


def test_people_are_listed_only_where_names_are_asked_for(tables):
    tell(tables, *learners("c", 6), *[act("launched", f"idle{n}") for n in range(5)])
    tables.execute("INSERT INTO people VALUES ('idle1', 'Zoé Idle')")
    without, named = compute(tables, MARCH), compute(tables, MARCH, names=True)
    assert "c1" not in repr(without)
    assert "idle" not in repr(without)
    assert {node.name for node in without.network.nodes} == {f"n{number}" for number in range(1, 12)}
    assert {row["actor"]: row["name"] for row in named.tables["missing_people"]}["idle1"] == "Zoé Idle"
    assert len(named.tables["missing_people"]) == 5
    assert "Zoé Idle" in {node.name for node in named.network.nodes}


def test_numbers_of_people_are_drawn_anew():
    people = [f"p{n}" for n in range(50)]
    first, second = called(people, None), called(people, None)
    assert set(first.values()) == set(second.values()) == {f"n{n}" for n in range(1, 51)}
    assert first != second


def test_the_network_agrees_with_networkx(tables, tmp_path):
    invent(tables, 3000, 40)
    period = Period(moment("2"), moment("30"))
    found = compute(tables, period, names=True)
    graph = nx.DiGraph()
    graph.add_nodes_from(node.name for node in found.network.nodes)
    graph.add_edges_from((one, another) for one, another, _ in found.network.edges)
    size = len(graph)
    value = {name: headline.now.value for name, headline in found.headline.items()}
    assert value["density"] == pytest.approx(nx.density(graph))
    assert value["links_each"] == pytest.approx(2 * graph.to_undirected().number_of_edges() / size)
    assert value["alone"] == nx.number_of_isolates(graph)
    for name, central in (("in", nx.in_degree_centrality(graph)), ("out", nx.out_degree_centrality(graph))):
        spread = sum(max(central.values()) - each for each in central.values())  # of degrees ÷ (N − 1)
        assert value[f"centralisation_{name}"] == pytest.approx(spread / (size - 1))
    help_ = nx.DiGraph()
    help_.add_nodes_from(graph)
    export(tables, period, tmp_path, names=True)
    with (tmp_path / "links.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["helps"] != "0"]
    help_.add_edges_from((row["person"], row["to_person"]) for row in rows)
    returned = nx.overall_reciprocity(help_)
    pairs = help_.to_undirected().number_of_edges()
    assert value["reciprocity"] == pytest.approx((help_.number_of_edges() - pairs) / pairs)
    chance = help_.number_of_edges() / (size * (size - 1))
    assert value["reciprocity_rho"] == pytest.approx((returned - chance) / (1 - chance))


def test_a_picture_is_the_same_whatever_order_links_come_in():
    ring = [(f"p{n}", f"p{n + 1}", 2) for n in range(400)] + [("p3", "p250", 1)]
    pictures = []
    for pairs in (ring, ring[::-1]):
        graph = network.graph([*(f"p{n}" for n in range(401)), "alone"], pairs)
        groups, modularity = network.communities(graph)
        pictures.append((groups, modularity, network.layout(graph, groups)))
    assert pictures[0] == pictures[1]
    groups, modularity, places = pictures[0]
    assert modularity > 0.8
    assert "alone" in places
    assert not any("alone" in group for group in groups)
    assert all(max(abs(x), abs(y)) <= 1.001 for x, y in places.values())
    assert len(set(places.values())) == 402


def test_files_of_people_name_them_only_where_names_are_asked_for(tables, tmp_path):
    tell(
        tables,
        *learners("c", 6),
        *[act("reviewed", f"c{n}", f"c/{n + 1}", scaled=0.5) for n in range(5)],
        act("launched", "=HYPERLINK(1)"),
        act("launched", "late"),
    )  # fmt: skip
    tables.execute("INSERT INTO people VALUES ('c1', 'Zoé <&> \x01\"'), ('late', 'Amal')")
    files = export(tables, MARCH, tmp_path / "without")
    assert [file.name for file in files] == [
        "people.csv", "people.parquet", "links.csv", "links.parquet", "network.graphml"
    ]  # fmt: skip
    graph = nx.read_graphml(tmp_path / "without" / "network.graphml")
    assert set(graph) == {f"n{number}" for number in range(1, 9)}
    assert graph.number_of_edges() == 5
    assert sum(count for _, count in graph.nodes(data="given")) == 5
    [(parquet,)] = tables.execute(f"SELECT count(*) FROM '{files[1]}' WHERE person LIKE 'n%'").fetchall()
    assert parquet == 8
    assert "disputed.csv" in {file.name for file in export(tables, MARCH, tmp_path / "named", names=True)}
    named = (tmp_path / "named" / "people.csv").read_text("utf-8")
    assert "\n'=HYPERLINK(1)" in named
    assert "Zoé" in named
    with (tmp_path / "named" / "missing_people.csv").open(encoding="utf-8") as file:
        assert ("late", "Amal") in {(row["actor"], row["name"]) for row in csv.DictReader(file)}
    assert 'Zoé <&> " (c1)' in nx.read_graphml(tmp_path / "named" / "network.graphml")


def test_of_too_few_people_nothing_is_written(tables, tmp_path):
    tell(tables, *learners("c", 4))
    assert export(tables, MARCH, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
