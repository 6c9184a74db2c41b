"""Every registered metric, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.metrics.base import METRICS
from nnlab.testing import METRIC_CHECKS


@pytest.mark.parametrize("check", METRIC_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(METRICS), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
