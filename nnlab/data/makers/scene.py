"""Where the objects of a picture lie, which hides which, and what is true of each."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.data.makers.raster import coverage


def _corners(count: int, *radii: float) -> Array:
    """So many corners around the middle, the first at the top, their distances in turns."""
    angles = -math.pi / 2 + np.arange(count) * (2 * math.pi / count)
    reach = np.resize(radii, count)
    return np.stack([reach * np.cos(angles), reach * np.sin(angles)], axis=1)


def _cross(long: float, wide: float) -> Array:
    one = [(-wide, -long), (wide, -long), (wide, -wide), (long, -wide), (long, wide), (wide, wide)]
    return np.array(one + [(-x, -y) for x, y in one])


KINDS: Mapping[str, tuple[Array, float]] = {
    "ellipse": (_corners(48, 1.0) * (0.75, 1.17), 1.17),
    "triangle": (_corners(3, 1.45), 1.45),
    "square": (np.array([(-0.87, -0.87), (0.87, -0.87), (0.87, 0.87), (-0.87, 0.87)]), 0.87),
    "star": (_corners(10, 1.5, 0.68), 1.5),
    "cross": (_cross(1.15, 0.36), 1.15),
}
"""Of each kind its upright outline, y down, and how far its tip lies above the middle: of about the same area."""

TURN = 30.0
"""An object is turned by so many degrees at most: less than half of what brings any of them onto itself."""

LARGE, SMALL = (0.19, 0.25), (0.07, 0.10)
"""The radius of the large one, and of the others, as a share of the picture's side."""

SEEN = 0.7
"""At least this share of each object is seen."""

NEAR = 0.6
"""How often a small one is put where it touches the large one."""

TRIES, SHRINK = 30, 0.9
"""How many places are tried for an object before it is drawn smaller, and by how much."""


@dataclass(frozen=True)
class Thing:
    """An object.  Options:  middle: x and y in pixels, of which pixel 0 reaches from 0 to 1.  angle: in degrees,
    clockwise from upright."""

    kind: str
    middle: tuple[float, float]
    radius: float
    angle: float

    @property
    def outline(self) -> Array:
        """Shapes:  (corners, 2)"""
        return self._placed(KINDS[self.kind][0])

    @property
    def tip(self) -> tuple[float, float]:
        """What was its highest place before it was turned."""
        x, y = self._placed(np.array([[0.0, -KINDS[self.kind][1]]]))[0]
        return float(x), float(y)

    @property
    def box(self) -> Array:
        """x0, y0, x1, y1: all of the outline."""
        outline = self.outline
        return np.concatenate([outline.min(axis=0), outline.max(axis=0)])

    def covered(self, side: int) -> Array:
        """The share of each pixel that it covers."""
        outline = self.outline
        return coverage(np.concatenate([outline, np.roll(outline, -1, axis=0)], axis=1), side, side)

    def _placed(self, points: Array) -> Array:
        cosine, sine = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        x, y = points.T
        turned = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1)
        return np.asarray(turned * self.radius + self.middle)


@dataclass(frozen=True)
class Scene:
    """The objects of a picture.  Options:  things: those behind first.  subject: the large one."""

    things: tuple[Thing, ...]
    subject: Thing

    def mask(self, side: int) -> Pixels:
        """The number of the kind that is seen at each pixel, from 1; 0 where there is none."""
        mask = np.zeros((side, side, 1), np.uint8)
        for thing in self.things:
            mask[thing.covered(side) > 0.5] = 1 + list(KINDS).index(thing.kind)
        return mask


def scene(kind: str, count: int, side: int, generator: np.random.Generator) -> Scene:
    """The large object of that kind and count - 1 smaller ones of any kind, in front of it or behind it."""
    subject = _thing(kind, generator.uniform(*LARGE) * side, side, generator)
    things, shares = [subject], [subject.covered(side) > 0.5]
    for _ in range(count - 1):
        other = str(generator.choice(list(KINDS)))
        radius = generator.uniform(*SMALL) * side
        at = int(generator.integers(len(things) + 1))
        near = subject if generator.random() < NEAR else None
        while True:
            found = _fitting(_others(other, radius, side, near, generator), at, shares, side)
            if found is not None:
                break
            radius, near = radius * SHRINK, None
        things.insert(at, found[0])
        shares.insert(at, found[1])
    return Scene(tuple(things), subject)


def _others(kind: str, radius: float, side: int, near: Thing | None, generator: np.random.Generator) -> Iterator[Thing]:
    """Places to try, at the rim of the large one or anywhere."""
    return (_thing(kind, radius, side, generator, near) for _ in range(TRIES))


def _thing(kind: str, radius: float, side: int, generator: np.random.Generator, near: Thing | None = None) -> Thing:
    """One that lies whole in the picture."""
    angle = generator.uniform(-TURN, TURN)
    turned = Thing(kind, (0.0, 0.0), radius, angle)
    x0, y0, x1, y1 = turned.box
    x, y = generator.uniform((1 - x0, 1 - y0), (side - 1 - x1, side - 1 - y1))
    if near is not None:
        way, far = generator.uniform(0, 2 * math.pi), near.radius * generator.uniform(0.6, 1.3)
        x = min(max(near.middle[0] + far * math.cos(way), 1 - x0), side - 1 - x1)
        y = min(max(near.middle[1] + far * math.sin(way), 1 - y0), side - 1 - y1)
    return Thing(kind, (float(x), float(y)), radius, float(angle))


def _fitting(tried: Iterable[Thing], at: int, shares: list[Array], side: int) -> tuple[Thing, Array] | None:
    """The first of these that leaves enough of every object to be seen, where it is put in at that depth."""
    for thing in tried:
        own = thing.covered(side) > 0.5
        together = [*shares[:at], own, *shares[at:]]
        above = np.zeros((side, side), bool)
        for share in reversed(together):
            if np.count_nonzero(share & ~above) < SEEN * np.count_nonzero(share):
                break
            above |= share
        else:
            return thing, own
    return None
