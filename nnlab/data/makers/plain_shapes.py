"""Plain shapes: circles, squares and triangles apart from one another; masks, boxes, points and counts are known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker, Drawing
from nnlab.data.makers.colour import tinted
from nnlab.data.makers.raster import coverage

KINDS: Mapping[str, tuple[int, float]] = {"circle": (64, 1.0), "square": (4, 1.2), "triangle": (3, 1.4)}
"""Of each kind its corners, and how far they lie from its middle, in radii: so that areas are about the same."""

RADIUS = (0.08, 0.16)
"""Of an object, as a share of the picture's side."""

TRIES, SHRINK = 30, 0.9
"""How many places are tried for an object before it is drawn smaller, and by how much."""

GROUND, CONTRAST = (40.0, 215.0), (45.0, 110.0)
"""Brightness of the ground, and how far from it that of objects lies."""


@dataclass(frozen=True)
class Thing:
    """An object of a picture.  Shapes:  outline: (corners, 2), x and y in pixels; pixel 0 reaches from 0 to 1"""

    kind: str
    x: float
    y: float
    outline: Array

    @property
    def box(self) -> Array:
        """x0, y0, x1, y1: all of the outline."""
        return np.concatenate([self.outline.min(axis=0), self.outline.max(axis=0)])

    @property
    def area(self) -> float:
        """In pixels, by the shoelace formula."""
        (x, y), (ahead, below) = self.outline.T, np.roll(self.outline, -1, axis=0).T
        return float(abs(np.sum(x * below - ahead * y)) / 2)

    def covered(self, side: int) -> Array:
        """The share of each pixel that it covers."""
        return coverage(np.concatenate([self.outline, np.roll(self.outline, -1, axis=0)], axis=1), side, side)


@dataclass(frozen=True)
class Numbered(Drawing):
    """A picture that is named by its number among all: `images/0017.png`."""

    kinds: int = len(KINDS)

    @property
    def path(self) -> str:
        """The same whatever else is drawn: pictures take turns in what kind their first object is."""
        return f"images/{self._name}"

    @property
    def mask(self) -> str:
        """Where its mask belongs."""
        return f"masks/{self._name}"

    @property
    def _name(self) -> str:
        return f"{self.index * self.kinds + list(KINDS).index(self.label):04d}.png"


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class PlainShapes(DatasetMaker):
    """Circles, squares and triangles, turned and in any colours, 1 to 5 in a picture, on a noisy ground; none hides
    another, and all lie whole in the picture.

    One set for every task that says something of places: `masks/` (0 where there is nothing), `boxes.csv` (all of an
    object), `keypoints.csv` (the middle of the largest of each kind; empty where there is none), `targets.csv` (how
    many objects there are). The first object of a third of the pictures is a circle, of a third a square.

    Options:  images: 1200 where nothing is said.
    """

    version: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = tuple(KINDS)
    names: ClassVar[tuple[str, ...]] = ("count",)
    title: ClassVar[str] = "Circles, squares and triangles, with masks, boxes, points and counts"
    recommended: ClassVar[Mapping[str, Any]] = {"resize": [96, 96]}

    images: int = option(1200, "images in all", low=3, high=1_000_000)
    size: int = option(96, "width and height of pictures, in pixels", low=32, high=1024)
    objects: int = option(5, "most objects in a picture", low=1, high=9)
    noise: float = option(8.0, "standard deviation of the noise, in levels of 255", low=0, high=64)

    @property
    def preparation(self) -> Mapping[str, Any]:
        """Pictures as large as they are drawn."""
        return {"resize": [self.size, self.size]}

    @classmethod
    def dataset(cls) -> str:
        """`plain_shapes`"""
        return "plain_shapes"

    def chance(self, drawing: Drawing) -> np.random.Generator:
        """By the name that the set had when its figures were measured."""
        return Rng(self.seed).at("shapes", drawing.label, drawing.index).generator()

    def things(self, label: str, generator: np.random.Generator) -> list[Thing]:
        """The objects of a picture, all of whose chance comes before that of colours."""
        kinds = [label, *generator.choice(list(KINDS), generator.integers(self.objects))]
        things: list[Thing] = []
        circles: list[tuple[float, float, float]] = []
        for kind in map(str, kinds):
            corners, reach = KINDS[kind]
            x, y, radius = self._place(circles, reach * generator.uniform(*RADIUS) * self.size, generator)
            circles.append((x, y, radius))
            angles = generator.uniform(0, 2 * math.pi) + np.arange(corners) * (2 * math.pi / corners)
            outline = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
            things.append(Thing(kind, x, y, outline))
        return things

    def _place(
        self, others: Sequence[tuple[float, float, float]], radius: float, generator: np.random.Generator
    ) -> tuple[float, float, float]:
        """Where a circle of that radius touches no other one, by trying; a smaller one where there is no room."""
        while True:
            for x, y in generator.uniform(radius + 1, self.size - radius - 1, (TRIES, 2)):
                if all(math.hypot(x - x1, y - y1) > radius + other + 1 for x1, y1, other in others):
                    return float(x), float(y), radius
            radius *= SHRINK

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """The objects over a ground whose brightness rises slowly one way, then the noise, the same in all channels."""
        things = self.things(label, generator)
        ground = generator.uniform(*GROUND)
        slope = generator.uniform(-15, 15, 2) / self.size
        rows, columns = np.mgrid[: self.size, : self.size] - self.size / 2
        rise = slope[0] * rows + slope[1] * columns
        image = tinted(ground, generator, generator.uniform(0, 0.4)) + rise[:, :, np.newaxis]
        for thing in things:
            apart = generator.uniform(*CONTRAST) * (1 if ground < 127.5 else -1)
            colour = tinted(ground + apart, generator, generator.uniform(0, 0.6))
            image += thing.covered(self.size)[:, :, np.newaxis] * (colour - image)
        image += generator.normal(0, self.noise, image.shape[:2])[:, :, np.newaxis] if self.noise else 0.0
        pixels: Pixels = np.rint(np.clip(image, 0, 255)).astype(np.uint8)
        return pixels

    def drawings(self) -> Sequence[Numbered]:
        """Every picture, in the order of their numbers."""
        return sorted((Numbered(each.label, each.index) for each in super().drawings()), key=lambda each: each.index)

    def beside(self, drawing: Drawing) -> Mapping[str, Pixels]:
        """The mask: of each pixel the number of the kind that covers most of it, from 1; 0 where none does."""
        assert isinstance(drawing, Numbered)
        mask = np.zeros((self.size, self.size, 1), np.uint8)
        for thing in self._things(drawing):
            mask[thing.covered(self.size) > 0.5] = 1 + self.classes.index(thing.kind)
        return {drawing.mask: mask}

    @property
    def contents(self) -> str:
        """Where it is said what they show."""
        return "images/, with what they show in masks/, boxes.csv, keypoints.csv and targets.csv"

    def tables(self) -> Mapping[str, str]:
        """Boxes, points and counts of every picture, and the names of the masks' classes."""
        columns = ",".join(f"{kind}_{axis}" for kind in KINDS for axis in "xy")
        boxes, points, counts = ["file,class,x0,y0,x1,y1"], [f"file,{columns}"], ["file,count"]
        for drawing in self.drawings():
            things = self._things(drawing)
            boxes += [",".join((drawing.path, t.kind, *(f"{at:.2f}" for at in t.box))) for t in things]
            largest = {t.kind: t for t in sorted(things, key=lambda t: t.area)}
            places = [f"{largest[kind].x:.2f},{largest[kind].y:.2f}" if kind in largest else "," for kind in KINDS]
            points.append(",".join((drawing.path, *places)))
            counts.append(f"{drawing.path},{len(things)}")
        texts = {"boxes.csv": boxes, "keypoints.csv": points, "targets.csv": counts}
        texts["masks/classes.txt"] = ["background", *KINDS]
        return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}

    def _things(self, drawing: Drawing) -> list[Thing]:
        return self.things(drawing.label, self.chance(drawing))
