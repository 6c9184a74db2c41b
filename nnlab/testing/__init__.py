"""Checks that any component must pass; public, for authors of plug-ins too.

    from nnlab.testing import check_layer

    def test_maxout():
        check_layer(Maxout)

Each `check_<kind>(cls)` makes the component from what its `examples()` give, holds it against everything that
`nnlab check` looks at (its gradient against differences, float32 against float64, used memory, ...) and against what
a good component does besides: options survive saving, nothing given is written to, mistakes are refused. It raises
AssertionError, saying what is wrong, at the first check that fails; `<KIND>_CHECKS` lists them, for a test that wants
a line each. docs/writing-a-layer.md shows the way from an idea to a layer that passes.
"""

from nnlab.testing.baselines import BASELINE_CHECKS, check_baselines
from nnlab.testing.explainers import EXPLAINER_CHECKS, check_explainer
from nnlab.testing.initializers import check_initializer
from nnlab.testing.layers import LAYER_CHECKS, check_layer
from nnlab.testing.losses import LOSS_CHECKS, check_loss
from nnlab.testing.metrics import METRIC_CHECKS, check_metric
from nnlab.testing.optimizers import OPTIMIZER_CHECKS, check_optimizer
from nnlab.testing.options import check_options
from nnlab.testing.schedules import SCHEDULE_CHECKS, check_schedule
from nnlab.testing.tasks import TASK_CHECKS, check_task
from nnlab.testing.translations import check_translations

__all__ = [
    "BASELINE_CHECKS",
    "EXPLAINER_CHECKS",
    "LAYER_CHECKS",
    "LOSS_CHECKS",
    "METRIC_CHECKS",
    "OPTIMIZER_CHECKS",
    "SCHEDULE_CHECKS",
    "TASK_CHECKS",
    "check_baselines",
    "check_explainer",
    "check_initializer",
    "check_layer",
    "check_loss",
    "check_metric",
    "check_optimizer",
    "check_options",
    "check_schedule",
    "check_task",
    "check_translations",
]
