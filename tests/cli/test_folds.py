"""`nnlab train --folds` as users type it."""

import json
import re
from pathlib import Path

import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.cli.main import main
from nnlab.experiment.folds import spread
from nnlab.tracking.fold_set import fold_set, set_of
from nnlab.tracking.run import read_run

FLAGS = ("--dataset=blobs", "--resize=6,6", "--model=OneLayer", "--no-disk-cache", "--quiet", "--epochs=2",
         "--gradient-checks=off", "--early-stopping=off", "--learning-rate=0.01")  # fmt: skip


class Train:
    """Trains in this process; Ctrl-C comes with the step of a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], datasets: Path):
        self._steps, self._stop, self._capfd, self._datasets = 0, 0, capfd, datasets
        backprop = NumpyLearner.backprop

        def counted(*args: object, **options: object) -> object:
            self._steps += 1
            if self._steps == self._stop:
                raise KeyboardInterrupt
            return backprop(*args, **options)

        monkeypatch.setattr(NumpyLearner, "backprop", counted)
        monkeypatch.setattr("nnlab.experiment.run._Session._draw", lambda *args: None)  # figures say nothing here

    def __call__(self, *args: str, stop: int = 0) -> tuple[int, str, str]:
        self._steps, self._stop = 0, stop
        code = main(["train", *args])
        said = self._capfd.readouterr()
        return code, said.out, said.err

    def fresh(self, *args: str, stop: int = 0) -> tuple[int, str, str]:
        return self(f"--datasets-path={self._datasets}", *FLAGS, *args, stop=stop)


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path) -> Train:
    monkeypatch.chdir(tmp_path)
    return Train(monkeypatch, capfd, blobs)


def folders(runs: str = "runs") -> list[str]:
    return sorted(path.name for path in Path(runs).iterdir() if path.name != "latest")


def the_set(runs: str = "runs") -> Path:
    (found,) = Path(runs).glob("*-folds-*")
    return found


def test_each_fold_is_a_run_and_every_sample_has_an_answer_of_one_that_had_not_learnt_from_it(train: Train) -> None:
    code, out, _ = train.fresh("--folds=3", "--json")
    assert code == 0
    document = json.loads(out)
    assert [run["id"] for run in document["experiments"]] == ["main_fold1", "main_fold2", "main_fold3"]
    (folds,) = document["folds"]
    dev = folds["figures"]["dev"]["accuracy"]
    assert dev["values"] == [run["dev"]["accuracy"] for run in document["experiments"]]
    assert dev == spread(dev["values"], True)
    found = fold_set(the_set())
    assert found is not None and found.about == folds and found.about["runs"] == folders()[1:]
    rows = found.rows
    assert len({row["source"] for row in rows}) == len(rows) == 36
    for fold, name in enumerate(found.about["runs"], 1):
        run = read_run(Path("runs") / name)
        held = [row for row in run.predictions if row["partition"] == "dev"]
        assert [row for row in rows if row["fold"] == fold] == [{"fold": fold, **row} for row in held]
        assert run.config["data"]["fold"] == f"{fold}/3" and run.config["run"]["folds"] == 0
        assert set_of(run) == found
    right = sum(row["actual"] == row["predicted"] for row in rows if row["partition"] == "dev")
    assert folds["held_out"]["accuracy"] == pytest.approx(right / folds["held_out"]["samples"])
    test = next(row for row in rows if row["partition"] == "test")
    runs = [read_run(Path("runs") / name).predictions for name in found.about["runs"]]
    every = [row["probabilities"] for run in runs for row in run if row["source"] == test["source"]]
    assert len(every) == 3 and test["fold"] is None
    assert test["probabilities"] == pytest.approx([sum(each) / 3 for each in zip(*every, strict=True)])


def test_a_fold_s_configuration_repeats_it(train: Train) -> None:
    train.fresh("--folds=2")
    first = read_run(Path("runs") / folders()[1])
    assert train(f"--config={first.folder / 'config.toml'}", "--runs-dir=again", "-q")[0] == 0
    again = read_run("again/latest")
    assert again.predictions == first.predictions


def test_interrupted_it_goes_on_with_the_fold_at_hand_from_wherever_that_is_typed(
    train: Train, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, whole, _ = train.fresh("--folds=3", "--runs-dir=whole")
    assert code == 0
    code, out, err = train.fresh("--folds=3", stop=4)  # within the second fold: two epochs of a step each
    assert code == 130
    assert f"go on with: nnlab train --resume={the_set()}" in out and "1 of 3 folds" in out
    code, _, err = train(f"--resume={the_set()}", "--epochs=5")
    assert (code, "--epochs: folds go on as they began; leave it out" in err) == (2, True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, out, _ = train(f"--resume={the_set('../runs')}", "-q")
    assert (code, Path("runs").exists()) == (0, False)
    monkeypatch.chdir(tmp_path)
    assert (the_set() / "folds.jsonl").read_bytes() == (the_set("whole") / "folds.jsonl").read_bytes()
    table = re.compile(r"main: 3 of 3 folds.*?\n\n(.*?)\n\n", re.S)
    assert table.search(out)[1] == table.search(whole)[1]
    code, _, err = train(f"--resume={the_set()}")
    assert (code, err.count("\n"), "all 3 folds of" in err) == (2, 1, True)


def test_what_cannot_be_folds_is_said_before_any_work(train: Train) -> None:
    for flags, exit_code, words in (
        (("--folds=1",), 2, "--folds: must be at least 2, or 0 for none, got 1"),
        (("--folds=3", "--fold=1/3"), 2, "--folds=3: trains all 3 folds, and --fold=1/3 says one"),
        (("--folds=40",), 5, "has 31 samples besides test, which are too few for 40 folds; use --folds=31 at most"),
        (("--fork",), 2, "--fork: is for a run that is gone on with; add --resume=RUN"),
    ):
        code, _, err = train.fresh(*flags)
        assert (code, err.count("\n")) == (exit_code, 1), err
        assert words in err
    assert not Path("runs").exists()


def test_a_dry_run_says_every_fold(train: Train) -> None:
    code, out, _ = train.fresh("--folds=2", "--dry-run", "--json")
    assert code == 0
    counts = [plan["samples"] for plan in json.loads(out)["experiments"]]
    assert [count["test"] for count in counts] == [5, 5] and {count["dev"] for count in counts} == {15, 16}


def test_the_interval_of_a_mean_is_student_s() -> None:
    found = spread([0.9, 0.8, 0.85, 0.95, 0.9])
    assert found["mean"] == pytest.approx(0.88) and found["sd"] == pytest.approx(0.0570088, abs=1e-7)
    # 2.776445: Student's t of 4 degrees of freedom at 0.975, from tables
    assert found["interval"] == pytest.approx(
        [0.88 - 2.776445 * 0.0570088 / 5**0.5, 0.88 + 2.776445 * 0.0570088 / 5**0.5]
    )
    assert spread([1.0, 0.9], is_share=True)["interval"][1] == 1.0
    assert spread([0.5])["interval"] is None
