"""Every registered initializer, other packages' included, passes the public checks of its kind."""

import pytest

from nnlab.initializers.base import INITIALIZERS
from nnlab.testing import check_initializer


@pytest.mark.parametrize("cls", list(INITIALIZERS), ids=lambda cls: cls.__name__)
def test_contract(cls):
    check_initializer(cls)
