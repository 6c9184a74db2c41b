import math

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy


def test_by_hand():
    """p = 3/4 and 1/2: minus the logarithm of 3/4 for a yes, and of 1/2 for a no."""
    loss, dz = BinaryCrossEntropy()(np.array([[math.log(3), 0.0]]), Target(np.array([[1.0, 0.0]])), Context())
    assert loss == pytest.approx((-math.log(0.75) - math.log(0.5)) / 2, rel=1e-15)
    np.testing.assert_allclose(dz, [[-0.25 / 2, 0.5 / 2]], rtol=1e-15)


def test_it_is_torchs_for_maps_and_soft_targets():
    torch = pytest.importorskip("torch", reason="torch's own is what this is held against")
    generator = np.random.default_rng(0)
    z, y = 5 * generator.standard_normal((3, 4, 2, 5)), generator.random((3, 4, 2, 5))
    logits = torch.tensor(z, requires_grad=True)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(y))
    theirs.backward()
    loss, dz = BinaryCrossEntropy()(z, Target(y), Context())
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(dz, logits.grad.numpy(), rtol=1e-12, atol=1e-17)


def test_what_is_sure_and_right_keeps_the_digits_of_its_tiny_loss():
    loss, _ = BinaryCrossEntropy()(np.array([[50.0]]), Target(np.array([[1.0]])), Context())
    assert loss == pytest.approx(math.exp(-50), rel=1e-12)


def test_probabilities_of_a_softmax_are_refused_with_what_to_type():
    with pytest.raises(UsageError, match="takes logits or values and the model emits probabilities") as refused:
        BinaryCrossEntropy().of("probabilities")
    assert "--fused" in str(refused.value.hint)
