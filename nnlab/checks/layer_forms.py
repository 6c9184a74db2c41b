"""What a layer computes must not depend on how: in pieces or as a whole, by a quicker form or by its definition."""

from collections.abc import Iterator
from math import ceil
from typing import Final

from nnlab.checks.findings import EXACT, Finding, must, relative
from nnlab.checks.layer_probe import LayerProbe, names_of, step_of
from nnlab.checks.parity.measure import gap
from nnlab.core.types import Shape
from nnlab.core.workspace import Workspace
from nnlab.kernels.pieces import in_small_pieces
from nnlab.kernels.window import Window
from nnlab.layers.base import Layer

DEFINED: Final = {"float64": 1e-11, "float32": 1e-4}
"""How far a quicker form may be from the arithmetic that defines a layer, as a share of the largest value: what
kernels/images/winograd.py states."""


def in_pieces(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """What is large is cut into pieces, for caches and threads: the numbers are the same however it is cut."""
    whole = step_of(probe, Workspace())
    with in_small_pieces():
        pieces = step_of(probe, Workspace())
    for name, one, other in zip(names_of(probe), pieces, whole, strict=True):
        yield Finding(f"{where}: {name} cut into small pieces, against whole", relative(one, other), EXACT)


def as_defined(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """A quicker form of a layer gives what the layer is defined by: its gradient alone would not tell."""
    definition = probe.layer.defined()
    if definition is probe.layer:
        return
    dtype = probe.dy.dtype.name
    other = LayerProbe(definition, probe.shapes, training=probe.training, rng=probe.rng, dtype=dtype)
    results = step_of(probe, Workspace()), step_of(other, Workspace())
    for name, one, defined in zip(names_of(probe), *results, strict=True):
        apart = gap(defined, one).relative
        yield Finding(f"{where}: {name} in {dtype}, against the layer's definition", apart, DEFINED[dtype])


def padded_as_said(layer: Layer, shapes: tuple[Shape, ...], where: str) -> Iterator[Finding]:
    """What "same" says of a window that moves over an image: ceil(n / stride) outputs, by as little padding as that
    takes, an odd one at the end."""
    window = getattr(layer, "window", None)
    if not isinstance(window, Window) or getattr(layer, "padding", None) != "same":
        return
    size = getattr(layer, "size", shapes[0])  # of the image that it moves over, which a transposed one makes
    for axis, length in enumerate(size[:2]):
        (before, after), stride = window.pads[axis], window.strides[axis]
        reach = window.dilations[axis] * (window.kernel[axis] - 1) + 1
        least = max(0, (ceil(length / stride) - 1) * stride + reach - length)
        right = before + after == least and 0 <= after - before <= 1
        yield must(right, f"{where}: same padding of axis {axis} is {before} before and {after} after, of {least}")
