"""A run as a program has it."""

import json
import os
import pickle
import shutil
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nnlab
from nnlab.api.history import History
from nnlab.cli.main import main


def red(size: int = 12) -> np.ndarray:
    pixels = np.full((size, size, 3), 60, np.uint8)
    pixels[2:-2, 2:-2, 0] = 220
    return pixels


def test_a_run_is_what_load_gives(small: nnlab.Run) -> None:
    again = nnlab.load(small.folder)
    assert again == small == nnlab.load(small) and hash(again) == hash(small)
    assert pickle.loads(pickle.dumps(small)) == small
    assert {small: 1}[again] == 1 and small != "x"
    with pytest.raises(nnlab.NnlabError, match="no run here"):
        nnlab.load(small.folder.parent)


def test_what_it_tells(small: nnlab.Run) -> None:
    assert small.name == small.folder.name and small.classes == ("blue", "green", "red")
    assert small.config["model"]["layers"] == [6] and small.summary is not None
    assert small.summary == json.loads((small.folder / "summary.json").read_text(encoding="utf-8"))
    assert {"dense_1.weight", "batch_norm_1.running_mean"} <= small.weights("best").keys()
    assert small.predictions[0]["partition"] == "dev"
    assert small.network().parameter_count == small.summary["parameters"]


def test_its_page_is_written(small: nnlab.Run) -> None:
    page = small.report()
    assert page == small.folder / "report.html" and "NLayers on blobs" in page.read_text(encoding="utf-8")


def test_history_is_columns_by_name(small: nnlab.Run) -> None:
    history = small.history
    rows = [json.loads(line) for line in (small.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert history["epoch"].tolist() == [1, 2, 3] and history["epoch"].dtype.kind == "i"
    for partition in ("training", "dev"):
        own = [row for row in rows if row["partition"] == partition]
        assert history[f"{partition}_loss"].tolist() == [row["loss"] for row in own]
        assert history[f"{partition}_accuracy"].tolist() == [row["accuracy"] for row in own]
    assert {len(column) for column in history.values()} == {3} == {history.epochs}
    assert isinstance(history, dict)  # which is what pandas makes a table of
    assert history.records[2]["epoch"] == 3 and history.records[0]["best"] is True
    assert repr(history).startswith("History(3 epochs: epoch, ") and ">dev_loss</th>" in history._repr_html_()


def test_history_without_dev_is_nan() -> None:
    rows = [
        {"epoch": 1, "partition": "training", "loss": None, "accuracy": 0.5, "best": False, "phases_s": {"load": 0.5}},
        {"epoch": 2, "partition": "training", "loss": 1.0, "accuracy": 0.5, "best": True, "phases_s": {"load": 1.0}},
        {"epoch": 2, "partition": "dev", "loss": 2.0, "accuracy": 0.25, "best": True, "phases_s": {"load": 1.0}},
    ]
    history = History.of(rows)
    assert np.isnan(history["training_loss"]).tolist() == [True, False]
    assert np.isnan(history["dev_loss"]).tolist() == [True, False]
    assert history["load_s"].tolist() == [0.5, 1.0]
    assert history.records[0]["dev_loss"] is None and History.of([]).epochs == 0


def test_pictures_of_every_kind_get_one_answer(small: nnlab.Run, blobs: Path, tmp_path: Path) -> None:
    path = blobs / "blobs" / "red" / "red-00.png"
    answer = small.predict(path)
    assert answer.label in small.classes and answer.source == str(path) and answer.classes == small.classes
    assert answer.confidence == answer.probabilities.max() and answer.probabilities.sum() == pytest.approx(1)
    assert answer.ranking[0] == (answer.label, answer.confidence) and len(answer.ranking) == 3
    pixels = np.asarray(Image.open(path))
    given = [
        str(path),
        Image.open(path),
        pixels,
        pixels / 255,
        (pixels / 255).astype(np.float32),
        pixels.astype(np.int64),
    ]
    for each in given:
        assert np.array_equal(small.predict(each).probabilities, answer.probabilities), type(each)
    several = small.predict([*given, pixels[:, :, 0]])
    assert len(several) == 7 and several.labels[0] == answer.label and several.probabilities.shape == (7, 3)
    assert np.array_equal(several.probabilities[:6], np.stack([answer.probabilities] * 6))
    assert small.predict(np.stack([pixels, pixels])).labels.tolist() == [answer.label] * 2
    assert len(small.predict(pixels[:, :, 0][None].repeat(3, 0))) == 3  # (pictures, height, width)
    assert len(small.predict(blobs / "blobs" / "red")) == 12
    assert len(small.predict([])) == 0 and len(small.predict(iter([pixels]))) == 1
    assert several[1:3].confidences.shape == (2,) and several[0].label == answer.label


def test_it_says_what_infer_says(small: nnlab.Run, blobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["infer", f"--run={small.folder}", "--json", str(blobs / "blobs" / "red")]) == 0
    told = json.loads(capsys.readouterr().out)["results"]
    found = small.predict(blobs / "blobs" / "red")
    assert [row["label"] for row in told] == found.labels.tolist()
    assert np.array_equal([row["probabilities"] for row in told], found.probabilities)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        ("no/such.png", "no such file, folder or dataset"),
        (np.zeros((2, 2, 2, 2, 2)), "a picture: has the shape 2 x 2 x 2 x 2 x 2 of float64"),
        (np.full((12, 12), np.nan), "NaN or infinite"),
        (np.full((12, 12), -1), "values of -1 to -1"),
        (np.full((12, 12), 1.05), "neither of 0 to 1 nor of 0 to 255; clip them"),
        (np.array(["a"]), "a picture: has the shape 1 of <U1"),
        (None, "a picture: is a NoneType"),
        ([[1, 2], [3]], "cannot be an array"),
        (3, "a picture: is a int"),
    ],
)
def test_what_is_no_picture(small: nnlab.Run, picture: object, says: str) -> None:
    with pytest.raises(nnlab.NnlabError) as found:
        small.predict(picture)
    assert says in str(found.value)


def test_a_file_that_is_no_picture_is_named(small: nnlab.Run, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(nnlab.NnlabError, match=r"a\.png: not an image"):
        small.predict([red(), tmp_path / "a.png"])


def test_the_network_is_read_once(small: nnlab.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import nnlab.experiment.predict as predicting

    run, made = nnlab.load(small.folder), []
    original = predicting.run_predictor
    monkeypatch.setattr(predicting, "run_predictor", lambda path: made.append(path) or original(path))
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(run.predict(red()).probabilities.tolist())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and len(answers) == 4 and all(answer == answers[0] for answer in answers)


def in_fork(work: Callable[[], str]) -> str:
    """What a child says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_predicts_the_same_or_says_why_not(small: nnlab.Run, blobs: Path) -> None:
    """Pictures of the network's size need no library; libvips would wait for threads that are not there."""
    expected = small.predict(red()).probabilities
    small.predict(blobs / "blobs" / "red")  # libvips has started
    assert in_fork(lambda: str(np.array_equal(small.predict(red()).probabilities, expected))) == "True"

    def refused() -> str:
        try:
            return repr(small.predict(red(30)))
        except nnlab.NnlabError as error:
            return str(error)

    assert in_fork(refused).startswith(
        "libvips cannot be used in a fork of a process that has used it; start processes"
    )


def test_it_shows_itself(small: nnlab.Run, tmp_path: Path) -> None:
    assert repr(small).startswith(f"Run({small.name}: NLayers on blobs, 3 epochs, test accuracy ")
    page = small._repr_html_()
    assert "NLayers on blobs: 3 epochs" in page and "<svg" in page and ">dev</td>" in page and len(page) < 10_000
    predictions = small.predict([red(), red()])
    assert "Prediction(" in repr(predictions[0]) and repr(predictions).startswith("Predictions(2: ")
    assert "<table" in predictions[0]._repr_html_() and "2 predictions" in predictions._repr_html_()


def test_a_damaged_or_hostile_folder_is_shown_too(small: nnlab.Run, tmp_path: Path) -> None:
    folder = tmp_path / "20260101-000000-<b>x</b>-1234"
    shutil.copytree(small.folder, folder)
    config = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(config.replace('"blobs"', '"<img src=x>\\u202e"'), encoding="utf-8")
    page = nnlab.load(folder)._repr_html_()
    assert "<img" not in page and "<b>x" not in page and "\u202e" not in page and "&lt;img src=x&gt;" in page
    (folder / "summary.json").write_text('{"stopped": "fin', encoding="utf-8")
    run = nnlab.load(folder)
    assert "cannot be read" in repr(run) and "cannot be read" in run._repr_html_()
    with pytest.raises(nnlab.NnlabError, match="cannot be read"):
        print(run.summary)


def test_a_run_that_goes_on_is_read_anew(small: nnlab.Run, tmp_path: Path) -> None:
    folder = tmp_path / "20260101-000000-main-1234"
    shutil.copytree(small.folder, folder)
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    summary = (folder / "summary.json").read_bytes()
    (folder / "summary.json").unlink()
    (folder / "metrics.jsonl").write_text("".join(lines[:2]), encoding="utf-8")
    run = nnlab.load(folder)
    assert run.summary is None and run.history.epochs == 1 and "no end yet, 1 epoch" in repr(run)
    (folder / "metrics.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "summary.json").write_bytes(summary)
    assert run.history.epochs == 3 and run.summary is not None


def test_it_is_scored_on_its_own_data_on_a_folder_and_on_arrays(small: nnlab.Run, blobs: Path, tmp_path: Path) -> None:
    folder = tmp_path / small.name
    shutil.copytree(small.folder, folder)
    run = nnlab.load(folder)
    own = run.evaluate()
    assert small.summary is not None and own.figures["accuracy"] == small.summary["test"]["accuracy"]
    assert own.samples == small.summary["test"]["samples"] and own.said in repr(own) and "<table" in own._repr_html_()
    told = [json.loads(line) for line in (folder / "openings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert told[-1]["command"] == f"nnlab.load({run.name!r}).evaluate()"
    low, high = own.intervals["accuracy"]
    assert low <= own.figures["accuracy"] <= high
    pictures = sorted((blobs / "blobs").glob("*/*.png"))[::4]
    x = np.stack([np.asarray(Image.open(path)) for path in pictures])
    y = [path.parent.name for path in pictures]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = run.evaluate(nnlab.Arrays(x, y))
    answers = run.predict(x).labels
    assert [row["predicted"] for row in found.predictions] == answers.tolist()
    assert found.figures["accuracy"] == np.mean(answers == np.array(y)) and found.classes == run.classes
    assert found.confusion is not None and found.confusion.sum() == len(y)
    assert len(found.mistakes()) == np.sum(answers != np.array(y))
    with pytest.raises(nnlab.NnlabError, match="partition: cannot be 'tst'; did you mean test"):
        run.evaluate(partition="tst")  # type: ignore[arg-type]
    with pytest.warns(nnlab.NnlabWarning, match="that the run learnt from") as said:
        run.evaluate(blobs / "blobs")
    assert [each.filename for each in said] == [__file__]
    with pytest.raises(nnlab.NnlabError, match="purple, which the run does not know"):
        run.evaluate(nnlab.Arrays(x[:2], ["red", "purple"]))


def test_export_takes_the_command_line_s_options(
    small: nnlab.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes of them on every engine is tried by docs/python.md."""
    from nnlab.api import export

    asked: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(export, "export", lambda *given, **named: asked.append((*given, named)))
        small.export(tmp_path / "x.onnx", softmax=True, with_preprocessing=True)
        small.export()
        small.export(quantize="int8", calibration=16)
    form, plain, codes = (call[1] for call in asked)
    assert form.softmax is True and plain.softmax is None and asked[0][0] == small.folder
    unsaid = {"quantize": False, "calibration": 200}
    assert asked[0][2] == {"preprocess": True, "output": str(tmp_path / "x.onnx"), **unsaid}
    assert asked[1][2] == {"preprocess": False, "output": None, **unsaid}
    assert asked[2][2] == {"preprocess": False, "output": None, "quantize": True, "calibration": 16}
    assert codes == plain
    with pytest.raises(nnlab.NnlabError, match="quantize: must be int8, or None"):
        small.export(quantize="int4")
    with pytest.raises(nnlab.NnlabError, match="calibration: must be a number of pictures from 1 on, got 0"):
        small.export(calibration=0)
    with pytest.raises(nnlab.NnlabError, match="opst: no such option; did you mean opset"):
        small.export(opst=13)
    with pytest.raises(nnlab.NnlabError, match="opset: must be from"):
        small.export(opset=1)
