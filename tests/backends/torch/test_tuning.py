"""Other ways to work give the same training; what they cost is for the ladder to say."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="one of the backends")

from nnlab.backends.base import BACKENDS, Engine  # noqa: E402
from nnlab.core.batch import Batch, Target  # noqa: E402
from nnlab.core.errors import MissingError, UsageError  # noqa: E402
from nnlab.core.heads import OUTPUT  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.models.resnet import ResNet18  # noqa: E402
from nnlab.models.small_cnn import SmallCnn  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.momentum import Momentum  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402
from nnlab.optimizers.rms_prop import RMSProp  # noqa: E402
from nnlab.testing.batches import one_head  # noqa: E402

MODELS = {
    "SmallCnn": SmallCnn(widths=(4, 3), dense=(5,), dropout_rate=0.3),
    "ResNet18": ResNet18(blocks=(1, 1), width=0.06, stem="small"),
}


def batch():
    generator = np.random.default_rng(0)
    return Batch(
        generator.standard_normal((6, 8, 8, 3)), {OUTPUT: Target(np.eye(3)[[0, 1, 2, 0, 1, 2]])}, sources=list("abcdef")
    )


def trained(model="SmallCnn", rule=None, dtype=np.float64, steps=5, **engine):
    """The losses of some steps, and the weights after them."""
    graph = MODELS[model].graph((8, 8, 3), one_head(3))
    graph.build((8, 8, 3), rng=Rng(0), dtype=dtype)
    optimizer = Optimizer(copy.copy(rule or Adam()), learning_rate=0.01)
    learner = BACKENDS.get("torch").of(
        graph, loss=CrossEntropy(), optimizer=optimizer, engine=Engine(device="cpu", threads=1, **engine)
    )
    losses = []
    for step in range(steps):
        losses.append(learner.backprop(batch(), rng=Rng(step)).loss)
        learner.update(epoch=step, epochs=steps)
    return np.array(losses), learner.state()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("tuning", ["zero-grad", "loop", "foreach", "channels-first", "checkpoint"])
def test_the_training_is_the_same(model: str, tuning: str) -> None:
    """In float64; bound: sums in another order, which Adam divides by small numbers. Running statistics are among the
    state: a part that is computed twice moves them once."""
    losses, state = trained(model, tuning=(tuning,))
    plain, expected = trained(model)
    np.testing.assert_allclose(losses, plain, rtol=1e-9)
    for name, value in expected.items():
        np.testing.assert_allclose(state[name], value, rtol=1e-7, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("rule", [Momentum(), RMSProp()], ids=["Momentum", "RMSProp"])
@pytest.mark.parametrize("tuning", ["loop", "foreach"])
def test_other_rules_go_over_the_weights_in_these_forms_too(rule, tuning: str) -> None:
    losses, _ = trained(rule=rule, tuning=(tuning,))
    np.testing.assert_allclose(losses, trained(rule=rule)[0], rtol=1e-9)


def test_it_is_another_way_and_not_the_same_one() -> None:
    """What torch is asked for differs: the optimizer's form, the gradients' memory, the layout, what is kept."""
    from nnlab.backends.torch.tuning import form_of, laid_out

    assert form_of(Engine(tuning=("loop",))) == {"foreach": False, "fused": False}
    assert form_of(Engine(tuning=("foreach",))) == {"foreach": True}
    x = torch.zeros(2, 4, 4, 3)
    laid = laid_out(x, Engine(tuning=("channels-first",)))
    assert laid.shape == x.shape and laid.movedim(-1, 1).is_contiguous() and not laid.is_contiguous()
    assert laid_out(x, Engine()) is x
    held = [_kept_bytes(tuning) for tuning in ((), ("checkpoint",))]
    assert held[1] < 0.6 * held[0]


def _kept_bytes(tuning) -> int:
    """What autograd keeps from a pass forward until backward, each memory once."""
    graph = MODELS["ResNet18"].graph((8, 8, 3), one_head(3))
    graph.build((8, 8, 3), rng=Rng(0), dtype=np.float64)
    learner = BACKENDS.get("torch").of(
        graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), engine=Engine(device="cpu", tuning=tuning)
    )
    weights = {value.data_ptr() for value in learner._values.values()}
    kept: dict[int, int] = {}

    def packed(tensor):
        if tensor.data_ptr() not in weights:
            kept[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
        return tensor

    from nnlab.core.context import Context

    with torch.autograd.graph.saved_tensors_hooks(packed, lambda tensor: tensor):
        learner._outputs(batch().inputs, Context(training=True, rng=Rng(0)))
    return sum(kept.values())


@pytest.mark.parametrize(
    ("engine", "error", "words"),
    [
        ({"tuning": ("loop", "foreach")}, UsageError, "loop and foreach exclude each other"),
        ({"tuning": ("reduce-overhead",)}, UsageError, "add --compile"),
        ({"tuning": ("tf32",)}, MissingError, "tf32 is for a CUDA device"),
    ],
)
def test_what_does_not_go_together_is_refused(engine, error, words: str) -> None:
    with pytest.raises(error, match=words):
        BACKENDS.get("torch").require(Engine(device="cpu", **engine))


def test_the_numpy_backend_has_none() -> None:
    with pytest.raises(UsageError, match=r"the numpy backend has no tuning.*--tuning=loop"):
        BACKENDS.get("numpy").require(Engine(tuning=("loop",)))


@pytest.mark.parametrize("name", ["anomaly_off", "profiler_off"])
def test_rungs_that_do_nothing_switch_off_what_is_off(name: str) -> None:
    from nnlab.backends.torch.tuning import switch_off

    switch_off(name)
    assert not torch.is_anomaly_enabled()
    assert not torch.autograd.profiler._is_profiler_enabled
