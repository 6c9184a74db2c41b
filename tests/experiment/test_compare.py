"""An experiment on two backends in lockstep."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

from torch.nn import functional as F  # noqa: E402

from nnlab.backends.torch.layers import TORCH_LAYERS  # noqa: E402
from nnlab.backends.torch.layers.linear import dense  # noqa: E402
from nnlab.backends.torch.losses import TORCH_LOSSES, cross_entropy  # noqa: E402
from nnlab.backends.torch.optimizers import MOMENTS, TORCH_RULES, TorchRule  # noqa: E402
from nnlab.checks.parity.history import TOLERANCE  # noqa: E402
from nnlab.checks.parity.result import GRAVE, Comparison, StepDifferences  # noqa: E402
from nnlab.core.errors import UsageError  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.core.translations import Translations  # noqa: E402
from nnlab.experiment.build import build  # noqa: E402
from nnlab.experiment.compare import compare  # noqa: E402
from nnlab.experiment.config import resolve  # noqa: E402
from nnlab.experiment.experiment import Experiment  # noqa: E402
from nnlab.experiment.sources import from_flags  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.dropout import Dropout  # noqa: E402
from nnlab.layers.leaky_relu import LeakyReLU  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.training.scoring import Judgement  # noqa: E402
from nnlab.training.trainer import Trainer  # noqa: E402

BACKENDS = ("numpy", "torch")
Plant = Callable[[Translations[Any], type, Any], None]


@pytest.fixture
def experiment(blobs: Path) -> Callable[..., Experiment]:
    """Three classes of small images and a small network."""

    def made(**flags: Any) -> Experiment:
        given = {"model": "NLayers", "layers": "8", "learning_rate": 0.01, "resize": "6,6", "epochs": 3, "threads": 1}
        return resolve(from_flags({"dataset": "blobs", "datasets_path": str(blobs), **given, **flags}))

    return made


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Puts a faulty translation in the place of the right one."""

    def put(table: Translations[Any], cls: type, faulty: Any) -> None:
        monkeypatch.setitem(table._table, cls, faulty)

    return put


def grave(found: Comparison) -> list[tuple[int, str, str]]:
    return [(one.step, one.tensor, one.convention or one.kind) for one in found.divergences if one.kind in GRAVE]


def test_both_backends_take_the_steps_of_train(experiment: Callable[..., Experiment]) -> None:
    options = experiment(max_minibatch_size=10, dropout_rate=0.2, dtype="float64")
    seen: list[StepDifferences] = []
    found = compare(options, BACKENDS, on_step=seen.append)
    assert found.backends == BACKENDS and found.dtype == "float64"
    assert found.steps == len(found.history) == 3 * 3
    assert tuple(seen) == found.history
    assert [(step.step, step.epoch) for step in seen[2:4]] == [(3, 1), (4, 2)]
    assert found.verdict == "equal" and found.divergences == () and found.first is None
    assert ["dev probabilities" in step.differences for step in seen[:4]] == [False, False, True, False]
    assert found.tensors[:2] == ("dense_1 forward", "batch_norm_1 forward")
    assert found.tensors[-1] == "dev probabilities"
    assert set(found.tensors) == set(seen[2].differences)
    assert found.worst[1] < 1e-12


def test_the_first_backend_ends_where_training_does(
    experiment: Callable[..., Experiment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same batches, chance, rates and order, to the last bit."""
    from nnlab.experiment import compare as module

    kept: list[Any] = []
    original = module.Lockstep.__init__

    def keeping(self: Any, *args: Any) -> None:
        original(self, *args)
        kept.append(self)

    monkeypatch.setattr(module.Lockstep, "__init__", keeping)
    options = experiment(max_minibatch_size=10, dropout_rate=0.2, schedule="Cosine", rot_angle=5, mixup=0.4, cutmix=1)
    compare(options, BACKENDS)
    parts = build(options)
    trained = Trainer(
        parts.learner,
        parts.data,
        epochs=3,
        judgement=Judgement.by(options.task, options.accuracy),
        rng=Rng(0).at("training"),
        callbacks=[],
    ).run()
    state = kept[0]._one.state()
    assert set(state) == set(trained.last_state)
    for name, value in state.items():
        np.testing.assert_array_equal(value, trained.last_state[name], err_msg=name)


def test_float32_drifts_by_rounding_and_nothing_is_grave(experiment: Callable[..., Experiment]) -> None:
    found = compare(experiment(epochs=6), BACKENDS)
    assert grave(found) == []
    assert 1e-8 < found.worst[1] < 1e-2


def test_a_bias_in_front_of_batch_norm_has_no_signal(experiment: Callable[..., Experiment]) -> None:
    found = compare(experiment(bias=True, epochs=6), BACKENDS)
    assert found.verdict == "no signal"
    assert {"dense_1.bias", "dense_1 gradient bias", "output.bias", "batch_norm_1.running_mean"} <= found.silent
    assert {"dense_1.weight", "loss", "batch_norm_1 forward"} & found.silent == set()
    assert found.worst[1] < 1e-3
    assert all(one.tensor in found.silent for one in found.divergences if one.kind == "no signal")
    kinds = [(one.tensor, one.relative) for one in found.divergences]
    for tensor in {name for name, _ in kinds}:  # again only when ten times as large
        far = [relative for name, relative in kinds if name == tensor]
        assert all(later > 10 * earlier for earlier, later in pairwise(far))


def on_torch(**changes: float) -> Any:
    def batch_norm(layer: BatchNorm, own: Any, x: torch.Tensor, *, ctx: Any) -> torch.Tensor:
        values = (own["running_mean"], own["running_variance"], own["gamma"], own["beta"])
        settings = {"momentum": 1 - layer.momentum, "eps": layer.epsilon, **changes}
        return F.batch_norm(x, *values, training=ctx.training, **settings)

    return batch_norm


def adam(**changes: float) -> TorchRule:
    settings = {"betas": (0.9, 0.999), "eps": 1e-8, **changes}
    return TorchRule(lambda rule, groups, form: torch.optim.Adam(groups, lr=0.0, **settings), MOMENTS)


FAULTS: dict[str, tuple[Translations[Any], type, Any, tuple[int, str, str]]] = {
    "momentum": (
        TORCH_LAYERS,
        BatchNorm,
        on_torch(momentum=0.9),
        (1, "batch_norm_1.running_mean", "BatchNormMomentum"),
    ),
    "epsilon": (TORCH_LAYERS, BatchNorm, on_torch(eps=1e-3), (1, "batch_norm_1 forward", "BatchNormEpsilon")),
    "sum": (
        TORCH_LOSSES,
        CrossEntropy,
        lambda loss, p, target: cross_entropy(loss, p, target) * len(p),
        (1, "loss", "LossReduction"),
    ),
    "a product": (
        TORCH_LAYERS,
        Dense,
        lambda layer, own, x, *, ctx: dense(layer, own, x, ctx=ctx) * (1 + 1e-7),
        (1, "dense_1 forward", "bug"),
    ),
    "a large batch": (
        TORCH_LAYERS,
        Dense,
        lambda layer, own, x, *, ctx: dense(layer, own, x, ctx=ctx) * (1 + 1e-2 * (len(x) > 32)),
        (1, "dense_1 forward", "bug"),
    ),
    "a slope": (
        TORCH_LAYERS,
        LeakyReLU,
        lambda layer, own, x, *, ctx: F.leaky_relu(x, 0.03),
        (1, "activation_1 forward", "bug"),
    ),
    "evaluation": (
        TORCH_LAYERS,
        Dropout,
        lambda layer, own, x, *, ctx: x * (1 / (1 - layer.rate) if ctx.training else 0.9),
        (1, "dev probabilities", "bug"),
    ),
    "beta2": (TORCH_RULES, Adam, adam(betas=(0.9, 0.9999)), (1, "dense_1.weight v", "bug")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_located_and_named(fault: str, experiment: Callable[..., Experiment], plant: Plant) -> None:
    table, cls, faulty, expected = FAULTS[fault]
    plant(table, cls, faulty)
    drops = {"dropout_rate": 1e-9} if fault == "evaluation" else {}
    partitions = {"partitions": '{"training":0.95,"dev":0.05,"test":0}'} if fault == "a large batch" else {}
    found = compare(experiment(**drops, **partitions), BACKENDS)
    assert grave(found) == [expected]
    assert found.steps == 1
    assert found.first is not None and "torch" in found.first.says


def test_the_first_step_at_which_a_fault_acts_is_found(experiment: Callable[..., Experiment], plant: Plant) -> None:
    class LateAdam(torch.optim.Adam):
        """Goes a little too far in its fifth step."""

        def step(self, closure: Any = None) -> Any:
            steps = {int(state["step"]) for state in self.state.values() if "step" in state}
            for group in self.param_groups:
                group["lr"] *= 1 + 1e-6 * (steps == {4})
            return super().step(closure)

    def late(rule: Adam, groups: Any, form: Any) -> torch.optim.Optimizer:
        return LateAdam(groups, lr=0.0, eps=rule.epsilon)

    plant(TORCH_RULES, Adam, TorchRule(late, MOMENTS))
    # Where a gradient is nothing but rounding, Adam with a small epsilon makes a whole step of its sign: on two
    # backends weights part by 1e-3 in the first step, rightly. Here such weights stay where they are.
    found = compare(experiment(max_minibatch_size=10, epsilon=1e-3), BACKENDS)
    assert grave(found) == [(5, "dense_1.weight", "bug")]
    assert found.history[-1].differences["dense_1.weight"] < TOLERANCE["float32"]  # where it does not show


def test_the_faulty_one_is_named_whichever_comes_first(experiment: Callable[..., Experiment], plant: Plant) -> None:
    plant(TORCH_LAYERS, BatchNorm, on_torch(eps=1e-3))
    found = compare(experiment(), ("torch", "numpy"))
    assert grave(found) == [(1, "batch_norm_1 forward", "BatchNormEpsilon")]
    assert found.first is not None and "torch parts" in found.first.says


def test_ctrl_c_ends_it_with_what_there_is(experiment: Callable[..., Experiment]) -> None:
    def interrupt(step: StepDifferences) -> None:
        if step.step == 2:
            raise KeyboardInterrupt

    found = compare(experiment(), BACKENDS, on_step=interrupt)
    assert found.steps == len(found.history) == 2 and found.verdict == "equal"


def test_one_backend_twice_is_refused(experiment: Callable[..., Experiment]) -> None:
    with pytest.raises(UsageError, match="twice"):
        compare(experiment(), ("torch", "torch"))


def test_without_dev_the_training_samples_are_predicted(experiment: Callable[..., Experiment]) -> None:
    found = compare(experiment(partitions='{"training":1.0,"dev":0,"test":0}', epochs=1), BACKENDS)
    assert found.tensors[-1] == "training probabilities"
