"""The first node that two engines compute differently is named, wherever its fault shows; memory is let go."""

import weakref
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import onnx.parser
import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.onnx.examine.lockstep import NodeDifference, lockstep
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import OPERATORS, Operator

X = {"x": np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)}


@pytest.fixture(autouse=True)
def loaded() -> None:
    """The table is full before a test puts another operator into it."""
    OPERATORS.keys()


@dataclass(frozen=True, kw_only=True, eq=False)
class Faulty(Operator):
    """Tanh that is a thousandth off."""

    name: ClassVar[str] = "Tanh"

    def forward(self, x: Array) -> Array:
        return np.tanh(x) * np.asarray(1.001, x.dtype)


def chain(*operators: str) -> ModelView:
    """Operators of one input, one after the other."""
    names = ["x", *(f"v{place}" for place in range(1, len(operators))), "y"]
    nodes = [
        helper.make_node(operator, [before], [after], name=f"n{place}")
        for place, (operator, before, after) in enumerate(zip(operators, names, names[1:], strict=False))
    ]
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [3, 4]) for name in ("x", "y"))
    graph = helper.make_graph(nodes, "chain", [x], [y])
    return checked(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8))


def verdicts(view: ModelView, *engines: str, **more: Any) -> list[NodeDifference]:
    first, second = engines
    return list(lockstep(view, X, (first, second), **more))


@pytest.mark.parametrize("second", ["reference", "onnxruntime", "torch"])
def test_a_planted_fault_shows_at_its_node_alone(second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if second != "reference":
        pytest.importorskip(second)
    monkeypatch.setitem(OPERATORS._table, ("", "Tanh", 13), Faulty)
    if second == "torch":  # its translation of what has the fault on NumPy
        import torch

        from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

        assert Faulty not in TORCH_OPERATORS
        monkeypatch.setitem(TORCH_OPERATORS._table, Faulty, lambda operator, x: torch.tanh(x))
    rows = verdicts(chain("Abs", "Tanh", "Exp", "Neg"), "numpy", second)
    assert [row.verdict in {"equal", "rounding"} for row in rows] == [True, False, True, True]
    assert (rows[1].node, rows[1].operator, rows[1].output, rows[1].verdict) == ("n1", "Tanh", "v2", "differs")
    assert rows[1].relative == pytest.approx(1e-3, rel=0.1)
    assert rows[1].inputs == ("float32[3, 4]",)


def test_a_bound_of_zero_finds_rounding() -> None:
    rows = verdicts(chain("Exp", "Exp"), "numpy", "reference", bound=0.0)
    assert {row.verdict for row in rows} <= {"equal", "differs"}


def test_what_the_second_engine_cannot_run_is_a_row_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def no(model: onnx.ModelProto, feeds: Any, wanted: Any) -> Any:
        raise RuntimeError("no kernel" if model.graph.node[0].op_type == "Tanh" else "never asked")

    monkeypatch.setattr("nnlab.onnx.apart.calls.reference", no)
    rows = verdicts(chain("Tanh", "Tanh"), "numpy", "reference")
    assert [(row.verdict, row.reason) for row in rows] == [("cannot run", "no kernel")] * 2


def test_an_engine_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="did you mean numpy"):
        verdicts(chain("Abs"), "nunpy", "reference")


def test_an_input_that_does_not_fit_is_one_line() -> None:
    with pytest.raises(DataError, match="input x"):
        list(lockstep(chain("Abs"), {"x": np.zeros((2, 2), np.float32)}, ("numpy", "reference")))


def test_no_value_outlives_its_last_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    living: list[weakref.ref[Array]] = []
    most = 0

    @dataclass(frozen=True, kw_only=True, eq=False)
    class Watched(Operator):
        def forward(self, x: Array) -> Array:
            nonlocal most
            y = -x
            living.append(weakref.ref(y))
            most = max(most, sum(ref() is not None for ref in living))
            return y

    monkeypatch.setitem(OPERATORS._table, ("", "Neg", 13), Watched)
    verdicts(chain(*["Neg"] * 12), "numpy", "reference")
    assert most <= 3  # the one that is made, the one that is read, and the one that the loop still names


def test_graphs_inside_nodes_and_several_outputs_are_compared() -> None:
    sub = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["inner"])],
        "then",
        [],
        [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [3, 4])],
    )
    nodes = [
        helper.make_node("If", ["c"], ["v"], then_branch=sub, else_branch=sub, name="if"),
        helper.make_node("Split", ["v"], ["a", "b"], axis=1, name="split"),
        helper.make_node("Sub", ["a", "b"], ["y"], name="sub"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [3, 4])
    c = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [3, 2])
    model = helper.make_model(
        helper.make_graph(nodes, "g", [x, c], [y]), opset_imports=[helper.make_opsetid("", 13)], ir_version=8
    )
    rows = list(lockstep(checked(model), {**X, "c": np.array(True)}, ("numpy", "reference")))
    assert [(row.node, row.verdict) for row in rows] == [("if", "equal"), ("split", "equal"), ("sub", "equal")]


DRAWN = "k = Constant <value_int: int = {mode}> ()  t = Cast <to: int = 9> (k)  y = Dropout (x, ratio, t)"
INSIDE = """y = If (c) <
    then_branch = then_branch () => (a) {{ {inner} }},
    else_branch = else_branch () => (b) {{ b = Neg (x) }}
>"""


def model_of(body: str, opset: int) -> ModelView:
    graph = f"g (float[3, 4] x, float ratio, bool c) => (float[3, 4] y) {{ {body} }}"
    return checked(onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> {graph}'))


@pytest.mark.parametrize("second", ["torch", "reference", "onnxruntime"])
@pytest.mark.parametrize(
    "body, opset, verdict",
    [
        (DRAWN.format(mode=1), 13, "drawn"),
        (DRAWN.format(mode=0), 13, "equal"),
        ("y = Dropout (x, ratio)", 13, "equal"),
        ("y = Dropout <ratio: float = 0.5> (x)", 11, "equal"),
        ("y = RandomUniformLike (x)", 13, "drawn"),
        (INSIDE.format(inner="a = RandomNormalLike (x)"), 13, "drawn"),
        (INSIDE.format(inner="a = Neg (x)"), 13, "equal"),
    ],
)
def test_what_is_drawn_at_random_is_not_called_different(body: str, opset: int, verdict: str, second: str) -> None:
    if second != "reference":
        pytest.importorskip(second)
    given = {**X, "ratio": np.array(0.5, np.float32), "c": np.array(True)}
    rows = list(lockstep(model_of(body, opset), given, ("numpy", second)))
    assert rows[-1].verdict == verdict


def test_a_dropout_of_nothing_is_compared_even_in_training() -> None:
    given = {**X, "ratio": np.array(0, np.float32), "c": np.array(True)}
    rows = list(lockstep(model_of(DRAWN.format(mode=1), 13), given, ("numpy", "reference")))
    assert rows[-1].verdict == "equal"
