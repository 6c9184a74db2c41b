"""Layers that move windows over images, over a grid of options: gradients within 1e-7, parity with torch within 1e-10.

In float64, both of the whole tensor's size: odd sizes, batches of one, padding on every side, strides larger than
kernels, by columns, by Winograd's form, depthwise, and every second one cut into the smallest pieces.
"""

from contextlib import nullcontext
from itertools import product

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS
from nnlab.checks.layer_probe import LayerProbe, names_of, step_of
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.core.workspace import Workspace
from nnlab.kernels.pieces import in_small_pieces
from nnlab.layers.average_pool2d import AveragePool2d
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.resize import Resize

GRADIENT, PARITY = 1e-7, 1e-10
SIZES = ((5, 7, 4), (1, 3, 4), (8, 6, 4))


def grid(**options):
    """Every combination."""
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


CONVOLUTIONS = grid(
    kernel=(1, 3, (2, 3)),
    stride=(1, (2, 3)),
    padding=("same", (1, 0, 2, 1)),
    dilation=(1, (1, 2)),
    groups=(1, 2, 4),
)
TRANSPOSED = grid(
    kernel=(1, 3, (2, 3)), stride=(1, (3, 2)), padding=("same", (1, 0, 0, 1)), dilation=(1, 2), groups=(1, 4)
)
WINOGRADS = grid(maps=(1, 3), padding=("same", 0, 2, (0, 1, 2, 3)))
POOLS = grid(
    kernel=(2, 3, (1, 3)),
    stride=(None, 1, (2, 1)),
    padding=("valid", "same", (0, 1, 1, 0)),
    ceil_mode=(False, True),
)
MODES = grid(mode=("nearest", "bilinear", "cubic"), coordinates=("half_pixel", "align_corners", "asymmetric"))

LAYERS = {
    "Conv2d": [Conv2d(maps=4, **options) for options in CONVOLUTIONS],
    "Conv2d by Winograd's form": [Conv2d(form="winograd", **options) for options in WINOGRADS],
    "ConvTranspose2d": [
        *(ConvTranspose2d(maps=4, **options) for options in TRANSPOSED),
        ConvTranspose2d(maps=2, padding="valid"),
        ConvTranspose2d(maps=2, kernel=3, stride=3, padding=1, output_padding=(2, 1)),
    ],
    "MaxPool2d": [*(MaxPool2d(**options) for options in POOLS), MaxPool2d(dilation=(2, 1), stride=1)],
    "AveragePool2d": [AveragePool2d(count_include_pad=bool(i % 2), **options) for i, options in enumerate(2 * POOLS)],
    "Resize": [Resize(**size, **mode) for mode in MODES for size in ({"scale": (2.0, 1.5)}, {"size": (3, 11)})],
}


def probes(name):
    """Each layer on images of several sizes, of which one fits in most, and batches of one and of three."""
    tried = 0
    for number, layer in enumerate(LAYERS[name]):
        size, samples = SIZES[number % len(SIZES)], 1 + 2 * (number // len(SIZES) % 2)
        try:
            probe = LayerProbe(layer, (size,), training=True, rng=Rng(number))
        except ShapeError:
            continue  # a window that does not fit into the smallest
        probe.xs, probe.dy = [x[:samples] for x in probe.xs], probe.dy[:samples]
        tried += 1
        yield f"{layer!r} on {samples} of {size}", probe
    assert tried > 0.7 * len(LAYERS[name])


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_over_a_grid_of_options(name):
    """Along a random direction, which moves every element; where all is linear in it, a large step is exact."""
    step = 1e-5 if name == "MaxPool2d" else 1.0
    for where, probe in probes(name):
        gradients = {tensor: np.array(gradient) for tensor, gradient in probe.gradients().items()}
        for tensor, value in probe.parameters.items():
            before, direction = value.copy(), np.random.default_rng(0).standard_normal(value.shape)
            value += step * direction
            after = probe.value()
            np.copyto(value, before - step * direction)
            difference = (after - probe.value()) / (2 * step)
            np.copyto(value, before)
            error = abs(difference - (gradients[tensor] * direction).sum())
            assert error <= GRADIENT * np.linalg.norm(gradients[tensor]), f"{where}: {tensor} {error}"


@pytest.mark.parametrize("name", LAYERS)
def test_parity_with_torch_over_a_grid_of_options(name):
    pytest.importorskip("torch", reason="there is nothing to hold it against")
    translated = BACKENDS.get("torch").translated()
    for number, (where, probe) in enumerate(probes(name)):
        values = {kept: parameter.value.copy() for kept, parameter in probe.values.parameters.items()}
        own = {kept.removeprefix("layer."): value for kept, value in values.items()}
        there = translated.layer(probe.layer, own, probe.xs, probe.dy, probe.context())
        with in_small_pieces() if number % 2 else nullcontext():
            here = step_of(probe, Workspace())
        names = ("y", "x1", *own)
        for tensor, one, what in zip(names, here, names_of(probe), strict=True):
            scale = max(np.abs(there[tensor]).max(), 1e-3)
            assert np.abs(one - there[tensor]).max() <= PARITY * scale, f"{where}: {what}"
