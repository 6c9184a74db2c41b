"""Every registered explainer, other packages' included, passes every public check of its kind."""

import pytest

from nnlab.explainers.base import EXPLAINERS
from nnlab.testing import EXPLAINER_CHECKS


@pytest.mark.parametrize("check", EXPLAINER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("cls", list(EXPLAINERS), ids=lambda cls: cls.__name__)
def test_contract(cls, check):
    check(cls)
