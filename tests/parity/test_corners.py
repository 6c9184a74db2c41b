"""Where a function has a corner its slope is a choice: the hand-written layers choose as torch's own functions do."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.layers.base import LAYERS

torch = pytest.importorskip("torch")

CORNERS = {
    "ReLU": (torch.nn.functional.relu, (0,)),
    "LeakyReLU": (torch.nn.functional.leaky_relu, (0,)),
    "ELU": (torch.nn.functional.elu, (0,)),
    "ReLU6": (torch.nn.functional.relu6, (0, 6)),
    "HardSigmoid": (torch.nn.functional.hardsigmoid, (-3, 3)),
    "HardSwish": (torch.nn.functional.hardswish, (-3, 3)),
}


@pytest.mark.parametrize("name", CORNERS)
def test_the_slope_at_a_corner_is_torchs(name):
    function, corners = CORNERS[name]
    values = np.array([[corner + step for corner in corners for step in (-0.5, 0, 0.5)]], np.float32)
    layer, ctx = LAYERS.get(name)(), Context(training=True)
    y, cache = layer.forward(values, ctx=ctx)
    x = torch.tensor(values, requires_grad=True)
    function(x).sum().backward()
    np.testing.assert_allclose(y, function(x).detach().numpy(), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(layer.backward(np.ones_like(y), cache, ctx)[0], x.grad.numpy(), rtol=1e-6)
