"""Boxes of anchors made by ONNX operators are those of the task, on every engine."""

import numpy as np
import pytest
from onnx import checker

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.detection import anchors as forms
from nnlab.models.centre_net import CentreNet
from nnlab.models.graph import Graph
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.write.decodings import anchors as writing
from nnlab.onnx.write.decodings.base import decoding_of
from nnlab.onnx.write.decodings.detection import DetectionDecoding
from nnlab.onnx.write.export import Form, written
from nnlab.onnx.write.verify import Lacking, opened_whole
from nnlab.tasks.detection import Detection

SHAPE = (16, 28, 3)


def network(task: Detection, dtype: type = np.float32) -> Graph:
    """One whose scores are far apart, and some of them sure."""
    graph = CentreNet(base=4, levels=2, batch_norm=False).graph(SHAPE, task.heads(("a", "b", "c"), SHAPE))
    graph.build(SHAPE, rng=Rng(3), dtype=dtype)
    for parameter in graph.parameters:
        if parameter.name.endswith(".weight") and parameter.name.startswith(("scores", "change")):
            parameter.value *= 10
    return graph


@pytest.mark.parametrize(
    ("most", "opset", "anchors", "candidates", "dtype"),
    [(7, None, 3, 40, np.float32), (1000, 13, 2, 500, np.float32), (20, None, 1, 9, np.float32),
     (7, None, 3, 40, np.float64)],
)  # fmt: skip
def test_they_are_the_task_s_on_every_engine(
    monkeypatch: pytest.MonkeyPatch, most: int, opset: int | None, anchors: int, candidates: int, dtype: type
) -> None:
    monkeypatch.setattr(writing, "CANDIDATES", candidates)
    monkeypatch.setattr(forms, "CANDIDATES", candidates)
    task = Detection(boxes_by="Anchors", most_boxes=most, anchors=anchors)
    graph = network(task, dtype)
    made = written(graph, Form(opset=opset), (task, DetectionDecoding()))
    checker.check_model(made.proto, full_check=True)
    names = [output.name for output in made.proto.graph.output]
    assert names[-3:] == ["boxes", "labels", "scores"]
    x = np.random.default_rng(0).random((3, *SHAPE)).astype(dtype)
    wanted = task.answers(graph.read(graph.outputs(x, Context())))
    assert min(len(boxes.labels) for boxes in wanted) > 5
    reading, tried = TaskReading.of(task, made), []
    for name in ("numpy", "torch", "reference", "onnxruntime"):
        try:
            run = opened_whole(ENGINES[name], made.proto)
        except Lacking as why:  # convolutions in float64 among it
            assert str(why) == "is not installed" or dtype == np.float64
            continue
        tried.append(name)
        found = dict(zip(names, run(np.ascontiguousarray(x.transpose(0, 3, 1, 2))), strict=True))
        assert reading.wrong(found, 1e-4) is None, name
    assert {"numpy", "reference"} <= set(tried)


def test_soft_suppression_has_no_operator() -> None:
    assert decoding_of(Detection(boxes_by="Anchors", suppression="gaussian")) is None
    assert decoding_of(Detection(boxes_by="Anchors")) is not None
