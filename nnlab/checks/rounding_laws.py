"""What a layer that rounds must keep to, which its gradient does not tell: few values, evenly apart."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from nnlab.checks.findings import EXACT, Finding, must
from nnlab.checks.layer_probe import LayerProbe
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.layers.quantized_weights import QuantizedWeights

KNOWN: Final = (
    # low, high, the scale, and values with what they round to: worked out from scale = (high - low) / 255 and
    # zero = round(-low / scale), ties to even
    (-1.0, 3.0, 4 / 255, ((-1.0, -64), (-0.5, -32), (0.0, 0), (1.0, 64), (3.0, 191), (5.0, 191), (-9.0, -64))),
    (0.0, 255.0, 1.0, ((0.5, 0), (1.5, 2), (2.5, 2), (254.5, 254), (255.6, 255), (-3.0, 0))),
    (-127.5, 127.5, 1.0, ((-0.5, 0), (-1.5, -2), (200.0, 127), (-200.0, -128))),
    (2.0, 5.1, 0.02, ((2.0, 100), (0.0, 0), (5.1, 255))),  # a range that lacks 0 is made to hold it
    (-5.1, -2.0, 0.02, ((-2.0, -100), (1.0, 0), (-5.1, -255))),
)
"""Ranges, and what values in them round to, in steps from 0."""


def rounding_findings(
    cls: type[Layer], options: Mapping[str, Any], shapes: Any, rng: Rng, where: str
) -> Iterator[Finding]:
    """What is particular to layers that round; nothing of others."""
    if issubclass(cls, FakeQuantize):
        yield from _known_values(where)
        yield from _moves(where)
    if issubclass(cls, QuantizedWeights):
        yield from _weights(LayerProbe(make(cls, options), shapes, training=True, rng=rng), where)


def _layer(**options: Any) -> tuple[FakeQuantize, Context]:
    layer = FakeQuantize(**options)
    probe = LayerProbe(layer, ((4,),), training=False, rng=Rng(0))
    layer.range.value[:] = 0
    return layer, probe.context()


def _known_values(where: str) -> Iterator[Finding]:
    """Codes by hand, and straight-through gradients: 1 inside, 0 outside."""
    layer, ctx = _layer()
    for low, high, scale, pairs in KNOWN:
        layer.range.value[:] = low, high
        x = np.array([[value for value, _ in pairs]])
        y, cache = layer.forward(x, ctx=ctx)
        wanted = scale * np.array([[steps for _, steps in pairs]])
        yield Finding(f"{where}: values rounded over {low:g} to {high:g}", _apart(y, wanted, scale), EXACT)
        again, _ = layer.forward(y, ctx=ctx)
        yield Finding(f"{where}: rounded once more, over {low:g} to {high:g}", _apart(again, y, scale), EXACT)
        (dx,) = layer.backward(np.ones_like(x), cache, ctx)
        inside = np.abs(x - y) <= 0.5 * scale * (1 + 1e-9)
        yield must(
            bool(dx is not None and np.array_equal(dx, inside)),
            f"{where}: the gradient passes where nothing is cut off, and only there",
        )
    layer.range.value[:] = 0
    y, _ = layer.forward(x, ctx=ctx)
    yield must(bool(np.array_equal(y, x)), f"{where}: without a range nothing is rounded")


def _moves(where: str) -> Iterator[Finding]:
    """The first batch gives the range, later ones move it by 1 - momentum; it is used as it is moved."""
    layer, _ = _layer(momentum=0.75)
    training = Context(training=True)
    for x, wanted in (([-1.0, 3.0], (-1.0, 3.0)), ([-5.0, 1.0], (-2.0, 2.5))):
        y, cache = layer.forward(np.array([x]), ctx=training)
        layer.observe(cache)
        yield Finding(f"{where}: the range after {x}", _apart(layer.range.value, np.array(wanted), 1.0), EXACT)
        cut = np.clip(x, *wanted)
        yield must(bool((np.abs(y - cut) <= 0.51 * (wanted[1] - wanted[0]) / 255).all()), f"{where}: {x} by that range")


def _weights(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """Every output's weights: at most 255 values, evenly apart, each the nearest one; the largest is kept."""
    layer = probe.layer
    assert isinstance(layer, QuantizedWeights)
    own = layer.inner.weight.value
    rounded = layer.rounded(own)
    channels = [np.moveaxis(array, layer.axis, 0).reshape(array.shape[layer.axis], -1) for array in (own, rounded)]
    for weight, value in zip(*channels, strict=True):
        largest = float(np.abs(weight).max())
        steps = value / (largest / 127)
        yield Finding(
            f"{where}: weights lie on their output's grid", float(np.abs(steps - np.rint(steps)).max()), EXACT
        )
        yield Finding(f"{where}: the largest weight stays", abs(float(np.abs(value).max()) - largest) / largest, EXACT)
        nearest = float(np.abs(weight - value).max()) <= largest / 254 * (1 + 1e-9)
        yield must(nearest, f"{where}: each weight becomes the nearest value")


def _apart(one: Array, other: Array, scale: float) -> float:
    return float(np.abs(one - other).max()) / scale
