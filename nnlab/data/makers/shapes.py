"""Shapes: one large object of five kinds among smaller ones that hide parts of it; all that is true of it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker, Drawing
from nnlab.data.makers.colour import tinted
from nnlab.data.makers.scene import KINDS, Scene, Thing, scene
from nnlab.data.makers.textures import TEXTURES

GROUND, CONTRAST = (50.0, 205.0), (45.0, 100.0)
"""Brightness of the ground, and how far from it that of objects lies."""

TEXTURED, DEPTH = 0.7, (12.0, 32.0)
"""How often a ground or an object has a texture, and how far apart its two levels lie."""

SPECKLED = 0.25
"""The share of pixels that noise moves; each by as much, up or down, so that a PNG stays small."""


@dataclass(frozen=True)
class Numbered(Drawing):
    """A picture that is named by its number among all: `images/0017.png`; kinds take turns."""

    @property
    def path(self) -> str:
        """The same whatever else is drawn."""
        return f"images/{self._name}"

    @property
    def mask(self) -> str:
        """Where its mask belongs."""
        return f"masks/{self._name}"

    @property
    def _name(self) -> str:
        return f"{self.index * len(KINDS) + list(KINDS).index(self.label):04d}.png"


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class Shapes(DatasetMaker):
    """An ellipse, triangle, square, star or cross, and up to three smaller objects that may hide a part of it, all in
    any colours, with textures, on a textured ground with noise.

    One set for every task: `labels.csv` (the kind of the large one), `masks/` (the kind seen at each pixel, 0
    where there is nothing), `boxes.csv` (all of every object, hidden parts too), `keypoints.csv` (the large one's
    middle and tip), `targets.csv` (its angle: degrees clockwise from upright, -30 to 30). At least 70% of each object
    is seen.

    Options:  images: 1000 where nothing is said.
    """

    version: ClassVar[int] = 2
    classes: ClassVar[tuple[str, ...]] = tuple(KINDS)
    names: ClassVar[tuple[str, ...]] = ("angle",)
    title: ClassVar[str] = "Shapes that hide one another: classes, masks, boxes, points and an angle, all known exactly"
    recommended: ClassVar[Mapping[str, Any]] = {"resize": [64, 64]}

    images: int = option(1000, "images in all", low=5, high=1_000_000)
    size: int = option(64, "width and height of pictures, in pixels", low=32, high=1024)
    objects: int = option(4, "most objects in a picture", low=1, high=9)
    noise: float = option(6.0, "standard deviation of the noise, in levels of 255", low=0, high=64)

    @property
    def preparation(self) -> Mapping[str, Any]:
        """Pictures as large as they are drawn."""
        return {"resize": [self.size, self.size]}

    def scene(self, drawing: Drawing) -> Scene:
        """The objects of a picture."""
        return _scene(self.seed, self.objects, self.size, drawing.label, drawing.index)

    def draw(self, drawing: Drawing) -> Pixels:
        """Colours have a stream of their own: where things lie is known without them."""
        return self._painted(
            self.scene(drawing), Rng(self.seed).at("shapes", drawing.label, drawing.index, "colours").generator()
        )

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """One picture of the class, all of its chance from one stream."""
        return self._painted(
            scene(label, int(generator.integers(1, self.objects + 1)), self.size, generator), generator
        )

    def _painted(self, drawn: Scene, generator: np.random.Generator) -> Pixels:
        """The objects over the ground, those behind first, then the noise, the same in all channels."""
        ground = generator.uniform(*GROUND)
        image = np.broadcast_to(self._filled(ground, 0.4, generator), (self.size, self.size, 3)).copy()
        for thing in drawn.things:
            apart = generator.uniform(*CONTRAST) * (1 if ground < 127.5 else -1)
            image += thing.covered(self.size)[:, :, np.newaxis] * (self._filled(ground + apart, 0.6, generator) - image)
        if self.noise:
            speckles = generator.choice(
                [-1, 0, 1], (self.size, self.size), p=[SPECKLED / 2, 1 - SPECKLED, SPECKLED / 2]
            )
            image += (speckles * self.noise / np.sqrt(SPECKLED))[:, :, np.newaxis]
        pixels: Pixels = np.rint(np.clip(image, 0, 255)).astype(np.uint8)
        return pixels

    def _filled(self, brightness: float, purity: float, generator: np.random.Generator) -> Array:
        """A colour, mostly in two levels by a texture.  Shapes:  (size, size, 3), or (3,) where it is flat"""
        colour = tinted(brightness, generator, generator.uniform(0, purity))
        if generator.random() >= TEXTURED:
            return colour
        texture = TEXTURES[generator.integers(len(TEXTURES))](generator, self.size) > 0.5
        deep = generator.uniform(*DEPTH) * generator.choice([-1, 1])
        return np.asarray(colour + deep * (texture[:, :, np.newaxis] - 0.5))

    def drawings(self) -> Sequence[Numbered]:
        """Every picture, in the order of their numbers."""
        named = [Numbered(each.label, each.index) for each in super().drawings()]
        return sorted(named, key=lambda each: (each.index, self.classes.index(each.label)))

    def beside(self, drawing: Drawing) -> Mapping[str, Pixels]:
        """The mask: of each pixel the number of the kind that is seen there, from 1; 0 where none is."""
        assert isinstance(drawing, Numbered)
        return {drawing.mask: self.scene(drawing).mask(self.size)}

    @property
    def contents(self) -> str:
        """Where it is said what they show."""
        return "images/, with what they show in labels.csv, masks/, boxes.csv, keypoints.csv and targets.csv"

    def tables(self) -> Mapping[str, str]:
        """Class, boxes, points and angle of every picture, and the names of the masks' classes."""
        texts = {
            "labels.csv": ["file,class"], "boxes.csv": ["file,class,x0,y0,x1,y1"],
            "keypoints.csv": ["file,middle_x,middle_y,tip_x,tip_y"], "targets.csv": ["file,angle"],
            "masks/classes.txt": ["background", *KINDS],
        }  # fmt: skip
        for drawing in self.drawings():
            drawn, path = self.scene(drawing), drawing.path
            subject = drawn.subject
            texts["labels.csv"].append(f"{path},{drawing.label}")
            texts["boxes.csv"] += [",".join((path, thing.kind, *_places(thing.box))) for thing in _in_order(drawn)]
            texts["keypoints.csv"].append(",".join((path, *_places([*subject.middle, *subject.tip]))))
            texts["targets.csv"].append(f"{path},{subject.angle:.3f}")
        return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}


@lru_cache(maxsize=100_000)
def _scene(seed: int, objects: int, size: int, label: str, index: int) -> Scene:
    """Where the objects of a picture lie, worked out once for the picture, its mask and the tables."""
    generator = Rng(seed).at("shapes", label, index).generator()
    return scene(label, int(generator.integers(1, objects + 1)), size, generator)


def _in_order(drawn: Scene) -> list[Thing]:
    """The large one first."""
    return [drawn.subject, *(thing for thing in drawn.things if thing is not drawn.subject)]


def _places(values: "Sequence[float] | Array") -> list[str]:
    return [f"{value:.2f}" for value in values]
