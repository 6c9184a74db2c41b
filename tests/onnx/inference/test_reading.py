"""What models of one and of several outputs say: the right class, mask or class map, or a refusal in one line."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.data.images.vips import Vips
from nnlab.experiment.infer_rows import Result, labels_of
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import model_of
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.predictor import OnnxPredictor
from nnlab.onnx.inference.recipe import Said, recipe_of

LIB = Vips()
SIZE = 8
FLOAT, INT64, STRING, UINT8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING, TensorProto.UINT8
GREEN = LIB.image(np.broadcast_to(np.array([0, 255, 0], np.uint8), (12, 10, 3)))
SOFTMAX = np.exp([0.0, 4.0, 1.0]) / np.exp([0.0, 4.0, 1.0]).sum()
"""Of the scores of a green picture."""


def node(text: str, **attributes: Any) -> NodeProto:
    """ "y, z = ai.onnx.ml.Op a b": a node."""
    outputs, _, rest = text.partition(" = ")
    name, *inputs = rest.split()
    domain, _, operator = name.rpartition(".")
    return helper.make_node(operator, inputs, outputs.split(", "), domain=domain, **attributes)


def model(nodes: Sequence[NodeProto], outputs: Sequence[Any], **stored: Any) -> ModelProto:
    """A model of a picture x (1, 3, 8, 8), whose scores s (1, 3) are 0, 4, 1 where it is green."""
    weights = np.zeros((3, SIZE * SIZE, 3), np.float32)
    weights[1] = np.array([0, 4, 1]) / SIZE**2
    stored = {"w": weights.reshape(-1, 3), **stored}
    declared = [
        helper.make_value_info(o, helper.make_tensor_type_proto(FLOAT, None)) if isinstance(o, str) else o
        for o in outputs
    ]
    graph = helper.make_graph(
        [node("flat = Flatten x"), node("s = MatMul flat w"), *nodes],
        "net",
        [helper.make_tensor_value_info("x", FLOAT, [1, 3, SIZE, SIZE])],
        declared,
        [numpy_helper.from_array(np.asarray(value), name) for name, value in stored.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def typed(name: str, kind: int) -> Any:
    return helper.make_value_info(name, helper.make_tensor_type_proto(kind, None))


def answer(proto: ModelProto, engine: str = "numpy", image: Any = GREEN, **said: Any) -> Answer:
    view = model_of(proto.SerializeToString())
    recipe = recipe_of(view, "net", {}, Said(**said))
    (found,) = OnnxPredictor(load(view, engine), recipe, LIB, engine).predict([image])
    return found


ARG_MAX = node("i = ArgMax s", axis=1, keepdims=0)


@pytest.mark.parametrize("engine", ["numpy", "onnxruntime"])
@pytest.mark.parametrize(
    ("nodes", "output", "stored"),
    [
        ([ARG_MAX], typed("i", INT64), {}),
        ([ARG_MAX, node("y = Cast i", to=FLOAT)], "y", {}),
        ([ARG_MAX, node("c = Cast i", to=6), node("y = Reshape c one")], typed("y", 6), {"one": np.array([-1, 1])}),
        ([node("v, i = TopK s k"), node("y = Cast i", to=FLOAT)], "y", {"k": np.array([1])}),
        ([ARG_MAX, node("y = ai.onnx.ml.ArrayFeatureExtractor n i")], typed("y", INT64), {"n": np.arange(3)}),
    ],
    ids=["index", "as a float", "reshaped", "of TopK", "sklearn-onnx"],
)  # fmt: skip
def test_a_class_alone_is_no_score(nodes: Any, output: Any, stored: Any, engine: str) -> None:
    if engine != "numpy":
        pytest.importorskip(engine)
    found = answer(model(nodes, [output], **stored), engine)
    assert found.ranking == ((1, None),) and found.probabilities is None and found.mask is None


def test_the_models_own_names_are_its_labels() -> None:
    names = {"n": np.array(["red", "green", "blue"], object)}
    texts = [ARG_MAX, node("label = Gather n i")]
    assert answer(model(texts, [typed("label", STRING)], **names)).ranking == (("green", None),)
    with_scores = answer(model([*texts, node("p = Softmax s")], [typed("label", STRING), "p"], **names))
    assert with_scores.label == "green" and with_scores.classes == ("red", "green", "blue")
    np.testing.assert_allclose(with_scores.probabilities, SOFTMAX, rtol=1e-5)  # float32
    numbers = [ARG_MAX, node("y = ai.onnx.ml.ArrayFeatureExtractor n i")]
    found = answer(model(numbers, [typed("y", INT64)], n=np.array([10, 20, 30])))
    assert found.ranking == ((1, None),)  # a place, so that --labels can name it
    assert Result("x", 0.0, found, labels_of(found, ())).row().label == "20"
    assert Result("x", 0.0, found, labels_of(found, ("a", "b", "c"))).row().label == "b"


@pytest.mark.parametrize("order", [["i", "p"], ["p", "i"], ["p", "s"], ["s", "p"], ["p", "aux_p"], ["p", "features"]])
def test_of_several_outputs_the_scores_are_read(order: list[str]) -> None:
    nodes = [ARG_MAX, node("p = Softmax s"), node("aux_p = Sigmoid s"), node("features = Relu x")]
    found = answer(model(nodes, [typed("i", INT64) if name == "i" else name for name in order]))
    np.testing.assert_allclose(found.probabilities, SOFTMAX, rtol=1e-5)  # float32
    assert found.label == (1 if "i" in order else None)


@pytest.mark.parametrize(("of", "order"), [("p", "vi"), ("p", "iv"), ("s", "vi"), ("p", "i")])
def test_the_likeliest_classes(of: str, order: str) -> None:
    nodes = [node("p = Softmax s"), node(f"v, i = TopK {of} k", axis=1)]
    found = answer(model(nodes, [typed(name, INT64 if name == "i" else FLOAT) for name in order], k=np.array([2])))
    assert [label for label, _ in found.ranking] == [1, 2]
    shares = [share for _, share in found.ranking]
    if of == "p" and "v" in order:
        np.testing.assert_allclose(shares, sorted(SOFTMAX)[:0:-1], rtol=1e-5)
    else:
        assert shares == [None, None]


def test_a_table_of_names_and_probabilities() -> None:
    pytest.importorskip("onnxruntime")
    table = helper.make_sequence_type_proto(
        helper.make_map_type_proto(STRING, helper.make_tensor_type_proto(FLOAT, []))
    )
    nodes = [node("p = Softmax s"), node("z = ai.onnx.ml.ZipMap p", classlabels_strings=["red", "green", "blue"])]
    found = answer(model([ARG_MAX, *nodes], [typed("i", INT64), helper.make_value_info("z", table)]), "onnxruntime")
    assert found.classes == ("red", "green", "blue") and found.label == 1
    np.testing.assert_allclose(found.probabilities, SOFTMAX, rtol=1e-5)


BOXES = {"boxes": np.zeros((1, 5, 4), np.float32), "five": np.linspace(0, 1, 5, dtype=np.float32)[None]}


@pytest.mark.parametrize(
    ("nodes", "outputs", "stored"),
    [
        ([node("p = Identity five"), node("b = Identity boxes")], ["p", "b"], BOXES),
        ([node("v, i = TopK five k"), node("b = Slice boxes z k o")], ["v", typed("i", INT64), "b"],
         {**BOXES, "k": np.array([2]), "z": np.array([0]), "o": np.array([1])}),
        ([node("a = Softmax s"), node("b = MatMul flat u")], ["a", "b"], {"u": np.ones((192, 2), np.float32)}),
        ([node("n = Cast d", to=INT64), node("p = Softmax s"), node("e = Softmax d")], [typed("n", INT64), "p", "e"],
         {"d": np.ones((1, 3), np.float32)}),
        ([node("m = ReduceMean x", axes=[1]), node("p = Softmax s")], ["m", "p"], {}),
        ([node("h = ReduceSum x a", keepdims=0), node("c = Cast h", to=INT64)], [typed("c", INT64)],
         {"a": np.arange(4)}),
        ([node("c = Relu x")], ["c"], {}),
        ([node("t = Tanh x"), node("c = Concat t t", axis=1)], ["t"], {}),
        ([node("e = Expand s long")], ["e"], {"long": np.array([1, 1, 40, 3])}),
        ([node("r = Reshape flat shape"), node("k = NonMaxSuppression r c"), node("y = Cast k", to=FLOAT)], ["y"],
         {"shape": np.array([1, 48, 4]), "c": np.ones((1, 1, 48), np.float32)}),
    ],
    ids=["boxes and scores", "likeliest boxes", "two heads", "head without a class", "map and scores", "a count",
         "a picture", "a picture by tanh", "rows of a detector", "boxes that were left"],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_in_one_line(nodes: Any, outputs: Any, stored: Any) -> None:
    with pytest.raises(DataError, match=r"--output-name|neither the scores") as caught:
        answer(model(nodes, outputs, **stored))
    assert len(str(caught.value).splitlines()) == 1


def test_the_user_names_the_output_and_what_it_is() -> None:
    nodes = [node("a = Softmax s"), node("b = MatMul flat u")]
    proto = model(nodes, ["a", "b"], u=np.ones((192, 2), np.float32))
    np.testing.assert_allclose(answer(proto, output="a").probabilities, SOFTMAX, rtol=1e-5)
    np.testing.assert_array_equal(answer(proto, output="b").probabilities, [0.5, 0.5])
    np.testing.assert_allclose(answer(proto, labels=list("rgb")).probabilities, SOFTMAX, rtol=1e-5)  # of three classes
    with pytest.raises(UsageError, match=r"no output 'c'.*it has a, b"):
        answer(proto, output="c")
    picture = model([node("c = Relu x")], ["c"])
    assert (np.asarray(answer(picture, kind="class-map").class_map) == 1).all()


@pytest.mark.parametrize(
    ("nodes", "output", "count"),
    [
        ([node("y = Conv x k")], "y", 4),
        ([node("a = Conv x k"), node("y = Resize a  double")], "y", 4),
        ([node("a = Conv x k"), node("b = Slice a from to axis"), node("y = Softmax b", axis=1)], "y", 3),
        ([node("a = Conv x k"), node("y = Transpose a", perm=[0, 2, 3, 1])], "y", 4),
        ([node("a = Conv x k"), node("y = Squeeze a zero")], "y", 4),
        ([node("a = Conv x k"), node("y = ArgMax a", axis=1, keepdims=0)], typed("y", INT64), 0),
        ([node("a = Conv x k"), node("y = ArgMax a", axis=1)], typed("y", INT64), 0),
        ([node("a = Conv x k"), node("i = ArgMax a", axis=1), node("y = Cast i", to=FLOAT)], "y", 0),
        ([node("a = Conv x k"), node("i = ArgMax a", axis=1), node("y = Cast i", to=UINT8)], typed("y", UINT8), 0),
    ],
    ids=["scores", "resized", "softmax", "channels last", "no batch", "argmax", "one channel", "as floats", "as bytes"],
)  # fmt: skip
def test_a_class_map_has_the_class_of_every_place(nodes: Any, output: Any, count: int) -> None:
    kernel = np.zeros((4, 3, 1, 1), np.float32)
    kernel[[1, 2], [0, 1], 0, 0] = 1  # class 1 is red, 2 is green
    slices = {"from": np.array([0]), "to": np.array([3]), "axis": np.array([1]), "zero": np.array([0])}
    for each in nodes:
        if each.op_type == "Resize":
            del each.input[:]
            each.input.extend(["a", "", "double"])
    pixels = np.zeros((16, 24, 3), np.uint8)
    pixels[:, :12, 0] = pixels[:, 12:, 1] = 255
    proto = model(nodes, [output], k=kernel, double=np.array([1, 1, 2, 2], np.float32), **slices)
    found = answer(proto, image=LIB.image(pixels))
    wanted = np.ones((16, 24), np.uint8)
    wanted[:, 12:] = 2
    np.testing.assert_array_equal(found.class_map, wanted)
    assert found.count == count and found.mask is None and found.probabilities is None


def test_masks_of_every_depth_are_one_mask_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    nodes = [node("a = ReduceMean x", axes=[1]), node("b = Sigmoid a")]
    proto = model(nodes, ["a", "b"])
    with caplog.at_level("WARNING", logger="nnlab.onnx"):
        assert answer(proto).mask is not None
    assert "2 outputs are masks; the first, a, is read" in caplog.text


@pytest.mark.parametrize(
    ("bias", "problem"),
    [
        ([np.nan, 0, 0], "1 of 3 scores"),
        ([0, np.inf, np.inf], "2 of 3 scores"),
        ([-np.inf, 0, 0], None),
        ([-np.inf] * 3, "3 of 3 scores"),
    ],
)
def test_scores_that_are_no_numbers_are_a_problem(bias: list[float], problem: str | None) -> None:
    found = answer(model([node("y = Add s b")], ["y"], b=np.array(bias, np.float32)))
    if problem is None:  # a class that is ruled out
        np.testing.assert_allclose(found.probabilities, [0, *np.exp([0, -3]) / np.exp([0, -3]).sum()], rtol=1e-5)
    else:
        assert found.problem is not None and problem in found.problem
        assert not np.isfinite(np.asarray(found.probabilities)).any()


def test_a_mask_of_no_numbers_is_a_problem() -> None:
    nodes = [node("a = ReduceMean x", axes=[1]), node("b = Log a"), node("y = Sub b b")]  # log 0 - log 0
    found = answer(model(nodes, ["y"]), image=LIB.image(np.zeros((9, 9, 3), np.uint8)))
    assert found.problem is not None and "64 of 64 values of the mask" in found.problem


def quantised(*, back: bool) -> tuple[Array, Array]:
    nodes = [node("p = Softmax s"), node("q = QuantizeLinear p scale zero")]
    nodes += [node("y = DequantizeLinear q scale zero")] if back else []
    scale, zero = np.float32(1 / 16), np.uint8(0)
    found = answer(model(nodes, ["y" if back else typed("q", UINT8)], scale=scale, zero=zero))
    steps = np.rint(SOFTMAX * 16)
    return np.asarray(found.probabilities), steps / steps.sum()


@pytest.mark.parametrize("back", [True, False])
def test_probabilities_in_few_bits_get_no_second_softmax(back: bool) -> None:
    found, wanted = quantised(back=back)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)  # float32


@pytest.mark.parametrize("behind", [[], [node("y = Identity p")]])
def test_scores_of_each_class_on_its_own_get_no_softmax(behind: list[NodeProto]) -> None:
    found = answer(model([node("p = Sigmoid s"), *behind], ["y" if behind else "p"]))
    wanted = 1 / (1 + np.exp(-np.array([0.0, 4.0, 1.0])))
    np.testing.assert_allclose(np.asarray(found.probabilities), wanted, rtol=1e-6)  # float32


@pytest.mark.parametrize(("nodes", "wanted"), [
    ("p = Softmax s|y = Mul p scale", SOFTMAX),  # percentages
    ("p = Softmax s|y = Div p scale", SOFTMAX),
])  # fmt: skip
def test_shares_of_another_whole_are_no_scores_of_a_second_softmax(nodes: str, wanted: Array) -> None:
    proto = model([node(text) for text in nodes.split("|")], ["y"], scale=np.float32(100))
    np.testing.assert_allclose(answer(proto).probabilities, wanted, rtol=1e-5)


def test_one_score_far_below_0_is_no_overflow() -> None:
    proto = model([node("t = ReduceSum s"), node("y = Sub t far")], ["y"], far=np.float32(1e6))
    np.testing.assert_allclose(answer(proto).probabilities, [1, 0])
