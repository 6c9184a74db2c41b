"""What key points make of their heads, as ONNX: every form and decoder says what the task says."""

import numpy as np
import pytest
from onnx import TensorProto, checker, helper
from onnx.reference import ReferenceEvaluator

from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.truth import Points
from nnlab.models.centre_net import CentreNet
from nnlab.models.n_layers import NLayers
from nnlab.onnx.write.building import Building
from nnlab.onnx.write.decodings.agreement import disagreement
from nnlab.onnx.write.decodings.base import DECODINGS, Given
from nnlab.onnx.write.export import Form, written
from nnlab.tasks.keypoints import NEAR, PLACES, SEEN, TOWARDS, Keypoints

ROWS, COLUMNS, POINTS = 7, 9, 3
FORMS = [{"decoder": name} for name in ("log-quadratic", "quarter", "centroid", "argmax")] + [
    {"head": "direct"},
    {"head": "offset", "radius": 2.5},
]


def outputs_of(task, samples=6):
    """Bumps of points anywhere in the picture, with noise; the last sample is noise alone."""
    chance = np.random.default_rng(2)
    places = chance.random((samples, POINTS, 2)) * [4 * COLUMNS, 4 * ROWS]
    truths = tuple(Points(own, np.ones(POINTS, bool)) for own in places)
    shapes = {OUTPUT: (ROWS, COLUMNS, POINTS), NEAR: (ROWS, COLUMNS, POINTS), TOWARDS: (ROWS, COLUMNS, 2 * POINTS),
              PLACES: (2 * POINTS,), SEEN: (POINTS,)}  # fmt: skip
    found = {}
    for name, target in task.targets(truths, shapes).items():
        clean = target.value * np.where(np.arange(samples) < samples - 1, 1, 0).reshape(
            -1, *[1] * (target.value.ndim - 1)
        )
        found[name] = (clean + 0.05 * chance.standard_normal(clean.shape)).astype(np.float32)
    return found


def decoded(task, outputs, opset=17):
    """The outputs of the written nodes, by name."""
    building = Building(opset, np.float32)
    heads = {name: Given(name, value.shape[1:]) for name, value in outputs.items()}
    declared = DECODINGS.of(Keypoints).written(task, heads, building)
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *value.shape[1:]])
              for name, value in outputs.items()]  # fmt: skip
    graph = helper.make_graph(
        building.nodes, "decoding", inputs, [each.proto() for each in declared], list(building.stored.values())
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    checker.check_model(model, full_check=True)
    found = [ReferenceEvaluator(model).run(None, outputs)]
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found.append(session.run(None, outputs))
    return [dict(zip((each.name for each in declared), values, strict=True)) for values in found]


@pytest.mark.parametrize("options", FORMS, ids=lambda options: " ".join(map(str, options.values())))
def test_the_file_says_what_the_task_says(options):
    task = Keypoints(**options)
    outputs = outputs_of(task)
    expected = task.answers(outputs)
    for found in decoded(task, outputs):
        assert found["points"].shape == (6, POINTS, 2) and found["scores"].shape == (6, POINTS)
        # 1e-4 of 36 pixels: logarithms in float32, of noise too
        assert disagreement(DECODINGS.of(Keypoints).answers(task, found), expected, 1e-4) is None


@pytest.mark.parametrize("opset", [13, 18, 21])
def test_other_versions_of_the_operators_say_the_same(opset):
    task = Keypoints()
    outputs = outputs_of(task)
    for found in decoded(task, outputs, opset):
        assert disagreement(DECODINGS.of(Keypoints).answers(task, found), task.answers(outputs), 1e-4) is None


def test_maps_of_two_cells_have_no_parabola():
    outputs = {OUTPUT: np.random.default_rng(0).random((2, 2, 1, POINTS)).astype(np.float32)}
    for found in decoded(Keypoints(), outputs):
        answers = DECODINGS.of(Keypoints).answers(Keypoints(), found)
        assert disagreement(answers, Keypoints().answers(outputs), 1e-6) is None


@pytest.mark.parametrize(("options", "oldest"), [({}, 13), ({"head": "direct"}, 11)])
def test_older_operators_are_refused_before_anything_is_written(options, oldest):
    task, decoding = Keypoints(**options), DECODINGS.of(Keypoints)
    shape = (16, 24, 3)
    heads = task.heads(("a", "b"), shape)
    model = CentreNet(base=2, levels=1, batch_norm=False) if not options else NLayers(layers=(3,), batch_norm=False)
    graph = model.graph(shape, heads).build(shape, rng=Rng(0), dtype=np.float32)
    made = written(graph, Form(opset=oldest), (task, decoding)).proto
    checker.check_model(made, full_check=True)
    with pytest.raises(UsageError, match=f"makes of the heads needs operators of version {oldest}.*--no-decode"):
        written(graph, Form(opset=oldest - 1), (task, decoding))
    checker.check_model(written(graph, Form(opset=oldest - 1, decode=False), (task, decoding)).proto, full_check=True)
