"""What is scored and kept is the average, with precise statistics where they are asked for; what learns goes on."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head
from nnlab.training.batch_statistics import precise_statistics
from nnlab.training.deployed import deployed

BACKEND = pytest.mark.parametrize("backend", ["numpy", "torch"])


def batches():
    generator = np.random.default_rng(0)
    for _ in range(3):
        yield labelled(generator.standard_normal((6, 5)).astype(np.float32), np.eye(3, dtype=np.float32)[[0, 1, 2] * 2])


TRAINING = SimpleNamespace(shuffled=batches)


def trained(backend, ema):
    if backend == "torch":
        pytest.importorskip("torch")
    graph = NLayers(layers=(4,)).graph((5,), one_head(3)).build((5,), rng=Rng(0), dtype=np.float32)
    learner = BACKENDS.get(backend).of(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam(), ema=ema))
    states = [learner.state()]
    for batch in batches():
        learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
        states.append(learner.state())
    return learner, states


@BACKEND
def test_weights_and_running_statistics_are_averaged_and_put_back(backend):
    learner, states = trained(backend, 0.25)
    expected = {name: value.astype(np.float64) for name, value in states[0].items()}
    running = [name for name in expected if "running" in name]
    for step, state in enumerate(states[1:], start=1):
        share = min(0.25, (1 + step) / (10 + step))
        for name, value in state.items():
            expected[name] = value if name in running and step == 1 else share * expected[name] + (1 - share) * value
    with deployed(learner, TRAINING, "running"):
        for name, value in learner.state().items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-5, atol=1e-6, err_msg=name)
        assert running
    assert all(value.tobytes() == states[-1][name].tobytes() for name, value in learner.state().items())


@BACKEND
def test_precise_statistics_are_those_of_the_averaged_weights(backend):
    learner, states = trained(backend, 0.25)
    twin, _ = trained(backend, 0.0)
    twin.load_state({**states[-1], **learner.averages()})
    expected = precise_statistics(twin, batches())
    with pytest.raises(RuntimeError), deployed(learner, TRAINING, "precise"):
        held = learner.state()
        for name, value in expected.items():
            np.testing.assert_allclose(held[name], value, rtol=1e-6, err_msg=name)
        raise RuntimeError
    assert all(value.tobytes() == states[-1][name].tobytes() for name, value in learner.state().items())
