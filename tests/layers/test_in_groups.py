"""What a layer computes does not depend on how its arrays are cut into groups, nor on how many threads work on them."""

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.kernels import groups
from nnlab.kernels.threads import at_most_threads
from nnlab.layers.base import LAYERS
from nnlab.models.values import DrawnValues

BY_ELEMENTS = {
    "Add", "Dropout", "ELU", "GELU", "HardSigmoid", "HardSwish", "LeakyReLU", "ReLU", "ReLU6", "SiLU", "Sigmoid",
    "Tanh",
}  # fmt: skip
"""The same to the bit in any groups; sums over places may be rounded otherwise."""


@pytest.fixture
def small_groups(monkeypatch):
    monkeypatch.setattr(groups, "SMALL_BYTES", 1)
    monkeypatch.setattr(groups, "GROUP_BYTES", 40)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget():
    groups.groups_of.cache_clear()
    groups.image_groups.cache_clear()


def passed(cls, options, shapes, *, contiguous=True):
    """y, the gradients of the inputs and of the parameters."""
    generator, layer = np.random.default_rng(0), make(cls, options)
    out = layer.build(*shapes, new=(new := DrawnValues("layer", Rng(0), np.dtype(np.float64))))
    xs = [3 * generator.standard_normal((9, *shape)) for shape in shapes]
    dy = generator.standard_normal((9, *out))
    if not contiguous:
        dy, xs = np.asfortranarray(dy), [np.asfortranarray(x) for x in xs]
    ctx = Context(training=True, rng=Rng(0), node="layer")
    y, cache = layer.forward(*xs, ctx=ctx)
    dxs = layer.backward(dy, cache, ctx)
    return [y, *dxs, *(parameter.grad for parameter in new.parameters.values())]


@pytest.mark.parametrize("contiguous", [True, False], ids=["contiguous", "not"])
@pytest.mark.parametrize("cls", list(LAYERS), ids=lambda cls: cls.__name__)
def test_groups_and_threads_change_nothing(cls, contiguous, small_groups, monkeypatch):
    for options, shapes in cls.examples():
        many = []
        for threads in (1, 3):
            with at_most_threads(threads):
                many.append(passed(cls, options, shapes, contiguous=contiguous))
        for one, other in zip(*many, strict=True):
            np.testing.assert_array_equal(one, other)
        with monkeypatch.context() as patch:
            patch.setattr(groups, "SMALL_BYTES", 1 << 30)
            _forget()
            whole = passed(cls, options, shapes)
        _forget()
        for one, other in zip(many[0], whole, strict=True):
            if cls.__name__ in BY_ELEMENTS:
                np.testing.assert_array_equal(one, other)
            else:
                np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12)
