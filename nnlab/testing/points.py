"""Points to try metrics and tasks with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnlab.core.truth import Points, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array


def some_points(samples: int, names: int, size: tuple[int, int], step: int = 4) -> tuple[Points, ...]:
    """Points in pictures of this width and height, in the middles of squares of `step` pixels; one of every seventh can
    not be seen, and in one picture none.
    """
    chance = np.random.default_rng(5)
    cells = chance.integers(0, np.maximum(np.array(size) // step, 1), (samples, names, 2))
    hidden = np.arange(samples * names).reshape(samples, names) % 7 == 3
    hidden[1] = True
    places = np.where(hidden[..., np.newaxis], 1e3, (cells + 0.5) * step)  # of what is hidden nobody knows the place
    return tuple(map(Points, places, ~hidden))


def seen_places(points: Sequence[Truth], seen_in: Sequence[Truth]) -> Array:
    """The places of those that can be seen in others, to a hundredth of a pixel; of answers as of truths.

    Shapes:  result: (seen points, 2)
    """
    pairs = zip(of_kind(points, Points), of_kind(seen_in, Points), strict=True)
    return np.concatenate([np.round(own.places[other.seen], 2) for own, other in pairs])


def answer_to(answer: Points, truth: Points) -> Points:
    """The answer as a truth is told: of the points that can be seen, to a hundredth of a pixel, and not how sure."""
    return replace(answer, places=np.round(answer.places, 2), seen=answer.seen & truth.seen, scores=None)


def hidden_elsewhere(truths: Sequence[Truth]) -> tuple[Points, ...]:
    """The same, what is hidden being said to be at another place, or at none."""
    points = list(of_kind(truths, Points))
    places = [np.where(each.seen[:, np.newaxis], each.places, (np.nan, 7.0)[at % 2]) for at, each in enumerate(points)]
    return tuple(replace(each, places=own) for each, own in zip(points, places, strict=True))


def hidden_shown(truths: Sequence[Truth]) -> list[tuple[Points, ...]]:
    """The same as if every point could be seen, the hidden ones at one place, and at another."""
    points = list(of_kind(truths, Points))
    return [
        tuple(
            Points(np.where(each.seen[:, np.newaxis], each.places, at), np.ones(len(each.seen), bool))
            for each in points
        )
        for at in (5.0, 9.0)
    ]
