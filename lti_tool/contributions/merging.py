"""Two people change the same text at once: one text that holds what both wrote. Pure.

A text is merged by paragraphs; a paragraph that both changed by lines; a line that both changed by words.
Where both changed the same words the text keeps both versions of the passage, marked, until they are settled.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_PAIRS = 100_000  # of pieces to compare; what is larger counts as written anew, and stays quick
_PASSAGE = re.compile(r"^===1===.*?\n===0===[^\n]*$", re.MULTILINE | re.DOTALL)
_GLUED = re.compile(r"(?<=[^\n=])(?====\d+===(?:[^=]|$))")
_LABELLED = re.compile(r"^===(\d+)===(?:[ \t]*\([^()\n]*\))?[ \t]*([^\n]*)", re.MULTILINE)
_AROUND = re.compile(r"[ \t]*\n{2,}(?====1===$)|(?<=\n===0===)\n{2,}", re.MULTILINE)
_MARK = re.compile(r"^===(\d+)===[^\n]*(?:\n|$)", re.MULTILINE)
Sides = tuple[list[str], list[str]]  # the same place for two people; equal where they agree


class Passage(NamedTuple):
    """A part of a text: one version of it where it is settled, several where it is not.

    `number` counts those that are not settled, from 0.
    """

    versions: tuple[str, ...]
    number: int = -1

    @property
    def settled(self) -> bool:
        """Whether there is one version."""
        return len(self.versions) == 1


@dataclass(slots=True)
class Change:
    """How a sequence became another: what stands for each piece (None: taken out), what came before each."""

    pieces: list[str | None]
    added: list[list[str]] = field(
        default_factory=list
    )  # one more than there are pieces: the last is the end


def merge(base: str, mine: str, theirs: str) -> str:
    """What both made of `base`. All that either wrote is in it; with nobody else's change, it is one's own.

    >>> merge("We meet at nine.", "We all meet at nine.", "We meet at ten.")
    'We all meet at ten.'
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    merged: list[str] = []
    for one, two in _sides(base, mine, theirs, 0):
        merged += one if one == two else [_unsettled(PARAGRAPHS.glue(two), PARAGRAPHS.glue(one))]
    return PARAGRAPHS.glue(merged)


def passages(text: str, first: int = 0) -> list[Passage]:
    """A text cut where it holds several versions of a passage, whose numbers begin at `first`."""
    parts, end = [], 0
    for number, match in enumerate(_PASSAGE.finditer(text), start=first):
        before = Passage((text[end : match.start()].strip("\n"),))
        parts += [before, Passage(_versions(match.group()), number)]
        end = match.end()
    parts.append(Passage((text[end:].strip("\n"),)))
    return [part for part in parts if part.versions != ("",)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the unsettled passages of a text begin and end."""
    return [match.span() for match in _PASSAGE.finditer(text)]


def settle(text: str, place: int, choice: int | None) -> str:
    """The text with one version of its unsettled passage number `place`, or with all of them in a row (None).

    Raises:
        IndexError: there is no such passage, or no such version.

    """
    match = list(_PASSAGE.finditer(text))[place]
    versions = _versions(match.group())
    kept = "\n\n".join(filter(None, versions)) if choice is None else versions[choice]
    before, after = text[: match.start()].rstrip("\n"), text[match.end() :].lstrip("\n")
    return "\n\n".join(filter(None, (before, kept, after)))


def unsettled(text: str) -> int:
    """How many passages of a text have several versions."""
    return sum(1 for _ in _PASSAGE.finditer(text))


def tidy(text: str) -> str:
    """A text with its passages as `merge` writes them: apart from the rest, without the words of `label`."""

    def apart(passage: re.Match[str]) -> str:
        return f"\n\n{_LABELLED.sub(_bare, passage.group())}\n\n"

    text = _PASSAGE.sub(apart, _GLUED.sub("\n", text))
    return _AROUND.sub("\n\n", text).strip("\n")


def label(text: str, first: str, other: str, end: str, *, marks: bool = True) -> str:
    """A text whose marks are followed by words that say what they are; `tidy` takes them off again.

    Args:
        text: as `merge` made it.
        first: the words for the first version of a passage.
        other: for each further version.
        end: for the end of the passage.
        marks: whether they stay; else the words take their places, for who only reads.

    """

    def words(mark: re.Match[str]) -> str:
        number = mark.group(1)
        said = first if number == "1" else end if number == "0" else other
        return f"==={number}=== ({said})" if marks else f"\n({said})\n"

    return _PASSAGE.sub(lambda passage: _LABELLED.sub(words, passage.group()), text)


def opcodes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """How to turn one sequence into the other, as `difflib.SequenceMatcher.get_opcodes`, in bounded time."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) * len(new) > MOST_PAIRS:
        inner = [("replace", 0, len(old), 0, len(new))]
    else:
        inner = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    found = [("equal", 0, start, 0, start)] if start else []
    found += [(tag, *(start + at for at in places)) for tag, *places in inner]  # type: ignore[misc]  # four
    if end:
        found.append(("equal", len(before) - end, len(before), len(after) - end, len(after)))
    return found


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; several versions of a passage are one."""
    found: list[str] = []
    inside = False
    for block in text.split("\n\n") if text else []:
        if inside:
            found[-1] += "\n\n" + block
        else:
            found.append(block)
        marks = [mark.group(1) for mark in _MARK.finditer(block)]
        inside = bool(marks) and marks[-1] != "0" and (inside or "1" in marks)
    return found


class Level(NamedTuple):
    """A way to cut a text. `joins`: what two people add at the same place stands one after the other."""

    cut: Callable[[str], list[str]]
    between: str
    joins: bool

    def glue(self, pieces: Sequence[str]) -> str:
        """The text again."""
        return self.between.join(pieces)


PARAGRAPHS = Level(paragraphs, "\n\n", joins=True)
LEVELS = (
    PARAGRAPHS,
    Level(lambda text: text.split("\n") if text else [], "\n", joins=True),
    Level(lambda text: text.split(" ") if text else [], " ", joins=False),
)


def _sides(base: str, one: str, two: str, depth: int) -> Iterator[Sides]:
    """The pieces of both texts, place by place: merged, and different only where both changed the same."""
    level = LEVELS[depth]
    return _places(level.cut(base), level.cut(one), level.cut(two), depth, joins=level.joins)


def _places(old: list[str], one: list[str], two: list[str], depth: int, *, joins: bool) -> Iterator[Sides]:
    changes = _change(old, one), _change(old, two)
    for at in range(len(old) + 1):
        yield _additions(changes[0].added[at], changes[1].added[at], joins=joins)
        if at < len(old):
            yield _both(old[at], changes[0].pieces[at], changes[1].pieces[at], depth)


def _both(old: str, one: str | None, two: str | None, depth: int) -> Sides:
    """One piece: who left it alone follows who did not."""
    if one in (old, two):
        return _pair(two, two)
    if two == old:
        return _pair(one, one)
    if any(_PASSAGE.fullmatch(text) for text in (old, one, two) if text):
        return _unsettled_by_both(old, one, two)
    if one is None or two is None or depth + 1 == len(LEVELS):
        return _pair(one, two)
    level = LEVELS[depth + 1]
    mine: list[str] = []
    theirs: list[str] = []
    for left, right in _sides(old, one, two, depth + 1):
        mine += left
        theirs += right
    return [level.glue(mine)], [level.glue(theirs)]


def _unsettled_by_both(old: str, *changed: str | None) -> Sides:
    """A passage with several versions: they are merged one by one, those that both changed are both there."""
    one, two = ([] if text is None else list(_versions(text)) for text in changed)
    versions: list[str] = []
    for left, right in _places(list(_versions(old)), one, two, 0, joins=True):
        versions += right + left
    if not versions:  # each settled it in another way
        versions = two + one
    merged = [_unsettled(*versions)] if len(set(versions)) > 1 else versions[:1]
    return merged, merged


def _bare(mark: re.Match[str]) -> str:
    """A mark without its words; what else stands in its line comes after it."""
    end = "\n\n" if mark.group(1) == "0" else "\n"
    return f"==={mark.group(1)}===" + (f"{end}{mark.group(2)}" if mark.group(2) else "")


def _pair(one: str | None, two: str | None) -> Sides:
    return [] if one is None else [one], [] if two is None else [two]


def _additions(one: list[str], two: list[str], *, joins: bool) -> Sides:
    if not (one and two) or one == two:
        return one or two, one or two
    if not joins:
        return one, two
    both: list[str] = []
    for tag, *(start, end, from_, to) in opcodes(two, one):
        both += two[start:end] if tag == "equal" else two[start:end] + one[from_:to]
    return both, both


def _change(old: list[str], new: list[str]) -> Change:
    """How `old` became `new`, each piece written anew beside the one that it most likely was."""
    change = Change(list(old), [[] for _ in range(len(old) + 1)])
    for tag, start, end, from_, to in opcodes(old, new):
        if tag == "equal":
            continue
        before, after = old[start:end], new[from_:to]
        more = max(0, len(after) - len(before))
        first = more if _last_resemble(before, after) else 0
        change.added[start] += after[:first]
        change.added[end] += after[len(after) - more + first :]
        written: list[str | None] = [*after[first : len(after) - more + first]]
        gone: list[str | None] = [None] * (len(before) - len(written))
        change.pieces[start:end] = gone + written if _last_resemble(before, after) else written + gone
    return change


def _last_resemble(before: list[str], after: list[str]) -> bool:
    """Whether the last of two runs of pieces are more like each other than the first."""
    if not before or not after or len(before) == len(after):
        return False
    return _alike(before[-1], after[-1]) > _alike(before[0], after[0])


def _alike(one: str, other: str) -> float:
    words, others = set(one.split()), set(other.split())
    return len(words & others) / max(1, len(words | others))


def _unsettled(*texts: str) -> str:
    """Several versions of a passage in one text; the same one once."""
    versions = list(dict.fromkeys(each for text in texts for each in _versions(text)))
    lines = [line for number, text in enumerate(versions, 1) for line in (f"==={number}===", text) if line]
    return "\n".join([*lines, "===0==="])


def _versions(text: str) -> tuple[str, ...]:
    """The versions in a passage; the text itself where it is settled."""
    if not _PASSAGE.fullmatch(text):
        return (text,)
    _, *parts = _MARK.split(text)
    return tuple(version.strip("\n") for version in parts[1:-2:2])
