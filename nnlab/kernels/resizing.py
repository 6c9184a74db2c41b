"""Where resizing looks: for each element of an output axis, the input elements that it is a weighted sum of.

    y[o] = sum over t of weights[o, t] x[places[o, t]]

A coordinate transformation says which point of the input belongs to output element o; a filter around that point gives
the weights. The layer, and ONNX's operator on both engines, sum up what is said here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.types import Array

CUBIC_A = -0.75
"""The parameter of cubic convolution that torch, and ONNX by default, take."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis to be resized.

    Options:  size, out: elements before and after.  scale: out / size, where that was said with fractions that.
              start, end: the part of the input that is looked at (tf_crop_and_resize), 0 and 1 being its ends.
    """

    size: int
    out: int
    scale: float
    start: float = 0.0
    end: float = 1.0


def points(axis: Axis, transformation: str) -> Array:
    """Where each output element lies in the input, 0 being the middle of the first element.  Shapes:  (out,)"""
    o, n, scale = np.arange(axis.out, dtype=np.float64), axis.size, axis.scale
    length = scale * n  # not rounded: what a scale of 0.6 makes of 4 elements is 2.4 of them
    half_pixel = (o + 0.5) / scale - 0.5
    if transformation == "half_pixel":
        return half_pixel
    if transformation == "half_pixel_symmetric":
        return half_pixel + n / 2 * (1 - axis.out / length)
    if transformation == "pytorch_half_pixel":
        return half_pixel if length > 1 else np.zeros_like(o)
    if transformation == "asymmetric":
        return o / scale
    if transformation == "align_corners":
        return o * (n - 1) / (length - 1) if length != 1 else np.zeros_like(o)
    if transformation == "tf_half_pixel_for_nn":
        return half_pixel + 0.5
    if transformation == "tf_crop_and_resize":
        if length == 1:
            return np.full_like(o, 0.5 * (axis.start + axis.end) * (n - 1))
        return axis.start * (n - 1) + o * (axis.end - axis.start) * (n - 1) / (length - 1)
    raise UsageError(f"there is no coordinate transformation {transformation!r}")


def nearest(at: Array, size: int, rounding: str) -> tuple[Array, Array]:
    """Places and weights (all of them 1) of the nearest element.  Shapes:  at: (out,); results: (out, 1)"""
    rounded: dict[str, Any] = {
        "round_prefer_floor": lambda: np.ceil(at - 0.5),
        "round_prefer_ceil": lambda: np.floor(at + 0.5),
        "floor": lambda: np.floor(at),
        "ceil": lambda: np.ceil(at),
    }
    if rounding not in rounded:
        raise UsageError(f"there is no nearest_mode {rounding!r}")
    places = np.clip(rounded[rounding](), 0, size - 1).astype(np.intp)[:, None]
    return places, np.ones(places.shape)


def linear(distance: Array) -> Array:
    """The filter that interpolates linearly: 1 - |distance|, reaching 1 to each side."""
    weights: Array = np.maximum(1 - np.abs(distance), 0)
    return weights


def cubic(distance: Array, a: float) -> Array:
    """The filter of cubic convolution, reaching 2 to each side.

    Source:  Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 4.
    """
    d = np.abs(distance)
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    weights: Array = np.where(d <= 1, near, np.where(d < 2, far, 0))
    return weights


def filtered(
    at: Array, axis: Axis, mode: str, *, a: float, antialias: bool, exclude_outside: bool
) -> tuple[Array, Array]:
    """Places and weights of a filter around each point; elements beyond the ends are those at the ends.

    Options:  antialias: where there are fewer elements than before, the filter is as much wider.
              exclude_outside: what is beyond the ends has no weight instead.
    Shapes:  at: (out,); results: (out, taps)
    """
    shrink = min(axis.scale, 1.0) if antialias else 1.0
    reach = int(np.ceil((1 if mode == "linear" else 2) / shrink))
    places = np.floor(at).astype(np.intp)[:, None] + np.arange(1 - reach, reach + 1)
    distance = (places - at[:, None]) * shrink
    weights = linear(distance) if mode == "linear" else cubic(distance, a)
    if exclude_outside:
        weights = np.where((places < 0) | (places >= axis.size), 0, weights)
    if exclude_outside or antialias:
        total = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(total == 0, 1, total)
    return np.clip(places, 0, axis.size - 1), weights
