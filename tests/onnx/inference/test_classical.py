"""Pipelines of ai.onnx.ml, as converters write classical models of pictures: one answer of all engines."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper

from nnlab.experiment.infer_rows import Result, Row, labels_of
from tests.onnx.inference.test_reading import FLOAT, INT64, STRING, answer, model, node, typed

WORDS: Mapping[str, Any] = {"classlabels_strings": ["red", "green", "blue"]}
NUMBERS: Mapping[str, Any] = {"classlabels_ints": [30, 10, 20]}
"""The green one is 10: neither its place, nor in the order of the numbers."""

SHARES = np.array([1, 6, 3]) / 10
"""What the classifiers give for a green picture, once they are made to add up to 1."""


def linear(labels: Mapping[str, Any], **options: Any) -> Any:
    """Of the scores 0, 4, 1 of a green picture: their logarithms of 1, 6, 3 by the intercepts."""
    intercepts = np.log([1, 6, 3]) - [0, 4, 1]
    weights = np.eye(3).reshape(-1).tolist()
    return node("l, c = ai.onnx.ml.LinearClassifier s", coefficients=weights, intercepts=intercepts.tolist(),
                post_transform="SOFTMAX", **labels, **options)  # fmt: skip


def tree(labels: Mapping[str, Any]) -> Any:
    """A stump: where the second score is above 2, the leaf of 0.1, 0.6, 0.3."""
    named = {"classlabels_int64s" if key == "classlabels_ints" else key: value for key, value in labels.items()}
    return node(
        "l, c = ai.onnx.ml.TreeEnsembleClassifier s", nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2],
        nodes_modes=["BRANCH_GT", "LEAF", "LEAF"], nodes_featureids=[1, 0, 0], nodes_values=[2.0, 0.0, 0.0],
        nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], class_treeids=[0] * 6,
        class_nodeids=[1, 1, 1, 2, 2, 2], class_ids=[0, 1, 2] * 2, class_weights=[0.1, 0.6, 0.3, 0.8, 0.1, 0.1],
        post_transform="NONE", **named,
    )  # fmt: skip


def machine(labels: Mapping[str, Any]) -> Any:
    """Linear machines, one for each class, whose scores are the logarithms of 1, 6, 3."""
    weights = np.diag([0, np.log(6) / 4, np.log(3)])
    return node("l, c = ai.onnx.ml.SVMClassifier s", coefficients=weights.reshape(-1).tolist(), kernel_type="LINEAR",
                kernel_params=[0.0] * 3, rho=[0.0], post_transform="SOFTMAX", **labels)  # fmt: skip


def table(kind: int) -> Any:
    """A sequence of maps from labels of this kind."""
    number = helper.make_tensor_type_proto(FLOAT, [])
    return helper.make_value_info("z", helper.make_sequence_type_proto(helper.make_map_type_proto(kind, number)))


def zipped(labels: Mapping[str, Any], of: str = "c") -> Any:
    named = {"classlabels_int64s" if key == "classlabels_ints" else key: value for key, value in labels.items()}
    return node(f"z = ai.onnx.ml.ZipMap {of}", **named)


def row(proto: ModelProto, engine: str, names: Sequence[str] = ()) -> Row:
    if engine != "numpy":
        pytest.importorskip(engine)
    found = answer(proto, engine, labels=list(names) or None)
    return Result("photo", 0.0, found, labels_of(found, tuple(names))).row()


def told(found: Row, labels: Sequence[str]) -> None:
    """Holds a row against the shares of these labels."""
    assert found.error is None and found.label == labels[1]
    assert found.labels == tuple(labels)
    np.testing.assert_allclose([share or 0 for share in found.probabilities or []], SHARES, rtol=1e-5)  # float32
    assert [label for label, _ in found.ranking] == [labels[1], labels[2], labels[0]]
    assert found.confidence == pytest.approx(0.6, rel=1e-5)


ENGINES = ("numpy", "torch", "onnxruntime")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("classifier", [linear, tree, machine])
@pytest.mark.parametrize("labels", [WORDS, NUMBERS], ids=["words", "numbers"])
def test_classifiers_give_label_and_table_or_probabilities(classifier: Any, labels: Any, engine: str) -> None:
    kind = STRING if labels is WORDS else INT64
    expected = [str(label) for label in next(iter(labels.values()))]
    nodes = [classifier(labels), node("n = ai.onnx.ml.Normalizer c", norm="L1")]
    told(row(model([*nodes, zipped(labels, "n")], [typed("l", kind), table(kind)]), engine), expected)
    told(row(model([*nodes, zipped(labels, "n")], [table(kind)]), engine), expected)
    told(row(model(nodes, [typed("l", kind), "n"]), engine), expected)
    told(row(model(nodes, ["c", typed("l", kind)]), engine), expected)
    alone = row(model([classifier(labels)], [typed("l", kind)]), engine)
    assert (alone.label, alone.confidence, alone.probabilities) == (expected[1], None, None)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("labels", [WORDS, NUMBERS], ids=["words", "numbers"])
def test_a_label_taken_out_of_a_list_by_its_place(labels: Any, engine: str) -> None:
    """Scaler, ArgMax and ArrayFeatureExtractor, as sklearn-onnx writes what has no operator of its own."""
    (values,) = labels.values()
    kind, expected = (STRING if labels is WORDS else INT64), [str(value) for value in values]
    nodes = [
        node("t = ai.onnx.ml.Scaler s", offset=(-(np.log([1, 6, 3]) - [0, 4, 1])).tolist(), scale=[1.0] * 3),
        node("p = Softmax t"),
        node("i = ArgMax p", axis=1),
        node("a = ai.onnx.ml.ArrayFeatureExtractor list i"),
        node("l = Reshape a one"),
    ]
    stored = {"list": np.array(values, object if labels is WORDS else np.int64), "one": np.array([-1])}
    told(row(model(nodes, [typed("l", kind), "p"], **stored), engine), expected)
    told(row(model([*nodes, zipped(labels, "p")], [typed("l", kind), table(kind)], **stored), engine), expected)
    if labels is NUMBERS:  # they write the labels as what they were given, such as int32
        cast = [*nodes, node("m = Cast l", to=TensorProto.INT32)]
        told(row(model(cast, [typed("m", TensorProto.INT32), "p"], **stored), engine), expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_classes_by_one_score(engine: str) -> None:
    """log(3) for the second: 1/4 and 3/4."""
    one = node("l, c = ai.onnx.ml.LinearClassifier s", coefficients=[0.0, np.log(3) / 4, 0.0], intercepts=[0.0],
               post_transform="LOGISTIC", classlabels_strings=["dull", "green"])  # fmt: skip
    names = {"classlabels_strings": ["dull", "green"]}
    for nodes, outputs in (
        ([one, zipped(names)], [typed("l", STRING), table(STRING)]),
        ([one], [typed("l", STRING), "c"]),
    ):
        found = row(model(nodes, outputs), engine)
        assert found.labels == ("dull", "green") and found.label == "green"
        np.testing.assert_allclose([share or 0 for share in found.probabilities or []], [0.25, 0.75], rtol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_names_that_the_user_gives_stand_for_the_numbers(engine: str) -> None:
    nodes, names = [linear(NUMBERS)], ["sky", "grass", "sea"]
    told(row(model(nodes, [typed("l", INT64), "c"]), engine, names), names)
    told(row(model([*nodes, zipped(NUMBERS)], [typed("l", INT64), table(INT64)]), engine, names), names)


@pytest.mark.parametrize("engine", ENGINES)
def test_scores_that_are_no_probabilities_keep_the_label_that_is_named(engine: str) -> None:
    """Votes of a support vector machine: which class wins is not for their softmax to say."""
    raw = node("l, c = ai.onnx.ml.LinearClassifier s", coefficients=(-np.eye(3)).reshape(-1).tolist(),
               intercepts=[0.0] * 3,
               post_transform="NONE", **WORDS)  # fmt: skip
    found = row(model([raw], [typed("l", STRING), "c"]), engine)
    assert found.label == "red"  # 0 of 0, -4, -1
