"""Layers by hand: built with values that the test sets."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.models.values import DrawnValues


@pytest.fixture
def built():
    """built(layer, *in_shapes, dtype=float64): the layer, its parameters made."""

    def build(layer, *in_shapes, dtype=np.float64):
        layer.build(*in_shapes, new=DrawnValues("layer", Rng(0), np.dtype(dtype)))
        return layer

    return build


@pytest.fixture
def training():
    """A context in training mode."""
    return Context(training=True, rng=Rng(0), node="layer")


@pytest.fixture
def evaluation():
    """A context in evaluation mode."""
    return Context(training=False, rng=Rng(0), node="layer")
