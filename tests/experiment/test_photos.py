"""Defaults for a folder that nobody has described."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from nnlab.core.errors import UsageError
from nnlab.core.truth import Label
from nnlab.data.images.vips import Vips
from nnlab.data.source import Sample
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.photo_recipe import STEPS, photo_model, recipe
from nnlab.experiment.photos import fitting_size, middle_size, photo_note
from nnlab.experiment.resolution import Resolution
from nnlab.experiment.sources import SettingsSource, from_file, from_flags

PLAIN = {"max_minibatch_size": 5000, "resize": (110, 110), "input_scaling": "0..1"}


def write(path: Path, width: int, height: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    library = Vips()
    library.write_png(library.image(np.zeros((height, width, 3), np.uint8)), path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two classes of pictures of 200 x 100."""
    for name in ("cat", "dog"):
        for number in range(3):
            write(tmp_path / "photos" / name / f"{number}.png", 200, 100)
    return tmp_path / "photos"


def chosen(folder: Path, **flags: object) -> Experiment:
    return resolve(from_flags({"dataset": str(folder), **flags}))


def data(experiment: Experiment) -> dict[str, object]:
    return {key: getattr(experiment.data, key) for key in PLAIN}


def test_a_folder_is_set_up_for_photos_and_says_so(photos: Path) -> None:
    experiment = chosen(photos, model="NLayers")
    assert data(experiment) == {"max_minibatch_size": 64, "resize": (64, 32), "input_scaling": "mean-std"}
    assert experiment.sections["model"]["output_batch_norm"] is False
    (note,) = experiment.notes
    assert note.startswith("photos: set up for photos: minibatches of 64")
    assert "(more than its 6 pictures: one step an epoch)" in note
    assert "64x32 pixels (its pictures are about 200x100)" in note and "mean-std" in note and "no BatchNorm" in note
    assert chosen(photos).chosen["model"] == "OneLayer"  # which has no BatchNorm to leave out


def trained(folder: Path, **flags: object) -> Experiment:
    return resolve(from_flags({"dataset": str(folder), **flags}), trains=True)


def test_a_folder_that_is_to_be_trained_gets_a_network_and_a_recipe(photos: Path) -> None:
    experiment = trained(photos)
    assert experiment.chosen["model"] == "SmallCnn"
    assert (experiment.chosen["optimizer"], experiment.chosen["schedule"]) == ("AdamW", "OneCycle")
    assert experiment.run.epochs == 60 and experiment.optimizer.learning_rate == 0.004
    assert experiment.data.augment == STEPS and experiment.data.resize == (64, 32) and not experiment.data.flatten
    (note,) = experiment.notes
    assert note.startswith("photos: set up for photos: SmallCnn, 60 epochs, AdamW, OneCycle, a rate of 0.004 at most")
    assert "changed by Translate, Rotate:max_degrees=10, Brightness, Contrast" in note and "mean-std" in note


def test_what_is_said_of_the_recipe_wins_and_what_goes_with_it_is_left_out(photos: Path) -> None:
    assert trained(photos, model="OneLayer").sections == chosen(photos, model="OneLayer").sections
    assert trained(photos, prepare="none").sections == chosen(photos, prepare="none").sections
    assert trained(photos, epochs=3).run.epochs == 3
    assert trained(photos, widths="8,8").sections["model"]["widths"] == (8, 8)
    by_momentum = trained(photos, optimizer="Momentum")
    assert by_momentum.chosen["schedule"] == "Constant" and by_momentum.run.epochs == 60
    assert by_momentum.optimizer.learning_rate == 0.001
    assert trained(photos, **{"optimizer.learning_rate": 0.1}).chosen["optimizer"] == "Adam"
    assert trained(photos, rot_angle=5).data.augment == ()
    assert trained(photos, resize=(16, 16)).data.resize == (16, 16)
    assert trained(photos, resize=(4, 4)).chosen["model"] == "OneLayer"


@pytest.mark.parametrize(("samples", "epochs"), [(20, 60), (1600, 31), (4000, 12), (100_000, 8)])
def test_few_pictures_come_often(photos: Path, samples: int, epochs: int) -> None:
    probe = Resolution([photo_model(Resolution([]), {}) or SettingsSource("flag")])
    assert recipe(probe, samples)["run.epochs"] == epochs


def test_pictures_smaller_than_the_network_takes_are_made_as_large(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        for number in range(3):
            write(tmp_path / "tiny" / name / f"{number}.png", 12, 5)
    assert trained(tmp_path / "tiny").data.resize == (12, 8)
    assert chosen(tmp_path / "tiny").data.resize == (12, 5)


def test_minibatches_are_said_to_be_what_they_are_to_the_set() -> None:
    taken = {"max_minibatch_size": 64}
    assert "64 (more than its 64 pictures: one step" in photo_note(
        "photos", SettingsSource("photos", samples=64), taken
    )
    assert "64 (of its 1,560 pictures, instead of" in photo_note(
        "photos", SettingsSource("photos", samples=1560), taken
    )


def test_flags_win_and_are_not_said_to_be_chosen(photos: Path) -> None:
    flags = {"max_minibatch_size": 7, "resize": (9, 9), "input_scaling": "range", "output_batch_norm": True}
    experiment = chosen(photos, model="NLayers", **flags)
    assert data(experiment) == {"max_minibatch_size": 7, "resize": (9, 9), "input_scaling": "0..1"}
    assert experiment.sections["model"]["output_batch_norm"] is True
    assert experiment.notes == ()
    assert chosen(photos, input_range=(-1, 1)).data.input_scaling == "-1..1"


def test_who_says_how_it_is_prepared_is_heard(photos: Path, tmp_path: Path) -> None:
    assert data(chosen(photos, prepare="none")) == PLAIN
    assert data(resolve(from_flags({"datasets_path": str(tmp_path), "dataset": "photos"}))) == PLAIN
    (photos / "dataset.toml").write_text("[recommended]\ngrayscale = true\n")
    assert data(chosen(photos)) == PLAIN
    (photos / "dataset.toml").write_text('origin = "drawn by nnlab: nnlab data make colors"\n')
    assert data(chosen(photos)) == PLAIN
    (photos / "dataset.toml").write_text('title = "My photos"\n')
    assert chosen(photos).data.max_minibatch_size == 64


def test_what_ships_keeps_its_preparation(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    for name in ("colors", "numbers"):
        by_path, by_name = chosen(Path("datasets") / name), resolve(from_flags({"dataset": name}))
        assert by_path.to_toml() == by_name.to_toml()
        assert by_path.notes == by_name.notes


def test_the_saved_configuration_is_the_choice(photos: Path, tmp_path: Path) -> None:
    experiment = chosen(photos, model="NLayers")
    (tmp_path / "config.toml").write_text(experiment.to_toml())
    again = resolve(from_file(tmp_path / "config.toml"))
    assert again.to_toml() == experiment.to_toml()
    assert again.notes == ()


@pytest.mark.parametrize(
    ("size", "expected"),
    [((28, 28), (28, 28)), ((64, 64), (64, 64)), ((128, 96), (64, 48)), ((100, 3000), (2, 64)), ((9000, 1), (64, 1))],
)
def test_sizes_keep_their_shape_up_to_64(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fitting_size(size, 64) == expected


def test_a_task_says_how_large_photos_may_be_and_how_many_are_learnt_from_at_once(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", 640, 480)
    bad = "0.png,cell,1,1,1,5\n"  # without a width
    (tmp_path / "boxes.csv").write_text(f"file,class,x0,y0,x1,y1\n{bad}1.png,cell,1,2,30,40\n2.png,cell,1,2,30,40\n")
    said = {"task": "Detection", "dataset": str(tmp_path), "unlabelled": "skip", "bad_boxes": "skip"}
    experiment = resolve(from_flags(said))
    assert (experiment.data.resize, experiment.data.max_minibatch_size) == ((320, 240), 8)
    assert "320x240 pixels (its pictures are about 640x480)" in experiment.notes[0]


def test_the_middle_size_is_that_of_upright_pictures_that_can_be_read(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{i}.png", *size) for i, size in enumerate([(10, 20), (30, 40), (500, 600)])]
    (tmp_path / "bad.png").write_bytes(b"nothing")
    samples = [Sample(i, path, path.name, Label(0)) for i, path in enumerate([*paths, tmp_path / "bad.png"])]
    assert middle_size(samples) == (30, 40)
    assert middle_size(samples[3:]) is None


@pytest.mark.parametrize(
    ("shape", "size"), [((1, 3, 24, 40), (40, 24)), ((None, 24, 40, 3), (40, 24)), ((1, 3, None, None), (64, 32))]
)
def test_a_network_from_a_file_has_the_size_that_it_takes(
    photos: Path, tmp_path: Path, shape: tuple[int | None, ...], size: tuple[int, int]
) -> None:
    (tmp_path / "m.onnx").write_bytes(network(shape))
    experiment = chosen(photos, model="Onnx", onnx_model=str(tmp_path / "m.onnx"))
    assert experiment.data.resize == size
    assert ("which the model takes" in experiment.notes[0]) == (size == (40, 24))


def network(shape: tuple[int | None, ...], **metadata: str) -> bytes:
    """A file of a convolution that takes pictures of this shape."""
    first = "Transpose" if shape[-1] == 3 else "Identity"
    nodes = [
        helper.make_node(first, ["x"], ["images"], **({"perm": [0, 3, 1, 2]} if first == "Transpose" else {})),
        helper.make_node("Conv", ["images", "w"], ["map"]),
        helper.make_node("GlobalAveragePool", ["map"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (None, 2))],
        [numpy_helper.from_array(np.ones((2, shape[1] if first == "Identity" else 3, 3, 3), np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("name", "shape", "metadata", "expected", "said"),
    [
        ("squeezenet", (1, 3, 24, 24), {}, ("range", (0, 255), False), "inputs from 0 to 255 (as the model was fed)"),
        ("u2netp-fp16", (1, 3, 24, 24), {}, ("imagenet", (0, 1), False), "inputs scaled by imagenet (mean and std of"),
        ("mnist-8", (1, 1, 24, 24), {}, ("range", (0, 255), True), "grey pixels (as the model was fed)"),
        ("mnist-convnet-avgpool", (1, 1, 24, 24), {}, ("0..1", (0, 1), True), "scaled by 0..1 (0 to 1, as the model"),
        ("cifar-deep-kw", (1, 3, 24, 24), {}, ("mean-std", (0, 1), False), "mean-std (of the training samples)"),
        ("mine", (1, 3, 24, 24), {}, ("mean-std", (0, 1), False), "mean-std (of the training samples)"),
        ("mine", (1, 3, 24, 24), {"preprocessing": '{"input_range": [-1, 1]}'}, ("-1..1", (-1, 1), False), "-1 to 1"),
    ],
    ids=["0 to 255", "ImageNet's", "grey", "0 to 1", "its own", "unknown", "exported"],
)
def test_a_model_that_is_known_is_fed_as_it_was(
    photos: Path,
    tmp_path: Path,
    name: str,
    shape: tuple[int, ...],
    metadata: dict[str, str],
    expected: object,
    said: str,
) -> None:
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(network(shape, **metadata))

    def fed(**flags: object) -> tuple[object, ...]:
        made = chosen(photos, model="Onnx", onnx_model=str(path), **flags).data
        return made.input_scaling, made.input_range, made.grayscale

    assert fed() == expected
    assert said in chosen(photos, model="Onnx", onnx_model=str(path)).notes[0]
    assert fed(input_scaling="mean-std")[:2] == ("mean-std", (0, 1))
    assert fed(input_range=(-2, 2))[:2] == ("range", (-2, 2))
    assert fed(grayscale=True)[2] is True


def test_a_mistake_about_the_model_is_told_once(photos: Path) -> None:
    with pytest.raises(UsageError, match="--layers"):
        chosen(photos, model="NLayers", layers="x")
