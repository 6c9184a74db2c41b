"""Every registered task, other packages' included."""

import pytest

from nnlab.tasks.base import TASKS
from nnlab.testing import TASK_CHECKS
from nnlab.testing.task_trial import TaskTrial, directions

OUTPUTS = {"Embedding": {"outputs": directions}}
"""What perfect outputs are, of tasks whose outputs are not their targets."""


@pytest.mark.parametrize("check", TASK_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("task", [*TASKS], ids=lambda task: task.__name__)
def test_it_does_what_any_task_must(check, task):
    check(TaskTrial(task, **OUTPUTS.get(task.__name__, {})))
