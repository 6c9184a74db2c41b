"""Of boxes by falling score, those that overlap none chosen before: greedy non-maximum suppression.

Candidates come in blocks, those of several classes side by side. Which overlap is found for all of them at once, then
each class is gone through from its best box on. How many are looked at next is judged by how many were chosen of those
before; where few were, what overlaps a chosen box is dropped first, so boxes around one object cost one look.

Source:  Neubeck and Van Gool, "Efficient non-maximum suppression", 2006.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.overlap import Boxes

BLOCK, FIRST, CLASSES, PAIRS = 256, 32, 16, 1 << 16
"""Candidates of a class at once, and of the first where their best overlaps many; classes side by side; pairs of chosen
boxes and candidates at once."""


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
        size = min(BLOCK if self.seen else self.most, need + need // 8 + 8)
        few = 4 * len(self.kept) < self.seen
        wanted = PAIRS // max(1, len(self.kept)) if few else size
        candidates, self.left = self.left[:wanted], self.left[wanted:]
        self.seen += len(candidates)
        if few:
            alone = ~boxes.overlap(self.kept[:, None], candidates).any(axis=0)
            candidates = candidates[alone]
        if len(candidates) > size:
            self.left, candidates = np.concatenate([candidates[size:], self.left]), candidates[:size]
        return candidates


def suppressed(boxes: Boxes, scores: Array, count: int, least: Any = None) -> list[Array]:
    """Of each class at most `count` places, by falling score, equal ones in their order; no two overlap too much.

    Options:  least: only scores above it; None for all.
    Shapes:   scores: (classes, boxes)
    """
    found: list[Array] = []
    with np.errstate(all="ignore"):  # of boxes without a size, which overlap nothing
        for start in range(0, len(scores), CLASSES):
            some = scores[start : start + CLASSES]
            choices = [_beginning(own, count, least) for own in some]
            _start_small(boxes, choices)
            _choose(boxes, choices, count)
            for own, choice in zip(some, choices, strict=True):
                if choice.cut and len(choice.kept) < count:  # the best ones were not enough
                    choice.left = by_falling_score(own, least)[choice.cut :]
            _choose(boxes, choices, count)
            found += [choice.kept for choice in choices]
    return found


def _beginning(scores: Array, count: int, least: Any) -> Choice:
    """A class before anything is chosen; most of its scores are rarely looked at, and not sorted."""
    first = 2 * count + BLOCK
    if len(scores) > 4 * first:
        bound = np.partition(scores, len(scores) - first)[len(scores) - first]
        if least is None or bound > least:
            best = by_falling_score(scores, np.nextafter(bound, np.asarray(-np.inf, bound.dtype)))
            return Choice(best, cut=len(best))
    return Choice(by_falling_score(scores, least))


def _start_small(boxes: Boxes, choices: list[Choice]) -> None:
    """Where the best box overlaps a quarter of the next ones, few are chosen, and are soon found to drop the others."""
    many = [choice for choice in choices if len(choice.left) >= BLOCK]
    if many:
        best = np.stack([choice.left[:FIRST] for choice in many])
        crowded = 4 * np.count_nonzero(boxes.overlap(best[:, :1], best[:, 1:]), axis=1) > FIRST
        for choice, small in zip(many, crowded.tolist(), strict=True):
            choice.most = FIRST if small else BLOCK


def _choose(boxes: Boxes, choices: list[Choice], count: int) -> None:
    """Goes on until each class has enough or nothing is left of it."""
    while True:
        open_ones = [choice for choice in choices if len(choice.left) and len(choice.kept) < count]
        if not open_ones:
            return
        sides = [np.concatenate([choice.kept, choice.next(boxes, count)]) for choice in open_ones]
        places, sizes = np.concatenate(sides), [len(side) for side in sides]
        alive = _alone(len(places), *boxes.pairs(places, np.repeat(np.arange(len(sides)), sizes)))
        for choice, side, own in zip(open_ones, sides, np.split(alive, np.cumsum(sizes)[:-1]), strict=True):
            choice.kept = side[own][:count]


def _alone(count: int, better: Array, worse: Array) -> Array:
    """Which of so many candidates are overlapped by no better one that is kept.

    Options:  better, worse: pairs that overlap, the better ones rising.
    """
    alive = np.ones(count, bool)
    if len(better):
        starts = [0, *((better[1:] != better[:-1]).nonzero()[0] + 1).tolist()]
        for place, start, end in zip(better[starts].tolist(), starts, [*starts[1:], len(better)], strict=True):
            if alive[place]:
                alive[worse[start:end]] = False
    return alive


def by_falling_score(scores: Array, least: Any = None) -> Array:
    """Places of the scores above `least` (None: all), the best first, equal ones in their order; NaN comes last.

    A score and its place make one whole number of 64 bits: to sort these is faster than to ask for an order.
    """
    places = np.arange(len(scores)) if least is None else (scores > least).nonzero()[0]
    own = scores[places].astype(np.float32, copy=False) + np.float32(0)  # no -0
    bits = own.view(np.int32)
    if not own.min(initial=0) >= 0:
        bits = np.where(np.isnan(own), np.float32(-np.inf), own).view(np.int32)
        bits = np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)  # of two below 0, the one with more bits is less
    keys = (~bits).astype(np.int64)
    keys <<= 32
    keys |= places
    keys.sort()
    keys &= 0xFFFFFFFF
    return keys
