"""The checks that operators must pass find what is wrong with one that does not."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values
from nnlab.testing.operators import Example, check_dtypes, check_gradient

X = np.array([[0.5, -1.5], [2.0, 0.25]])


@dataclass(frozen=True, kw_only=True, eq=False)
class Square(Operator):
    factor: float = 2.0

    def forward(self, x: Array) -> Array:
        return x * x

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        (dy,), (x,) = dys, inputs
        return (None if self.factor == 0 else (dy * x * np.float64(self.factor)),)


@dataclass(frozen=True)
class Given(Example):
    """An example whose operator is not in the table."""

    made: Operator = Square()

    @property
    def operator(self) -> Operator:
        return self.made


def test_a_right_gradient_passes() -> None:
    check_gradient(Given(name="Square", inputs=(X,)))


@pytest.mark.parametrize("factor", [2.00001, 0.0])
def test_a_wrong_gradient_is_found(factor: float) -> None:
    with pytest.raises(AssertionError, match=r"dx0 is .* off"):
        check_gradient(Given(name="Square", inputs=(X,), made=Square(factor=factor)))


def test_fixed_inputs_are_not_asked() -> None:
    check_gradient(Given(name="Square", inputs=(X,), made=Square(factor=0.0), fixed=(0,)))


def test_a_gradient_of_another_dtype_is_found() -> None:
    check_dtypes(Given(name="Square", inputs=(X,)), np.float64)
    with pytest.raises(AssertionError, match=r"float64.*float32"):
        check_dtypes(Given(name="Square", inputs=(X,)), np.float32)


def test_an_operator_that_writes_to_its_input_is_found() -> None:
    class Writing(Square):
        def forward(self, x: Array) -> Array:
            x *= 2
            return x

    with pytest.raises(ValueError, match="read-only"):
        check_gradient(Given(name="Writing", inputs=(X,), made=Writing()))


def test_an_example_finds_the_class_of_its_opset() -> None:
    assert Example(name="Relu", opset=9).operator.opset == 9
    with pytest.raises(AssertionError, match="no Relu of opset 5"):
        Example(name="Relu", opset=5).operator  # noqa: B018  (a property that raises)
