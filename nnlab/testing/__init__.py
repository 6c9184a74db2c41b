"""Checks that any component must pass; public, for authors of plug-ins too.

    from nnlab.testing import check_layer

    def test_maxout():
        check_layer(Maxout)

Each `check_<kind>(cls)` makes the component from the options that its `examples()` give and raises AssertionError,
saying what is wrong, at the first check that fails. `<KIND>_CHECKS` lists them one by one, for a test that wants a
line each. docs/writing-a-layer.md shows the way from an idea to a layer that passes.
"""

from nnlab.testing.initializers import INITIALIZER_CHECKS, check_initializer
from nnlab.testing.layers import LAYER_CHECKS, LayerCase, check_layer
from nnlab.testing.losses import LOSS_CHECKS, LossCase, check_loss
from nnlab.testing.metrics import METRIC_CHECKS, check_metric
from nnlab.testing.options import check_options
from nnlab.testing.optimizers import OPTIMIZER_CHECKS, check_optimizer
from nnlab.testing.schedules import SCHEDULE_CHECKS, check_schedule

__all__ = [
    "INITIALIZER_CHECKS",
    "LAYER_CHECKS",
    "LOSS_CHECKS",
    "METRIC_CHECKS",
    "OPTIMIZER_CHECKS",
    "SCHEDULE_CHECKS",
    "LayerCase",
    "LossCase",
    "check_initializer",
    "check_layer",
    "check_loss",
    "check_metric",
    "check_optimizer",
    "check_options",
    "check_schedule",
]
