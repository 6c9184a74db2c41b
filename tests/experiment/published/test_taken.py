"""Published weights in nnlab's networks: the same logits as the network that they are of."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from nnlab.core.context import Context
from nnlab.core.errors import DataError, UsageError
from nnlab.core.heads import Head
from nnlab.data.pipeline import survey
from nnlab.experiment.build import graph, learner
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.published.taken import adapted, take_published
from nnlab.experiment.sources import from_flags
from nnlab.kernels.softmax import softmax
from tests.experiment.published.networks import MobileNetV2, drawn, resnet18, resnet50


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ResNet18's weights for three classes, as a file."""
    path = tmp_path_factory.mktemp("published") / "resnet18.pth"
    torch.save(drawn(resnet18(3)).float().state_dict(), path)
    return path


def described(blobs: Path, weights: Path, **more: object) -> Experiment:
    flags = {"datasets_path": str(blobs), "dataset": "blobs", "disk_cache": False, "threads": 1, "model": "ResNet18"}
    return resolve(from_flags({**flags, "weights": str(weights), **more}))


@pytest.mark.parametrize(
    ("make", "model"), [(resnet18, "ResNet18"), (resnet50, "ResNet50"), (MobileNetV2, "MobileNetV2")]
)
def test_logits_are_those_of_the_network_that_they_are_of(
    blobs: Path, tmp_path: Path, make: Callable[[int], torch.nn.Module], model: str
) -> None:
    theirs, path = drawn(make(10)), tmp_path / "their.pth"
    torch.save(theirs.state_dict(), path)
    x = np.random.default_rng(0).normal(size=(1, 32, 40, 3))  # no square: a turned kernel would show
    with torch.no_grad():
        wanted = theirs(torch.from_numpy(x.transpose(0, 3, 1, 2))).numpy()
    scale = np.abs(wanted).max()
    for dtype, bound in (("float64", 1e-10), ("float32", 1e-5)):
        experiment = described(blobs, path, model=model, dtype=dtype)
        network = experiment.model.graph((32, 40, 3), {"output": Head((10,), "classes")})
        network.build((32, 40, 3), rng=None, dtype=dtype)
        assert experiment.starts is not None
        take_published(network, experiment.starts.state, experiment)
        (logits,) = network.outputs(x, Context()).values()
        np.testing.assert_allclose(logits, wanted, atol=bound * scale, rtol=0)
        for backend in ("numpy", "torch"):
            experiment.run.backend = backend
            said = learner(experiment, network, experiment.task).predict(x)["output"]
            np.testing.assert_allclose(said, softmax(wanted, out=np.empty_like(wanted)), atol=bound)


def test_a_head_of_other_classes_is_drawn_anew_and_one_of_as_many_kept(
    blobs: Path, small: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nnlab")
    experiment = described(blobs, small)
    state = torch.load(small, weights_only=True)
    kept = graph(experiment, survey(experiment.data)).state()
    np.testing.assert_array_equal(kept["output.weight"], state["fc.weight"].numpy().T)
    assert "their head fc is kept, of as many classes (3)" in caplog.text
    other = tmp_path / "other.pth"
    torch.save({n: v[:2] if n.startswith("fc") else v for n, v in state.items()}, other)
    anew = graph(described(blobs, other), survey(experiment.data)).state()
    np.testing.assert_array_equal(anew["stem_conv.weight"], kept["stem_conv.weight"])
    assert anew["output.weight"].shape == (512, 3) and not np.array_equal(anew["output.weight"], kept["output.weight"])
    assert "their head fc of 2 classes is left out; output is drawn anew" in caplog.text


def test_inputs_are_scaled_as_imagenet_s_unless_somebody_says_otherwise(blobs: Path, small: Path) -> None:
    experiment = described(blobs, small)
    assert experiment.data.input_scaling == "imagenet"
    assert any("as ImageNet's" in note for note in experiment.notes)
    assert not any("mean-std" in note for note in experiment.notes)
    assert described(blobs, small, input_scaling="mean-std").data.input_scaling == "mean-std"
    assert described(blobs, small, input_range=(-1.0, 1.0)).data.input_scaling == "-1..1"
    assert described(blobs, small, grayscale=True).data.input_scaling == "0..1"


def test_the_first_layer_is_adapted_on_request_alone(blobs: Path, small: Path) -> None:
    grey = described(blobs, small, grayscale=True)
    with pytest.raises(UsageError, match=r"stem_conv.weight has shape .*conv1.weight.*--adapt-first-layer"):
        graph(grey, survey(grey.data))
    asked = described(blobs, small, grayscale=True, adapt_first_layer=True)
    weight = graph(asked, survey(asked.data)).state()["stem_conv.weight"]
    theirs = torch.load(small, weights_only=True)["conv1.weight"].numpy().transpose(2, 3, 1, 0)
    np.testing.assert_allclose(weight[:, :, 0], theirs.sum(2), atol=1e-6)  # three float32 terms below 1
    assert adapted(np.ones((1, 1, 3, 1)), 6).sum() == pytest.approx(3)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"model": "ResNet34"}, r"stage_1_3_conv_1.weight.*layer1.2.conv1.*these are ResNet18's.*--model=ResNet18"),
        ({"model": "ResNet50"}, r"stage_1_1_conv_1.weight.*these are ResNet18's"),
        ({"model": "MobileNetV2"}, r"stem_conv.weight.*features.0.0.weight.*these are ResNet18's"),
        ({"model": "SmallCnn"}, r"published weights, of ResNet18, and not of SmallCnn; type --model=ResNet18"),
        ({"stem": "small"}, r"stem_conv.weight has shape \(3, 3, 3, 64\).*leave out options that change the network"),
        ({"blocks": (2, 2, 2)}, r"layer4.0.conv1.weight: the network has nothing for it"),
    ],
)  # fmt: skip
def test_weights_of_another_architecture_are_refused_by_the_first_that_does_not_fit(
    blobs: Path, small: Path, more: dict[str, object], said: str
) -> None:
    experiment = described(blobs, small, **more)
    with pytest.raises(UsageError, match=said):
        graph(experiment, survey(experiment.data))


def test_a_file_that_is_not_there_is_said(blobs: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such weights file"):
        described(blobs, tmp_path / "none.pth")
