"""Backgrounds that are not flat: each a field of values between 0 and 1, drawn from a stream."""

from collections.abc import Callable

import numpy as np

from nnlab.core.types import Array

Texture = Callable[[np.random.Generator, int], Array]
"""texture(generator, side) is (side, side), 0 to 1. Smooth or of few levels, so that a PNG of it stays small."""


def gradient(generator: np.random.Generator, side: int) -> Array:
    """From dark to light along a direction."""
    x, y = _turned(generator, side)
    return _stretched(x + y)


def stripes(generator: np.random.Generator, side: int) -> Array:
    """Parallel soft stripes."""
    x, _ = _turned(generator, side)
    return _stretched(np.sin(2 * np.pi * (x / generator.uniform(6, 24) + generator.uniform())))


def checks(generator: np.random.Generator, side: int) -> Array:
    """A chessboard, turned."""
    x, y = _turned(generator, side)
    square = generator.uniform(7, 22)
    return np.asarray((np.floor(x / square) + np.floor(y / square)) % 2, np.float64)


def dots(generator: np.random.Generator, side: int) -> Array:
    """Discs on a turned lattice."""
    x, y = _turned(generator, side)
    pitch = generator.uniform(9, 20)
    distance = np.hypot(x % pitch - pitch / 2, y % pitch - pitch / 2)
    return np.clip(pitch * generator.uniform(0.22, 0.4) - distance + 0.5, 0.0, 1.0)


def clouds(generator: np.random.Generator, side: int) -> Array:
    """Smooth blotches: random values on a coarse lattice, smoothly interpolated between."""
    cells = int(generator.integers(2, 9))
    lattice = generator.random((cells + 1, cells + 1))
    at = np.arange(side) * (cells / side)
    cell = at.astype(np.intp)
    weight = at - cell
    weight = weight * weight * (3 - 2 * weight)
    rows = lattice[cell] * (1 - weight)[:, np.newaxis] + lattice[cell + 1] * weight[:, np.newaxis]
    return _stretched(rows[:, cell] * (1 - weight) + rows[:, cell + 1] * weight)


def grain(generator: np.random.Generator, side: int) -> Array:
    """Coarse grain in three levels, like newsprint."""
    size = int(generator.integers(2, 6))
    cells = -(-side // size)
    levels = generator.integers(0, 3, (cells, cells)) / 2
    return np.asarray(np.kron(levels, np.ones((size, size)))[:side, :side])


TEXTURES: tuple[Texture, ...] = (gradient, stripes, checks, dots, clouds, grain)
"""All of them, equally likely."""


def _turned(generator: np.random.Generator, side: int) -> tuple[Array, Array]:
    """Pixel coordinates in axes turned by a random angle."""
    angle = generator.uniform(0, np.pi)
    y, x = np.mgrid[0:side, 0:side].astype(np.float64)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _stretched(values: Array) -> Array:
    """The same values, moved and scaled to span 0 to 1."""
    low, high = values.min(), values.max()
    return np.asarray((values - low) / (high - low))
