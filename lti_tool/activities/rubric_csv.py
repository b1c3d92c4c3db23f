"""A rubric as a table: our own CSV, Canvas's, or cells copied from a spreadsheet. Pure.

Ours has a line for each level: criterion, description, type (levels, scale, errors, question), weight,
comment_required (yes or no), points, level, sentence. A line without a criterion goes on with the one before.
A scale and errors have two lines: the lowest and the highest number. A question has one, without points.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..kernel.i18n import N_
from . import rubric_canvas
from .criteria import CriterionPlan, Level
from .models import CriterionType
from .rubric_reading import UnreadableRubricError, labelled, number, rising
from .rubric_tables import Row, rows_of, table

HEAD = ("criterion", "description", "type", "weight", "comment_required", "points", "level", "sentence")
_YES = {"yes", "y", "true", "1", "oui", "vrai"}
_CORNER = {"", "criterion", "criteria", "critère", "critères"}  # above the criteria of a table
_POINTS = re.compile(r"\s*\((\d+(?:[.,]\d+)?)\s*(?:pts?|points?)?\)$")


def written(_name: str, plans: Sequence[CriterionPlan]) -> str:
    """A rubric as our CSV, for any spreadsheet."""
    lines: list[Sequence[str]] = [HEAD]
    for plan in plans:
        comment = "yes" if plan.comment_required else "no"
        head = [plan.name, plan.description, plan.type.value, f"{plan.weight:g}", comment]
        for level in plan.levels or [None]:
            cells = [f"{level.points:g}", level.label, level.sentence] if level else [""] * 3
            lines.append([*head, *cells])
            head = [""] * len(head)
    return table(lines)


def read(text: str) -> list[CriterionPlan]:
    """The criteria of a table; comma, semicolon or tab between its cells.

    Raises:
        UnreadableRubricError: a line cannot be read.

    """
    rows = rows_of(text)
    if not rows:
        return []
    head = [cell.casefold() for cell in rows[0][1]]
    if {"criterion", "type"} <= set(head):
        return _own(head, rows[1:])
    if head[:2] == [name.casefold() for name in rubric_canvas.HEAD[:2]]:
        return rubric_canvas.read_rows(rows[1:])
    return _pasted(rows)


def _own(head: list[str], rows: Sequence[Row]) -> list[CriterionPlan]:
    plans: list[CriterionPlan] = []
    for line, cells in rows:
        said = dict(zip(head, cells, strict=False))
        if said["criterion"]:
            plans.append(_begun(said, line))
        elif not plans:
            raise UnreadableRubricError(N_("This line belongs to no criterion."), line=line)
        if said.get("points") or said.get("level"):
            level = Level(
                number(said.get("points", ""), line), said.get("level", ""), said.get("sentence", "")
            )
            plans[-1] = replace(plans[-1], levels=(*plans[-1].levels, level))
    return [replace(plan, levels=rising(list(plan.levels))) for plan in plans]


def _begun(said: dict[str, str], line: int) -> CriterionPlan:
    kind = said["type"].casefold() if said.get("type") else CriterionType.LEVELS.value
    if kind not in set(CriterionType):
        sentence = N_("“%(value)s” is no type. There are: levels, scale, errors, question.")
        raise UnreadableRubricError(sentence, line=line, value=kind[:40])
    return CriterionPlan(
        said["criterion"],
        said.get("description", ""),
        CriterionType(kind),
        weight=number(said.get("weight") or "1", line),
        comment_required=said.get("comment_required", "").casefold() in _YES,
    )


def _pasted(rows: Sequence[Row]) -> list[CriterionPlan]:
    """A criterion on each line, then its levels; the first line may name them: "Good", "Good (3 points)"."""
    heads: list[str] = []
    if rows[0][1][0].casefold() in _CORNER:
        heads, rows = rows[0][1][1:], rows[1:]
    plans = []
    for line, (name, *cells) in rows:
        while cells and not cells[-1]:
            cells.pop()
        if not name:
            raise UnreadableRubricError(N_("This line belongs to no criterion."), line=line)
        if not cells:
            sentence = N_("“%(value)s” has no levels. Put each in a cell of its own.")
            raise UnreadableRubricError(sentence, line=line, value=name[:40])
        plans.append(CriterionPlan(name, levels=rising(list(_levels(heads, cells)))))
    return plans


def _levels(heads: Sequence[str], cells: Sequence[str]) -> Iterable[Level]:
    for place, cell in enumerate(cells):
        head = heads[place] if place < len(heads) else ""
        found = _POINTS.search(head)
        points = number(found[1]) if found else float(place + 1)
        label = _POINTS.sub("", head)
        yield Level(points, label, cell) if label else labelled(points, cell)
