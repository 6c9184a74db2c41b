import numpy as np
import pytest

from nnlab.checks.parity.conventions.batch_norm_momentum import BatchNormMomentum
from nnlab.layers.batch_norm import BatchNorm


@pytest.mark.parametrize(("words", "kept"), [("share that is taken", 0.2), ("0.99 is kept", 0.99)])
def test_torch_with_that_share(only, choice, through, words, kept):
    torch = pytest.importorskip("torch", reason="torch's own running statistics are what this is held against")
    subject = choice(BatchNormMomentum, only(BatchNorm(momentum=0.8)), words)
    x = np.random.default_rng(0).normal(size=(5, 6))
    through(subject, x, np.ones_like(x))
    mean, variance = torch.zeros(6, dtype=torch.float64), torch.ones(6, dtype=torch.float64)
    torch.nn.functional.batch_norm(torch.from_numpy(x), mean, variance, training=True, momentum=1 - kept)
    state = subject.graph.state()
    np.testing.assert_allclose(state["it.running_mean"], mean.numpy(), rtol=1e-13)
    np.testing.assert_allclose(state["it.running_variance"], variance.numpy(), rtol=1e-13)


def test_a_momentum_of_one_half_is_either(only):
    words = [words for words, _ in BatchNormMomentum().variants(only(BatchNorm(momentum=0.5)))]
    assert len(words) == 2 and all("is kept" in said for said in words)
