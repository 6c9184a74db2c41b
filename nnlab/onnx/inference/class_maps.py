"""Class maps: from a network's scores at every place to the class of every pixel, its colours and shares."""

import colorsys
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.inference.answer import Answer, not_finite

MOST_CLASSES = 256
"""As many as a mask of 8 bits tells apart."""

STRENGTH = 0.55
"""How much of its class's colour a pixel of an overlay has."""

BACKGROUND = frozenset({"background", "__background__", "unlabeled", "unlabelled", "void"})
"""Names of classes that an overlay leaves as the photo has them."""


@dataclass(frozen=True)
class Region:
    """What one class takes of a picture. Options:  share: of its pixels.  colour: in the overlay, "#rrggbb"."""

    number: int
    label: str
    share: float
    colour: str


def class_map_of(scores: Array, axis: int | None, image: Image, lib: ImageLibrary) -> Answer:
    """The likeliest class of every pixel of the photo; a pixel takes that of the nearest place of the network.

    Options:  axis: which axis of the scores counts classes; None: they are the classes' numbers already.
    Raises:   DataError: numbers below 0, or more classes than a mask can hold.
    """
    if axis is None:
        places, count = np.squeeze(scores).astype(np.int64), 0
        problem = None
    else:
        grid = scores[0] if scores.ndim == 4 else scores
        problem = not_finite(grid, "scores")
        places, count = np.asarray(grid.argmax(axis)), grid.shape[axis]
    if places.min() < 0 or max(count, int(places.max()) + 1) > MOST_CLASSES:
        what = f"classes {places.min()} to {max(count - 1, places.max())}; a mask holds 0 to {MOST_CLASSES - 1}"
        raise DataError(what, where="class map")
    spec = lib.spec(image)
    down = (np.arange(spec.height) + 0.5) * places.shape[0] / spec.height
    across = (np.arange(spec.width) + 0.5) * places.shape[1] / spec.width
    full = places[np.ix_(down.astype(np.int64), across.astype(np.int64))].astype(np.uint8)
    return Answer(class_map=full, count=count, problem=problem)


def regions(class_map: Array, labels: tuple[str, ...]) -> tuple[Region, ...]:
    """The classes that a picture holds, the largest first; those without a name by their number."""
    numbers, counts = np.unique(class_map, return_counts=True)
    found = [
        Region(number, named(labels, number), count / class_map.size, "#{:02x}{:02x}{:02x}".format(*colour(number)))
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda region: -region.share))


def named(labels: tuple[str, ...], number: int) -> str:
    """A class's name, or its number where there is none."""
    return labels[number] if number < len(labels) else str(number)


def colour(number: int) -> tuple[int, int, int]:
    """A class's colour: hues a golden angle apart, so that neighbours differ, in three strengths."""
    hue, value = (0.08 + number * 0.381966) % 1, (0.95, 0.75, 0.55)[number % 3]
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def coloured(class_map: Array) -> Pixels:
    """Every pixel in its class's colour. Shapes:  result: (height, width, 3), uint8"""
    palette = np.array([colour(number) for number in range(MOST_CLASSES)], np.uint8)
    return palette[class_map]


def tinted(image: Image, class_map: Array, labels: tuple[str, ...], lib: ImageLibrary) -> Pixels:
    """The photo, each class in its colour; a background stays as it is. Shapes:  result: (height, width, 3), uint8"""
    photo = lib.pixels(lib.flatten(image, (255, 255, 255)))[:, :, :3].astype(np.float32)
    strength = np.full(MOST_CLASSES, STRENGTH, np.float32)
    strength[[number for number, name in enumerate(labels[:MOST_CLASSES]) if name.casefold() in BACKGROUND]] = 0
    share = strength[class_map][:, :, None]
    return np.rint(photo + share * (coloured(class_map).astype(np.float32) - photo)).astype(np.uint8)
