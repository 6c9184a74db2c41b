"""`nnlab train --resume` as users type it: a run in pieces is the run in one piece, to the last bit."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.cli.main import main
from nnlab.tracking.run import read_run

EVERYTHING = (
    "--dataset=blobs", "--resize=12,12", "--model=NLayers", "--layers=8", "--no-disk-cache", "--quiet",
    "--dropout=0.3", "--rot-angle=10", "--noise-intensity=0.2", "--nbr-clones=2", "--max-minibatch-size=20",
    "--mixup=0.4", "--cutmix=1", "--learning-rate=0.01", "--gradient-checks-interval=3",
    "--ema=0.9", "--batch-norm-statistics=precise", "--l1=0.001",
)  # fmt: skip
STEPS = 3  # per epoch: 25 training samples, twice, in minibatches of at most 20


class Nnlab:
    """Runs `nnlab train` in this process; can be interrupted within the step of a number, counted from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], datasets: Path):
        self.steps, self._stop, self._capfd, self.datasets = 0, 0, capfd, f"--datasets-path={datasets}"
        backprop = NumpyLearner.backprop

        def counted(*args: object, **options: object) -> object:
            self.steps += 1
            if self.steps == self._stop:
                raise KeyboardInterrupt
            return backprop(*args, **options)

        monkeypatch.setattr(NumpyLearner, "backprop", counted)

    def __call__(self, *args: str, stop: int = 0) -> tuple[int, str]:
        self.steps, self._stop = 0, stop
        code = main(["train", *args])
        return code, self._capfd.readouterr().err

    def fresh(self, *args: str, stop: int = 0) -> tuple[int, str]:
        return self(self.datasets, *EVERYTHING, *args, stop=stop)


@pytest.fixture
def train(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path
) -> Iterator[Nnlab]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nnlab.training.callbacks.layer_statistics.SHARE", 1e9)  # every epoch, however short
    return Nnlab(monkeypatch, capfd, blobs)


def latest(runs: str = "runs") -> Path:
    return Path(runs, "latest").resolve()


def layers(folder: Path) -> dict[int, list[str]]:
    """What layers did, by epoch."""
    rows: dict[int, list[str]] = {}
    for line in (folder / "layers.jsonl").read_text().splitlines():
        rows.setdefault(json.loads(line)["epoch"], []).append(line)
    return rows


def assert_same_run(one: Path, other: Path) -> None:
    for name in (
        "weights/best.safetensors",
        "weights/last.safetensors",
        "predictions.jsonl",
        "checks.jsonl",
        "pictures.jsonl",
    ):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert figures(one) == figures(other)
    ours, theirs = layers(one), layers(other)  # which epochs are looked at goes by the time that they take
    assert ours.keys() & theirs.keys()
    assert all(ours[epoch] == theirs[epoch] for epoch in ours.keys() & theirs.keys())
    first, second = read_run(one).checkpoint()[0], read_run(other).checkpoint()[0]
    for part in ("state", "best_state", "optimizer_state"):
        mine, its = getattr(first, part), getattr(second, part)
        assert {name: array.tobytes() for name, array in mine.items()} == {
            name: array.tobytes() for name, array in its.items()
        }, part
    kept = ("training", "dev", "test", "epochs_run", "best_epoch", "early_stop_epoch", "stopped", "gradient_checks",
            "instability_checks")  # fmt: skip
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in (one, other)]
    assert [summaries[0][name] for name in kept] == [summaries[1][name] for name in kept]


def figures(folder: Path) -> list[tuple[object, ...]]:
    names = ("epoch", "partition", "loss", "accuracy", "samples", "best", "penalty")
    return [tuple(row.get(name) for name in names) for row in read_run(folder).metrics]


def test_interrupted_again_and_again_amid_epochs_it_ends_as_if_it_never_was(train: Nnlab) -> None:
    train.fresh("--epochs=7", "--runs-dir=whole")
    code, _ = train.fresh("--epochs=7", stop=2 * STEPS + 2)  # within epoch 3
    assert code == 130
    first = latest()
    assert read_run(first).state["unfinished_steps"] == 1
    code, _ = train("--resume=runs/latest", stop=1)  # at once, within epoch 3 again
    assert code == 130
    second = latest()
    code, said = train("--resume", "runs/latest", stop=STEPS + 1)  # between epochs 3 and 4
    assert code == 130
    assert f"goes on from {second.name} after epoch 2" in said
    third = latest()
    code, _ = train("--resume=runs/latest", "--quiet")
    assert code == 0
    last = latest()
    assert_same_run(latest("whole"), last)
    assert len({first, third, last}) == 3  # nothing is overwritten
    assert json.loads((last / "summary.json").read_text())["resumed_from"] == {"run": third.name, "epoch": 3}
    assert json.loads((first / "summary.json").read_text())["resumed_from"] is None


def test_interrupted_before_the_first_epoch_s_end_it_begins_again(train: Nnlab) -> None:
    train.fresh("--epochs=2", "--runs-dir=whole")
    train.fresh("--epochs=2", stop=2)
    code, _ = train("--resume=runs/latest")
    assert code == 0
    assert_same_run(latest("whole"), latest())


def test_gradients_that_were_accumulated_for_a_step_not_taken_are_gathered_again(train: Nnlab) -> None:
    train.fresh("--epochs=2", "--runs-dir=whole", "--accumulate=2")
    code, _ = train.fresh("--epochs=2", "--accumulate=2", stop=STEPS + 2)  # the second batch of a step
    assert (code, read_run(latest()).state["unfinished_steps"]) == (130, 0)
    code, said = train("--resume=runs/latest", "--accumulate=3")
    assert code == 2 and "--accumulate: a resumed run keeps what it was trained with (2, not 3)" in said
    assert train("--resume=runs/latest")[0] == 0
    assert_same_run(latest("whole"), latest())
    assert json.loads((latest() / "summary.json").read_text())["instability_checks"]["steps"] == 4


@pytest.mark.parametrize("batch", ["--max-minibatch-size=20", "--max-minibatch-size=5000"])
def test_a_finished_run_can_train_longer_whatever_its_last_update_was_worth(train: Nnlab, batch: str) -> None:
    train.fresh("--epochs=6", "--runs-dir=whole", batch)
    train.fresh("--epochs=2", batch)
    assert train("--resume=runs/latest", "--epochs=3")[0] == 0
    assert train("--resume=runs/latest", "--epochs=6")[0] == 0
    assert_same_run(latest("whole"), latest())


def test_early_stopping_stops_where_it_would_have(train: Nnlab) -> None:
    stop = ("--epochs=40", "--early-stopping=stop", "--early-stopping-patience=2", "--learning-rate=0.1")
    train.fresh(*stop, "--runs-dir=whole")
    whole = read_run(latest("whole"))
    assert whole.summary is not None and whole.summary["stopped"] == "early"
    ran = whole.summary["epochs_run"]
    assert 3 <= ran < 40
    train.fresh(*stop, stop=(ran - 1) * STEPS)  # in the epoch before the one that it stops at
    assert train("--resume=runs/latest")[0] == 0
    assert_same_run(whole.folder, latest())
    code, said = train("--resume=runs/latest")
    assert code == 2
    assert f"stops {latest().name} at epoch {ran}" in said and "--early-stopping=off" in said
    assert train("--resume=runs/latest", "--early-stopping=off", f"--epochs={ran + 1}")[0] == 0
    assert read_run(latest()).metrics[-1]["epoch"] == ran + 1


def test_its_saved_configuration_repeats_the_whole_of_it_without_resuming(train: Nnlab) -> None:
    train.fresh("--epochs=2")
    train("--resume=runs/latest", "--epochs=4")
    resumed = latest()
    train(f"--config={resumed / 'config.toml'}")
    assert_same_run(resumed, latest())


KILLED = """
import os, signal, sys
from nnlab.cli.main import main
from nnlab.tracking import recorder, tensor_file

recorder.Recorder.__init__.__kwdefaults__["share"] = 1e9  # every epoch
write, left = tensor_file.write_pieces, int(sys.argv[1])

def dies(path, pieces):
    global left
    if path.suffix == ".safetensors":
        left -= 1
        if left == 0:
            path.with_name(f".{path.name}.part").write_bytes(b"".join(list(pieces)[:3]))
            os.kill(os.getpid(), signal.SIGKILL)
    write(path, pieces)

tensor_file.write_pieces = dies
main(["train", *sys.argv[2:]])
"""


@pytest.mark.parametrize("write", [8, 9, 10])  # one before the first epoch; the third epoch's best, last and checkpoint
def test_killed_between_two_files_of_a_save_it_goes_on_from_the_last_whole_one(
    train: Nnlab, tmp_path: Path, write: int
) -> None:
    train.fresh("--epochs=5", "--runs-dir=whole")
    args = [train.datasets, *EVERYTHING, "--epochs=5"]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(write), *args], cwd=tmp_path, timeout=120, check=False)
    assert killed.returncode == -9
    assert not (latest() / "summary.json").exists()
    assert {row["epoch"] for row in read_run(latest()).metrics} == {1, 2, 3}
    code, said = train("--resume=runs/latest")
    assert code == 0
    assert "after epoch 2" in said
    assert_same_run(latest("whole"), latest())


KILLED_AMID = """
import os, signal, sys
from nnlab.cli.main import main
from nnlab.tracking import recorder

recorder.Recorder.__init__.__kwdefaults__.update(share=1e9, epoch_seconds=0.0)
save = recorder.Recorder.between_steps
left = int(sys.argv[1])

def dies(self):
    global left
    save(self)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

recorder.Recorder.between_steps = dies
main(["train", *sys.argv[2:]])
"""


@pytest.mark.parametrize(("save", "epochs", "batches"), [(2, 0, 2), (3, 1, 1)])
def test_killed_amid_a_long_epoch_it_goes_on_from_within_it(
    train: Nnlab, tmp_path: Path, save: int, epochs: int, batches: int
) -> None:
    watched = ("--epochs=4", "--track-layer=dense_1,2", "--dump-minibatches")
    train.fresh(*watched, "--runs-dir=whole")
    args = [str(save), train.datasets, *EVERYTHING, *watched]
    killed = subprocess.run([sys.executable, "-c", KILLED_AMID, *args], cwd=tmp_path, timeout=120, check=False)
    assert killed.returncode == -9
    left = read_run(latest()).checkpoint()[0]
    assert (len(left.history), int(left.open_epoch["batches"])) == (epochs, batches)
    if epochs:
        code, said = train("--resume=runs/latest", f"--epochs={epochs}")
        assert (code, "and a part of the next already" in said) == (2, True)
    code, said = train("--resume=runs/latest")
    assert code == 0
    assert f"after epoch {epochs} and {batches} minibatch" in said
    assert_same_run(latest("whole"), latest())
    for name in ("tracked.jsonl", "minibatches.jsonl"):
        assert (latest("whole") / name).read_bytes() == (latest() / name).read_bytes()


def test_killed_before_the_first_epoch_it_can_be_resumed_all_the_same(train: Nnlab, monkeypatch) -> None:
    train.fresh("--epochs=2", "--runs-dir=whole")
    with monkeypatch.context() as patch:
        patch.setattr("nnlab.experiment.run._Session.outcome", lambda *args: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):  # as if it had been killed there
            train.fresh("--epochs=2")
    assert read_run(latest()).checkpoint()[0].state == {}
    code, said = train("--resume=runs/latest")
    assert (code, "after epoch 0" in said) == (0, True)
    assert_same_run(latest("whole"), latest())


def test_a_run_that_starts_from_weights_keeps_them_before_its_first_step(train: Nnlab, monkeypatch) -> None:
    train.fresh("--epochs=1", "--runs-dir=first")
    train.fresh("--epochs=1", "--weights=first/latest", "--runs-dir=whole")
    with monkeypatch.context() as patch:
        patch.setattr("nnlab.experiment.run._Session.outcome", lambda *args: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            train.fresh("--epochs=1", "--weights=first/latest")
    shutil.rmtree("first")
    assert train("--resume=runs/latest")[0] == 0
    assert_same_run(latest("whole"), latest())


def test_a_changed_configuration_is_refused(train: Nnlab) -> None:
    train.fresh("--epochs=2")
    config = latest() / "config.toml"
    config.write_text(config.read_text().replace("learning_rate = 0.01", "learning_rate = 0.03"))
    code, said = train("--resume=runs/latest", "--epochs=3")
    assert (code, len(said.splitlines())) == (5, 1)
    assert "config.toml: is not the configuration that this run was trained with" in said


def test_options_that_make_another_experiment_are_refused_all_at_once(
    train: Nnlab, monkeypatch: pytest.MonkeyPatch
) -> None:
    train.fresh("--epochs=2")
    monkeypatch.setenv("NNLAB_DTYPE", "float64")
    code, said = train(
        "--resume=runs/latest", "--epochs=4", "--layers=9", "--learning-rate=0.5", "--seed=3", "--dataset=others",
        "--optimizer=RMSprop", "--no-eval-dev", "--set", "data.grayscale=true", "--training-times=2",
    )  # fmt: skip
    assert code == 2
    told = said.splitlines()
    for name in ("--layers", "--learning-rate", "--model-seed", "--dataset-seed", "--dataset:", "--optimizer",
                 "--eval-dev", "--set data.grayscale", "--training-times", "NNLAB_DTYPE"):  # fmt: skip
        assert any(name in line for line in told), name
    assert "(0.01, not 0.5)" in said and "--config" in said
    assert len(list(Path("runs").iterdir())) == 2  # the run and latest


def test_what_does_not_change_the_experiment_may_change(train: Nnlab, blobs: Path, tmp_path: Path) -> None:
    shutil.copytree(blobs, tmp_path / "moved")
    train.fresh("--epochs=2")
    args = ("--exp-id=longer", "--epochs=3", "--gradient-checks=off", "--datasets-path=moved", "--runs-dir=elsewhere",
            "--layers=8", "--workers=1")  # fmt: skip
    assert train("--resume=runs/latest", *args)[0] == 0
    assert "-longer-" in latest("elsewhere").name


def spoilt(change: Callable[[Path], object]) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        change(folder)
        return str(folder)

    return make


@pytest.mark.parametrize(
    ("make", "more", "code", "words"),
    [
        (lambda folder: "nowhere", (), 5, "no run here"),
        (spoilt(lambda folder: (folder / "state/checkpoint.safetensors").unlink()), (), 5, "has no saved state"),
        (spoilt(lambda folder: (folder / "state/checkpoint.safetensors").write_bytes(b"x")), (), 5, "safetensors"),
        (str, (), 2, "has trained 2 epochs already, of 2; give more, such as --epochs=4"),
        (str, ("--epochs=1",), 2, "has trained 2 epochs already, of 1"),
        (str, ("--config=runs/latest/config.toml",), 2, "brings its own configuration"),
        (str, ("--epochz=3",), 2, "did you mean --epochs"),
    ],
)
def test_what_cannot_be_resumed_is_said_in_one_line(
    train: Nnlab, make: Callable[[Path], str], more: tuple[str, ...], code: int, words: str
) -> None:
    train.fresh("--epochs=2")
    got, said = train(f"--resume={make(latest())}", *more)
    assert (got, len(said.splitlines())) == (code, 1), said
    assert words in said


def test_a_dataset_that_changed_is_refused_before_training(train: Nnlab, blobs: Path, tmp_path: Path) -> None:
    shutil.copytree(blobs, tmp_path / "changing")
    train.fresh("--epochs=2", "--datasets-path=changing")
    next((tmp_path / "changing" / "blobs" / "red").iterdir()).unlink()
    code, said = train("--resume=runs/latest", "--epochs=3")
    assert code == 5
    assert "the dataset is not the one" in said
    assert len(list(Path("runs").iterdir())) == 2


def test_a_schedule_that_spreads_over_all_epochs_is_told_of(train: Nnlab) -> None:
    train.fresh("--epochs=2", "--schedule=Cosine")
    _, said = train("--resume=runs/latest", "--epochs=4")
    assert "Cosine spreads over all epochs" in said
    train.fresh("--epochs=2", "--schedule=ExponentialDecay")
    _, said = train("--resume=runs/latest", "--epochs=4")
    assert "spreads" not in said


@pytest.mark.parametrize("cache", ["--disk-cache", "--no-disk-cache"])
def test_pictures_that_changed_since_are_a_warning(train: Nnlab, blobs: Path, tmp_path: Path, cache: str) -> None:
    from nnlab.data.images.vips import Vips

    shutil.copytree(blobs, tmp_path / "sets")
    flags = ("--dataset=blobs", "--resize=12,12", "-q", cache)
    assert train("--datasets-path=sets", *flags, "--epochs=1")[0] == 0
    first = latest()
    assert train("--resume=runs/latest", cache, "--epochs=2", "-q") == (0, "")
    library, changed = Vips(), tmp_path / "sets" / "blobs" / "red" / "red-03.png"
    library.write_png(library.image(255 - library.pixels(library.read(changed))), changed)
    code, said = train(f"--resume={first}", cache, "--epochs=2", "-q")
    assert code == 0
    assert (
        said.startswith("nnlab: warning: --resume: pictures of the dataset have changed since") and first.name in said
    )
    assert said.count("\n") == 1 and "have changed" in (latest() / "log.txt").read_text()
    assert train("--resume=runs/latest", cache, "--epochs=3", "-q") == (0, "")  # its own state knows the new ones


def test_a_fork_goes_on_from_the_state_as_another_experiment_and_says_whence_it_came(train: Nnlab) -> None:
    train.fresh("--epochs=3")
    whole = latest()
    code, said = train("--resume=runs/latest", "--epochs=5", "--learning-rate=0.001", "--noise-intensity=0.1")
    assert code == 2 and said.count("add --fork to go on from there with it") == 2
    flags = ("--epochs=5", "--learning-rate=0.001", "--noise-intensity=0.1", "--dropout=0.1")
    code, said = train("--resume=runs/latest", "--fork", *flags)
    assert code == 0
    assert f"forks from {whole.name} after epoch 3: " in said and "optimizer.learning_rate 0.01 -> 0.001" in said
    fork = read_run(latest())
    assert fork.summary is not None
    assert fork.summary["resumed_from"] == {
        "run": whole.name,
        "epoch": 3,
        "changed": {
            "data.noise_intensity": {"was": 0.2, "now": 0.1},
            "model.dropout_rate": {"was": 0.3, "now": 0.1},
            "optimizer.learning_rate": {"was": 0.01, "now": 0.001},
        },
    }
    assert figures(fork.folder)[:6] == figures(whole) and len(figures(fork.folder)) == 10
    assert fork.config["optimizer"]["learning_rate"] == 0.001
    assert train("--resume=runs/latest", "--epochs=6")[0] == 0  # a run like any


def test_a_fork_with_the_same_settings_is_the_run_resumed(train: Nnlab) -> None:
    train.fresh("--epochs=4", "--runs-dir=whole")
    train.fresh("--epochs=4", stop=STEPS + 2)
    assert train("--resume=runs/latest", "--fork")[0] == 0
    assert_same_run(latest("whole"), latest())


def test_a_fork_with_another_update_rule_begins_its_memory_anew(train: Nnlab) -> None:
    train.fresh("--epochs=2", stop=STEPS + 2)  # amid the second epoch, which is begun anew
    code, said = train("--resume=runs/latest", "--fork", "--optimizer=Momentum", "--ema=0", "--max-minibatch-size=10")
    assert code == 0, said
    checkpoint = read_run(latest()).checkpoint()[0]
    assert int(checkpoint.optimizer_state["step"]) == 5  # a step for each ten of 50 samples
    assert not [name for name in checkpoint.optimizer_state if name.endswith("/average")]


@pytest.mark.parametrize(
    "flag", ["--layers=9", "--resize=10,10", "--dataset-seed=3", "--backend=torch", "--metrics=F1"]
)
def test_a_fork_keeps_what_its_state_is_of(train: Nnlab, flag: str) -> None:
    train.fresh("--epochs=1")
    code, said = train("--resume=runs/latest", "--fork", "--epochs=2", flag, "-q")
    assert code == 2 and said.count("\n") == 1, said
    assert "start from its weights with --weights=" in said
    assert len(list(Path("runs").iterdir())) == 2
