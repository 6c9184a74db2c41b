"""Rows of numbers whose meaning is guessed: scores where something speaks for it, and said or refused where not."""

import logging
from typing import Any

import numpy as np
import pytest
from onnx import helper

from nnlab.core.errors import DataError
from nnlab.experiment.infer_rows import Result, labels_of
from tests.onnx.inference.test_reading import FLOAT, INT64, SOFTMAX, STRING, UINT8, answer, model, node, typed

SIGMOID = 1 / (1 + np.exp(-np.array([0.0, 4.0, 1.0])))
"""Of the scores of a green picture."""


def wide(count: int, name: str, operator: str = "Identity") -> Any:
    """A model that gives so many numbers of any size."""
    stored = {"u": np.linspace(0, 1, 3 * count, dtype=np.float32).reshape(3, count)}
    return model([node("v = MatMul s u"), node(f"{name} = {operator} v")], [name], **stored)


@pytest.mark.parametrize(
    "proto",
    [
        wide(136, "y"),
        wide(10, "landmarks"),
        wide(10, "five_points"),
        wide(4, "bbox", "Sigmoid"),
        wide(128, "embedding"),
        wide(1, "age"),
        wide(10, "y", "Tanh"),
        model([node("n = ReduceL2 s", axes=[1]), node("y = Div s n")], ["y"]),
        model([node("y = Unsqueeze s one")], [helper.make_tensor_value_info("y", FLOAT, [1, "found", 3])],
              one=np.array([1])),
    ],
    ids=["68 landmarks", "landmarks", "points", "a box", "an embedding", "an age", "tanh", "of length 1",
         "a detection"],
)  # fmt: skip
def test_measures_are_no_scores_of_classes(proto: Any) -> None:
    with pytest.raises(DataError, match=r"neither the scores of classes.*--kind=labels") as caught:
        answer(proto)
    assert len(str(caught.value).splitlines()) == 1
    assert answer(proto, kind="labels").probabilities is not None


def test_names_of_as_many_classes_speak_for_them() -> None:
    found = answer(wide(10, "points"), labels=[f"point {n}" for n in range(10)])
    assert found.probabilities is not None and len(found.probabilities) == 10
    with pytest.raises(DataError, match="neither the scores"):
        answer(wide(10, "points"), labels=["a", "b"])


def test_numbers_of_which_nothing_says_what_they_are_are_scores_and_that_is_said(caplog: Any) -> None:
    caplog.set_level(logging.WARNING)
    assert len(answer(wide(10, "y")).probabilities) == 10
    (said,) = caplog.messages
    assert "nothing in the file says that its 10 numbers are scores of classes" in said and "--kind=labels" in said
    caplog.clear()
    answer(wide(10, "y"), kind="labels")
    answer(wide(10, "y"), labels=list("abcdefghij"))
    answer(wide(10, "logits"))
    answer(wide(10, "y", "Softmax"))
    answer(model([node("y = Identity s")], ["y"]))  # three
    answer(wide(1000, "y"))
    assert not caplog.messages


STEP = {"q": np.array(1 / 255, np.float32), "z": np.array(0, np.uint8), "z3": np.array(3, np.uint8)}
LONG = {"qs": np.array(0.02, np.float32)}


@pytest.mark.parametrize(
    ("nodes", "output", "expected"),
    [
        ([node("y = Sigmoid s")], "y", SIGMOID),
        ([node("a = Sigmoid s"), node("b = QuantizeLinear a q z"), node("y = DequantizeLinear b q z")], "y", SIGMOID),
        ([node("a = Sigmoid s"), node("y = QuantizeLinear a q z3")], typed("y", UINT8), SIGMOID),
        ([node("b = QuantizeLinear s qs z"), node("y = com.microsoft.QLinearSigmoid b qs z q z")], typed("y", UINT8),
         SIGMOID),
        ([node("a = Softmax s"), node("y = QuantizeLinear a q z")], typed("y", UINT8), SOFTMAX),
        ([node("a = Softmax s"), node("b = QuantizeLinear a q z"), node("y = DequantizeLinear b q z")], "y", SOFTMAX),
        ([node("b = QuantizeLinear s qs z"), node("y = Flatten b")], typed("y", UINT8), SOFTMAX),
    ],
    ids=["sigmoid", "of 8 bits", "left in 8 bits", "QLinearSigmoid", "softmax in 8 bits", "softmax of 8 bits",
         "logits"],
)  # fmt: skip
def test_shares_of_8_bits_are_what_they_stand_for(nodes: Any, output: Any, expected: Any, caplog: Any) -> None:
    proto = model(nodes, [output], **STEP, **LONG)
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    found = answer(proto)
    np.testing.assert_allclose(found.probabilities, expected, atol=0.01)  # two steps
    own = "each class has a share of its own" in caplog.text
    assert own == (expected is SIGMOID)


def test_one_score_of_8_bits_is_a_share() -> None:
    nodes = [node("m = ReduceMax s", axes=[1]), node("a = Sigmoid m"), node("y = QuantizeLinear a q z")]
    (first, second) = answer(model(nodes, [typed("y", UINT8)], **STEP)).probabilities
    assert second == pytest.approx(SIGMOID[1], abs=1 / 255) and first == pytest.approx(1 - second)


def test_whole_numbers_of_unknown_steps_are_an_order_alone() -> None:
    found = answer(model([node("y = Cast s", to=UINT8)], [typed("y", UINT8)]))
    assert found.probabilities is None and found.ranking == ((1, None), (2, None), (0, None))


NAMES = {"classlabels_strings": ["red", "green", "blue"]}


def test_distances_of_a_classifier_are_an_order_alone() -> None:
    distances = node("l, c = ai.onnx.ml.LinearClassifier s", coefficients=np.eye(3).reshape(-1).tolist(),
                     intercepts=[-2.0] * 3, post_transform="NONE", **NAMES)  # fmt: skip
    found = answer(model([distances], [typed("l", STRING), "c"]))
    assert found.probabilities is None and found.ranking == (("green", None),)
    found = answer(model([distances], ["c"]))
    assert found.ranking == ((1, None), (2, None), (0, None)) and found.classes == ("red", "green", "blue")
    number = helper.make_tensor_type_proto(FLOAT, [])
    tables = helper.make_sequence_type_proto(helper.make_map_type_proto(STRING, number))
    nodes = [distances, node("z = ai.onnx.ml.ZipMap c", **NAMES)]
    found = answer(model(nodes, [helper.make_value_info("z", tables)]))
    row = Result("photo", 0.0, found, labels_of(found, ())).row()
    assert row.ranking == (("green", None), ("blue", None), ("red", None))


def test_each_class_of_a_logistic_classifier_is_on_its_own() -> None:
    logistic = node("l, c = ai.onnx.ml.LinearClassifier s", coefficients=np.eye(3).reshape(-1).tolist(),
                    intercepts=[0.0] * 3, post_transform="LOGISTIC", classlabels_ints=[5, 6, 7])  # fmt: skip
    found = answer(model([logistic], [typed("l", INT64), "c"]))
    np.testing.assert_allclose(found.probabilities, SIGMOID, rtol=1e-5)  # float32
