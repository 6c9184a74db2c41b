"""torch's kernels of whole sequences give what the loop over the steps gives, and so do their gradients."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from nnlab.onnx.ops.base import OPERATORS  # noqa: E402
from nnlab.onnx.torch_ops import recurrent  # noqa: E402
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS  # noqa: E402

STEPS, BATCH, WIDTH, HIDDEN = 4, 3, 5, 2


def made(kind: str, **attributes: Any) -> Any:
    """The operator, all outputs asked for."""
    cls = OPERATORS.get("", kind, 14)
    assert cls is not None
    return cls(hidden_size=HIDDEN, outputs=3 if kind == "LSTM" else 2, **attributes)


def drawn(operator: Any, *, bias: bool, states: bool) -> list[Any]:
    """Its inputs in float64; lengths say all steps."""
    ways, rows = 2 if operator.direction == "bidirectional" else 1, operator.gates * HIDDEN
    shapes = [(STEPS, BATCH, WIDTH), (ways, rows, WIDTH), (ways, rows, HIDDEN), (ways, 2 * rows)]
    random = torch.Generator().manual_seed(2)
    given = [torch.randn(shape, generator=random, dtype=torch.float64).requires_grad_() for shape in shapes]
    given += [torch.full((BATCH,), STEPS, dtype=torch.int32)]
    for _ in range(operator.states if states else 0):
        given.append(torch.randn(ways, BATCH, HIDDEN, generator=random, dtype=torch.float64).requires_grad_())
    return [None if place == 3 and not bias else each for place, each in enumerate(given)]


def run(operator: Any, given: list[Any]) -> tuple[list[Any], list[Any]]:
    """The outputs, and the gradients of a sum of them with unequal weights."""
    outputs = TORCH_OPERATORS.of(type(operator))(operator, *given)
    loss = sum((y * torch.arange(1, y.numel() + 1).view_as(y)).sum() for y in outputs)
    learn = [each for each in given if each is not None and each.requires_grad]
    return list(outputs), list(torch.autograd.grad(loss, learn))


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize(("bias", "states"), [(True, True), (False, False)])
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_as_step_by_step(
    kind: str, *, bias: bool, states: bool, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = made(kind, direction=direction, **({"linear_before_reset": 1} if kind == "GRU" else {}))
    given = drawn(operator, bias=bias, states=states)
    called: list[Any] = []
    with monkeypatch.context() as watched:
        watched.setattr(recurrent, "_by_steps", lambda *given: called.append(given))
        found = run(operator, given)
    assert not called
    monkeypatch.setattr(recurrent, "is_usual", lambda *given: False)
    for own, stepped in zip(found, run(operator, given), strict=True):
        for a, b in zip(own, stepped, strict=True):
            # Sums of a few terms in float64, in another order.
            torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("LSTM", {"clip": 3.0}),
        ("LSTM", {"input_forget": 1}),
        ("LSTM", {"activations": ("Sigmoid", "Tanh", "Relu")}),
        ("GRU", {}),
        ("RNN", {"activations": ("Relu",)}),
    ],
    ids=str,
)
def test_other_forms_go_step_by_step(kind: str, attributes: dict[str, Any]) -> None:
    operator = made(kind, **attributes)
    assert not recurrent.is_usual(operator, torch.zeros(STEPS, BATCH, WIDTH), None, None)


def test_sequences_that_end_early_and_peepholes_go_step_by_step() -> None:
    operator, x = made("LSTM", activations=("sigmoid", "TANH", "tanh")), torch.zeros(STEPS, BATCH, WIDTH)
    assert recurrent.is_usual(operator, x, torch.tensor([STEPS] * BATCH), None)
    assert not recurrent.is_usual(operator, x, torch.tensor([STEPS, STEPS, 1]), None)
    assert not recurrent.is_usual(operator, x, None, torch.zeros(1, 3 * HIDDEN))
    assert not recurrent.is_usual(operator, x[:0], None, None)
