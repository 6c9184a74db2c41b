"""Every operator with a gradient agrees with central differences and with torch on the examples of its family."""

import importlib.util
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.testing.operators import Example, backward, check_dtypes, check_gradient, forward, output_weights

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
"""float64 on both engines: a few roundings, and sums of a few dozen terms in another order."""


def examples() -> list[Example]:
    """Those of every module in tests/onnx/examples: EXAMPLES, a list of Example."""
    found: list[Example] = []
    for path in sorted((Path(__file__).parents[1] / "examples").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"onnx_examples_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += module.EXAMPLES
    return found


ALL = examples()
each_example = pytest.mark.parametrize("example", ALL, ids=str)
OF_SEQUENCES = {"ConcatFromSequence", "SplitToSequence"} | {
    f"Sequence{what}" for what in ("At", "Construct", "Erase", "Insert")
}
"""Their gradients are lists: tests/onnx/engine/test_execute.py holds them, within whole graphs."""

DIFFERENTIABLE = [cls for cls in OPERATORS if cls.backward is not Operator.backward and cls.name not in OF_SEQUENCES]


@pytest.mark.parametrize("cls", DIFFERENTIABLE, ids=lambda cls: f"{cls.domain}.{cls.name}-{cls.since[-1]}".lstrip("."))
def test_what_has_a_gradient_has_an_example(cls: type[Operator]) -> None:
    assert any(type(example.operator) is cls for example in ALL), (
        f"add an Example of {cls.name} (versions {cls.since}) to a module of tests/onnx/examples"
    )


@each_example
def test_gradient_agrees_with_differences(example: Example) -> None:
    check_gradient(example)


@each_example
@pytest.mark.parametrize("dtype", [np.float16, np.float32, ml_dtypes.bfloat16])
def test_dtypes_are_kept(example: Example, dtype: type) -> None:
    check_dtypes(example, dtype)


def in_other_orders(x: Any) -> list[Any]:
    """An array as other views have it: axes turned round, images with the channels last."""
    if not isinstance(x, np.ndarray) or x.ndim < 2:
        return []
    turned = [np.asfortranarray(x), np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)]
    if x.ndim == 4:
        turned.append(np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2))
    return turned


@each_example
def test_the_order_of_memory_does_not_matter(example: Example) -> None:
    operator, inputs = example.operator, example.inputs
    outputs = forward(operator, inputs)
    learns = operator.differentiable and not any(isinstance(y, list) for y in outputs)
    weights = output_weights(outputs) if learns else ()
    gradients = backward(operator, weights, inputs, outputs) if learns else ()
    for place, x in enumerate(inputs):
        for turned in in_other_orders(x):
            given = (*inputs[:place], turned, *inputs[place + 1 :])
            again = [*zip(outputs, forward(operator, given), strict=True)]
            if learns:
                again += zip(gradients, backward(operator, weights, given, outputs), strict=True)
            for expected, y in again:
                if expected is not None:
                    np.testing.assert_allclose(y, expected, **CLOSE)


@each_example
def test_torch_gives_the_same_outputs_and_gradients(example: Example) -> None:
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.arrays import to_tensor
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    operator, inputs = example.operator, example.in_dtype(np.float64)
    outputs = forward(operator, inputs)
    weights = output_weights(outputs)
    expected = backward(operator, weights, inputs, outputs)

    leaves = [to_tensor(x, copy=True) for x in inputs]
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
            leaf.requires_grad_()
    got = TORCH_OPERATORS.of(type(operator))(operator, *leaves)
    got = got if isinstance(got, tuple) else (got,)
    assert len(got) == len(outputs)
    for y, other in zip(outputs, got, strict=True):
        found = other.detach().numpy() if isinstance(other, torch.Tensor) else other
        assert (found.shape, found.dtype) == (y.shape, y.dtype)
        np.testing.assert_allclose(found, y, **CLOSE)

    pairs = [(y, to_tensor(w)) for y, w in zip(got, weights, strict=True) if w is not None and y.requires_grad]
    if pairs:
        torch.autograd.backward([y for y, _ in pairs], [w for _, w in pairs])
    for place, (leaf, dx) in enumerate(zip(leaves, expected, strict=True)):
        if not isinstance(leaf, torch.Tensor) or place in example.fixed:
            continue
        numpy_gradient = np.zeros(leaf.shape) if dx is None else dx
        torch_gradient = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        np.testing.assert_allclose(torch_gradient, numpy_gradient, **CLOSE, err_msg=f"dx{place}")
