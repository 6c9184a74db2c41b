"""What finds that a layer's numbers depend on how they are computed; faults in shipped layers: test_planted_*."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nnlab.checks.layer_forms import as_defined, in_pieces, padded_as_said
from nnlab.checks.layer_probe import LayerProbe
from nnlab.core.rng import Rng
from nnlab.kernels.groups import over_images
from nnlab.layers.base import LAYERS
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d
from nnlab.layers.relu import ReLU


def probed(layer, *shapes, training=True, dtype=np.float64):
    return LayerProbe(layer, shapes, training=training, rng=Rng(0), dtype=dtype)


@dataclass(kw_only=True, eq=False)
class Lead(ReLU):
    """Says for every place how far it is from the first of its group: right as long as there is one group."""

    def forward(self, *xs, ctx):
        (x,) = xs
        y = np.zeros_like(x)

        def work(samples, rows):
            y[samples, rows] = x[samples, rows] - x[samples, rows][:, :1]

        over_images(work, len(x), x.shape[1], x[0, 0].nbytes)
        return y, super().forward(x, ctx=ctx)[1]


def test_what_depends_on_where_it_is_cut_is_found():
    found = [finding.where for finding in in_pieces(probed(Lead(), (4, 3, 2)), "here") if finding.failed]
    assert found == ["here: the output cut into small pieces, against whole"]


@dataclass(kw_only=True, eq=False)
class Doubled(ReLU):
    """A quick form that gives twice as much, with the gradient of that."""

    quick: bool = True

    def defined(self):
        return replace(self, quick=False)

    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        return y * (1 + self.quick), cache

    def backward(self, dy, cache, ctx):
        return tuple(dx * (1 + self.quick) for dx in super().backward(dy, cache, ctx))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_form_that_is_not_its_definition_is_found(dtype):
    findings = list(as_defined(probed(Doubled(), (4,), dtype=dtype), "here"))
    assert [finding.failed for finding in findings] == [True, True]
    assert findings[0].where == f"here: the output in {np.dtype(dtype)}, against the layer's definition"
    assert not list(as_defined(probed(ReLU(), (4,)), "here"))  # it has no other form


@pytest.mark.parametrize("cls", list(LAYERS), ids=lambda cls: cls.__name__)
def test_the_definition_of_a_definition_is_itself(cls):
    for options, _ in cls.examples():
        definition = cls(**options).defined()
        assert type(definition) is cls
        assert definition.defined().options() == definition.options()


@pytest.mark.parametrize("layer", [Conv2d(maps=1, kernel=4), ConvTranspose2d(maps=1, kernel=4, stride=3)])
def test_same_padding_on_the_wrong_side_is_found(layer):
    probe = probed(layer, (5, 6, 2))
    assert not [finding for finding in padded_as_said(probe.layer, probe.shapes, "here") if finding.failed]
    (top, bottom), across = probe.layer.window.pads
    assert top < bottom
    probe.layer.window = replace(probe.layer.window, pads=((bottom, top), across))
    found = [finding.where for finding in padded_as_said(probe.layer, probe.shapes, "here") if finding.failed]
    assert found == [f"here: same padding of axis 0 is {bottom} before and {top} after, of {top + bottom}"]
