"""Every registered schedule, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.schedules.base import SCHEDULES
from nnlab.testing import SCHEDULE_CHECKS


@pytest.mark.parametrize("check", SCHEDULE_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(SCHEDULES), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
