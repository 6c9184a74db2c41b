"""`nnlab export` as users type it, and training on from what it wrote."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nnlab.cli.main import main
from nnlab.core.truths import Labels
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings import DECODINGS, Decoding
from nnlab.tasks.classification import Classification
from nnlab.tracking.run import read_run

SMALL = ("--dataset=blobs", "--resize=12,12", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def train(call: Call, blobs: Path) -> Callable[..., Path]:
    def run(*args: str) -> Path:
        code, _, err = call("train", f"--datasets-path={blobs}", *SMALL, *args)
        assert code == 0, err
        return read_run("runs/latest").folder

    return run


def document(said: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_run_of_either_backend_is_written_and_described(
    train: Any, call: Call, backend: str, request: pytest.FixtureRequest
) -> None:
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    folder = train("--model=NLayers", "--layers=8", "--epochs=4", f"--backend={backend}")
    code, out, err = call("export", "runs/latest", "--json")
    assert code == 0, err
    found = document(out)
    assert found["schema_version"] == 1 and found["opset"] == 17
    assert Path(found["path"]) == folder / "model.onnx"
    assert {"reference", "numpy"} <= set(found["verified_on"])
    assert 0 <= found["max_abs_difference"] < 1e-6  # a tenth of the bound: float32 through two small products
    assert found["operators"]["BatchNormalization"] == 2
    assert found["test_accuracy"]["run"] == found["test_accuracy"]["file"]
    assert found["test_accuracy"]["run"] == pytest.approx(read_run(folder).summary["test"]["accuracy"])
    model = onnx.load(found["path"])
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(about["classes"]) == ["blue", "green", "red"]
    assert about["run"] == folder.name and about["nnlab_version"]
    assert json.loads(about["preprocessing"])["input_range"] == [0.0, 1.0]


def test_pixels_go_in_and_probabilities_come_out(train: Any, call: Call, blobs: Path, tmp_path: Path) -> None:
    from onnx.reference import ReferenceEvaluator

    from nnlab.data.images.vips import Vips

    folder = train("--epochs=5", "--minmax-normalize", "--grayscale", "--no-flatten", "--exp-id=grey")
    code, _, err = call("export", "runs/latest", "--with-preprocessing", "--softmax", f"--output={tmp_path}")
    assert code == 0, err
    assert "RemoveAlpha, Resize stay outside: the file takes 12 x 12 x 3 pixels" in err
    session = ReferenceEvaluator(onnx.load(tmp_path / "grey.onnx"))
    library = Vips()
    for row in read_run(folder).predictions[:5]:
        pixels = library.pixels(library.read(blobs / "blobs" / row["source"]))[None]
        (probabilities,) = session.run(None, {"image": pixels})
        np.testing.assert_allclose(
            probabilities[0],
            list(row["probabilities"].values()) if isinstance(row["probabilities"], dict) else row["probabilities"],
            atol=1e-5,
        )


def test_without_its_data_drawn_samples_are_taken_and_that_is_said(train: Any, call: Call, blobs: Path) -> None:
    folder = train("--epochs=2")
    config = folder / "config.toml"
    config.write_text(config.read_text().replace(str(blobs), str(blobs / "gone")))
    for more in ((), ("--with-preprocessing",)):
        code, out, err = call("export", str(folder), "--json", *more)
        assert code == 0, err
        assert "verified on drawn samples" in err
        assert document(out)["test_accuracy"] is None and document(out)["samples_from"].startswith("drawn")


def test_what_differs_is_not_written(train: Any, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train("--epochs=2")
    from nnlab.onnx.write import verify

    plain = verify.opened_whole
    wrong: Any = lambda engine, model: lambda x: [np.zeros((len(x), 3), np.float32)]  # noqa: E731
    monkeypatch.setattr(verify, "opened_whole", lambda e, m: (wrong if e.name == "numpy" else plain)(e, m))
    code, out, err = call("export", "runs/latest", "--output=x.onnx")
    assert code == 4 and out == ""
    assert "numpy gives other probabilities than the run" in err and "nothing was written" in err
    assert not (tmp_path / "x.onnx").exists() and not list(tmp_path.glob(".x.onnx*"))


class Halves(Decoding):
    """A reading of classes: which is the likeliest, and how likely."""

    def __init__(self, off: int = 0):
        self.off = off

    def written(self, task: Any, heads: Any, building: Building) -> Any:
        (y,) = heads.values()
        best = building.add("ArgMax", y.name, name="best", axis=1, keepdims=0)
        off = building.store("off", np.array(self.off), np.int64)
        best = building.add("Add", best, off, name="named")
        return [Declared(best, np.int64, (), about="the likeliest class")]

    def answers(self, task: Any, outputs: Any) -> Any:
        return Labels(outputs["named"])


@pytest.mark.parametrize("form", [(), ("--no-softmax",), ("--with-preprocessing",), ("--dtype=float16",)])
def test_what_a_task_makes_of_its_heads_is_an_output_too_and_used_by_infer(
    train: Any, call: Call, blobs: Path, monkeypatch: pytest.MonkeyPatch, form: tuple[str, ...]
) -> None:
    monkeypatch.setitem(DECODINGS._table, Classification, Halves())
    train("--epochs=5", "--exp-id=halves")
    code, out, err = call("export", "halves", "--output=halves.onnx", *form)
    assert code == 0 and "  output named: the likeliest class\n" in out, err
    model = onnx.load("halves.onnx")
    about = {entry.key: entry.value for entry in model.metadata_props}
    task = json.loads(about["task"])
    first = model.graph.output[0].name
    assert task["heads"] == {"output": {"output": first, "logits": "--no-softmax" in form}}
    assert task["decoded"] == ["named"] and json.loads(about["outputs"])["named"] == "the likeliest class"
    pictures = [str(path) for path in sorted((blobs / "blobs").rglob("*.png"))[::3]]
    mine = document(call("infer", "--run=halves", *pictures, "--json")[1])["results"]
    code, out, err = call("infer", "--onnx-model=halves.onnx", *pictures, "--json")
    assert code == 0, err
    assert [row["label"] for row in document(out)["results"]] == [row["label"] for row in mine]
    assert document(out)["results"][0]["probabilities"] is None  # this reading gives the class alone

    code, out, err = call("export", "halves", "--output=alone.onnx", "--no-decode", *form)
    assert code == 0 and "output named" not in out, err
    said = document(call("infer", "--onnx-model=alone.onnx", *pictures, "--json")[1])["results"]
    for row, own in zip(said, mine, strict=True):  # half precision, or a softmax here or there
        assert row["label"] == own["label"]
        assert row["probabilities"] == pytest.approx(own["probabilities"], abs=5e-3 if "float16" in str(form) else 1e-6)


def test_a_reading_that_is_not_the_task_s_is_not_written(
    train: Any, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DECODINGS._table, Classification, Halves(off=1))
    train("--epochs=2")
    code, out, err = call("export", "runs/latest", "--output=x.onnx")
    assert code == 4 and out == ""
    assert "what the file makes of its heads is not what the task does, in 6 of 6 samples" in err
    assert not (tmp_path / "x.onnx").exists()


def test_metadata_that_cannot_be_understood_say_which(train: Any, call: Call, tmp_path: Path, blobs: Path) -> None:
    train("--epochs=1")
    assert call("export", "runs/latest", "--output=x.onnx")[0] == 0
    picture = str(next((blobs / "blobs").rglob("*.png")))
    for bad in ("{", '{"name": "Classification"}', '{"name": "Classification", "options": {"x": 1}, "record": {}}'):
        model = onnx.load("x.onnx")
        (entry,) = (entry for entry in model.metadata_props if entry.key == "task")
        entry.value = bad
        onnx.save(model, "bad.onnx")
        code, _, err = call("infer", "--onnx-model=bad.onnx", picture)
        assert code == 5 and "metadata task: cannot be understood" in err and len(err.splitlines()) == 1
        assert call("infer", "--onnx-model=bad.onnx", "--kind=labels", picture)[0] == 0  # as the advice says
    entry.value = '{"name": "ATaskOfAnotherPackage"}'
    onnx.save(model, "other.onnx")
    assert call("infer", "--onnx-model=other.onnx", picture)[0] == 0  # read by what its outputs look like


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("nowhere",), 5, "no run here"),
        (("runs/latest", "--opset=3"), 2, "--opset: must be from 9 to"),
        (("runs/latest", "--opset=12", "--with-preprocessing"), 2, "--opset: must be from 13 to"),
        (("runs/latest", "--dtype=int8"), 2, "float16"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    train: Any, call: Call, args: tuple[str, ...], code: int, says: str
) -> None:
    train("--epochs=1")
    got, out, err = call("export", *args)
    assert got == code and out == ""
    assert says in err and len(err.splitlines()) == 1


def test_a_run_without_weights_says_so(train: Any, call: Call) -> None:
    folder = train("--epochs=1")
    shutil.rmtree(folder / "weights")
    code, _, err = call("export", str(folder))
    assert code == 5 and "has no weights" in err


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("form", [(), ("--no-flatten",)])
def test_exported_imported_and_trained_on_equals_never_having_been(
    train: Any, call: Call, tmp_path: Path, backend: str, form: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    same = ("--dtype=float64", "--optimizer=Constant", "--learning-rate=0.02", f"--backend={backend}", *form)
    train("--epochs=3", *same)
    assert call("export", "runs/latest", "--output=middle.onnx")[0] == 0
    stayed = read_run(train("--epochs=6", "--weights=runs/latest", *same))
    there_and_back = read_run(train("--epochs=6", "--model=Onnx", "--onnx-model=middle.onnx", *same))
    for one, other in zip(stayed.metrics, there_and_back.metrics, strict=True):
        assert other["loss"] == pytest.approx(one["loss"], rel=1e-10), one  # float64: sums in another order
        assert other["accuracy"] == one["accuracy"]
    mine, theirs = stayed.weights("last")[0], there_and_back.weights("last")[0]
    for name, value in mine.items():
        got = theirs[f"onnx.{name}"]
        assert got.shape == value.shape and got.dtype == value.dtype
        np.testing.assert_allclose(got, value, rtol=1e-9, atol=1e-12)
    code, _, err = call("export", str(there_and_back.folder), "--output=again.onnx", "--json")
    assert code == 0, err
    names = [{tensor.name for tensor in onnx.load(file).graph.initializer} for file in ("middle.onnx", "again.onnx")]
    assert names[0] == names[1] == {"output.weight", "output.bias"}


def test_the_file_that_a_run_starts_from_is_not_overwritten(train: Any, call: Call) -> None:
    train("--epochs=1")
    assert call("export", "runs/latest", "--output=start.onnx")[0] == 0
    train("--epochs=1", "--model=Onnx", "--onnx-model=start.onnx")
    code, _, err = call("export", "runs/latest", "--output=start.onnx")
    assert code == 2 and "is the file that the run starts from" in err


def test_an_imported_network_is_compared_and_goes_on_from_weights(
    train: Any, call: Call, blobs: Path, torch_installed: None
) -> None:
    train("--epochs=2", "--model=Onnx")
    train("--epochs=2", "--model=OnnxTorch", "--weights=runs/latest")
    code, out, err = call("compare", f"--datasets-path={blobs}", *SMALL[:-1], "--model=Onnx", "--epochs=3", "--json")
    assert code == 0, err
    assert document(out)["first_divergence"] is None or document(out)["first_divergence"]["kind"] == "rounding"


def test_a_model_that_is_not_there_says_the_line_to_type(call: Call, blobs: Path) -> None:
    code, _, err = call("train", f"--datasets-path={blobs}", *SMALL, "--model=Onnx", "--onnx-model=u2net")
    assert code == 5 and "nnlab models fetch u2net" in err and len(err.splitlines()) == 1


def test_a_file_is_checked_on_samples_of_its_own_form(train: Any, call: Call) -> None:
    train("--epochs=1")
    assert call("export", "runs/latest", "--output=own.onnx")[0] == 0
    code, out, err = call("check", "--model=Onnx", "--onnx-model=own.onnx", "--json")
    assert code == 0, err
    (row,) = [row for row in document(out)["results"] if row["component"] == "Onnx"]
    assert row["verdict"] == "ok" and "(432,)" in row["where"]


def test_onnx_is_imported_only_when_it_is_used(blobs: Path) -> None:
    program = (
        "import contextlib, io, sys\n"
        "from nnlab.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['train', '--help'])\n"
        f"    main(['train', '--datasets-path={blobs}', '--dataset=blobs', '--dry-run'])\n"
        "print('onnx' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_program_in_c_comes_with_what_it_must_give(train: Any, call: Call, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="what the program must give is what onnxruntime gives")
    train("--epochs=1", "--model=SmallCnn", "--widths=4")
    code, out, err = call("export", "runs/latest", "--softmax", "--c-sample=digits", "--json")
    assert code == 0, err
    found = document(out)
    files = ["Makefile", "expected.raw", "input.ppm", "main.c", "model.onnx", "ort.h"]
    assert found["c_sample"] == {"folder": "digits", "files": files} and found["path"] == "digits/model.onnx"
    assert sorted(path.name for path in (tmp_path / "digits").iterdir()) == files
    scores = np.frombuffer((tmp_path / "digits" / "expected.raw").read_bytes(), np.float32)
    assert len(scores) == 3 and scores.sum() == pytest.approx(1, abs=1e-6)  # float32 probabilities of three classes
    code, out, err = call("export", "runs/latest", "--c-sample=digits")
    assert code == 0 and "make -C digits check" in out
    if shutil.which("make") and shutil.which("cc"):
        done = subprocess.run(["make", "-C", "digits", "check"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--output=x.onnx", "--c-sample=d"), "--output=x.onnx: --c-sample writes the whole network"),
        (("--part=encoder", "--c-sample=d"), "--part=encoder: --c-sample writes the whole network"),
        (("--c-sample=taken",), "--c-sample=taken: is a file; name a folder"),
    ],
)
def test_a_program_in_c_has_a_folder_of_its_own(
    train: Any, call: Call, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    train("--epochs=1")
    (tmp_path / "taken").write_text("")
    code, _, err = call("export", "runs/latest", *more)
    assert code == 2 and said in err and not (tmp_path / "d").exists()
