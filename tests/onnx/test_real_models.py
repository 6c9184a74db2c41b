"""Networks that others trained, from ../shared/data/onnx: every engine gives what they are known to give."""

import csv
from pathlib import Path

import numpy as np
import onnx
import pytest
import pyvips
from onnx import numpy_helper

from nnlab.core.types import Array
from nnlab.data.images.vips import Vips
from nnlab.onnx.backends.base import Runnable
from nnlab.onnx.backends.engines import OFFERED, load, using
from nnlab.onnx.file.read import read_model
from nnlab.onnx.inference.load import read_for_pictures
from nnlab.onnx.inference.predictor import OnnxPredictor

LIB = Vips()

TWENTY = (
    "mnist-convnet-maxpool",
    "mnist-convnet-avgpool",
    "mnist-fc-256x2",
    "cifar-resnet-2b",
    "cifar-deep-kw",
)
"""Models with the outputs of 20 inputs beside them."""


@pytest.fixture(params=OFFERED)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param != "numpy":
        pytest.importorskip(request.param)
    return str(request.param)


def loaded(folder: Path, name: str, engine: str) -> Runnable:
    return load(read_model(folder / "onnx" / name.removesuffix("-fp16") / f"{name}.onnx"), engine, threads=1)


def outputs(model: Runnable, x: Array, engine: str) -> list[Array]:
    with using(engine, 1):
        return list(model.run({model.view.graph.inputs[0].name: x}))


def picture(path: Path, *, channels: str = "rgb", white: float = 1.0) -> Array:
    pixels = LIB.pixels(LIB.read(path))
    if channels == "bgr":
        pixels = pixels[:, :, ::-1]
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None].astype(np.float32) * np.float32(white / 255))


def upper_bytes(path: Path) -> Array:
    """The upper byte of each 16-bit value: the stored outputs are of those, while our own reading rounds."""
    native = pyvips.Image.new_from_file(str(path))
    return (np.frombuffer(native.write_to_memory(), np.uint16).reshape(native.height, native.width, 3) >> 8).astype(
        "u1"
    )


@pytest.mark.parametrize("name", TWENTY)
def test_small_networks_give_their_stored_outputs(shared_data: Path, name: str, engine: str) -> None:
    model, stored = loaded(shared_data, name, engine), np.load(shared_data / "onnx" / name / "expected.npz")
    for x, wanted in zip(stored["inputs"], stored["logits"], strict=True):
        (y,) = outputs(model, x[None] if x.ndim == len(model.view.graph.inputs[0].shape or ()) - 1 else x, engine)
        assert y.size == wanted.size and y.dtype == np.float32
        # 1e-5 of the largest: sums of up to 4,608 float32 products, in another order
        np.testing.assert_allclose(y.ravel(), wanted.ravel(), atol=1e-5 * max(1.0, float(np.abs(wanted).max())))


def test_mnist_8_gives_its_published_outputs(shared_data: Path, engine: str) -> None:
    folder = shared_data / "onnx" / "mnist-8" / "test_data_set_0"
    x, wanted = (
        numpy_helper.to_array(onnx.TensorProto.FromString((folder / f"{name}_0.pb").read_bytes()))
        for name in ("input", "output")
    )
    (y,) = outputs(loaded(shared_data, "mnist-8", engine), x, engine)
    assert y.shape == wanted.shape and y.dtype == wanted.dtype
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-2)  # logits of some thousands, in float32


def test_u2netp_is_within_1e_4_of_onnxruntime_on_the_car(shared_data: Path, engine: str) -> None:
    looks = read_for_pictures("u2netp", {}, models_path=str(shared_data / "onnx")).on(engine, LIB, threads=1)
    feed = looks.recipe.feed
    x = feed.input(feed.pixels(LIB.image(upper_bytes(shared_data / "salient_photos" / "car.png")), LIB))
    assert x.shape == (1, 3, 320, 320) and x.dtype == np.float32
    stored = np.load(shared_data / "onnx" / "u2netp" / "car_expected.npz")
    found = outputs(looks.runnable, x, engine)
    assert len(found) == 7
    for value, y in zip(looks.runnable.view.graph.outputs, found, strict=True):
        wanted = stored[f"output_{value.name}"]
        assert y.shape == wanted.shape and y.dtype == np.float32
        # 1e-4 for the mask. Side outputs 2e-4: weights nearly cancel in some layers (one Conv alone loses 6e-5 of its
        # largest value on NumPy, 4e-5 on torch), and NumPy's third output is 1.2e-4 away from onnxruntime's
        np.testing.assert_allclose(y, wanted, atol=1e-4 if value.name == "1959" else 2e-4)


@pytest.mark.parametrize(("name", "least"), [("car", 0.97), ("ant", 0.95), ("planes", 0.95), ("horse", 0.95)])
def test_masks_of_u2netp_are_the_published_ones(shared_data: Path, name: str, least: float) -> None:
    pytest.importorskip("onnxruntime")  # the quickest; that the others give the same is held above
    folder = shared_data / "salient_photos"
    (photo,) = (path for path in folder.iterdir() if path.stem == name)
    (published,) = folder.glob(f"{name}_*mask*.png")
    looks = read_for_pictures("u2netp", {}, models_path=str(shared_data / "onnx")).on("onnxruntime", LIB, threads=1)
    image = LIB.read(photo)
    (answer,) = looks.predict([image])
    wanted, spec = LIB.pixels(LIB.read(published))[:, :, 0] >= 128, LIB.spec(image)
    assert answer.mask is not None and answer.mask.shape == wanted.shape == (spec.height, spec.width)
    found = answer.mask >= 128
    assert (wanted & found).sum() / (wanted | found).sum() >= least


@pytest.mark.parametrize("name", ["squeezenet", "squeezenet-fp16"])
def test_squeezenet_sees_a_tench_and_a_tabby(shared_data: Path, name: str, engine: str) -> None:
    looks: OnnxPredictor = read_for_pictures(name, {}, models_path=str(shared_data / "onnx")).on(engine, LIB, threads=1)
    folder = shared_data / "onnx" / "squeezenet"
    fish, kitten = looks.predict([LIB.read(folder / "fish.png"), LIB.read(folder / "kitten.png")])
    assert fish.probabilities is not None and fish.probabilities.shape == (1000,)
    kind = "fp16" if name.endswith("fp16") else "fp32"
    published = dict(csv.reader((folder / f"fish_published_{kind}.csv").read_text().splitlines()))
    assert int(fish.probabilities.argmax()) == 0
    for place in np.argsort(-fish.probabilities)[:5]:  # 0.002: their weights were in half precision
        assert abs(float(fish.probabilities[place]) - float(published[str(place)])) < 0.002
    assert kitten.probabilities is not None and int(kitten.probabilities.argmax()) == 281
    assert kitten.probabilities[281] > 0.9


def test_squeezenet_gives_its_stored_outputs(shared_data: Path, engine: str) -> None:
    stored = np.load(shared_data / "onnx" / "squeezenet" / "expected.npz")
    x = picture(shared_data / "onnx" / "squeezenet" / "fish.png", channels="bgr", white=255)
    model = loaded(shared_data, "squeezenet", engine)
    (y,) = outputs(model, x, engine)
    assert y.shape == stored["fish"].shape and y.dtype == np.float32
    np.testing.assert_allclose(y, stored["fish"], atol=1e-5)  # probabilities, after 26 layers of float32


def test_fastestdet_finds_the_horse(shared_data: Path, engine: str) -> None:
    folder = shared_data / "onnx" / "fastestdet"
    stored = np.load(folder / "horse_expected.npz")
    (y,) = outputs(loaded(shared_data, "fastestdet", engine), picture(folder / "horse_352.png", channels="bgr"), engine)
    (wanted,) = (stored[name] for name in stored.files)
    assert y.shape == wanted.shape == (1, 85, 22, 22) and y.dtype == np.float32
    # 5e-4 of values up to 6: onnxruntime itself, with another number of threads, is 1.1e-4 from what was stored
    np.testing.assert_allclose(y, wanted, atol=5e-4)
    scores = y[0, 0] ** 0.6 * y[0, 5:].max(axis=0) ** 0.4
    place = np.unravel_index(int(scores.argmax()), scores.shape)
    assert (folder / "coco.names").read_text().split("\n")[int(y[0, 5:, place[0], place[1]].argmax())] == "horse"
