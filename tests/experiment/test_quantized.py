"""Whole runs that round to 8 bits: trained, gone on with, compared, exported."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nnlab.core.errors import ComparisonError, UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.experiment.build import build
from nnlab.experiment.compare import compare
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.export import export
from nnlab.experiment.published.names import their_nodes
from nnlab.experiment.resume import resume
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.layers.convolving import Convolving
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.models import folding
from nnlab.models.graph import Graph
from nnlab.models.quantizing import quantized
from nnlab.models.resnet import ResNet18
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import read_model
from nnlab.onnx.write import building
from nnlab.onnx.write.export import Form
from nnlab.onnx.write.layers import quantizing
from nnlab.tracking.run import read_run
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord


def described(blobs: Path, folder: Path, **more: object) -> Experiment:
    flags = {
        "datasets_path": str(blobs), "dataset": "blobs", "disk_cache": False, "gradient_checks": "off", "threads": 1,
        "model": "SmallCnn", "widths": (4, 6), "epochs": 4, "max_minibatch_size": 12, "quantize": "int8",
        "resize": (12, 12),
    }  # fmt: skip
    return resolve(from_flags({**flags, "runs_dir": str(folder), **more}))


class StopAfter(Callback):
    """Interrupts a run when an epoch has ended."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def epoch_end(self, record: EpochRecord) -> None:
        if record.epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_ranges_and_statistics_stay_when_asked_and_a_resumed_run_ends_with_the_same_bytes(
    blobs: Path, tmp_path: Path, backend: str
) -> None:
    experiment = described(blobs, tmp_path, freeze_observers=2, freeze_bn=3, backend=backend)
    whole = run(experiment)
    last = (whole.folder / "weights" / "last.safetensors").read_bytes()
    part = run(experiment, callbacks=[StopAfter(2)])
    again = run(resume(part.folder))
    assert (again.folder / "weights" / "last.safetensors").read_bytes() == last
    stopped, ended = (read_run(each.folder).checkpoint()[0].state for each in (part, whole))
    for name in ended:
        stays = np.array_equal(stopped[name], ended[name])
        assert stays == name.endswith(".range"), name  # BatchNorm's moved once more, in epoch 3


def test_backends_agree_while_ranges_move_and_when_they_stay(blobs: Path, tmp_path: Path) -> None:
    experiment = described(blobs, tmp_path, freeze_observers=1, freeze_bn=1, epochs=2, dtype="float64")
    found = compare(experiment, ("numpy", "torch"))
    assert not found.divergences
    assert "activation_1_int8.range" in found.tensors


@pytest.fixture(scope="module")
def runs(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run without rounding, and one that goes on from its weights with it."""
    folder = tmp_path_factory.mktemp("runs")
    plain = run(described(blobs, folder, quantize="off", epochs=3)).folder
    tuned = run(described(blobs, folder, weights=str(plain), epochs=1, learning_rate=1e-4)).folder
    return {"plain": plain, "tuned": tuned}


def test_training_with_rounding_goes_on_from_weights_without_and_the_other_way(
    blobs: Path, tmp_path: Path, runs: dict[str, Path]
) -> None:
    back = run(described(blobs, tmp_path, quantize="off", weights=str(runs["tuned"]), epochs=1, learning_rate=0.0))
    learnt, started = (read_run(folder).weights("best")[0] for folder in (back.folder, runs["tuned"]))
    np.testing.assert_array_equal(learnt["conv_1.weight"], started["conv_1.weight"])
    assert not any(name.endswith(".range") for name in learnt)


@pytest.mark.parametrize("which", ["plain", "tuned"])
def test_codes_are_written_for_every_weight_and_engines_give_what_the_run_gives(
    runs: dict[str, Path], which: str, tmp_path: Path
) -> None:
    exported = export(runs[which], Form(), quantize=True, output=tmp_path / "codes.onnx")
    model = onnx.load(exported.path)
    kinds = [node.op_type for node in model.graph.node]
    assert (kinds.count("QuantizeLinear"), kinds.count("DequantizeLinear")) == (3, 6)  # three values, three weights
    assert "BatchNormalization" not in kinds
    codes = [onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name.endswith("weight/codes")]
    assert [code.dtype for code in codes] == [np.int8] * 3
    assert [int(np.abs(code.astype(int)).max()) for code in codes] == [127] * 3
    assert exported.verified.engines["numpy"] < 2e-2  # the run's arithmetic but for BatchNorm's: few codes flip
    assert {"numpy", "torch"} <= set(exported.verified.engines)
    said = exported.document()["quantized"]
    wanted = {"plain": "calibrated on 25 training pictures", "tuned": "trained with --quantize=int8"}
    assert said["ranges"] == wanted[which]
    assert said["lost"] == said["won"] == 0


def test_the_zero_points_and_scales_of_a_file_are_those_of_what_was_seen(runs: dict[str, Path], tmp_path: Path) -> None:
    path = export(runs["tuned"], Form(), output=tmp_path / "codes.onnx").path
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    low, high = read_run(runs["tuned"]).weights("best")[0]["activation_1_int8.range"]
    assert stored["activation_1_int8/scale"] == (max(high, 0) - min(low, 0)) / np.float32(255)
    assert (low, stored["activation_1_int8/zero_point"]) == (0, 0)  # behind a rectifier
    assert stored["activation_1_int8/zero_point"].dtype == np.uint8


def scale_of_another_range(plain: Any) -> Any:
    """What is large is cut off."""
    return lambda low, high: plain(low / 4, high / 4)


def scales_of_inputs(plain: Any) -> Any:
    """One of the first output's for all."""
    return lambda weight, axis: np.broadcast_to(plain(weight, axis).reshape(-1)[0], plain(weight, axis).shape)


def mean_forgotten(plain: Any) -> Any:
    """b' = beta + b f, as if nothing had been taken away."""

    def folded(network: Graph, node: Any, norm: Any, state: Any) -> Any:
        network = network.astype(network.dtype)
        network.own(norm.name)["running_mean"].value[:] = -1
        return plain(network, node, norm, state)

    return folded


def factor_upside_down(plain: Any) -> Any:
    """sqrt(variance) / gamma."""

    def folded(network: Graph, node: Any, norm: Any, state: Any) -> Any:
        network = network.astype(network.dtype)
        variance = network.own(norm.name)["running_variance"].value
        variance[:] = 1 / variance
        return plain(network, node, norm, state)

    return folded


@pytest.mark.parametrize(("place", "name", "fault"), [
    (quantizing, "grid_over", scale_of_another_range),
    (building, "channel_scales", scales_of_inputs),
    (folding, "_folded", mean_forgotten),
    (folding, "_folded", factor_upside_down),
])  # fmt: skip
def test_a_fault_in_what_is_written_is_found_before_it_is(
    runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, fault: Any
) -> None:
    monkeypatch.setattr(place, name, fault(getattr(place, name)))
    with pytest.raises(ComparisonError, match=r"gives other probabilities than the run|for half of the samples"):
        export(runs["tuned"], Form(), output=tmp_path / "codes.onnx")
    assert not (tmp_path / "codes.onnx").exists()


def test_unsigned_codes_say_the_same(runs: dict[str, Path], tmp_path: Path) -> None:
    files = [
        export(runs["tuned"], Form(weight_codes=kind), output=tmp_path / f"{kind}.onnx").path
        for kind in ("int8", "uint8")
    ]
    stored = [{t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(file).graph.initializer} for file in files]
    for name in (name for name in stored[0] if name.endswith("/codes")):
        np.testing.assert_array_equal(stored[1][name].astype(int) - 128, stored[0][name])
    x = np.random.default_rng(0).random((2, 3, 12, 12), dtype=np.float32)
    given = [NumpyModel(read_model(file)).run({"input": x})[0] for file in files]
    np.testing.assert_array_equal(given[0], given[1])


@pytest.mark.parametrize(("form", "said"), [
    ({"opset": 12}, "--opset=12: a scale for every output needs operators of version 13"),
    ({"dtype": "float16"}, "--dtype=float16: weights and values are int8; leave it out"),
])  # fmt: skip
def test_what_codes_cannot_be_written_in_is_said(runs: dict[str, Path], form: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        export(runs["plain"], Form(**form), quantize=True)


@pytest.mark.parametrize(("more", "said"), [
    ({"quantize": "off", "freeze_observers": 2}, "--freeze-observers=2: nothing watches a range; add --quantize=int8"),
    ({"batch_norm": False, "freeze_bn": 2}, "--freeze-bn=2: the network has no BatchNorm; leave it out"),
])  # fmt: skip
def test_what_cannot_stay_is_said_before_anything_is_read(
    blobs: Path, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        run(described(blobs, tmp_path, **more))


def test_few_pictures_to_tell_ranges_by_are_a_warning(runs: dict[str, Path], tmp_path: Path, caplog: Any) -> None:
    export(runs["plain"], Form(), quantize=True, calibration=9, output=tmp_path / "codes.onnx")
    assert "ranges of 9 training pictures may miss what others show" in caplog.text


def test_published_weights_have_the_places_that_they_have_without_rounding() -> None:
    heads = {OUTPUT: Head((5,), "classes")}
    plain = ResNet18().graph((32, 32, 3), heads)
    made = quantized(ResNet18().graph((32, 32, 3), heads))
    pairs = [list(their_nodes(each.build((32, 32, 3), rng=None, dtype=np.float32))) for each in (plain, made)]
    assert pairs[0] == pairs[1]
    assert ("stem_conv", "conv1") in pairs[0]


def test_the_form_of_convolutions_is_chosen_inside_too(blobs: Path, tmp_path: Path) -> None:
    made = build(described(blobs, tmp_path, convolution="winograd")).network
    forms = {node.layer.inner.form for node in made.nodes if isinstance(node.layer, QuantizedWeights)
             and isinstance(node.layer.inner, Convolving)}  # fmt: skip
    assert forms == {"winograd"}
