"""What is frozen neither moves nor counts, on every backend, until it is thawed."""

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.backends.torch.learner import TorchLearner
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.freezing import freeze
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.models.n_layers import NLayers
from nnlab.models.resnet import ResNet18
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled

LEARNERS: dict[str, type[NumpyLearner] | type[TorchLearner]] = {"numpy": NumpyLearner, "torch": TorchLearner}


def network(*patterns: str) -> Graph:
    model = ResNet18(blocks=(1, 1), width=0.05, stem="small")
    graph = model.graph((6, 6, 3), {"output": Head((4,), "classes")})
    graph.build((6, 6, 3), rng=Rng(1), dtype="float64")
    freeze(graph, patterns)
    return graph


def batch(seed: int = 0):  # type: ignore[no-untyped-def]
    generator = np.random.default_rng(seed)
    return labelled(generator.normal(size=(6, 6, 6, 3)), np.eye(4)[generator.integers(0, 4, 6)])


def steps(learner: Learner, count: int) -> None:
    for step in range(count):
        learner.learn(batch(step), rng=Rng(step), epoch=0, epochs=9)


@pytest.mark.parametrize("backend", LEARNERS)
def test_what_is_frozen_stays_with_its_statistics_and_then_learns_from_a_fresh_memory(backend: str) -> None:
    optimizer = Optimizer(Adam(), learning_rate=0.01, weight_decay=0.1, clip_norm=1.0)
    learner = LEARNERS[backend](network("backbone"), loss=CrossEntropy(), optimizer=optimizer)
    first = learner.state()
    steps(learner, 3)
    moved = {name for name, value in learner.state().items() if not np.array_equal(value, first[name])}
    assert moved == {"output.weight", "output.bias"}
    assert learner.parameter_count == sum(first[name].size for name in moved)
    assert {name.partition(".")[0] for name in learner.optimizer_state()} == {"output", "step"}
    before = learner.state()
    learner.unfreeze()
    learner.unfreeze()  # nothing more
    steps(learner, 1)
    after = learner.state()
    assert all(not np.array_equal(after[name], before[name]) for name in before)
    # the first step of Adam is as long as the rate, whatever the gradient: were the steps counted on, 3 times as long
    apart = np.abs(after["stem_conv.weight"] - before["stem_conv.weight"])
    assert apart.max() == pytest.approx(0.01, rel=1e-3)


def test_backends_agree_and_a_state_goes_on_where_it_was() -> None:
    ends = []
    for one, other in (("numpy", "numpy"), ("numpy", "torch"), ("torch", "numpy")):
        make = {name: lambda c=cls: c(network("backbone"), loss=CrossEntropy(), optimizer=Optimizer(Adam())) for name, cls in LEARNERS.items()}  # fmt: skip  # noqa: E501
        learner, second = make[one](), make[other]()
        steps(learner, 2)
        learner.unfreeze()
        steps(learner, 2)
        second.load_state(learner.state())
        second.load_optimizer_state(learner.optimizer_state())
        second.unfreeze()
        steps(second, 2)
        if one == other:
            steps(learner, 2)
            assert all(np.array_equal(value, second.state()[name]) for name, value in learner.state().items())
        ends.append(second.state())
    for end in ends[1:]:
        for name, value in end.items():  # Adam divides by the root of tiny squares: rounding counts a thousandfold
            np.testing.assert_allclose(value, ends[0][name], rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("backend", LEARNERS)
def test_gradients_of_what_learns_are_right_around_what_is_frozen(backend: str) -> None:
    learner = LEARNERS[backend](network("stage_1*", "stem_batch_norm.gamma"), loss=CrossEntropy(), optimizer=Optimizer(Adam()))  # fmt: skip  # noqa: E501
    probe = learner.probe(batch(), rng=Rng(0))
    gradients = probe.gradients()
    assert "stem_conv.weight" in gradients and not any(name.startswith("stage_1") for name in gradients)
    assert "stem_batch_norm.gamma" not in gradients and "stem_batch_norm.beta" in gradients
    for name in ("stem_conv.weight", "stem_batch_norm.beta", "output.bias"):
        values, at = probe.parameters[name], (0,) * probe.parameters[name].ndim
        kept, ends = values[at], []
        for side in (1e-5, -1e-5):
            values[at] = kept + side
            ends.append(probe.value(name))
        values[at] = kept
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(gradients[name][at], rel=1e-5, abs=1e-8)


@pytest.mark.parametrize(("pattern", "said"), [
    ("stem_cnov", r"--freeze=stem_cnov: the network has no such weights; did you mean stem_conv"),
    ("backbon", "did you mean backbone"),
    ("*", "leaves nothing that learns"),
])  # fmt: skip
def test_a_name_that_is_none_is_said_with_the_nearest(pattern: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        network(pattern)


def test_heads_are_the_last_weights_with_what_follows_them() -> None:
    graph = NLayers(layers=(5,)).graph((7,), {"output": Head((3,), "classes")})
    graph.build((7,), rng=Rng(0), dtype="float32")
    freeze(graph, ["features"])
    assert {parameter.name.partition(".")[0] for parameter in graph.parameters} >= {"output"}
    assert all("dense_1" not in parameter.name and "batch_norm_1" not in parameter.name for parameter in graph.parameters)  # fmt: skip  # noqa: E501
