"""`nnlab.train`: what the command line does, as a function."""

import io
import pickle
import sys
import threading
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.api import progress
from nnlab.cli.main import main
from nnlab.training.record import EpochRecord

SMALL: dict[str, Any] = {"model": "NLayers", "layers": (6,), "epochs": 3, "resize": 12}


def same(one: nnlab.Run, other: nnlab.Run) -> bool:
    a, b = one.weights("last"), other.weights("last")
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_it_is_the_command_line_s_run_to_the_last_bit(
    small: nnlab.Run, blobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [
        str(blobs / "blobs"),
        "--model=NLayers",
        "--layers=6",
        "--epochs=3",
        "--resize=12",
        f"--runs-dir={tmp_path}",
    ]
    assert main(["train", *typed, "--quiet"]) == 0
    other = nnlab.load(tmp_path / "latest")
    assert same(small, other)
    assert {name: value for name, value in small.config.items() if name != "run"} == {
        name: value for name, value in other.config.items() if name != "run"
    }


def test_nothing_is_printed_unless_asked_for(blobs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nnlab.train(blobs / "blobs", **{**SMALL, "epochs": 1}, runs_dir=tmp_path)
    assert capfd.readouterr() == ("", "")
    nnlab.train(blobs / "blobs", **SMALL, runs_dir=tmp_path, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    lines = [line for line in err.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 3 and lines[0].startswith("epoch 1/3  loss ")
    assert "keywords say otherwise" in err and "--" not in err  # the note about what was chosen


def test_all_mistakes_come_at_once_and_say_what_to_pass(tmp_path: Path) -> None:
    with pytest.raises(nnlab.NnlabError) as found:
        nnlab.train("blobs", modle="NLayers", learning_rate=-1, optimizer="Adan", lr=3, runs_dir=tmp_path)
    said = str(found.value).splitlines()
    assert "optimizer: unknown optimizer 'Adan'; did you mean Adam or AdamW?" in said
    assert any(line.startswith("modle: no such option; did you mean model=") for line in said)
    assert "lr: no such option; did you mean learning_rate=?" in said
    assert any(line.startswith("learning_rate: must be") for line in said)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "settings", "says"),
    [
        (np.zeros(3), {}, "data: is a ndarray; pass a dataset's name, a path, or nnlab.Arrays(x, y)"),
        ("colors", {"dataset": "numbers"}, "dataset: is said twice"),
        ("colors", {"training_times": 3}, "train in a loop: "),
        ("colors", {"folds": 3}, "folds: gives several runs, and train returns one; train in a loop: "),
        ("colors", {"fork": True}, "fork: goes on with a run, and none was named"),
        ("colors", {"config": "a.toml", "resume": "latest"}, "config: a resumed run brings its own configuration"),
        ("no/such/folder", {}, "no such folder"),
    ],
)
def test_what_cannot_be(data: Any, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(nnlab.NnlabError, match=says.replace("(", r"\(").replace(")", r"\)")):
        nnlab.train(data, **settings)


def test_components_paths_and_numpy_s_numbers_are_settings(blobs: Path, tmp_path: Path, small: nnlab.Run) -> None:
    run = nnlab.train(
        dataset=blobs / "blobs",
        model=nnlab.models.NLayers(layers=(6,)),
        optimizer=nnlab.optimizers.Momentum,
        decay=np.float32(0.5),
        epochs=np.int64(1),
        resize=np.array([12, 12]),
        weights=small,
        bias=None,
        runs_dir=tmp_path,
    )
    assert run.config["model"]["layers"] == [6]
    assert run.config["optimizer"]["name"] == "Momentum" and run.config["optimizer"]["decay"] == 0.5
    assert run.summary is not None and run.summary["starts_from"] == str(small.folder)


def test_a_run_goes_on_and_is_repeated(small: nnlab.Run, blobs: Path, tmp_path: Path) -> None:
    longer = nnlab.train(resume=small, epochs=4, runs_dir=tmp_path)
    assert longer.history["epoch"].tolist() == [1, 2, 3, 4]
    whole = nnlab.train(blobs / "blobs", **{**SMALL, "epochs": 4}, runs_dir=tmp_path)
    assert same(longer, whole)
    assert same(small, nnlab.train(config=small.folder / "config.toml", runs_dir=tmp_path))
    forked = nnlab.train(resume=small, epochs=4, learning_rate=0.5, fork=True, runs_dir=tmp_path)
    assert forked.history.epochs == 4 and forked.config["optimizer"]["learning_rate"] == 0.5
    with pytest.raises(nnlab.NnlabError, match="layers: a resumed run keeps what it was trained with"):
        nnlab.train(resume=small, layers=(7,))


def test_ctrl_c_leaves_a_run_that_goes_on(
    blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: nnlab.Run
) -> None:
    def stop(self: progress.Silent, record: EpochRecord) -> None:
        if record.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(progress.Silent, "epoch_end", stop)
        with pytest.raises(nnlab.Interrupted) as found:
            nnlab.train(blobs / "blobs", **SMALL, runs_dir=tmp_path)
    stopped = found.value.run
    assert pickle.loads(pickle.dumps(found.value)).run == stopped
    assert isinstance(found.value, KeyboardInterrupt) and str(stopped.folder) in str(found.value)
    assert stopped.summary is not None and stopped.summary["stopped"] == "interrupted"
    assert same(nnlab.train(resume=stopped, runs_dir=tmp_path), small)


def test_what_ends_a_run_is_raised_and_its_folder_named(
    blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: progress.Silent, record: EpochRecord) -> None:
        raise nnlab.NnlabError("the disk is full", where="x", hint="choose another with --runs-dir")

    monkeypatch.setattr(progress.Silent, "epoch_end", fail)
    with pytest.raises(nnlab.NnlabError, match="choose another with runs_dir=") as found:
        nnlab.train(blobs / "blobs", **SMALL, runs_dir=tmp_path)
    (note,) = found.value.__notes__
    assert note == f"what was recorded is in {nnlab.load(tmp_path / 'latest').folder}"


def test_warnings_are_python_s(small: nnlab.Run, tmp_path: Path, blobs: Path) -> None:
    """Weights that learnt from a split by another seed may know the samples that judge here."""
    with pytest.warns(nnlab.NnlabWarning, match="may have learnt from samples") as found:
        nnlab.train(blobs / "blobs", **{**SMALL, "epochs": 1}, weights=small, dataset_seed=1, runs_dir=tmp_path)
    assert len(found) == 1 and found[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nnlab.train(blobs / "blobs", **{**SMALL, "epochs": 1}, runs_dir=tmp_path)


def test_two_threads_train_at_once(blobs: Path, tmp_path: Path, small: nnlab.Run) -> None:
    made: dict[str, nnlab.Run] = {}

    def train(name: str, seed: int) -> None:
        made[name] = nnlab.train(
            blobs / "blobs", **SMALL, model_seed=seed, exp_id=name, runs_dir=tmp_path, track_layer=f"dense_1,{seed + 1}"
        )

    threads = [threading.Thread(target=train, args=each) for each in (("one", 0), ("two", 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same(made["one"], small) and not same(made["two"], small)
    for name, run in made.items():
        log = (run.folder / "log.txt").read_text(encoding="utf-8")
        assert log.count("training starts") == log.count("training ended") == 1, name


def test_a_notebook_shows_progress_in_a_line_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = type("Shell", (type("ZMQInteractiveShell", (), {}),), {})()  # as Colab's
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    shown = progress.progress_of(None)(nnlab.metrics.Classes())
    assert isinstance(shown, progress.Shown)
    shown.images_done(3, 10)
    shown.say("a note\x1b[2J")
    shown.images_done(10, 10)
    shown.images_done(1, 1)
    assert out.getvalue() == "\rimages 3/10\na note\\x1b[2J\n\rimages 10/10\rimages 1/1  "
    assert type(progress.progress_of(False)(nnlab.metrics.Classes())) is progress.Silent
