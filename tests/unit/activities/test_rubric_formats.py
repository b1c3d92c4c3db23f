"""Rubrics as files: what leaves comes back, and what cannot be read says where."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.activities.criteria import CriterionPlan, FaultyRubricError, Level, checked
from lti_tool.activities.models import CriterionType
from lti_tool.activities.rubric_formats import FORMATS, understood
from lti_tool.activities.rubric_reading import UnreadableRubricError
from lti_tool.activities.rubric_templates import TEMPLATES

ODD = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-2",
    "@SUM(A1)",
    "'=x",
    "a;b,c",
    'say "yes"',
    "é",
    "a\tb",
    "<b> & co",
    "É, à",
)
texts = st.one_of(st.sampled_from(ODD), st.text("abc é=+-@;,\"'<&\t", min_size=1)).map(
    lambda text: " ".join(text.split()) or "x"
)


@st.composite
def plans(draw, *kinds: CriterionType) -> CriterionPlan:
    kind = draw(st.sampled_from(kinds or tuple(CriterionType)))
    points = [float(n) / 2 for n in sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=5)))]
    levels = {
        CriterionType.LEVELS: tuple(Level(each, draw(texts), draw(texts)) for each in points),
        CriterionType.SCALE: (Level(1.0, draw(texts)), Level(7.0)),
        CriterionType.ERRORS: (Level(0.0), Level(9.0)),
        CriterionType.QUESTION: (),
    }[kind]
    return CriterionPlan(
        draw(texts), draw(texts), kind, levels, draw(st.sampled_from([0.0, 1.0, 2.5])), draw(st.booleans())
    )


@pytest.mark.parametrize("name", ["csv", "canvas-json"])
@settings(max_examples=30)
@given(found=st.lists(plans(), min_size=1, max_size=4))
def test_what_leaves_comes_back(name, found):
    assert understood(FORMATS[name].write("My rubric", found)) == found


@pytest.mark.parametrize("name", ["canvas", "moodle"])
@settings(max_examples=30)
@given(found=st.lists(plans(CriterionType.LEVELS), min_size=1, max_size=4))
def test_levels_come_back_from_where_there_are_no_weights(name, found):
    back = understood(FORMATS[name].write("My rubric", found))
    assert [(each.name, each.description, each.levels) for each in back] == [
        (each.name, each.description, each.levels) for each in found
    ]


@settings(max_examples=30)
@given(st.lists(plans(), min_size=1, max_size=3))
def test_no_cell_is_a_formula(found):
    for name in ("csv", "canvas"):
        rows = csv.reader(io.StringIO(FORMATS[name].write("=1+1", found).lstrip("\ufeff"), newline=""))
        assert not [cell for row in rows for cell in row if cell[:1] in {*"=+-@\t\r"}]


def test_our_templates_hold():
    for each in TEMPLATES.values():
        assert checked({str(n): plan for n, plan in enumerate(each.plans(str))})


def test_a_spreadsheet_s_semicolons_mark_and_commas_in_numbers():
    text = "\ufeffcriterion;type;weight;points;level\r\nClair;levels;2,5;0;Non\r\n;;;1,5;Oui\r\n"
    [plan] = understood(text)
    assert (plan.name, plan.weight, plan.points) == ("Clair", 2.5, (0.0, 1.5))


def test_cells_copied_from_a_spreadsheet():
    [clear, safe] = understood("\tGood (3 points)\tPoor (1 pt)\nClear\tI follow\tI am lost\nSafe\tyes\tno\n")
    assert clear.levels == (Level(1.0, "Poor", "I am lost"), Level(3.0, "Good", "I follow"))
    assert safe.name == "Safe"
    [alone] = understood("Clear\tNo\tYes")
    assert alone.levels == (Level(1.0, "No"), Level(2.0, "Yes"))


def test_what_canvas_answers():
    data = [
        {"id": "_1", "description": "Clear", "long_description": "To all", "points": 5.0,
         "ratings": [{"description": "Full", "points": 5.0}, {"description": "None", "points": 0.0}]},
        {"description": "Length", "points": 10, "criterion_use_range": True,
         "ratings": [{"description": "Good", "points": 10}, {"description": "", "points": 0}]},
        {"description": "Notes", "ignore_for_scoring": True, "ratings": []},
    ]  # fmt: skip
    clear, length, notes = understood(json.dumps({"title": "R", "data": data}))
    assert (clear.description, clear.points, clear.levels[1].label) == ("To all", (0.0, 5.0), "Full")
    assert (length.type, length.points) == (CriterionType.SCALE, (0.0, 10.0))
    assert (notes.name, notes.type) == ("Notes", CriterionType.QUESTION)


def test_what_canvas_imports():
    head = "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
    head += ",Rating Name 1,Rating Description 1,Rating Points 1" * 2
    [plan] = understood(f"{head}\nR,Clear,To all,false,Full,All of it,4,None,,0\n")
    assert plan.levels == (Level(0.0, "None"), Level(4.0, "Full", "All of it"))


def test_what_moodle_backs_up():
    level = "<level id='{0}'><score>{0}.00000</score><definition>{1}</definition></level>"
    rubric = (
        "<?xml version='1.0' encoding='UTF-8'?><areas><plugin_gradingform_rubric_definition><criteria>"
        "<criterion id='2'><sortorder>2</sortorder><description>Proof</description><levels>"
        f"{level.format(0, 'None')}{level.format(2, 'Some')}</levels></criterion>"
        "<criterion id='1'><sortorder>1</sortorder><description>&lt;p&gt;Clear &amp;amp; short&lt;/p&gt;"
        "</description><descriptionformat>1</descriptionformat><levels>"
        f"{level.format(5, 'Yes')}{level.format(0, 'No')}</levels></criterion>"
        "</criteria></plugin_gradingform_rubric_definition></areas>"
    )
    first, second = understood(rubric)
    assert (first.name, first.points, second.name) == ("Clear & short", (0.0, 5.0), "Proof")
    guide = "<guidecriterion><shortname>Style</shortname><maxscore>20</maxscore></guidecriterion>"
    [style] = understood(f"<guidecriteria>{guide}</guidecriteria>")
    assert (style.name, style.type, style.points) == ("Style", CriterionType.SCALE, (0.0, 20.0))


BAD = [
    ("", None), ("{", 1), ('{"data": 7}', None), ("[1]", None), ("<a>\n<b></a>", 2), ("[" * 100_000, None),
    ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", None),
    ("criterion,type,points\nClear,levels,much\n", 2), ("criterion,type\n,levels\nx,stars\n", 2),
    ('a,"b\nc', 2), ("Clear\n", 1), ("x" * 200_001, None),
    ('[{"description":"a","ratings":[{"points":1e400}]}]', None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), BAD)
def test_what_cannot_be_read_says_where(text, line):
    with pytest.raises(UnreadableRubricError) as refusal:
        understood(text)
    assert refusal.value.line == line


def wrong(*found: CriterionPlan) -> set[tuple[str, str]]:
    with pytest.raises(FaultyRubricError) as refusal:
        checked({str(number): plan for number, plan in enumerate(found)})
    return {(each.key, each.part) for each in refusal.value.faults}


def test_what_no_criterion_may_be():
    good = CriterionPlan("Clear", levels=(Level(1.0, "No"), Level(2.0, "Yes")))
    scale = (Level(1.0), Level(5.0))
    assert wrong() == {("", "")}
    assert wrong(*[good] * 13) == {("", "")}
    assert wrong(CriterionPlan("Why", type=CriterionType.QUESTION)) == {("", "")}
    assert wrong(CriterionPlan("Clear", levels=good.levels, weight=0.0)) == {("", "")}
    for weight in (-1.0, float("nan"), float("inf"), 0.001, 1001.0):
        assert ("0", "weight") in wrong(CriterionPlan("Clear", levels=good.levels, weight=weight))
    assert wrong(CriterionPlan(" ", levels=good.levels)) == {("0", "name")}
    assert wrong(CriterionPlan("x" * 101, levels=good.levels)) == {("0", "name")}
    assert wrong(CriterionPlan("a", levels=good.levels[:1])) == {("0", "type")}
    assert wrong(CriterionPlan("a", levels=(Level(2.0, "a"), Level(2.0, ""), Level(1.0, "c")))) == {
        ("0", "points"), ("0", "label"),
    }  # fmt: skip
    assert wrong(CriterionPlan("a", type=CriterionType.SCALE, levels=scale[::-1])) == {("0", "highest")}
    assert wrong(CriterionPlan("a", type=CriterionType.SCALE, levels=(Level(0.5), Level(3.0)))) == {
        ("0", "lowest")
    }
    assert wrong(CriterionPlan("a", type=CriterionType.ERRORS, levels=scale)) == {("0", "lowest")}
