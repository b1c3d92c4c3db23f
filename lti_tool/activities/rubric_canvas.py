"""A rubric as Canvas has it: the JSON of its API, and the CSV that its rubrics page imports. Pure.

Sources: Canvas LMS, REST API, "Rubrics" (RubricCriterion: description, long_description, points,
criterion_use_range, ignore_for_scoring, ratings); "Import rubric", its CSV template.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..kernel.i18n import N_
from .criteria import SCORED, CriterionPlan, Level
from .models import CriterionType
from .rubric_reading import UnreadableRubricError, as_levels, number, rising
from .rubric_tables import Row, table

HEAD = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
RATING = ("Rating Name", "Rating Description", "Rating Points")
OURS = "entraide"  # what Canvas has no place for; it leaves it alone


def written(name: str, plans: Sequence[CriterionPlan]) -> str:
    """A rubric as JSON."""
    criteria = [
        {
            "description": plan.name,
            "long_description": plan.description,
            "points": max((level.points for level in as_levels(plan)), default=0.0),
            "criterion_use_range": plan.type in {CriterionType.SCALE, CriterionType.ERRORS},
            "ignore_for_scoring": not plan.counts,
            "ratings": [
                {"description": level.label, "long_description": level.sentence, "points": level.points}
                for level in reversed(as_levels(plan))
            ],
            OURS: {"type": plan.type, "weight": plan.weight, "comment_required": plan.comment_required},
        }
        for plan in plans
    ]
    return json.dumps({"title": name, "data": criteria}, ensure_ascii=False, indent=2)


def read(text: str) -> list[CriterionPlan]:
    """The criteria in a rubric's JSON, or in that of its criteria alone.

    Raises:
        UnreadableRubricError: it is no JSON, or no rubric.

    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableRubricError(N_("This is not JSON."), line=error.lineno) from None
    except (RecursionError, ValueError):
        raise UnreadableRubricError(N_("This is not JSON.")) from None
    for name in ("rubric", "data", "criteria"):
        found = found[name] if isinstance(found, dict) and name in found else found
    found = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnreadableRubricError(N_("There is no criterion in this."))
    return [_criterion(each) for each in found]


def written_as_csv(name: str, plans: Sequence[CriterionPlan]) -> str:
    """A rubric as the CSV that Canvas imports; open questions stay out, for each line needs a rating."""
    scored = [plan for plan in plans if plan.type in SCORED]
    width = max((len(as_levels(plan)) for plan in scored), default=0)
    lines: list[Sequence[str]] = [(*HEAD, *RATING * width)]
    for plan in scored:
        ranges = "true" if plan.type is not CriterionType.LEVELS else "false"
        cells = [
            text
            for level in reversed(as_levels(plan))
            for text in (level.label, level.sentence, f"{level.points:g}")
        ]
        lines.append([name, plan.name, plan.description, ranges, *cells])
    return table(lines)


def read_rows(rows: Sequence[Row]) -> list[CriterionPlan]:
    """The criteria in the lines of such a CSV, each with its number, below the first one.

    Raises:
        UnreadableRubricError: a line has no name, or points that are no number.

    """
    plans = []
    for line, cells in rows:
        _, name, description, ranges, *ratings = [*cells, *[""] * (len(HEAD) - len(cells))]
        if not name:
            raise UnreadableRubricError(N_("This line belongs to no criterion."), line=line)
        threes = [ratings[place : place + 3] for place in range(0, len(ratings) - 2, 3)]
        levels = [
            Level(number(points, line), label, said) for label, said, points in threes if label or points
        ]
        plans.append(_plan(name, description, levels, ranged=ranges.casefold() == "true"))
    return plans


def _criterion(found: dict[str, Any]) -> CriterionPlan:
    ratings = [each for each in _list(found.get("ratings")) if isinstance(each, dict)]
    levels = [
        Level(number(each.get("points", 0)), _text(each, "description"), _text(each, "long_description"))
        for each in ratings
    ]
    name, description = _text(found, "description"), _text(found, "long_description")
    ours = found.get(OURS)
    if isinstance(ours, dict) and ours.get("type") in set(CriterionType):
        plan = _plan(name, description, levels, ranged=ours["type"] == CriterionType.SCALE)
        weight, comment = number(ours.get("weight", 1)), ours.get("comment_required") is True
        plan = replace(plan, type=CriterionType(ours["type"]), weight=weight, comment_required=comment)
        if plan.type is CriterionType.ERRORS:
            plan = replace(plan, levels=tuple(Level(points) for points in plan.points))
        return plan
    plan = _plan(name, description, levels, ranged=found.get("criterion_use_range") is True)
    return replace(plan, weight=0.0) if found.get("ignore_for_scoring") is True else plan


def _plan(name: str, description: str, levels: list[Level], *, ranged: bool) -> CriterionPlan:
    """A criterion; without ratings it is a question, and a range of whole numbers is a scale."""
    if not levels:
        return CriterionPlan(name, description, CriterionType.QUESTION)
    ordered = rising(levels)
    if ranged and all(level.points.is_integer() for level in ordered):
        ends = (ordered[0], ordered[-1]) if len(ordered) > 1 else (Level(0.0), ordered[0])
        labels = ("" if end.label == f"{end.points:g}" else end.label for end in ends)
        both = tuple(Level(end.points, label) for end, label in zip(ends, labels, strict=True))
        return CriterionPlan(name, description, CriterionType.SCALE, both)
    return CriterionPlan(name, description, levels=ordered)


def _list(found: Any) -> list[Any]:
    """Canvas answers with a list, and takes a numbered object."""
    return list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else []


def _text(found: dict[str, Any], name: str) -> str:
    return str(found.get(name) or "")
