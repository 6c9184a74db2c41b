"""TorchOptimizer: nnlab's settings around torch's updates, and a memory that either backend can take over."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.torch.devices import column_major  # noqa: E402
from nnlab.backends.torch.optimizers import TorchOptimizer  # noqa: E402
from nnlab.core.errors import UsageError  # noqa: E402
from nnlab.core.parameter import Parameter  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.adam_w import AdamW  # noqa: E402
from nnlab.optimizers.momentum import Momentum  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402


def driver(rule=None, dtype=np.float64, layout=column_major, **options):
    """Over a matrix that is penalised and a vector that is not."""
    generator = np.random.default_rng(0)
    parameters = [
        Parameter("w", generator.standard_normal((4, 3)).astype(dtype)),
        Parameter("b", generator.standard_normal(3).astype(dtype), penalised=False),
    ]
    tensors = [layout(torch.from_numpy(p.value.copy())).requires_grad_() for p in parameters]
    return TorchOptimizer(Optimizer(rule or Adam(), **options), list(zip(parameters, tensors, strict=True))), tensors


def step(optimizer, tensors, number, size=1.0):
    generator = np.random.default_rng(number)
    optimizer.zero_grad()
    for tensor in tensors:
        gradient = torch.from_numpy(size * generator.standard_normal(tuple(tensor.shape))).to(tensor.dtype)
        tensor.grad = torch.empty_like(tensor, requires_grad=False).copy_(gradient)
    optimizer.step(epoch=0, epochs=1)


@pytest.mark.parametrize("rule", [Adam(), AdamW(), Momentum(decay=0.0)])
def test_the_order_of_memory_changes_no_bit(rule):
    one, two = driver(rule, weight_decay=0.1), driver(rule, weight_decay=0.1, layout=lambda tensor: tensor)
    assert one[1][0].stride() != two[1][0].stride()
    for number in range(5):
        step(*one, number)
        step(*two, number)
    assert all(torch.equal(a, b) for a, b in zip(one[1], two[1], strict=True))
    assert all(np.array_equal(value, two[0].state()[name]) for name, value in one[0].state().items())


def test_only_what_is_penalised_decays_where_the_rule_decouples_it():
    (optimizer, tensors), (plain, others) = driver(AdamW(), weight_decay=0.5), driver(AdamW())
    step(optimizer, tensors, 0)
    step(plain, others, 0)
    assert not torch.equal(tensors[0], others[0]) and torch.equal(tensors[1], others[1])


def test_clipping_changes_the_gradients_as_nnlab_does():
    optimizer, tensors = driver(clip_norm=0.5)
    step(optimizer, tensors, 0, size=100.0)
    assert sum(float((t.grad**2).sum()) for t in tensors) == pytest.approx(0.25, rel=1e-14)  # torch's: 0.4999...
    optimizer, tensors = driver(clip_value=0.5)
    step(optimizer, tensors, 0, size=100.0)
    assert max(float(t.grad.abs().max()) for t in tensors) == 0.5


def test_a_gradient_too_long_for_float32_is_clipped_all_the_same():
    optimizer, tensors = driver(dtype=np.float32, clip_norm=1.0)
    step(optimizer, tensors, 0, size=1e25)
    assert sum(float((t.grad.double() ** 2).sum()) for t in tensors) == pytest.approx(1, rel=1e-6)


def test_gradients_of_the_step_before_are_let_go():
    optimizer, tensors = driver()
    step(optimizer, tensors, 0)
    optimizer.zero_grad()
    assert all(tensor.grad is None for tensor in tensors)
    assert all(p.grad is None for group in optimizer._torch.param_groups for p in group["params"])


def test_state_is_a_copy_of_named_slots_and_goes_on_elsewhere():
    one, tensors = driver()
    assert set(one.state()) == {"step"}
    for number in range(3):
        step(one, tensors, number)
    state = one.state()
    assert set(state) == {"w/m", "w/v", "b/m", "b/v", "step"} and int(state["step"]) == 3
    assert state["w/m"].shape == (4, 3)
    kept = {name: value.copy() for name, value in state.items()}
    two, others = driver()
    for mine, theirs in zip(others, tensors, strict=True):
        mine.data.copy_(theirs.data)
    for value in state.values():
        value.flags.writeable = False  # as a file that is mapped into memory gives them
    two.load_state(state)
    step(one, tensors, 3)
    step(two, others, 3)
    assert all(torch.equal(a, b) for a, b in zip(tensors, others, strict=True))
    assert all(np.array_equal(state[name], value) for name, value in kept.items())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"w/m": np.zeros((3, 4))}, r"w/m: saved with shape \(3, 4\), but the parameter has \(4, 3\)"),
        ({"w/x": np.zeros((4, 3))}, "w/x: does not belong to the state of Adam"),
        ({"step": None}, "step: the optimizer's state has no step count"),
        ({"b/v": None}, "b/v: is missing from the state of Adam"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, message):
    optimizer, tensors = driver()
    step(optimizer, tensors, 0)
    before = optimizer.state()
    state = {name: value for name, value in {**before, **change}.items() if value is not None}
    with pytest.raises(UsageError, match=message):
        optimizer.load_state(state)
    assert all(np.array_equal(value, before[name]) for name, value in optimizer.state().items())


def test_a_rule_without_a_translation_is_named():
    with pytest.raises(UsageError, match="optimizer Mine has no translation to torch"):
        driver(type("Mine", (Adam,), {})())
