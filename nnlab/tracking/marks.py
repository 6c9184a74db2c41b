"""Marks: what is true of places in a picture (a mask, boxes, points), drawn into a copy of it."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from nnlab.core.truth import VOID, Boxes, Mask, Points, Truth
from nnlab.core.types import Array, Pixels
from nnlab.tracking.canvas import BLUE, GREY, ORANGE
from nnlab.tracking.sheet import rgb

COLOURS = (ORANGE, BLUE, "#009E73", "#CC79A7", "#F0E442", "#56B4E9", "#E69F00")
"""Of classes and points by their number, again and again: Okabe and Ito's, which the colour-blind tell apart."""

LEFT = ("background", "none", "unlabelled", "unlabeled")
"""Classes of a mask that stay as the picture has them."""

TINT = 0.5
"""How much of its class's colour a pixel of a mask has."""

WIDTH, DOT = 2, 3
"""Of a box's lines, and from the middle of a point to its edge, in pixels."""

FAR = 1e6
"""Pixels from here on are outside of any picture: a network that went astray may say any number."""


@singledispatch
def marked(truth: Truth, picture: Pixels, scale: float, names: Sequence[str]) -> Pixels:
    """The picture with what is true of it drawn in; as it is where nothing is said of places.

    Options:  scale: pixels of this picture for one of those that the truth is in.  names: of the classes.
    Shapes:   picture and result: (height, width, 3) uint8
    """
    return picture


@marked.register
def _mask(truth: Mask, picture: Pixels, scale: float, names: Sequence[str]) -> Pixels:
    sides = zip(picture.shape[:2], truth.pixels.shape, strict=True)
    rows, columns = (_nearest(length, scale, own) for length, own in sides)
    classes = truth.pixels[np.ix_(rows, columns)]
    shown = picture.astype(np.float64)
    for number in np.unique(classes).tolist():
        if number != VOID and names[number : number + 1] and names[number].lower() in LEFT:
            continue
        tint = rgb(GREY if number == VOID else _colour(number)) * 255
        own = classes == number
        shown[own] = (1 - TINT) * shown[own] + TINT * tint
    return np.rint(shown).astype(np.uint8)


def framed(mask: Mask, rows: int, columns: int) -> Mask:
    """A mask of the middle of a picture as one of all of it: VOID around it. Itself, where it is of all."""
    height, width = mask.pixels.shape
    if (height, width) == (rows, columns):
        return mask
    top, left = (rows - height) // 2, (columns - width) // 2
    edges = ((top, rows - height - top), (left, columns - width - left))
    return Mask(np.pad(mask.pixels, edges, constant_values=VOID))


@marked.register
def _boxes(truth: Boxes, picture: Pixels, scale: float, names: Sequence[str]) -> Pixels:
    shown = picture.copy()
    order = range(len(truth.labels)) if truth.scores is None else np.argsort(truth.scores, kind="stable")
    for place in order:  # the surest last, on top of the others
        x0, y0, x1, y1 = _whole(np.rint(truth.corners[place] * scale))
        colour = rgb(_colour(int(truth.labels[place]))) * 255
        for top, left, bottom, right in (
            (y0, x0, y0 + WIDTH, x1), (y1 - WIDTH, x0, y1, x1), (y0, x0, y1, x0 + WIDTH), (y0, x1 - WIDTH, y1, x1),
        ):  # fmt: skip
            _fill(shown, top, left, bottom, right, colour)
    return shown


@marked.register
def _points(truth: Points, picture: Pixels, scale: float, names: Sequence[str]) -> Pixels:
    shown = picture.copy()
    for number, ((x, y), seen) in enumerate(zip(_whole(np.floor(truth.places * scale)), truth.seen, strict=True)):
        if seen:
            _fill(shown, y - DOT, x - DOT, y + DOT + 1, x + DOT + 1, np.full(3, 255.0))
            _fill(shown, y - DOT + 1, x - DOT + 1, y + DOT, x + DOT, rgb(_colour(number)) * 255)
    return shown


def moved_points(true: Points, said: Points, picture: Pixels, scale: float) -> Pixels:
    """The picture with a dot where each point was said to be, and a line from there to its place, where it can be seen.

    Options:  scale: pixels of this picture for one of those that the points are in.
    Shapes:   picture and result: (height, width, 3) uint8
    """
    shown = picture.copy()
    known = true.seen & np.isfinite(said.places).all(axis=-1)
    for number in np.flatnonzero(known).tolist():
        start, end = true.places[number] * scale, np.clip(said.places[number] * scale, -FAR, FAR)
        length, seen = float(np.abs(end - start).max()), 2.0 * sum(picture.shape[:2])
        if length > seen:  # no more of a line than what may lie in the picture
            end = start + (end - start) * (seen / length)
        steps = int(np.abs(end - start).max()) + 1
        for x, y in np.floor(np.linspace(start, end, steps + 1)).astype(int):
            _fill(shown, y, x, y + 1, x + 1, rgb(_colour(number)) * 255)
    return marked(Points(said.places, known), shown, scale, ())


def _whole(places: Array) -> Array:
    """Places as whole numbers; what is no number, or very far away, lies outside."""
    whole: Array = np.clip(np.nan_to_num(places, nan=-FAR), -FAR, FAR).astype(int)
    return whole


def _fill(picture: Pixels, top: int, left: int, bottom: int, right: int, colour: Array) -> None:
    """What of a rectangle lies in the picture."""
    picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = np.rint(colour)


def _nearest(length: int, scale: float, own: int) -> Array:
    """For each pixel of a side, that of the truth in its middle."""
    return np.minimum(((np.arange(length) + 0.5) / scale).astype(np.intp), own - 1)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
