"""Every registered loss, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.losses.base import LOSSES
from nnlab.testing import LOSS_CHECKS


@pytest.mark.parametrize("check", LOSS_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(LOSSES), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
