"""Starting from another run's weights."""

import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.flags import ExperimentCommand
from nnlab.core.errors import DataError, NnlabError, UsageError
from nnlab.data.pipeline import survey
from nnlab.experiment.build import build, graph
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_file, from_flags
from nnlab.experiment.weights import start_from, warnings_of
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.weights import read_weights, write_weights


@pytest.fixture(scope="module")
def trained(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of five epochs with BatchNorm whose best weights are not its last."""
    folder = tmp_path_factory.mktemp("trained") / "runs"
    outcome = run(described(blobs, epochs=5, learning_rate=0.05, runs_dir=str(folder)))
    assert outcome.summary["best_epoch"] is not None
    return read_run(outcome.folder)


def described(blobs: Path, **more: object) -> Experiment:
    small = {"model": "NLayers", "layers": (8,), "resize": (12, 12), "disk_cache": False, "gradient_checks": "off"}
    return resolve(from_flags({"datasets_path": str(blobs), "dataset": "blobs", **small, **more}))


def test_a_folder_means_its_best_weights_with_all_statistics_and_a_fresh_optimizer(blobs: Path, trained: Run) -> None:
    learner = build(described(blobs, weights=str(trained.folder))).learner
    best, _ = trained.weights("best")
    state = learner.state()
    assert set(state) == set(best)
    assert any("running_variance" in name for name in state)
    for name, array in best.items():
        assert (state[name].shape, state[name].dtype) == (array.shape, array.dtype), name
        np.testing.assert_array_equal(state[name], array, err_msg=name)
    assert learner.optimizer_state()["step"] == 0


def test_a_file_means_itself(blobs: Path, trained: Run) -> None:
    last = trained.folder / "weights" / "last.safetensors"
    starts = described(blobs, weights=str(last)).starts
    assert starts is not None
    assert starts.about["epoch"] == 5
    np.testing.assert_array_equal(starts.state["output.weight"], read_weights(last)[0]["output.weight"])


def test_another_dtype_takes_them_too(blobs: Path, trained: Run) -> None:
    experiment = described(blobs, weights=str(trained.folder), dtype="float64")
    weight = graph(experiment, survey(experiment.data)).state()["dense_1.weight"]
    assert weight.dtype == np.float64
    np.testing.assert_array_equal(weight, trained.weights("best")[0]["dense_1.weight"].astype(np.float64))


def test_the_saved_configuration_names_the_run_itself_and_repeats(
    blobs: Path, trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.folder.parent, tmp_path / "runs", symlinks=True)
    monkeypatch.chdir(tmp_path)
    first = run(described(blobs, weights="runs/latest", epochs=2))  # now runs/latest is another
    assert first.experiment.run.weights == f"runs/{trained.name}"
    assert first.summary["starts_from"] == f"runs/{trained.name}"
    second = run(resolve(from_file(first.folder / "config.toml")))
    for name in ("config.toml", "weights/last.safetensors", "predictions.jsonl"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_it_is_said_in_one_line(blobs: Path, trained: Run) -> None:
    (note,) = described(blobs, weights=str(trained.folder), exp_id="again").notes
    assert note.startswith("again: starts from the weights in ")
    assert trained.name in note and "trained on numpy" in note and "epoch " in note


def hint_command(error: NnlabError) -> list[str]:
    """The words after `nnlab train`, as a shell would read them."""
    before, _, command = (error.hint or "").partition("nnlab train ")
    assert before == "type: "
    return shlex.split(command)


@pytest.mark.parametrize(
    ("other", "tensor"),
    [
        ({"layers": (16,)}, "dense_1.weight"),
        ({"layers": (8, 8)}, "dense_2.weight"),
        ({"batch_norm": False}, "dense_1.bias"),
        ({"model": "OneLayer"}, "output.weight"),
        ({"resize": (6, 6)}, "dense_1.weight"),
        ({"grayscale": True}, "dense_1.weight"),
    ],
)
def test_a_network_that_they_do_not_fit_is_told_the_first_tensor_and_what_to_type(
    blobs: Path, trained: Run, other: dict[str, object], tensor: str
) -> None:
    if "model" in other:
        experiment = resolve(
            from_flags({"datasets_path": str(blobs), "dataset": "blobs", "resize": (12, 12),
                        "weights": str(trained.folder), **other})
        )  # fmt: skip
    else:
        experiment = described(blobs, weights=str(trained.folder), **other)
    with pytest.raises(UsageError) as caught:
        graph(experiment, survey(experiment.data))
    error = caught.value
    assert error.exit_code == 2
    assert str(error).startswith(f"--weights={experiment.run.weights}: {tensor}: "), str(error)
    words = hint_command(error)
    assert words[:3] == [f"--datasets-path={blobs}", "--dataset=blobs", f"--weights={experiment.run.weights}"]
    (part,) = ExperimentCommand("train", callback=lambda parts: parts).main(words, standalone_mode=False)
    mended = resolve(part.flags)
    graph(mended, survey(mended.data))
    assert mended.run.epochs == experiment.run.epochs
    assert mended.data.options() == {**described(blobs).data.options(), "disk_cache": experiment.data.disk_cache}


def test_another_dataset_is_a_warning_that_names_both(
    blobs: Path, trained: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(blobs / "blobs", tmp_path / "lumps")
    starts = start_from(str(trained.folder))
    assert list(warnings_of(starts, described(blobs).data)) == []
    (line,) = warnings_of(starts, described(tmp_path, dataset="lumps").data)
    assert f"learnt from {blobs}/blobs, and this trains on {tmp_path}/lumps" in line
    shutil.copytree(blobs / "blobs", tmp_path / "copy" / "blobs")
    (line,) = warnings_of(starts, described(tmp_path / "copy").data)  # of the same name, in another folder
    assert f"learnt from {blobs}/blobs, and this trains on {tmp_path}/copy/blobs" in line


def test_a_lone_file_knows_the_name_of_its_dataset(blobs: Path, trained: Run, tmp_path: Path) -> None:
    lone = tmp_path / "lone.safetensors"
    shutil.copy(trained.folder / "weights" / "best.safetensors", lone)
    shutil.copytree(blobs / "blobs", tmp_path / "lumps")
    assert list(warnings_of(start_from(str(lone)), described(blobs).data)) == []
    (line,) = warnings_of(start_from(str(lone)), described(tmp_path, dataset="lumps").data)
    assert f"learnt from blobs, and this trains on {tmp_path}/lumps" in line


def test_a_lone_file_says_the_model_and_the_samples_that_it_is_for(blobs: Path, trained: Run, tmp_path: Path) -> None:
    lone = tmp_path / "lone.safetensors"
    shutil.copy(trained.folder / "weights" / "best.safetensors", lone)
    graph(fits := described(blobs, weights=str(lone)), survey(fits.data))
    experiment = described(blobs, weights=str(lone), layers=(16,))
    with pytest.raises(UsageError, match=r"NLayers on samples of \(432,\)"):
        graph(experiment, survey(experiment.data))


def test_other_classes_or_another_order_are_refused(blobs: Path, trained: Run, tmp_path: Path) -> None:
    shutil.copytree(blobs / "blobs", tmp_path / "blobs")
    (tmp_path / "blobs" / "red").rename(tmp_path / "blobs" / "crimson")
    experiment = described(tmp_path, weights=str(trained.folder))
    with pytest.raises(UsageError, match=r"mean blue, green, red, those of blobs mean blue, crimson, green") as caught:
        build(experiment)
    assert caught.value.exit_code == 2
    tensors, about = trained.weights("best")
    turned = tmp_path / "turned.safetensors"
    write_weights(turned, tensors, {**about, "classes": ["red", "green", "blue"]})
    with pytest.raises(UsageError, match="mean red, green, blue"):
        build(described(blobs, weights=str(turned)))


def test_what_cannot_be_read_is_a_data_problem(blobs: Path, trained: Run, tmp_path: Path) -> None:
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes((trained.folder / "weights" / "best.safetensors").read_bytes()[:-7])
    empty = tmp_path / "empty"
    shutil.copytree(trained.folder, empty)
    (empty / "weights" / "best.safetensors").unlink()
    compared = tmp_path / "compared"
    compared.mkdir()
    shutil.copy(trained.folder / "config.toml", compared)
    (compared / "comparison.json").write_text("{}", encoding="utf-8")
    for path, words in (
        (tmp_path / "none", "no run here"),
        (tmp_path / "none.safetensors", "no such weights file"),
        (torn, "not a whole safetensors file"),
        (empty, "this run has no weights"),
        (compared, "is a comparison, which has no weights"),
        (trained.folder / "config.toml", "is a file, not a run folder"),
    ):
        with pytest.raises(DataError, match=words) as caught:
            described(blobs, weights=str(path))
        assert caught.value.exit_code == 5
    with pytest.raises(UsageError, match="is a checkpoint"):
        start_from(str(trained.folder / "state" / "checkpoint.safetensors"))


def test_other_preparation_and_another_split_are_warned_of(
    blobs: Path, trained: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logging

    monkeypatch.setattr(logging.getLogger("nnlab"), "propagate", True)  # a command line before may have turned it off

    def warned(**other: object) -> list[str]:
        caplog.clear()
        described(blobs, weights=str(trained.folder), **other)
        said = (record.getMessage() for record in caplog.records if record.levelno == logging.WARNING)
        return list(dict.fromkeys(said))  # pytest listens at a logger that did not propagate too, and hears it twice

    assert warned() == []
    assert warned(learning_rate=0.5, noise_intensity=0.1, max_minibatch_size=5, backend="numpy") == []
    (line,) = warned(minmax_normalize=True)
    assert "minmax_normalize=false there, true here" in line
    (line,) = warned(dataset_seed=3)
    assert "dataset_seed=0 there, 3 here" in line and "dev or test here" in line


def test_the_warning_is_in_the_run_s_log(blobs: Path, trained: Run, tmp_path: Path) -> None:
    runs = str(tmp_path / "runs")
    outcome = run(described(blobs, weights=str(trained.folder), minmax_normalize=True, epochs=1, runs_dir=runs))
    log = (outcome.folder / "log.txt").read_text()
    assert log.count("prepared otherwise") == 1 and log.count("starts from the weights in") == 1


def test_other_classes_get_a_new_head_where_the_rest_is_frozen(blobs: Path, trained: Run, tmp_path: Path) -> None:
    for name in ("blue", "red"):
        shutil.copytree(blobs / "blobs" / name, tmp_path / "pair" / name)
    fewer = described(tmp_path, dataset="pair", weights=str(trained.folder))
    with pytest.raises(UsageError, match=r"its outputs mean .*add --freeze=backbone"):
        graph(fewer, survey(fewer.data))
    held = described(tmp_path, dataset="pair", weights=str(trained.folder), freeze=("backbone",))
    state, best = graph(held, survey(held.data)).state(), trained.weights("best")[0]
    np.testing.assert_array_equal(state["dense_1.weight"], best["dense_1.weight"])
    assert state["output.weight"].shape == (8, 2)
