"""Networks as ONNX models: what is written gives what the network gives, in every form."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, checker, numpy_helper
from onnx.reference import ReferenceEvaluator

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import ComparisonError, UsageError
from nnlab.core.rng import Rng
from nnlab.data.images.vips import Vips
from nnlab.data.options import DataOptions
from nnlab.kernels.softmax import softmax
from nnlab.layers.base import LAYERS
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.models.one_layer import OneLayer
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.read import NEWEST_OPSET
from nnlab.onnx.model import Onnx
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.onnx.write.layers import ONNX_LAYERS
from nnlab.onnx.write.preparation import Preparation
from nnlab.onnx.write.verify import Wanted, opened, verify
from nnlab.testing.batches import forward, one_head

SHAPE, CLASSES = (4, 6, 3), 5


def network(model: Any = None, shape: tuple[int, ...] = SHAPE, dtype: Any = np.float64) -> Graph:
    """Built, its statistics moved off where they start."""
    graph = (model or NLayers(layers=(7,), dropout_rate=0.2)).graph(shape, one_head(CLASSES))
    graph.build(shape, rng=Rng(1), dtype=dtype)
    generator = np.random.default_rng(4)
    for buffer in graph.buffers:
        buffer.value += generator.random(buffer.value.shape).astype(dtype)
    for parameter in graph.parameters:
        parameter.value += 0.1 * generator.standard_normal(parameter.value.shape).astype(dtype)
    return graph


def samples(shape: tuple[int, ...] = SHAPE, count: int = 9) -> Any:
    return np.random.default_rng(5).random((count, *shape))


def run(model: ModelProto, x: Any) -> Any:
    checker.check_model(model, full_check=True)
    return ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})[0]


def given(x: Any) -> Any:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if x.ndim == 4 else x


@pytest.mark.parametrize("cls", [cls for cls in LAYERS if cls is not QuantizedWeights], ids=lambda cls: cls.__name__)
def test_every_registered_layer_is_written(cls: Any) -> None:
    """On each of its examples, in evaluation, on the reference evaluator.

    That takes the weights of a ConvTranspose with groups apart wrongly (onnx 1.23): those are for nnlab's own engine.
    Weights of 8 bits, which are written in float32 alone, are the next test's.
    """
    assert cls in ONNX_LAYERS
    for options, shapes in cls.examples():
        layer = make(cls, options)
        graph = Graph(emits="logits")
        if len(shapes) > 1:  # several inputs: all read the same, as far as their shapes allow it
            if len(set(shapes)) > 1:
                continue
            graph.add("layer", layer, *["input"] * len(shapes))
        else:
            graph.add("layer", layer)
        graph.build(shapes[0], rng=Rng(0), dtype=np.float64)
        x = 10 * (samples(shapes[0]) - 0.5)  # beyond every corner
        y, _ = forward(graph, x, Context())
        engine = "numpy" if cls.__name__ == "ConvTranspose2d" and options.get("groups", 1) > 1 else "reference"
        model = to_onnx(graph, Form())
        checker.check_model(model, full_check=True)
        got = opened(ENGINES[engine], model)(given(x))
        assert got.shape == y.shape and got.dtype == y.dtype
        # ONNX keeps alpha, epsilon and scales in float32; so does the reference evaluator the values of Erf.
        near_zero = {"GELU": 1e-7, "HardSigmoid": 1e-7, "HardSwish": 1e-7, "Resize": 1e-5}.get(cls.__name__, 1e-13)
        np.testing.assert_allclose(got, y, rtol=1e-7, atol=near_zero)


@pytest.mark.parametrize(("engine", "opset"), [("numpy", 17), ("reference", 19)])
@pytest.mark.parametrize(("options", "shapes"), QuantizedWeights.examples(), ids=lambda given: str(given))
def test_a_layer_with_codes_for_weights_is_written(engine: str, opset: int, options: Any, shapes: Any) -> None:
    """In float32, the one precision of their scales; the reference evaluator has no DequantizeLinear before 19.

    Onnxruntime rounds what such a Dense reads too (1e-3 off here): `verify` holds it to the bound of int8.
    """
    graph = Graph(emits="logits")
    graph.add("layer", make(QuantizedWeights, options))
    graph.build(shapes[0], rng=Rng(0), dtype=np.float32)
    x = (10 * (samples(shapes[0]) - 0.5)).astype(np.float32)
    y, _ = forward(graph, x, Context())
    model = to_onnx(graph, Form(opset=opset))
    checker.check_model(model, full_check=True)
    got = opened(ENGINES[engine], model)(given(x))
    assert got.shape == y.shape and got.dtype == y.dtype
    np.testing.assert_allclose(got, y, rtol=1e-5, atol=1e-5)


def test_the_bounds_of_relu6_are_attributes_in_old_versions() -> None:
    graph = Graph(emits="logits")
    graph.add("layer", make(LAYERS.get("ReLU6"), {}))
    graph.build((5,), rng=Rng(0), dtype=np.float32)
    x = (10 * samples((5,))).astype(np.float32)
    for opset in (9, 11):
        got = opened(ENGINES["onnxruntime"], to_onnx(graph, Form(opset=opset)))(x)
        np.testing.assert_array_equal(got, forward(graph, x, Context())[0])


@pytest.mark.parametrize("opset", [9, 17, 18])
def test_a_gate_for_each_channel_is_written(opset: int) -> None:
    """As in a squeeze-and-excitation block: pooled, weighed, and multiplied with the image that it was made of."""
    graph = Graph(emits="logits")
    graph.add("image", make(LAYERS.get("SiLU"), {}))
    graph.add("pool", make(LAYERS.get("GlobalAveragePool"), {}))
    graph.add("dense", make(LAYERS.get("Dense"), {"units": SHAPE[-1]}))
    graph.add("gate", make(LAYERS.get("HardSigmoid"), {}))
    graph.add("gated", make(LAYERS.get("Multiply"), {}), "image", "gate")
    graph.add("largest", make(LAYERS.get("GlobalMaxPool"), {}))
    graph.build(SHAPE, rng=Rng(0), dtype=np.float32)
    x = samples().astype(np.float32)
    y, _ = forward(graph, x, Context())
    for engine in ("numpy", "onnxruntime", "torch"):
        got = opened(ENGINES[engine], to_onnx(graph, Form(opset=opset)))(given(x))
        np.testing.assert_allclose(got, y, rtol=1e-5, atol=1e-6, err_msg=engine)


def test_concat_is_written_along_its_axis() -> None:
    graph = Graph(emits="logits")
    for name in ("a", "b"):
        graph.add(name, make(LAYERS.get("Tanh"), {}), "input")
    graph.add("both", make(LAYERS.get("Concat"), {"axis": -2}), "a", "b")
    graph.build(SHAPE, rng=Rng(0), dtype=np.float64)
    y, _ = forward(graph, samples(), Context())
    np.testing.assert_allclose(run(to_onnx(graph, Form()), given(samples())), y, rtol=1e-12)


@pytest.mark.parametrize("opset", [9, 13, 17, 18, NEWEST_OPSET])
@pytest.mark.parametrize("fold", [False, True])
def test_names_shapes_and_the_batch_are_kept_in_every_version(opset: int, fold: bool) -> None:
    graph = network()
    model = to_onnx(graph, Form(opset=opset, fold_batch_norm=fold))
    assert [(o.domain, o.version) for o in model.opset_import] == [("", opset)]
    stored = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    own = {p.name: p.value.shape for p in graph.parameters} | {b.name: b.value.shape for b in graph.buffers}
    if fold:
        weights = {"dense_1.weight": own["dense_1.weight"], "output.weight": own["output.weight"]}
        assert stored == weights | {"dense_1.bias": (7,), "output.bias": (CLASSES,)}
    else:
        assert stored == own
    assert not any(node.op_type in {"Dropout", *(["BatchNormalization"] if fold else [])} for node in model.graph.node)
    axis = model.graph.input[0].type.tensor_type.shape.dim[0]
    assert axis.dim_param == "batch" and model.graph.input[0].name == "input"
    y, _ = forward(graph, samples(), Context())
    for count in (1, 9):
        checker.check_model(model, full_check=True)
        got = opened(ENGINES["numpy"], model)(given(samples()[:count]))  # the reference errs in BatchNormalization 9
        np.testing.assert_allclose(got, y[:count], rtol=1e-7)  # ONNX keeps alpha and epsilon in float32


@pytest.mark.parametrize("wanted", [None, True, False])
@pytest.mark.parametrize("model", [OneLayer(), NLayers(layers=())], ids=["logits", "probabilities"])
def test_the_softmax_is_there_on_request(model: Any, wanted: bool | None) -> None:
    graph = network(model)
    y, _ = forward(graph, samples(), Context())
    written = to_onnx(graph, Form(softmax=wanted))
    last = written.graph.node[-1].op_type
    emitted = graph.outlet.emits == "probabilities"
    assert (last == "Softmax") is (emitted if wanted is None else wanted)
    got = run(written, given(samples()))
    if wanted is True:
        expected = y if emitted else softmax(y, out=np.empty_like(y))
    elif wanted is False and emitted:
        expected, got = y, softmax(got, out=np.empty_like(got))
    else:
        expected = y
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_precision_is_chosen(dtype: str) -> None:
    model = to_onnx(network(), Form(dtype=dtype))
    assert {numpy_helper.to_array(tensor).dtype.name for tensor in model.graph.initializer} == {dtype}
    assert run(model, given(samples()).astype(dtype)).dtype == dtype


@pytest.mark.parametrize("opset", [8, NEWEST_OPSET + 1])
def test_a_version_that_cannot_be_written_is_refused(opset: int) -> None:
    with pytest.raises(UsageError, match="--opset"):
        Form(opset=opset)


STEPS = {
    "none": {},
    "grey": {"grayscale": True},
    "minmax": {"minmax_normalize": True},
    "invert": {"adaptive_invert": True},
    "all": {"trim": True, "grayscale": True, "minmax_normalize": True, "adaptive_invert": True},
    "shifted": {"adaptive_invert": True, "minmax_normalize": True, "input_range": (-1.0, 1.0)},
}


@pytest.mark.parametrize("engine", ["reference", "numpy", "torch", "onnxruntime"])
@pytest.mark.parametrize("name", STEPS)
def test_preparation_gives_the_very_same_pixels(name: str, engine: str, request: pytest.FixtureRequest) -> None:
    """Of images of noise, of one colour, dark and light: what the image steps give, to the last bit."""
    if engine in {"torch", "onnxruntime"}:
        pytest.importorskip(engine)
    from nnlab.data.encode import encode_pixels
    from nnlab.data.scaling import Scaling

    options = DataOptions(resize=(6, 4), **STEPS[name])
    preparation = Preparation.of(options)
    outside = [type(step).__name__ for step in preparation.outside]
    assert outside == ["RemoveAlpha", *(["Trim"] if options.trim else []), "Resize"]
    generator = np.random.default_rng(6)
    pixels = generator.integers(0, 256, (40, 4, 6, 3), dtype=np.uint8)
    pixels[0], pixels[1], pixels[2] = 0, 255, 77
    pixels[3:20] = pixels[3:20] // 3 + 20
    pixels[20:30] = 255 - pixels[20:30] // 5
    library, done = Vips(), []
    for each in pixels:
        image = library.image(each)
        for step in preparation.inside:
            image = step.apply(image, library)
        done.append(library.pixels(image))
    expected = encode_pixels(np.stack(done), np.float32, False, Scaling.of_range(*options.input_range))
    graph = Graph(emits="logits")
    graph.add("same", make(LAYERS.get("Dropout"), {"rate": 0.5}))
    graph.build(expected.shape[1:], rng=Rng(0), dtype=np.float32)
    model = to_onnx(graph, Form(preparation=preparation))
    assert model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8
    got = opened(ENGINES[engine], model)(pixels)
    assert got.shape == expected.shape and got.dtype == np.float32
    assert np.array_equal(got, expected)


@pytest.mark.parametrize("softmax_at_the_end", [False, True])
def test_an_imported_network_is_written_as_it_came(convolutional: Any, softmax_at_the_end: bool) -> None:
    path = convolutional(softmax=softmax_at_the_end)
    graph = Onnx(onnx_model=str(path)).graph((8, 8, 3), one_head(3)).build((8, 8, 3), rng=Rng(0), dtype=np.float32)
    model, file = to_onnx(graph, Form()), onnx.load(path)
    assert [n.SerializeToString() for n in model.graph.node] == [n.SerializeToString() for n in file.graph.node]
    assert model.graph.input[0].name == "x" and model.opset_import[0].version == 17
    theirs = {tensor.name: numpy_helper.to_array(tensor) for tensor in file.graph.initializer}
    ours = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert theirs.keys() == ours.keys()
    assert all(np.array_equal(theirs[name], ours[name]) for name in theirs)


def test_what_was_learnt_is_what_is_written(convolutional: Any) -> None:
    graph = Onnx(onnx_model=str(convolutional(batch=1))).graph((8, 8, 3), one_head(3))
    graph.build((8, 8, 3), rng=Rng(0), dtype=np.float32)
    for parameter in graph.parameters:
        parameter.value *= 1.5
    x = samples((8, 8, 3)).astype(np.float32)
    y, _ = forward(graph, x, Context())
    for form in (Form(), Form(fold_batch_norm=True), Form(dtype="float64"), Form(opset=18)):
        model = to_onnx(graph, form)
        got = run(model, given(x).astype(form.dtype or "float32"))
        np.testing.assert_allclose(got, y, rtol=1e-4, atol=1e-5)  # float32 through a convolution
        assert any(n.op_type == "BatchNormalization" for n in model.graph.node) is not form.fold_batch_norm


def test_an_imported_network_is_written_for_samples_of_another_form(convolutional: Any) -> None:
    """Of rows of values, and of pixels: what turns them stands in front of the file's own nodes."""
    shape = (8 * 8 * 3,)
    graph = Onnx(onnx_model=str(convolutional())).graph(shape, one_head(3)).build(shape, rng=Rng(0), dtype=np.float32)
    pixels = np.random.default_rng(7).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    x = (pixels.reshape(5, -1) * np.float32(1 / 255)).astype(np.float32)
    y, _ = forward(graph, x, Context())
    preparation = Preparation.of(DataOptions(resize=(8, 8)))
    for form, inputs in ((Form(), x), (Form(preparation=preparation), pixels)):
        model = to_onnx(graph, form)
        np.testing.assert_allclose(run(model, inputs), y, rtol=1e-4, atol=1e-5)  # float32 through a convolution
        assert {"conv.weight", "head weight"} <= {tensor.name for tensor in model.graph.initializer}


@pytest.mark.parametrize("head", [{}, {"new_head": True}, {"new_head": True, "freeze": ("features",)}], ids=str)
@pytest.mark.parametrize("opset", [9, 10, 12])
def test_pixels_go_into_a_graph_of_an_old_version(
    convolutional: Any, tmp_path: Path, opset: int, head: dict[str, Any]
) -> None:
    """What makes a network's input of pixels needs opset 13, to which the graph is brought, with what was learnt."""
    old = onnx.load(convolutional())
    old.opset_import[0].version = opset  # its operators mean the same in all of them
    (tmp_path / "old.onnx").write_bytes(old.SerializeToString())
    graph = Onnx(onnx_model=str(tmp_path / "old.onnx"), **head).graph((8, 8, 3), one_head(3))
    graph.build((8, 8, 3), rng=Rng(0), dtype=np.float32)
    for parameter in graph.parameters:
        parameter.value *= 1.5
    pixels = np.random.default_rng(7).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    y, _ = forward(graph, (pixels * np.float32(1 / 255)).astype(np.float32), Context())
    model = to_onnx(graph, Form(preparation=Preparation.of(DataOptions(resize=(8, 8)))))
    assert model.opset_import[0].version == 13
    got = opened(ENGINES["numpy"], model)(pixels)  # the reference takes BatchNormalization of this version to train
    np.testing.assert_allclose(got, y, rtol=1e-4, atol=1e-5)  # float32 through a convolution


def test_verification_finds_a_weight_that_is_off() -> None:
    graph = network(dtype=np.float32)
    x = samples().astype(np.float32)
    expected, _ = forward(graph, x, Context())
    model = to_onnx(graph, Form())
    assert verify(model, given(x), Wanted(expected), dtype="float32").worst < 1e-6  # a tenth of the bound
    (weight,) = (tensor for tensor in model.graph.initializer if tensor.name == "output.weight")
    values = numpy_helper.to_array(weight).copy()
    values[0, 0] += 1e-2
    weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    with pytest.raises(ComparisonError, match="apart, at most 1e-05 is allowed; nothing was written"):
        verify(model, given(x), Wanted(expected), dtype="float32")
