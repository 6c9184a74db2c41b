"""Every registered layer, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.layers.base import LAYERS
from nnlab.testing import LAYER_CHECKS


@pytest.mark.parametrize("check", LAYER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(LAYERS), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
