"""Of boxes by falling score, those that overlap none chosen before: greedy non-maximum suppression.

Candidates come in blocks, those of several classes side by side. Which overlap is found for all of them at once, then
what the best of them overlap is dropped, and so on. Few candidates are sorted in one go, whatever their class, and most
often one look at all classes is enough; many are sorted class by class, as far as they are looked at. How many are
looked at next is judged by how many were chosen of those before; where few were, what overlaps a chosen box is dropped
first, so boxes around one object cost one look.

Source:  Neubeck and Van Gool, "Efficient non-maximum suppression", 2006.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.overlap import Boxes
from nnlab.kernels.ranking import by_falling_score, by_group_and_falling_score

BLOCK, FIRST, CLASSES, PAIRS, FEW = 256, 32, 16, 1 << 16, 1 << 16
"""Candidates of a class at once, and of the first where their best overlaps many; classes side by side; pairs of chosen
boxes and candidates at once; candidates of all classes that are sorted together."""

ROUNDS = 8
"""In which most candidates are settled, all at once."""


@dataclass(eq=False)
class Choice:
    """One class: what is chosen of it, and what is left to look at, best first.

    Options:  cut: so many of its scores were in `left` at first, the best; 0 for all.
              most: candidates in the first look.
    """

    left: Array
    cut: int = 0
    kept: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    seen: int = 0
    most: int = BLOCK

    def next(self, boxes: Boxes, count: int) -> Array:
        """The next candidates, without those that overlap a box that is chosen already where these are few."""
        need = count - len(self.kept)
        few = 4 * len(self.kept) < self.seen
        size = min(self.most, need + need // 8 + 8)
        if self.seen:  # as many as were needed for so many before, twice: ever more are dropped
            size = min(BLOCK, 2 * need * self.seen // max(1, len(self.kept)) + FIRST)
        wanted = PAIRS // max(1, len(self.kept)) if few else size
        candidates, self.left = self.left[:wanted], self.left[wanted:]
        self.seen += len(candidates)
        if few:
            alone = ~boxes.overlap(self.kept[:, None], candidates[None]).any(axis=0)
            candidates = candidates[alone]
        if len(candidates) > size:
            self.left, candidates = np.concatenate([candidates[size:], self.left]), candidates[:size]
        return candidates


def suppressed(boxes: Boxes, scores: Array, count: int, least: Any = None) -> list[Array]:
    """Of each class at most `count` places, by falling score, equal ones in their order; no two overlap too much.

    Options:  boxes: of one image after those of another, where there are several.
              least: only scores above it; None for all.
    Shapes:   scores: (images x classes, boxes of an image)
    """
    classes, size = scores.shape
    images = len(boxes.sides) // max(1, size)
    bases = [label * images // classes * size for label in range(classes)]
    with np.errstate(all="ignore"):  # of boxes without a size, which overlap nothing
        above = np.ones(scores.size, bool) if least is None else scores.ravel() > least
        if np.count_nonzero(above) <= FEW and classes <= FEW // 2:
            choices = _looked_at_once(boxes, scores, bases, above, count)
            _choose(boxes, choices, count)
        else:
            choices = []
            for start in range(0, classes, CLASSES):
                part = slice(start, start + CLASSES)
                choices += _one_by_one(boxes, scores[part], bases[part], count, least)
    return [choice.kept - base if base else choice.kept for choice, base in zip(choices, bases, strict=True)]


def _looked_at_once(boxes: Boxes, scores: Array, bases: list[int], above: Array, count: int) -> list[Choice]:
    """Where few scores are high enough: all classes after one sort and a look at the best of each."""
    classes, size = scores.shape
    found = above.nonzero()[0]
    if not len(found):
        return [Choice(found)] * classes
    order = by_group_and_falling_score(found // size, scores.ravel()[found])
    groups, places = np.divmod(found[order], size)
    if bases[-1]:
        places += np.array(bases)[groups]
    numbers = np.bincount(groups, minlength=classes)
    ends = numbers.cumsum()
    looks = _looks(boxes, places, ends - numbers, numbers, count)
    looked = ends - numbers + looks
    side = (np.arange(len(places)) < looked[groups]).nonzero()[0]
    side = side[_alone(len(side), *boxes.at(places[side]).pairs(np.arange(len(side)), looks))]
    kept, bounds = places[side], np.searchsorted(side, ends)
    rows = zip(looked.tolist(), ends.tolist(), [0, *bounds[:-1].tolist()], bounds.tolist(), looks.tolist(), strict=True)
    return [Choice(places[start:end], kept=kept[a:b][:count], seen=seen) for start, end, a, b, seen in rows]


def _looks(boxes: Boxes, places: Array, starts: Array, numbers: Array, count: int) -> Array:
    """How many of each class are looked at first."""
    looks = np.minimum(numbers, min(BLOCK, count + count // 8 + 8))
    many = (numbers >= BLOCK).nonzero()[0]
    if len(many):
        crowded = many[_crowded(boxes, places[starts[many, None] + np.arange(FIRST)])]
        looks[crowded] = np.minimum(looks[crowded], FIRST)
    return looks


def _one_by_one(boxes: Boxes, scores: Array, bases: list[int], count: int, least: Any) -> list[Choice]:
    """Some classes, of which each is sorted alone and as far as it is looked at."""
    choices = [_beginning(own, base, count, least) for own, base in zip(scores, bases, strict=True)]
    _start_small(boxes, choices)
    _choose(boxes, choices, count)
    for own, base, choice in zip(scores, bases, choices, strict=True):
        if choice.cut and len(choice.kept) < count:  # the best ones were not enough
            choice.left = by_falling_score(own, least)[choice.cut :] + base
    _choose(boxes, choices, count)
    return choices


def _beginning(scores: Array, base: int, count: int, least: Any) -> Choice:
    """A class before anything is chosen; most of its scores are rarely looked at, and not sorted."""
    first = 2 * count + BLOCK
    if len(scores) > 4 * first:
        bound = np.partition(scores, len(scores) - first)[len(scores) - first]
        if least is None or bound > least:
            best = by_falling_score(scores, np.nextafter(bound, np.asarray(-np.inf, bound.dtype)))
            return Choice(best + base, cut=len(best))
    return Choice(by_falling_score(scores, least) + base)


def _start_small(boxes: Boxes, choices: list[Choice]) -> None:
    """Where the best box overlaps a quarter of the next ones, few are chosen, and are soon found to drop the others."""
    many = [choice for choice in choices if len(choice.left) >= BLOCK]
    if many:
        crowded = _crowded(boxes, np.stack([choice.left[:FIRST] for choice in many]))
        for choice, small in zip(many, crowded.tolist(), strict=True):
            choice.most = FIRST if small else BLOCK


def _crowded(boxes: Boxes, best: Array) -> Array:
    """Whether the best box of each class overlaps a quarter of the next ones.  Shapes:  best: (classes, FIRST)"""
    own, at = boxes.at(best.ravel()), np.arange(best.size).reshape(best.shape)
    crowded: Array = 4 * np.count_nonzero(own.overlap(at[:, :1], at[:, 1:]), axis=1) > FIRST
    return crowded


def _choose(boxes: Boxes, choices: list[Choice], count: int) -> None:
    """Goes on until each class has enough or nothing is left of it."""
    while True:
        open_ones = [choice for choice in choices if len(choice.left) and len(choice.kept) < count]
        if not open_ones:
            return
        sides = [np.concatenate([choice.kept, choice.next(boxes, count)]) for choice in open_ones]
        places, sizes = np.concatenate(sides), [len(side) for side in sides]
        alive = _alone(len(places), *boxes.pairs(places, np.array(sizes)))
        for choice, side, own in zip(open_ones, sides, np.split(alive, np.cumsum(sizes)[:-1]), strict=True):
            choice.kept = side[own][:count]


def _alone(count: int, better: Array, worse: Array) -> Array:
    """Which of so many candidates are overlapped by no better one that is kept.

    All that none is better than are kept at once, and what these overlap is dropped with its pairs, until none is left.
    Where each overlaps the next, as in a row, this is one box at a time: then the pairs are gone through in order.

    Options:  better, worse: pairs that overlap.
    """
    alive = np.ones(count, bool)
    for _ in range(ROUNDS):
        if not len(better):
            return alive
        kept = np.ones(count, bool)
        kept[worse] = False
        alive[worse[kept[better]]] = False
        left = alive[better] & alive[worse]
        better, worse = better[left], worse[left]
    order, states = np.argsort(better, kind="stable"), alive.tolist()
    for first, second in zip(better[order].tolist(), worse[order].tolist(), strict=True):
        if states[first]:
            states[second] = False
    return np.array(states, bool)
