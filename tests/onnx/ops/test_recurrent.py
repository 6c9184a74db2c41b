"""RNN, GRU and LSTM against onnxruntime and torch.nn, and what they say of inputs that do not fit."""

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import checked

STEPS, BATCH, WIDTH, HIDDEN = 5, 3, 4, 2
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
BOTH = {"direction": "bidirectional"}
LENGTHS = np.array([5, 2, 3], np.int32)
CLOSE = {"rtol": 2e-5, "atol": 2e-6}
"""float32, five steps of sums of four terms, through exp and tanh of other libraries."""

CASES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    *((kind, {"direction": way}, ("B",)) for kind in GATES for way in ("forward", "reverse", "bidirectional")),
    *((kind, BOTH, ("B", "sequence_lens", "initial_h")) for kind in GATES),
    *((kind, {"direction": "reverse", "clip": 0.4}, ("B", "initial_h")) for kind in GATES),
    ("LSTM", BOTH | {"clip": 0.3}, ("B", "sequence_lens", "initial_h", "initial_c", "P")),
    ("LSTM", {}, ("initial_c", "P")),
    ("LSTM", {"input_forget": 1}, ("B", "initial_h", "initial_c", "P")),
    ("GRU", BOTH | {"linear_before_reset": 1}, ("B", "sequence_lens", "initial_h")),
    ("GRU", {"linear_before_reset": 1, "clip": 0.4}, ("B",)),
    ("GRU", {"activations": ["HardSigmoid", "Softsign"], "activation_alpha": [0.3], "activation_beta": [0.4]}, ("B",)),
    ("GRU", {"activations": ["sigmoid", "LeakyRelu"]}, ("B",)),
    ("RNN", {"activations": ["Relu"]}, ("B",)),
    ("RNN", BOTH | {"activations": ["Affine", "ThresholdedRelu"], "activation_alpha": [0.7, 0.2]}, ("B",)),
    ("RNN", BOTH | {"activations": ["Elu", "ScaledTanh"], "activation_alpha": [0.7, 2], "activation_beta": [0.9]}, ()),
    ("LSTM", {"activations": ["HardSigmoid", "Softplus", "Elu"], "activation_alpha": [0.3, 0.8]}, ("B", "P")),
]  # fmt: skip


def inputs_of(kind: str, attributes: dict[str, Any], names: tuple[str, ...]) -> dict[str, Array]:
    """Random ones of all that are named."""
    rng = np.random.default_rng(7)
    ways = 2 if attributes.get("direction") == "bidirectional" else 1
    gates = GATES[kind] * HIDDEN
    shapes = {
        "X": (STEPS, BATCH, WIDTH),
        "W": (ways, gates, WIDTH),
        "R": (ways, gates, HIDDEN),
        "B": (ways, 2 * gates),
        "initial_h": (ways, BATCH, HIDDEN),
        "initial_c": (ways, BATCH, HIDDEN),
        "P": (ways, 3 * HIDDEN),
    }
    drawn = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    drawn["sequence_lens"] = LENGTHS
    return {name: drawn[name] for name in ("X", "W", "R", *names)}


def model_of(kind: str, attributes: dict[str, Any], given: dict[str, Array]) -> Any:
    """A model of one node that is given everything."""
    order = ["X", "W", "R", "B", "sequence_lens", "initial_h", *(["initial_c", "P"] if kind == "LSTM" else [])]
    asked = [name if name in given else "" for name in order]
    while not asked[-1]:
        asked.pop()
    outputs = ["Y", "Y_h", "Y_c"][: 3 if kind == "LSTM" else 2]
    node = helper.make_node(kind, asked, outputs, hidden_size=HIDDEN, **attributes)
    kinds = {name: TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT for name in given}
    graph = helper.make_graph(
        [node],
        "recurrent",
        [helper.make_tensor_value_info(name, kinds[name], x.shape) for name, x in given.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(("kind", "attributes", "names"), CASES, ids=str)
def test_as_onnxruntime(kind: str, attributes: dict[str, Any], names: tuple[str, ...], engine: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip(engine)
    given = inputs_of(kind, attributes, names)
    view = checked(model_of(kind, attributes, given))
    expected = load(view, "onnxruntime").run(given)
    for y, other in zip(load(view, engine).run(given), expected, strict=True):
        assert (y.shape, y.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(y, other, **CLOSE)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("kind", GATES)
def test_the_batch_first(kind: str, engine: str) -> None:
    pytest.importorskip(engine)
    names = ("B", "sequence_lens", "initial_h", *(["initial_c", "P"] if kind == "LSTM" else []))
    given = inputs_of(kind, BOTH, names)
    expected = load(checked(model_of(kind, BOTH, given)), engine).run(given)
    turned = {name: x.swapaxes(0, 1) if name in {"X", "initial_h", "initial_c"} else x for name, x in given.items()}
    got = load(checked(model_of(kind, BOTH | {"layout": 1}, turned)), engine).run(turned)
    np.testing.assert_array_equal(got[0], expected[0].transpose(2, 0, 1, 3))
    for y, other in zip(got[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(y, other.swapaxes(0, 1))


def ours_of(module: Any) -> dict[str, Array]:
    """The parameters of a torch.nn layer of one or two directions in ONNX's order of gates, in float64."""
    order = {"RNN": [0], "GRU": [1, 0, 2], "LSTM": [0, 3, 1, 2]}[type(module).__name__]

    def of(name: str) -> Array:
        ways = ["_l0", "_l0_reverse"] if module.bidirectional else ["_l0"]
        stored = [np.split(getattr(module, name + way).detach().numpy(), len(order)) for way in ways]
        return np.stack([np.concatenate([parts[gate] for gate in order]) for parts in stored])

    return {"W": of("weight_ih"), "R": of("weight_hh"), "B": np.concatenate([of("bias_ih"), of("bias_hh")], axis=1)}


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", GATES)
def test_as_torch_nn(kind: str, both: bool) -> None:
    torch = pytest.importorskip("torch")
    with torch.random.fork_rng():
        torch.manual_seed(3)
        module = getattr(torch.nn, kind)(WIDTH, HIDDEN, bidirectional=both).double()
        x = torch.randn(STEPS, BATCH, WIDTH, dtype=torch.float64, requires_grad=True)
        weight = torch.randn(STEPS, BATCH, HIDDEN * (2 if both else 1), dtype=torch.float64)
    expected, _ = module(x)
    (expected * weight).sum().backward()
    attributes = {"direction": "bidirectional" if both else "forward"}
    attributes |= {"linear_before_reset": 1} if kind == "GRU" else {}
    given = {"X": x.detach().numpy(), **ours_of(module)}
    model = load(checked(model_of(kind, attributes, given)), "numpy")
    y = model.run(given)[0]
    # Sums of a few terms in float64, in another order.
    np.testing.assert_allclose(
        y.transpose(0, 2, 1, 3).reshape(expected.shape), expected.detach(), rtol=1e-12, atol=1e-14
    )
    dy = weight.numpy().reshape(STEPS, BATCH, -1, HIDDEN).transpose(0, 2, 1, 3)
    found = model.gradients(given, [dy, *[None] * (len(model.view.graph.outputs) - 1)])
    np.testing.assert_allclose(found["X"], x.grad, rtol=1e-11, atol=1e-13)


def test_what_does_not_fit_is_said() -> None:
    given = inputs_of("LSTM", {}, ("B", "sequence_lens"))
    run = load(checked(model_of("LSTM", {}, given)), "numpy").run
    with pytest.raises(DataError, match="lengths from 2 to 6 of 5 steps"):
        run(given | {"sequence_lens": np.array([5, 2, 6], np.int32)})
    with pytest.raises(DataError, match=r"R is \(1, 6, 2\) and has to be \(1, 8, 2\)"):
        broken = given | {"R": given["R"][:, :6]}
        load(checked(model_of("LSTM", {}, broken)), "numpy").run(broken)
    with pytest.raises(DataError, match="'Swish' is no function of a gate; there are Relu, "):
        load(checked(model_of("LSTM", {"activations": ["Swish", "Tanh", "Tanh"]}, given)), "numpy").run(given)
    with pytest.raises(DataError, match="has 3 activations; bidirectional needs 6"):
        attributes = BOTH | {"activations": ["Sigmoid", "Tanh", "Tanh"]}
        both = inputs_of("LSTM", attributes, ())
        load(checked(model_of("LSTM", attributes, both)), "numpy").run(both)


def test_padding_is_never_seen() -> None:
    given = inputs_of("GRU", BOTH, ("sequence_lens",))
    model = load(checked(model_of("GRU", BOTH, given)), "numpy")
    weights = [np.ones((STEPS, 2, BATCH, HIDDEN), np.float32), np.ones((2, BATCH, HIDDEN), np.float32)]
    y, found = model.run(given), model.gradients(given, weights)
    spoiled = given["X"].copy()
    spoiled[2:, 1] = np.nan
    np.testing.assert_array_equal(model.run(given | {"X": spoiled})[0], y[0])
    again = model.gradients(given | {"X": spoiled}, weights)
    for name in ("X", "W", "R"):
        np.testing.assert_array_equal(again[name], found[name])
    assert not y[0][2:, :, 1].any() and not np.any(found["X"][2:, 1])


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_sequences_without_steps(engine: str) -> None:
    pytest.importorskip(engine)
    given = inputs_of("LSTM", {}, ("initial_h", "initial_c"))
    given["X"] = given["X"][:0]
    y, h, c = load(checked(model_of("LSTM", {}, given)), engine).run(given)
    assert y.shape == (0, 1, BATCH, HIDDEN)
    np.testing.assert_array_equal(h, given["initial_h"])
    np.testing.assert_array_equal(c, given["initial_c"])
