"""Facts on the classes of operators agree with what the operators do."""

from dataclasses import fields

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.dropout import Dropout
from nnlab.onnx.ops.facts import Facts
from nnlab.onnx.ops.functions import Ceil, Neg, Sigmoid
from nnlab.testing.operators import backward, forward, output_weights
from tests.onnx.ops.test_contract import ALL


def test_what_an_operator_can_make_is_never_more_than_is_said_before() -> None:
    said = 0
    for example in ALL:
        inputs = example.in_dtype(np.float32)
        most = example.operator.most_elements(inputs)
        if most:  # it says what can be more than the inputs are
            said += 1
            most = max(most, *map(np.size, inputs))
            assert most >= max(map(np.size, forward(example.operator, inputs))), str(example)
    assert said > 100


def test_an_estimate_that_makes_no_sense_is_left_to_the_operator() -> None:
    cls = OPERATORS.get("", "Tile", 13)
    assert cls is not None
    assert cls().most_bytes((np.ones(3, np.float32), np.array([2]))) == 6 * 8  # the widest of the inputs' numbers
    assert cls().most_bytes((np.ones(3, np.float32),)) == 0


@pytest.mark.parametrize("equation", ["...i,...j->...ij", "ni,nj->nij", "i...,j...->ij...", "...i,...j"])
def test_an_ellipsis_hides_no_index_from_the_estimate(equation: str) -> None:
    long = np.empty((300, 1) if equation.startswith("i.") else (1, 300), np.float32)
    cls = OPERATORS.get("", "Einsum", 12)
    assert cls is not None
    made = np.einsum(equation, long, long)
    assert cls(equation=equation).most_elements((long, long)) >= made.size == 90_000


@pytest.mark.parametrize("equation", ["...,...->...", "...,..."])
def test_what_ellipses_hide_is_stretched_in_the_estimate(equation: str) -> None:
    cls = OPERATORS.get("", "Einsum", 12)
    assert cls is not None
    for shapes in [((300, 1), (1, 300)), ((300,), (300, 1)), ((300, 300), ())]:
        xs = [np.empty(shape, np.float32) for shape in shapes]
        assert cls(equation=equation).most_elements(tuple(xs)) == np.einsum(equation, *xs).size == 90_000


def test_whole_numbers_are_multiplied_as_wide_ones() -> None:
    cls = OPERATORS.get("", "MatMulInteger", 10)
    assert cls is not None
    assert cls().most_bytes((np.ones((100, 3), np.int8), np.ones((3, 100), np.int8))) == 100 * 100 * 8


def test_what_has_a_seed_draws() -> None:
    for cls in OPERATORS:
        assert cls.draws == ("seed" in {field.name for field in fields(cls)}), cls.name


@pytest.mark.parametrize(
    ("inputs", "drawn"),
    [
        ((), False),
        ((0.5,), False),
        ((0.5, True), True),
        ((0.0, True), False),
        ((0.5, False), False),
        ((None, True), True),
    ],
)
def test_dropout_draws_in_training_alone(inputs: tuple[float | bool | None, ...], drawn: bool) -> None:
    arrays = tuple(None if each is None else np.asarray(each) for each in inputs)
    assert Dropout().drawn((np.ones(3), *arrays)) is drawn


def test_what_changes_in_steps_has_no_slope_where_there_is_one() -> None:
    assert Ceil.in_steps and not Neg.in_steps
    for example in (each for each in ALL if each.operator.in_steps and each.operator.differentiable):
        inputs = example.in_dtype(np.float64)
        outputs = forward(example.operator, inputs)
        first = backward(example.operator, output_weights(outputs), inputs, outputs)[0]
        assert first is None or not np.any(first), str(example)


def test_what_is_moved_is_exact_in_any_width() -> None:
    moved = [each for each in ALL if each.operator.halves == "moved" and not each.operator.drawn(each.inputs)]
    assert len(moved) > 40
    for example in moved:
        halves, wide = example.in_dtype(np.float16), [widened(x) for x in example.in_dtype(np.float16)]
        for y, other in zip(forward(example.operator, halves), forward(example.operator, wide), strict=True):
            assert np.array_equal(y, np.asarray(other, y.dtype)), str(example)


def widened(x: Array) -> Array:
    return x.astype(np.float32) if getattr(x, "dtype", None) == np.float16 else x


def test_the_newest_class_of_a_name_is_found() -> None:
    assert OPERATORS.named("Sigmoid") is Sigmoid is OPERATORS.named("Sigmoid", "ai.onnx")
    assert OPERATORS.named("Sigmoid", "com.microsoft") is None
    assert OPERATORS.named("Dropout") is Dropout


def test_bits_are_no_numbers_of_a_type() -> None:
    cls = OPERATORS.named("BitCast")
    assert cls is not None and not cls.names_a_type and "to" in Facts.names_a_type
