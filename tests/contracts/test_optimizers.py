"""Every registered optimizer, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.optimizers.base import OPTIMIZERS
from nnlab.testing import OPTIMIZER_CHECKS


@pytest.mark.parametrize("check", OPTIMIZER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(OPTIMIZERS), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
