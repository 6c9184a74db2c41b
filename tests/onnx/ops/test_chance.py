"""Operators that draw: what they draw is distributed as they say, with a seed the same on both engines."""

from typing import Any

import numpy as np
import pytest

from nnlab.onnx.ops.bernoulli import Bernoulli
from nnlab.onnx.ops.multinomial import Multinomial
from nnlab.onnx.ops.random_normal import RandomNormal
from nnlab.onnx.ops.random_uniform import RandomUniform

DRAWN: list[tuple[Any, tuple[Any, ...]]] = [
    (Bernoulli(seed=5.0), (np.full((4000,), 0.3, np.float32),)),
    (Multinomial(seed=5.0, sample_size=4000), (np.log(np.array([[0.7, 0.3]], np.float32)),)),
    (RandomNormal(seed=5.0, shape=(4000,), mean=0.3, scale=0.5), ()),
    (RandomUniform(seed=5.0, shape=(4000,), low=-0.7, high=1.3), ()),
]


@pytest.mark.parametrize(("operator", "inputs"), DRAWN, ids=lambda value: getattr(value, "name", ""))
def test_the_mean_is_as_asked_for(operator: Any, inputs: tuple[Any, ...]) -> None:
    y = operator.forward(*inputs)
    assert abs(float(np.mean(y)) - 0.3) < 0.04  # standard deviations of up to 0.58 / sqrt(4000): over four of them


@pytest.mark.parametrize(("operator", "inputs"), DRAWN, ids=lambda value: getattr(value, "name", ""))
def test_a_seed_draws_the_same_on_both_engines(operator: Any, inputs: tuple[Any, ...]) -> None:
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    y = operator.forward(*inputs)
    got = TORCH_OPERATORS.of(type(operator))(operator, *(torch.from_numpy(x) for x in inputs)).numpy()
    assert (got.shape, got.dtype) == (y.shape, y.dtype)
    np.testing.assert_array_equal(got, y)


def test_classes_without_a_chance_are_never_drawn() -> None:
    y = Multinomial(sample_size=500).forward(np.array([[-np.inf, 0.0, -np.inf]], np.float32))
    assert (y.shape, y.dtype) == ((1, 500), np.int32)
    assert set(y.reshape(-1).tolist()) == {1}
