"""Every registered layer, loss and update rule, other packages' included, does the same on torch."""

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.parameter import Parameter
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES
from nnlab.testing import check_translations

pytestmark = pytest.mark.usefixtures("torch_installed")


@pytest.mark.parametrize("cls", [*LAYERS, *LOSSES, *OPTIMIZERS], ids=lambda cls: cls.__name__)
def test_contract(cls):
    check_translations(cls)


@pytest.mark.parametrize("cls", list(SCHEDULES), ids=lambda cls: cls.__name__)
def test_every_schedule_moves_the_rate_of_torch_itself(cls):
    """A schedule is not translated: it is asked before every step, and torch's optimizer told the rate."""
    import torch

    from nnlab.backends.torch.optimizers import TorchOptimizer

    for options in cls.examples():
        optimizer = Optimizer(Adam(), learning_rate=0.5, schedule=make(cls, options))
        weight = torch.ones(2, requires_grad=True)
        driver = TorchOptimizer(optimizer, [(Parameter("w", np.ones(2, np.float32)), weight)])
        for epoch in range(4):
            weight.grad = torch.ones(2)
            driver.step(epoch=epoch, epochs=4)
            assert [group["lr"] for group in driver._torch.param_groups] == [optimizer.rate(epoch, 4)]
