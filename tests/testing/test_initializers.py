"""Initializers with one mistake each: the public check has to name it."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.initializers.rand import Rand
from nnlab.testing import check_initializer


@dataclass(kw_only=True, eq=False)
class OwnChance(Rand):
    """It draws from a generator of its own."""

    def draw(self, shape, generator):
        return np.random.default_rng().random(shape)


@dataclass(kw_only=True, eq=False)
class Single(Rand):
    """It draws float32."""

    def draw(self, shape, generator):
        return super().draw(shape, generator).astype(np.float32)


@dataclass(kw_only=True, eq=False)
class Transposed(Rand):
    """It mixes up in and out."""

    def draw(self, shape, generator):
        return super().draw(shape[::-1], generator)


@pytest.mark.parametrize(("cls", "message"), [(OwnChance, "differ"), (Single, "float32"), (Transposed, "shape")])
def test_a_planted_fault_is_found_and_named(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_initializer(cls)
