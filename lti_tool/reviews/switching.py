"""Pairs drawn at random: who reviews what, in large numbers at once. Pure.

Everybody's places are shuffled and dealt out. Then pairs swap their works, many at a time: first to mend what
may not be (one's own, the same twice, the wrong group), then, once all is well, to forget how it began.
"""

import numpy as np

from .sheet import REVIEWERS, WORKS, Flags, Ints, Sheet, among

MENDING = 40  # passes at most; what is still wrong then is so tight that it has to be searched for
MIXING = 8


def deal(sheet: Sheet, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs at random that give and receive as wished, island by island; some of them may not be."""
    shares = sheet.least[REVIEWERS], _shares(sheet, rng)
    places = [
        np.repeat(np.arange(size), np.maximum(share - sheet.settled(side), 0))
        for side, (size, share) in enumerate(zip(sheet.sizes, shares, strict=True))
    ]
    ranked = []
    for side in (REVIEWERS, WORKS):
        island = sheet.island[side][places[side]]
        order = _shuffled(island, rng)
        places[side], island = places[side][order], island[order]
        rank = np.arange(len(island)) - np.searchsorted(island, island)
        ranked.append(rank * (len(sheet.groups) + 1) + island)
    _, gives, receives = np.intersect1d(
        ranked[REVIEWERS], ranked[WORKS], assume_unique=True, return_indices=True
    )
    return places[REVIEWERS][gives], places[WORKS][receives]


def mend(sheet: Sheet, reviewers: Ints, works: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Swap works until every pair may be; what cannot be mended so is left out."""
    wrong = _wrong(sheet, reviewers, works)
    for turn in range(MENDING):
        if not wrong.any():
            break
        places = np.flatnonzero(wrong) if turn % 2 else np.arange(len(works))
        works = _swap(sheet, reviewers, works, places, rng)
        wrong = _wrong(sheet, reviewers, works)
    return reviewers[~wrong], works[~wrong]


def mix(sheet: Sheet, reviewers: Ints, works: Ints, rng: np.random.Generator) -> Ints:
    """Swap works at random among pairs that may all be; the works, in the order of their reviewers.

    A pass, once it is decided who meets whom, undoes itself when it is made twice. So of two allocations
    each leads to the other equally often, and what the passes tend to is the uniform draw.
    """
    for _ in range(MIXING):
        works = _swap(sheet, reviewers, works, np.arange(len(works)), rng, clean=True)
    return works


def _swap(
    sheet: Sheet,
    reviewers: Ints,
    works: Ints,
    places: Ints,
    rng: np.random.Generator,
    clean: bool = False,
) -> Ints:
    """Let pairs meet two by two. Those swap that may have each other's work, and are the only ones to.

    `clean`: only half of them try, and only what holds before as after.
    """
    order = places[_shuffled(sheet.island[REVIEWERS][reviewers[places]], rng)][rng.integers(2) :]
    one, other = order[: len(order) // 2 * 2].reshape(-1, 2).T
    if clean:
        tries = rng.random(len(one)) < 0.5
        one, other = one[tries], other[tries]
    now = sheet.key(reviewers, works)
    first = sheet.key(reviewers[one], works[other])
    second = sheet.key(reviewers[other], works[one])
    seen = np.sort(np.concatenate([now, first, second]))
    twice = seen[1:][seen[1:] == seen[:-1]]
    apart = ~among(first, twice) & ~among(second, twice)
    if clean:
        apart &= ~among(now[one], twice) & ~among(now[other], twice)
    fits = sheet.may(reviewers[one], works[other]) & sheet.may(reviewers[other], works[one]) & apart
    one, other = one[fits], other[fits]
    swapped = works.copy()
    swapped[one], swapped[other] = works[other], works[one]
    return swapped


def _wrong(sheet: Sheet, reviewers: Ints, works: Ints) -> Flags:
    """Which pairs may not be, or stand there a second time."""
    again = np.ones(len(works), np.bool_)
    again[np.unique(sheet.key(reviewers, works), return_index=True)[1]] = False
    return again | ~sheet.may(reviewers, works)


def _shares(sheet: Sheet, rng: np.random.Generator) -> Ints:
    """What each work is to receive: as equal as possible, and chance says which receive one more."""
    island = sheet.island[WORKS]
    order = _shuffled(island, rng)
    rank = np.arange(len(island)) - np.searchsorted(island[order], island[order])
    more = np.zeros(len(island), np.int64)
    more[order] = rank < sheet.left_over[island[order]]
    return np.minimum(sheet.least[WORKS] + more, sheet.most[WORKS])


def _shuffled(islands: Ints, rng: np.random.Generator) -> Ints:
    """An order that keeps islands together and is otherwise drawn."""
    return np.argsort(islands + rng.random(len(islands)))
