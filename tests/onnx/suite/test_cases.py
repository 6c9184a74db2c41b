"""The cases of onnx's suite, and the operators that they are made of."""

import onnx
from onnx import helper

from nnlab.onnx.suite.cases import KINDS, cases, operators_of


def test_every_kind_is_there_and_each_name_once() -> None:
    assert {case.kind for case in cases()} == set(KINDS)
    assert len({case.name for case in cases()}) == len(cases())
    assert len(cases()) == 2033 or onnx.__version__ != "1.23.2"


def test_a_case_says_its_operators_with_their_version() -> None:
    found = {case.name: case for case in cases()}
    assert found["test_relu"].operators == {("", "Relu", 14)}
    assert {"Loop", "SequenceInsert"} <= found["test_loop13_seq"].names
    assert "ai.onnx.ml.Binarizer" in found["test_ai_onnx_ml_binarizer"].names


def test_own_functions_count_with_what_they_are_made_of() -> None:
    inside = helper.make_node("Neg", ["a"], ["b"])
    opset = helper.make_opsetid("", 13)
    function = helper.make_function("own", "Minus", ["a"], ["b"], [inside], [opset])
    graph = helper.make_graph([helper.make_node("Minus", ["x"], ["y"], domain="own")], "g", [], [])
    model = helper.make_model(graph, functions=[function], opset_imports=[opset, helper.make_opsetid("own", 1)])
    assert list(operators_of(model)) == [("", "Neg", 13)]
