"""A rubric while it is typed: what its page posts, and what each of the page's buttons makes of that. Pure.

A page with a half-made rubric is posted whole by each of its buttons, and comes back with all that was typed.
"""

import re
from collections.abc import Iterable
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from .criteria import MOST, MOST_LEVELS, CriterionPlan
from .criterion_fields import value
from .models import CriterionType

ORDER = "criterion-order"
SLOTS = [str(number) for number in range(2 * MOST_LEVELS)]  # of levels; more than there may be
_KEY = re.compile(r"[0-9a-f]{32}")
Typed = MultiDict[str, str]


def keys_of(typed: Typed) -> tuple[str, ...]:
    """The keys of the criteria, in their order."""
    return tuple(dict.fromkeys(filter(_KEY.fullmatch, typed.getlist(ORDER))))[: 3 * MOST]


def as_typed(rows: Iterable[tuple[str, CriterionPlan]]) -> Typed:
    """Criteria as a page would post them; one without a key is new."""
    typed: Typed = MultiDict()
    for key, plan in rows:
        key = key or uuid4().hex
        typed.add(ORDER, key)
        for part in ("name", "description", "type"):
            typed[f"{part}-{key}"] = getattr(plan, part)
        typed[f"weight-{key}"] = value(plan.weight)
        if plan.comment_required:
            typed[f"comment-{key}"] = "y"
        if plan.type is CriterionType.LEVELS:
            for slot, level in enumerate(plan.levels):
                typed.add(f"level-{key}", str(slot))
                typed[f"points-{key}-{slot}"] = value(level.points)
                typed[f"label-{key}-{slot}"], typed[f"sentence-{key}-{slot}"] = level.label, level.sentence
        elif plan.type is CriterionType.ERRORS:
            typed[f"errors-{key}"] = value(plan.points[-1])
        elif plan.type is CriterionType.SCALE:
            for end, level in (("lowest", plan.levels[0]), ("highest", plan.levels[-1])):
                typed[f"{end}-{key}"], typed[f"{end}-label-{key}"] = value(level.points), level.label
    return typed


def rearranged(typed: Typed, act: str) -> tuple[Typed, str]:
    """What was typed, after one of the page's buttons; and the id of what receives the focus.

    `act`: "add"; "up", "down", "copy", "delete" or "level" with "-" and a criterion's key; or "drop" with
    "-", the key, "-" and a level's slot. Whatever else it is changes nothing.
    """
    typed = MultiDict(typed)
    act, _, where = act.partition("-")
    key, _, slot = where.partition("-")
    order = typed.getlist(ORDER)
    if act == "add":
        key = uuid4().hex
        order.append(key)
    elif key not in order:
        return typed, ""
    at, focus = order.index(key), f"name-{key}"
    if act in {"up", "down"}:
        order.insert(max(0, at + (1 if act == "down" else -1)), order.pop(at))
        focus = f"{act}-{key}"
    elif act == "copy":
        made = uuid4().hex
        for name in [name for name in typed if key in name.split("-")]:
            typed.setlist(name.replace(key, made), typed.getlist(name))
        order.insert(at + 1, made)
        focus = f"name-{made}"
    elif act == "delete":
        order.pop(at)
        focus = f"criterion-{order[min(at, len(order) - 1)]}" if order else "add"
    elif act in {"level", "drop"}:
        slots = slots_of(typed, key)
        free = [each for each in SLOTS if each not in slots][: act == "level"]
        typed.setlist(f"level-{key}", [each for each in [*slots, *free] if (act, each) != ("drop", slot)])
        return typed, f"label-{key}-{free[0]}" if free else f"type-{key}"
    typed.setlist(ORDER, order)
    return typed, focus


def slots_of(typed: Typed, key: str) -> list[str]:
    """The levels of a criterion; of one that is new, or that was something else, two."""
    named = dict.fromkeys(slot for slot in typed.getlist(f"level-{key}") if slot in SLOTS)
    return list(named) or SLOTS[:2]
