"""The baselines of every task, other packages' included."""

import pytest

from nnlab.baselines.base import BASELINES
from nnlab.tasks.base import TASKS
from nnlab.testing import BASELINE_CHECKS
from nnlab.testing.baselines import BaselineTrial


@pytest.mark.parametrize("check", BASELINE_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("task", [task for task in TASKS if task in BASELINES], ids=lambda task: task.__name__)
def test_they_do_what_any_baseline_must(check, task):
    check(BaselineTrial(task))
