"""`nnlab infer` as users type it."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from nnlab.cli.main import main
from nnlab.core.types import Array
from nnlab.data.images.vips import Vips

LIB = Vips()
Infer = Callable[..., tuple[int, str, str]]


def convolution(weights: Array, bias: Array, size: int, *, mask: bool) -> ModelProto:
    """One Conv over (1, 3, size, size); a sigmoid after it for a mask."""
    values = {"w": weights.astype(np.float32), "b": bias.astype(np.float32)}
    nodes = [helper.make_node("Conv", ["x", "w", "b"], ["raw" if mask else "y"])]
    nodes += [helper.make_node("Sigmoid", ["raw"], ["y"])] if mask else []
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, size, size])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, size, size] if mask else [1, 3, 1, 1])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """bright.onnx, a mask of what is bright; channel.onnx, the brightest of three channels."""
    folder = tmp_path / "models"
    folder.mkdir()
    bright = convolution(np.full((1, 3, 1, 1), 20.0), np.array([-30.0]), 16, mask=True)
    (folder / "bright.onnx").write_bytes(bright.SerializeToString())
    weights = np.zeros((3, 3, 8, 8))
    weights[range(3), range(3)] = 8 / 64
    (folder / "channel.onnx").write_bytes(convolution(weights, np.zeros(3), 8, mask=False).SerializeToString())
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """a.png (white rectangle on black), sub/a.png (all green), and bad.png (no picture)."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[10:30, 20:45] = 255
    LIB.write_png(LIB.image(pixels), folder / "a.png")
    green = np.zeros((10, 10, 3), np.uint8)
    green[..., 1] = 255
    LIB.write_png(LIB.image(green), folder / "sub" / "a.png")
    (folder / "bad.png").write_bytes(b"no picture")
    return folder


@pytest.fixture
def infer(capfd: pytest.CaptureFixture[str], models: Path) -> Infer:
    def run(*args: Any) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["infer", f"--models-path={models}", *map(str, args)])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_labels_as_a_table_csv_and_json(infer: Infer, photos: Path) -> None:
    green = photos / "sub" / "a.png"
    code, out, err = infer("--onnx-model=channel", green)
    assert code == 0 and err == ""
    assert out.splitlines()[1].split() == [str(green), "1", "99.9%", "0", "0.0%", "2", "0.0%"]
    code, out, _ = infer("--onnx-model=channel", green, "--csv", "--top=2")
    (row,) = csv.DictReader(io.StringIO(out))
    assert code == 0 and row["label"] == "1" and row["label_2"] == "0" and "label_3" not in row
    code, out, _ = infer("--onnx-model=channel", green, "--json")
    document = json.loads(out)
    assert code == 0 and document["schema_version"] == 1
    assert (document["model"], document["engine"], document["classes"]) == ("channel", "numpy", ["0", "1", "2"])
    (result,) = document["results"]
    assert {"source", "label", "confidence", "probabilities", "output", "seconds"} <= set(result)
    assert (result["source"], result["label"], result["output"]) == (str(green), "1", None)
    assert abs(sum(result["probabilities"]) - 1) < 1e-6 and result["probabilities"][1] == result["confidence"]
    assert result["seconds"] > 0


def test_labels_have_the_names_that_are_given(infer: Infer, photos: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("red\ngreen\nblue\n")
    _, out, _ = infer("--onnx-model=channel", photos / "sub" / "a.png", f"--labels={names}")
    assert out.splitlines()[1].split()[1] == "green"
    names.write_text("red\ngreen\n")
    code, _, err = infer("--onnx-model=channel", photos / "sub" / "a.png", f"--labels={names}")
    assert code == 5 and "gives 3 probabilities, and 2 labels are known" in err and err.count("\n") == 1


def test_a_folder_is_cut_out_and_what_cannot_be_read_is_reported(infer: Infer, photos: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    code, out, err = infer("--onnx-model=bright", photos, f"--output={output}")
    assert code == 5
    assert err.splitlines() == [
        f"nnlab: error: {photos / 'bad.png'}: not an image (it holds text)",
        f"files are in {output}",
    ]
    assert len(out.splitlines()) == 3
    names = sorted(path.name for path in output.iterdir())
    kinds = ("cutout.png", "mask.png", "overlay.png")
    assert names == sorted([f"{name}.{kind}" for name in ("a", "a_1") for kind in kinds] + ["contact-sheet.png"])
    mask, cut = (LIB.pixels(LIB.read(output / f"a.{kind}.png")) for kind in ("mask", "cutout"))
    assert mask.shape == (40, 60, 3) and cut.shape == (40, 60, 4)
    assert cut[20, 32, 3] == 255 and cut[2, 2, 3] == 0
    np.testing.assert_array_equal(cut[..., 3], mask[..., 0])
    np.testing.assert_array_equal(cut[..., :3], LIB.pixels(LIB.read(photos / "a.png")))
    assert LIB.pixels(LIB.read(output / "a.overlay.png")).shape == (40, 60, 3)
    again, _, _ = infer("--onnx-model=bright", photos, f"--output={output}")  # its own files are no pictures to look at
    assert again == 5 and sorted(path.name for path in output.iterdir()) == names


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Twelve pictures of one colour each, and one that is none."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(12):
        pixels = np.zeros((10, 10, 3), np.uint8)
        pixels[..., number % 3] = 255
        LIB.write_png(LIB.image(pixels), folder / f"{number:02}.png")
    (folder / "05b.png").write_bytes(b"no picture")
    return folder


def test_json_lines_come_in_order_and_a_bad_file_is_passed_over(infer: Infer, many: Path) -> None:
    code, out, err = infer("--onnx-model=channel", many, "--jsonl")
    rows = [json.loads(row) for row in out.splitlines()]
    assert code == 5 and [Path(row["source"]).stem for row in rows] == sorted(path.stem for path in many.iterdir())
    assert [row["label"] for row in rows if "label" in row] == [str(number % 3) for number in range(12)]
    assert rows[6] == {"schema_version": 1, "source": str(many / "05b.png"), "error": "not an image (it holds text)"}
    told = err.splitlines()
    assert told[0] == f"nnlab: error: {many / '05b.png'}: not an image (it holds text)"
    assert re.fullmatch(r"13 pictures in \S+ s, \S+ a second; .*: read \S+, prepare \S+, infer \S+, write \S+", told[1])
    assert infer("--onnx-model=channel", many, "--jsonl", "--quiet")[2].splitlines() == told[:1]


def test_pictures_given_together_are_answered_as_alone_where_the_model_takes_them(
    infer: Infer, many: Path, models: Path
) -> None:
    code, _, err = infer("--onnx-model=channel", many, "--batch=5", "--max-wait-ms=10000")
    assert code == 5 and "takes (1, 3, 8, 8)" in err and "leave --batch out" in err
    model = onnx.load(models / "channel.onnx")
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    onnx.save(model, models / "channel.onnx")
    alone, together = (
        [json.loads(row) for row in infer("--onnx-model=channel", many, "--jsonl", *batch)[1].splitlines()]
        for batch in ([], ["--batch=5", "--max-wait-ms=10000"])
    )
    assert [row.get("label") for row in together] == [row.get("label") for row in alone]
    for one, other in zip(alone, together, strict=True):
        assert one.get("probabilities") == pytest.approx(other.get("probabilities"), abs=1e-6)


def test_forms_of_a_result_exclude_each_other(infer: Infer, many: Path) -> None:
    code, _, err = infer("--onnx-model=channel", many, "--json", "--jsonl")
    assert code == 2 and "--json --jsonl: are forms of one result; choose one" in err


def test_json_of_a_mask_names_the_cut_out_and_what_failed(infer: Infer, photos: Path, tmp_path: Path) -> None:
    code, out, _ = infer("--onnx-model=bright", photos, f"--output={tmp_path / 'out'}", "--json")
    document = json.loads(out)
    assert code == 5 and [result["label"] for result in document["results"]] == [None, None]
    assert document["results"][0]["output"] == str(tmp_path / "out" / "a.cutout.png")
    assert document["failed"] == [{"source": str(photos / "bad.png"), "error": "not an image (it holds text)"}]


def piped(models: Path, given: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "nnlab", "infer", f"--models-path={models}", *args, "-"]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def test_stdin_to_stdout(models: Path, photos: Path) -> None:
    cut = piped(models, (photos / "a.png").read_bytes(), "--onnx-model=bright")
    assert (cut.returncode, cut.stderr) == (0, b"")
    pixels = LIB.pixels(LIB.decode(cut.stdout))
    assert pixels.shape == (40, 60, 4) and pixels[20, 32, 3] == 255 and pixels[2, 2, 3] == 0
    label = piped(models, (photos / "sub" / "a.png").read_bytes(), "--onnx-model=channel")
    assert (label.returncode, label.stdout.split(), label.stderr) == (0, b"1 99.9% 0 0.0% 2 0.0%".split(), b"")
    empty = piped(models, b"", "--onnx-model=bright")
    assert (empty.returncode, empty.stdout) == (5, b"")
    assert empty.stderr == b"nnlab: error: stdin: empty (0 bytes)\n"


@pytest.mark.parametrize(
    ("args", "code", "what"),
    [
        (["--onnx-model=u2net", "{a}"], 5, "type: nnlab models fetch u2net"),
        (["--onnx-model=brigth", "{a}"], 5, "did you mean bright?"),
        (["--onnx-model=none/x.onnx", "{a}"], 5, "there is no such file"),
        (["--onnx-model=bright", "{a}.jpg"], 5, "no such file, folder or dataset"),
        (["--onnx-model=bright"], 2, "no pictures named"),
        (["{a}"], 2, "--run=RUN or --onnx-model=NAME"),
        (["--onnx-model=bright", "--run=x", "{a}"], 2, "not both"),
        (["--onnx-model=bright", "{a}", "-"], 2, "stands alone"),
        (["--onnx-model=bright", "{a}", "--engine=tensorflow"], 2, "no engine 'tensorflow'"),
        (["--onnx-model=bright", "{a}", "--resize=8,8"], 2, "--resize: the model takes 1 x 3 x 16 x 16"),
        (["--onnx-model=bright", "{a}", "--mean=x"], 2, "--mean: must be a number"),
        (["--onnx-model=bright", "{a}", "--like=u2nett"], 2, "did you mean|it has"),
        (["--onnx-model=bright", "{a}", "--json", "--csv"], 2, "choose one"),
        (["--onnx-model=bright", "{a}", "--kind=masks"], 2, "labels, mask, class-map, objects"),
        (["--onnx-model=bright", "{a}", "--output-name=z"], 2, "--output-name: the model has no output 'z'; it has y"),
        (["--onnx-model=bright", "{a}", "--kind=labels"], 5, "neither the scores of classes"),
        (["--onnx-model=bright", "{a}", "--outptu=x"], 2, "--outptu"),
        (["--run=nowhere", "{a}"], 5, "no run here"),
        (["--run=nowhere", "{a}", "--mean=1"], 2, "--mean: a run is fed as it was trained"),
        (["--onnx-model=bright", "{a}", "--output={a}"], 1, "cannot write"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_code(
    infer: Infer, photos: Path, cache_folder: Path, args: list[str], code: int, what: str
) -> None:
    import re

    found, out, err = infer(*(arg.format(a=photos / "a.png") for arg in args))
    assert (found, out) == (code, "")
    assert re.search(what, err) or what in err
    assert err.startswith("nnlab: error: ") and err.count("\n") == 1


def test_without_onnxruntime_the_line_that_installs_it_is_said(
    infer: Infer, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # an import of None is an ImportError
    code, out, err = infer("--onnx-model=bright", photos / "a.png", "--engine=onnxruntime")
    assert (code, out) == (6, "") and "[onnxruntime]" in err and err.count("\n") == 1


def test_a_class_map_is_a_mask_of_numbers_and_an_overlay_of_colours(infer: Infer, models: Path, photos: Path) -> None:
    weights = np.zeros((4, 3, 1, 1))
    weights[[1, 2], [0, 1]] = 1  # class 1 is red, 2 is green
    proto = convolution(weights, np.array([0.1, 0, 0, 0]), 16, mask=False)
    proto.graph.output[0].type.tensor_type.shape.ClearField("dim")
    proto.graph.output[0].type.tensor_type.ClearField("shape")
    (models / "map.onnx").write_bytes(proto.SerializeToString())
    names, out = models.parent / "names.txt", models.parent / "seen"
    names.write_text("background\nred\ngreen\nblue\n")
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, 16:, 1] = 255
    LIB.write_png(LIB.image(picture), photos / "b.png")
    args = ["--onnx-model=map", photos / "b.png", f"--labels={names}", f"--output={out}"]
    code, said, _ = infer(*args, "--json")
    (result,) = json.loads(said)["results"]
    assert code == 0 and result["label"] is None and result["covered"] is None
    assert [(region["label"], region["share"]) for region in result["regions"]] == [
        ("green", 0.75),
        ("background", 0.25),
    ]
    assert result["output"] == str(out / "b.mask.png")
    mask, overlay = (LIB.pixels(LIB.read(out / f"b.{kind}.png")) for kind in ("mask", "overlay"))
    np.testing.assert_array_equal(mask[:, :, 0], np.where(picture[:, :, 1] > 0, 2, 0))
    np.testing.assert_array_equal(overlay[:, :16], picture[:, :16])  # a background stays as it is
    assert (overlay[:, 16:] == overlay[0, 16]).all() and (overlay[0, 16] != picture[0, 16]).any()
    assert (out / "contact-sheet.png").is_file() and not (out / "b.cutout.png").exists()
    _, said, _ = infer(*args)
    assert said.splitlines()[1].split()[-4:] == ["green", "75.0%", "background", "25.0%"]
    _, said, _ = infer(*args, "--csv")
    (row,) = csv.DictReader(io.StringIO(said))
    assert row["regions"] == "green 75.0%; background 25.0%" and row["label"] == ""
    piped_map = piped(models, (photos / "b.png").read_bytes(), "--onnx-model=map")
    assert piped_map.returncode == 0
    np.testing.assert_array_equal(LIB.pixels(LIB.decode(piped_map.stdout)), mask)


def test_scores_that_are_no_numbers_have_no_label(infer: Infer, models: Path, photos: Path) -> None:
    weights = np.full((3, 3, 8, 8), np.nan)
    (models / "nan.onnx").write_bytes(convolution(weights, np.zeros(3), 8, mask=False).SerializeToString())
    code, out, err = infer("--onnx-model=nan", photos / "a.png", "--json")
    (result,) = json.loads(out)["results"]
    assert code == 5 and (result["label"], result["confidence"]) == (None, None)
    assert result["probabilities"] == [None, None, None]
    assert "3 of 3 scores are NaN or infinite" in err and err.count("\n") == 1
    code, out, _ = infer("--onnx-model=nan", photos / "a.png", "--csv", f"--output={models.parent / 'out'}")
    (row,) = csv.DictReader(io.StringIO(out))
    assert code == 5 and (row["label"], row["confidence"]) == ("", "") and "nan" not in out.replace("NaN or", "")
    made = piped(models, (photos / "a.png").read_bytes(), "--onnx-model=nan")
    assert (made.returncode, made.stdout, made.stderr.count(b"\n")) == (5, b"", 1)


def test_the_names_that_ship_are_given_when_they_are_asked_for(infer: Infer, models: Path, photos: Path) -> None:
    weights = np.zeros((1000, 3, 1, 1))
    weights[281, 1] = 20
    (models / "unknown.onnx").write_bytes(convolution(weights, np.zeros(1000), 1, mask=False).SerializeToString())
    green = photos / "sub" / "a.png"
    assert json.loads(infer("--onnx-model=unknown", green, "--json")[1])["results"][0]["label"] == "281"
    asked = json.loads(infer("--onnx-model=unknown", green, "--json", "--labels=imagenet")[1])
    assert asked["results"][0]["label"] == "tabby" and asked["results"][0]["ranking"][0]["label"] == "tabby"
    code, _, err = infer("--onnx-model=unknown", green, "--labels=imagnet")
    assert code == 5 and "coco" in err and err.count("\n") == 1


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    """A run on blobs that tells the three colours apart."""
    folder = tmp_path_factory.mktemp("runs")
    args = ["--dataset=blobs", f"--datasets-path={blobs}", f"--runs-dir={folder}", "--resize=12,12", "--epochs=60"]
    assert main(["train", "--model=OneLayer", "--learning-rate=0.01", "--quiet", *args]) == 0
    return (folder / "latest").resolve()


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_says_what_its_training_said(
    infer: Infer, trained: Path, blobs: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "torch":
        request.getfixturevalue("torch_installed")
    code, out, _ = infer(f"--run={trained}", "blobs", f"--datasets-path={blobs}", f"--engine={engine}", "--json")
    document = json.loads(out)
    assert code == 0 and document["classes"] == ["blue", "green", "red"] and len(document["results"]) == 36
    found = {Path(result["source"]).name: result for result in document["results"]}
    assert all(result["label"] == name.partition("-")[0] for name, result in found.items())
    rows = [json.loads(line) for line in (trained / "predictions.jsonl").read_text().splitlines()]
    assert rows
    for row in rows:  # 1e-5: products of other shapes round otherwise, and torch's are another library's
        probabilities = found[Path(row["source"]).name]["probabilities"]
        np.testing.assert_allclose(probabilities, row["probabilities"], atol=1e-5)


def test_a_run_that_is_named_is_told_by_its_folder(
    infer: Infer, trained: Path, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its exp-id here: no folder of that name lies where the command is typed."""
    monkeypatch.setenv("NNLAB_RUNS_DIR", str(trained.parent))
    for name in ("main", "latest", trained.name[:12], str(trained)):
        _, out, _ = infer(f"--run={name}", next((blobs / "blobs").rglob("*.png")), "--json")
        assert json.loads(out)["model"] == str(trained)


def test_a_picture_alone_is_answered_as_among_many(infer: Infer, trained: Path, blobs: Path) -> None:
    _, out, _ = infer(f"--run={trained}", blobs / "blobs", "--json")
    together = json.loads(out)["results"]
    for one in together[::12]:
        _, out, _ = infer(f"--run={trained}", one["source"], "--json")
        (alone,) = json.loads(out)["results"]
        assert alone["probabilities"] == one["probabilities"]  # to the last bit


def test_a_run_is_not_for_onnxruntime(infer: Infer, trained: Path, blobs: Path) -> None:
    code, _, err = infer(f"--run={trained}", blobs / "blobs", "--engine=onnxruntime")
    assert code == 2 and "nnlab export RUN" in err and err.count("\n") == 1


@pytest.mark.parametrize("flags", [[], ["--with-preprocessing"]], ids=["samples", "pictures"])
def test_an_exported_run_says_the_same(
    infer: Infer, trained: Path, blobs: Path, tmp_path: Path, flags: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "exported.onnx"
    assert main(["export", str(trained), f"--output={path}", "--softmax", *flags]) == 0
    _, out, _ = infer(f"--run={trained}", blobs / "blobs", "--json")
    wanted = json.loads(out)
    _, out, _ = infer(f"--onnx-model={path}", blobs / "blobs", "--json")
    document = json.loads(out)
    assert document["classes"] == wanted["classes"] and len(document["results"]) == 36
    for one, other in zip(document["results"], wanted["results"], strict=True):
        assert one["label"] == other["label"]
        np.testing.assert_allclose(one["probabilities"], other["probabilities"], atol=1e-5)  # as export verifies
