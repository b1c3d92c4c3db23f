"""What changed between two versions: by prompt, by step, by word. Pure, but for the language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from flask_babel import gettext
from markupsafe import Markup

from ..activities.models import Activity
from ..activities.prompts import prompts_of
from ..kernel.i18n import N_
from .steps import Step
from .texts import Text

MOST_EDITS = 300  # words, or lines, that are told one by one
KIN = 0.3  # texts that have less in common than this share of their words are told apart whole
_WORD = re.compile(r"\s*\S+|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
T = TypeVar("T")
_HIDDEN = Markup('<span class="visually-hidden">{} </span>')


class Change(StrEnum):
    """What happened to a piece of text, or to a step."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


class Piece(NamedTuple):
    """A piece of a text, and what happened to it."""

    change: Change
    text: str


class Part(NamedTuple):
    """A part of a contribution that is not the same in both versions; `note`: what happened to it."""

    label: str
    difference: Markup
    note: str = ""


def pieces(before: str, after: str) -> list[Piece]:
    """Both texts in one, line by line and within changed lines word by word, in bounded time."""
    found: list[Piece] = []
    for one, other in blocks(_LINE.findall(before), _LINE.findall(after)):
        if one == other:
            found.append(Piece(Change.SAME, "".join(one)))
        elif len(one) == len(other):
            for line, new in zip(one, other, strict=True):
                found += _words(line, new)
        else:
            found += _words("".join(one), "".join(other))
    return list(_joined(found))


def differences(before: str, after: str) -> Markup:
    """The text with what was added and removed, marked for the eye and in words for who listens."""
    return Markup("").join(_marked(piece) for piece in pieces(before, after))


def compare(activity: Activity, old: Text, new: Text) -> list[Part]:
    """The parts that are not the same in two versions of a contribution, in the order of reading."""
    parts = [Part(gettext(N_("Title")), differences(old.title, new.title))] if old.title != new.title else []
    keys = {key for text in (old, new) for key, answer in text.answers.items() if answer}
    for prompt in prompts_of(activity, gettext, sorted(keys)):
        before, after = old.answers.get(prompt.key, ""), new.answers.get(prompt.key, "")
        if before != after:
            parts.append(Part(prompt.label, differences(before, after)))
    return parts + _steps(old.steps, new.steps)


def _steps(old: Sequence[Step], new: Sequence[Step]) -> list[Part]:
    were = {step.id: (number, step) for number, step in enumerate(old, start=1)}
    moved = _moved([step.id for step in old], [step.id for step in new])
    parts = []
    for number, step in enumerate(new, start=1):
        was, before = were.pop(step.id, (0, Step(step.id)))
        note = ""
        if not was:
            note = gettext(N_("This step is new."))
        elif step.id in moved:
            note = gettext(N_("It was step %(number)d before."), number=was)
        if note or before != step:
            parts.append(Part(gettext(N_("Step %(number)d"), number=number), _of_step(before, step), note))
    for number, step in were.values():
        note = gettext(N_("This step was removed. It was step %(number)d."), number=number)
        parts.append(Part(gettext(N_("Step %(number)d"), number=number), _of_step(step, Step(step.id)), note))
    return parts


def _of_step(before: Step, after: Step) -> Markup:
    lines = [differences(before.text, after.text)]
    if before.watch_out or after.watch_out:
        label = gettext(N_("Watch out"))
        lines.append(
            Markup("<strong>{}</strong> ").format(label) + differences(before.watch_out, after.watch_out)
        )
    return Markup("\n").join(lines)


def _moved(old: Sequence[UUID], new: Sequence[UUID]) -> set[UUID]:
    """What is in both orders and does not follow what it followed."""
    kept = {each for one, other in blocks(old, new) if one == other for each in one}
    return {each for each in new if each in set(old)} - kept


def _words(before: str, after: str) -> list[Piece]:
    """What one passage has become: told whole where little of it stayed."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found = list(blocks(old, new))
    same = sum(len(one) for one, other in found if one == other)
    if same < KIN * max(len(old), len(new)):
        return [Piece(Change.REMOVED, before), Piece(Change.ADDED, after)]
    return [
        piece
        for one, other in found
        for piece in (
            [Piece(Change.SAME, "".join(one))]
            if one == other
            else [Piece(Change.REMOVED, "".join(one)), Piece(Change.ADDED, "".join(other))]
        )
    ]


def blocks(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[Sequence[T], Sequence[T]]]:
    """Two sequences cut at the same places: runs that are the same in both, and what stands between them.

    What takes more than MOST_EDITS to turn into the other counts as replaced whole: the time is bounded by
    MOST_EDITS times the length. The way is that of E. Myers, "An O(ND) Difference Algorithm", 1986.
    """
    at, to = 0, 0
    for start, from_, length in _runs(old, new):
        if at < start or to < from_:
            yield old[at:start], new[to:from_]
        yield old[start : start + length], new[from_ : from_ + length]
        at, to = start + length, from_ + length
    if at < len(old) or to < len(new):
        yield old[at:], new[to:]


def _runs(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int, int]]:
    """The places of what is the same in both, and how long it is; in order."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    inside = _shortest(old[start : len(old) - end], new[start : len(new) - end])
    runs = [(0, 0, start), *((start + at, start + to, length) for at, to, length in inside)]
    runs.append((len(old) - end, len(new) - end, end))
    return [run for run in runs if run[2]]


def _shortest(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int, int]]:
    """The runs on a shortest way from one to the other; none where that way is too long."""
    furthest, trail = {1: 0}, []
    for edits in range(min(len(old) + len(new), MOST_EDITS) + 1):
        trail.append(dict(furthest))
        for k in range(-edits, edits + 1, 2):
            at = furthest[k + 1] if _goes_down(furthest, k, edits) else furthest[k - 1] + 1
            while at < len(old) and at - k < len(new) and old[at] == new[at - k]:
                at += 1
            furthest[k] = at
            if at >= len(old) and at - k >= len(new):
                return _way_back(trail, len(old), len(new))
    return []


def _goes_down(furthest: Mapping[int, int], k: int, edits: int) -> bool:
    return k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])


def _way_back(trail: Sequence[Mapping[int, int]], at: int, to: int) -> list[tuple[int, int, int]]:
    runs = []
    for edits in range(len(trail) - 1, -1, -1):
        k, furthest = at - to, trail[edits]
        before = k + 1 if _goes_down(furthest, k, edits) else k - 1
        came = furthest[before]
        length = at - (came if before > k else came + 1) if edits else at
        if length > 0:
            runs.append((at - length, to - length, length))
        at, to = came, came - before
    return runs[::-1]


def _joined(found: list[Piece]) -> Iterator[Piece]:
    """The pieces without empty ones, neighbours of one kind as one."""
    last: Piece | None = None
    for piece in found:
        if not piece.text:
            continue
        if last and last.change is piece.change:
            last = Piece(last.change, last.text + piece.text)
        else:
            if last:
                yield last
            last = piece
    if last:
        yield last


def _marked(piece: Piece) -> Markup:
    if piece.change is Change.SAME:
        return Markup("{}").format(piece.text)
    text = piece.text.lstrip() or piece.text
    before = piece.text[: len(piece.text) - len(text)]  # a blank between words is not marked
    if piece.change is Change.ADDED:
        return Markup("{}<ins>{}{}</ins>").format(before, _HIDDEN.format(gettext(N_("(added)"))), text)
    return Markup("{}<del>{}{}</del>").format(before, _HIDDEN.format(gettext(N_("(removed)"))), text)
