"""Networks of several heads, maps among them, and what a task makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from onnx import checker

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import ComparisonError
from nnlab.core.heads import Head
from nnlab.core.rng import Rng
from nnlab.core.truth import Boxes, Mask, Truth
from nnlab.core.types import Array
from nnlab.layers.tanh import Tanh
from nnlab.models.graph import Graph
from nnlab.models.u_net import UNet
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings import Decoding, Given
from nnlab.onnx.write.decodings.agreement import agree, disagreement
from nnlab.onnx.write.export import Form, written
from nnlab.onnx.write.outputs import HeadOutput, Written
from nnlab.onnx.write.verify import Wanted, opened_whole, verify
from nnlab.tasks.base import Task

SHAPE = (8, 12, 3)


@dataclass(kw_only=True, eq=False)
class Regions(Task):
    """A class for every place, and two numbers that say nothing here."""

    truth: ClassVar[type[Truth]] = Mask

    def heads(self, names: Sequence[str], in_shape: Any, truths: Any = ()) -> Mapping[str, Head]:
        return {"regions": Head((None, None, 4)), "measures": Head((2,), "values", (50.0, 2.0), (300.0, 1.0))}

    def targets(self, truths: Any, shapes: Any) -> Mapping[str, Target]:
        raise NotImplementedError

    def answers(self, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        return tuple(Mask(shares.argmax(axis=-1)) for shares in outputs["regions"])

    def metrics(self, judge: Any) -> Any:
        raise NotImplementedError


class RegionsDecoding(Decoding):
    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        y = heads["regions"]
        assert y.shape == (8, 12, 4) and heads["measures"].shape == (2,)
        labels = building.add("ArgMax", y.name, name="labels", axis=3, keepdims=1)
        return [Declared(labels, np.int64, (*y.shape[:2], 1), about="the likeliest class of every place")]

    def answers(self, task: Task, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        return tuple(Mask(labels[..., 0]) for labels in outputs["labels"])


def network() -> Graph:
    graph = UNet(base=2, depth=2).graph(SHAPE, Regions().heads((), SHAPE))
    return graph.build(SHAPE, rng=Rng(3), dtype=np.float32)


def samples() -> Array:
    return np.random.default_rng(0).random((5, *SHAPE)).astype(np.float32)


def given(x: Array) -> Array:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def said(graph: Graph, x: Array) -> Mapping[str, Array]:
    """What the run says: probabilities, and values."""
    return graph.read(graph.outputs(x, Context()))


def of(form: Form, reading: tuple[Task, Decoding] | None = None) -> Written:
    made = written(network(), form, reading)
    checker.check_model(made.proto, full_check=True)
    return made


@pytest.mark.parametrize("softmax", [None, True, False])
@pytest.mark.parametrize("decoded", [False, True])
def test_every_head_is_an_output_of_its_name_and_a_reading_stands_behind_them(decoded: bool, softmax: Any) -> None:
    made = of(Form(softmax=softmax), (Regions(), RegionsDecoding()) if decoded else None)
    names = [output.name for output in made.proto.graph.output]
    assert names == ["regions", "measures", *(["labels"] if decoded else [])]
    logits = not (softmax or (softmax is None and decoded))
    assert made.heads == {"regions": HeadOutput("regions", logits), "measures": HeadOutput("measures", False)}
    x = samples()
    expected = said(network(), x)
    wanted = [Wanted(expected["regions"], logits=logits), Wanted(expected["measures"])]
    reading = TaskReading.of(Regions(), made)
    found = verify(
        made.proto, given(x), *wanted, dtype="float32",
        judge=lambda outputs: reading.wrong(dict(zip(names, outputs, strict=True)), 1e-5),
    )  # fmt: skip
    assert {"numpy", "torch", "reference", "onnxruntime"} >= set(found.engines) >= {"numpy", "reference"}
    assert found.bound == 1e-5 and found.worst < 1e-6  # of numbers around 300, as a share of these


def test_one_head_that_is_off_is_found_whatever_the_size_of_the_others() -> None:
    made, x = of(Form(softmax=True)), samples()
    expected = said(network(), x)
    off = expected["regions"] + np.float32(1e-4)  # a third of a millionth of the numbers of the other head
    with pytest.raises(ComparisonError, match="apart, at most 1e-05 is allowed"):
        verify(made.proto, given(x), Wanted(off), Wanted(expected["measures"]), dtype="float32")


def test_a_head_that_others_read_and_a_node_of_the_name_of_another_head() -> None:
    """Node `a` is head `b`, read by node `b`, which is head `a`: names are changed over."""
    graph = Graph()
    graph.add("a", Tanh())
    graph.add("b", Tanh(), "a")
    graph.head("b", "a", emits="values")
    graph.head("a", "b", emits="values")
    graph.head("c", "b", emits="values")
    graph.build((3,), rng=Rng(0), dtype=np.float64)
    made = written(graph, Form())
    checker.check_model(made.proto, full_check=True)
    x = np.random.default_rng(0).standard_normal((4, 3))
    outputs = opened_whole(ENGINES["reference"], made.proto)(x)
    assert [output.name for output in made.proto.graph.output] == ["b", "a", "c"]
    for y, wanted in zip(outputs, (np.tanh(x), np.tanh(np.tanh(x)), np.tanh(np.tanh(x))), strict=True):
        np.testing.assert_allclose(y, wanted, rtol=1e-12)


def test_readings_of_every_kind_agree_with_themselves_alone() -> None:
    def box(x: float, score: float) -> Boxes:
        return Boxes(np.array([[x, 0, 300, 9.0]]), np.array([1]), np.array([score]))

    assert agree(box(1, 0.5), box(1.001, 0.5), 1e-5) and not agree(box(1, 0.5), box(1.01, 0.5), 1e-5)
    assert not agree(box(1, 0.5), box(1, 0.51), 1e-5)
    mask = np.zeros((40, 50), int)
    one = mask.copy()
    one[0, 0] = 1
    assert agree(Mask(mask), Mask(one), 0)  # one place of 2,000 may be a tie
    one[:3, :3] = 1
    assert disagreement([Mask(mask)], [Mask(one)], 0) == (
        "what the file makes of its heads is not what the task does, in 1 of 1 samples"
    )
    assert disagreement([], [Mask(mask)], 0) == "its outputs speak of 0 samples, its heads of 1"
