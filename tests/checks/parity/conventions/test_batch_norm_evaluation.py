import numpy as np
import pytest

from nnlab.checks.parity.conventions.batch_norm_evaluation import BatchNormEvaluation
from nnlab.core.context import Context
from nnlab.layers.batch_norm import BatchNorm
from nnlab.testing.batches import forward

X = np.random.default_rng(0).normal(size=(5, 6)) + 3


def test_torch_without_running_statistics(only, choice, through):
    torch = pytest.importorskip("torch", reason="torch's own option is what this is held against")
    theirs = torch.nn.BatchNorm1d(6, track_running_stats=False, dtype=torch.float64).eval()
    y, _ = through(choice(BatchNormEvaluation, only(BatchNorm()), "batch's"), X, np.ones_like(X), training=False)
    np.testing.assert_allclose(y, theirs(torch.from_numpy(X)).detach().numpy(), rtol=1e-12)


def test_a_single_sample_goes_by_the_running_ones(only, choice, through):
    subject = choice(BatchNormEvaluation, only(BatchNorm()), "batch's")
    y, _ = through(subject, X[:1], X[:1], training=False)
    np.testing.assert_allclose(y, X[:1] / np.sqrt(1 + 1e-5), rtol=1e-15)


def test_evaluation_moves_nothing(only, choice, through):
    subject = choice(BatchNormEvaluation, only(BatchNorm()), "batch's")
    _, tape = forward(subject.graph, X, Context(training=False))
    before = subject.graph.state()
    subject.graph.observe(tape)
    moved = {n for n, value in subject.graph.state().items() if not np.array_equal(value, before[n])}
    assert moved == set()
