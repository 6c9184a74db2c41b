"""Which boxes that were said are right: each truth is found at most once, by the surest that covers it well enough."""

import numpy as np

from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.kernels.boxes import iou


def surest_first(answer: Boxes) -> Array:
    """Places by falling score, equal ones in their order; one without scores is as sure of each."""
    if answer.scores is None:
        return np.arange(len(answer.labels))
    return np.argsort(-answer.scores, kind="stable")


def matched(answer: Boxes, truth: Boxes, least: Array, most: int | None = None) -> tuple[Array, Array]:
    """Boxes of an answer, class by class and the surest of each first; and which truth each finds at each bound, or -1.

    Options:  least: as `matches` has it.  most: how many of a class count, the surest.
    Shapes:   places: (boxes,); found: (bounds, boxes)
    """
    order = surest_first(answer)
    places, found = [np.zeros(0, np.int64)], [np.zeros((len(least), 0), np.int64)]
    for label in np.unique(answer.labels).tolist():
        own, there = order[answer.labels[order] == label][:most], (truth.labels == label).nonzero()[0]
        hits = matches(answer.corners[own], truth.corners[there], least)
        places.append(own)
        found.append(np.where(hits >= 0, there[hits], -1) if len(there) else hits)
    return np.concatenate(places), np.concatenate(found, axis=1)


def matches(said: Array, true: Array, least: Array) -> Array:
    """For each bound, which truth each box finds, or -1: the one it overlaps most, of those not found yet.

    Of equal overlaps the last truth is found, as pycocotools has it.

    Options:  least: intersection over union that is enough, one bound or several.
    Shapes:   said: (boxes, 4), the surest first; true: (truths, 4); least: (bounds,); result: (bounds, boxes)
    """
    found = np.full((len(least), len(said)), -1)
    if not len(said) or not len(true):
        return found
    overlaps = np.nan_to_num(iou(said[:, None], true[None]))[:, ::-1]
    free, rows = np.ones((len(least), len(true)), bool), np.arange(len(least))
    for place in (overlaps.max(axis=1) >= least.min()).nonzero()[0].tolist():
        overlap = overlaps[place]
        good = np.where(free & (overlap >= least[:, None]), overlap, -1.0)
        best = good.argmax(axis=1)
        hit = good[rows, best] >= 0
        free[rows[hit], best[hit]] = False
        found[hit, place] = len(true) - 1 - best[hit]
    return found
