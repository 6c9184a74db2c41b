"""Which parameters are left out of penalties and of decay: all but the weights of products."""

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.layers.base import LAYERS
from nnlab.models.values import DrawnValues

WEIGHTS = {"weight"}
"""What multiplies one feature by another's; everything else scales, shifts or bends a feature by itself."""


@pytest.mark.parametrize("cls", list(LAYERS), ids=lambda cls: cls.__name__)
def test_only_weights_of_products_are_penalised(cls) -> None:
    for options, shapes in cls.examples():
        values = DrawnValues("node", Rng(0), np.dtype(np.float64))
        make(cls, options).build(*shapes, new=values)
        for name, parameter in values.parameters.items():
            field = name.rpartition(".")[2]
            assert parameter.penalised == (field in WEIGHTS), f"{name} of {cls.__name__} {options}"
