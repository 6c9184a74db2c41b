"""Sampling between elements: the value of an array at points that need not be whole numbers, and its gradients.

    y[n, c, p] = sum over taps t of weight[n, p, t] x[n, c, place[n, p, t]],  weight = product of every axis's own

Along each axis a point has a few taps (one to the nearest element, two for linear, four for cubic): where they are,
their weights, and their slopes, how the weight changes as the point moves.

Shapes:  x: (batch, channels, *size); y: (batch, channels, points)
         an axis's places, weights, slopes: (batch, points, taps)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.resizing import CUBIC_A


@dataclass(frozen=True)
class Taps:
    """Of one axis: where each point looks, with which weight, and the weight's slope over the point's coordinate."""

    places: Array
    weights: Array
    slopes: Array


def taps(at: Array, size: int, mode: str, padding: str, *, align_corners: bool) -> Taps:
    """The taps of points along an axis.

    Options:  at: coordinates, 0 being the first element's middle.  mode: nearest, linear or cubic.
              padding: zeros beyond the ends, border: the ends themselves, reflection: mirrored at the ends
              (align_corners: at the end elements' middles, otherwise at their outer edges).
    Shapes:  at: (batch, points)
    """
    moved, sign = (at, np.ones_like(at)) if mode == "cubic" else _folded(at, size, padding, align_corners)
    base = np.rint(moved) if mode == "nearest" else np.floor(moved)
    reach = {"nearest": (0, 1), "linear": (0, 2), "cubic": (-1, 3)}[mode]
    places = base[..., None] + np.arange(*reach)
    weights, slopes = _filter(places - moved[..., None], mode)
    if mode == "cubic":
        places, _ = _folded(places, size, padding, align_corners)
    inside = (places >= 0) & (places <= size - 1)
    slopes = slopes * sign[..., None]
    if padding == "zeros":
        weights, slopes = weights * inside, slopes * inside
    index = np.clip(np.rint(np.nan_to_num(places)), 0, size - 1).astype(np.intp)
    return Taps(index, weights.astype(at.dtype), slopes.astype(at.dtype))


def sample(x: Array, axes: Sequence[Taps]) -> Array:
    """y"""
    flat = x.reshape(*x.shape[:2], -1)
    y = np.zeros((*x.shape[:2], axes[0].places.shape[1]), x.dtype)
    for place, weight, _ in _combined(axes, x.shape[2:]):
        for n in range(len(x)):
            y[n] += flat[n][:, place[n]] * weight[n]
    return y


def sample_dx(dy: Array, shape: Shape, axes: Sequence[Taps]) -> Array:
    """dx: each gradient goes back to the elements that its point was made from.  Shapes:  shape: that of x"""
    size = int(np.prod(shape[2:]))
    dx = np.zeros((*shape[:2], size), dy.dtype)
    for place, weight, _ in _combined(axes, shape[2:]):
        for n, c in np.ndindex(*shape[:2]):
            dx[n, c] += np.bincount(place[n], weight[n] * dy[n, c], minlength=size).astype(dy.dtype)
    return dx.reshape(shape)


def sample_dat(dy: Array, x: Array, axes: Sequence[Taps]) -> list[Array]:
    """For each axis the gradient over the points' coordinates along it.  Shapes:  results: (batch, points)"""
    flat = x.reshape(*x.shape[:2], -1)
    gradients = [np.zeros(axes[0].places.shape[:2], dy.dtype) for _ in axes]
    for place, _, slopes in _combined(axes, x.shape[2:]):
        for n in range(len(x)):
            met = np.einsum("cp,cp->p", flat[n][:, place[n]], dy[n])
            for gradient, slope in zip(gradients, slopes, strict=True):
                gradient[n] += met * slope[n]
    return gradients


def _combined(axes: Sequence[Taps], size: Shape) -> Iterator[tuple[Array, Array, list[Array]]]:
    """For every choice of a tap per axis: the flat place, the weight, and its slope over each axis's coordinate."""
    for choice in product(*(range(axis.places.shape[-1]) for axis in axes)):
        place = np.zeros(axes[0].places.shape[:2], np.intp)
        for axis, tap, length in zip(axes, choice, size, strict=True):
            place = place * length + axis.places[..., tap]
        weights = [axis.weights[..., tap] for axis, tap in zip(axes, choice, strict=True)]
        slopes = [
            axis.slopes[..., tap] * _product(weights[:number] + weights[number + 1 :], weights[0])
            for number, (axis, tap) in enumerate(zip(axes, choice, strict=True))
        ]
        yield place, _product(weights, weights[0]), slopes


def _product(factors: Sequence[Array], like: Array) -> Array:
    result = np.ones_like(like)
    for factor in factors:
        result *= factor
    return result


def _filter(distance: Array, mode: str) -> tuple[Array, Array]:
    """A tap's weight and its slope over the point's coordinate.  Options:  distance: of the tap from the point."""
    if mode == "nearest":
        return np.ones_like(distance), np.zeros_like(distance)
    d, side = np.abs(distance), np.where(distance > 0, 1.0, -1.0)
    if mode == "linear":
        return np.maximum(1 - d, 0), side * (d < 1)
    a = CUBIC_A
    near, far = ((a + 2) * d - (a + 3)) * d * d + 1, ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    near_slope, far_slope = (3 * (a + 2) * d - 2 * (a + 3)) * d, (3 * a * d - 10 * a) * d + 8 * a
    weights = np.where(d <= 1, near, np.where(d < 2, far, 0))
    return weights, -side * np.where(d <= 1, near_slope, np.where(d < 2, far_slope, 0))


def _folded(at: Array, size: int, padding: str, align_corners: bool) -> tuple[Array, Array]:
    """The coordinates brought to where the elements are, and how they move with the coordinates given (1, -1 or 0)."""
    sign = np.ones_like(at)
    if padding == "zeros":
        return at, sign
    if padding == "reflection":
        low, high = (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)
        span = high - low
        if span == 0:
            return np.zeros_like(at), np.zeros_like(at)
        turns = np.floor(np.abs(at - low) / span)
        left = np.abs(at - low) - turns * span
        back = turns % 2 == 1
        sign = np.where(at < low, -1.0, 1.0) * np.where(back, -1.0, 1.0)
        at = np.where(back, high - left, low + left)
    clipped = np.clip(at, 0, size - 1)
    return clipped, sign * (clipped == at)
