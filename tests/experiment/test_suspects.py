"""Labels that were planted wrong, from the command line to the list."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.core.errors import DataError, UsageError
from nnlab.experiment.suspects import suspects
from nnlab.tracking.fold_set import fold_set

EVERY = 20
"""One of so many labels is wrong: 5%."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set of three folds of a set of 240 drawn pictures, of which twelve lie in the folder of another class."""
    folder = tmp_path_factory.mktemp("planted")
    assert main(["data", "make", "colors", f"--output={folder / 'colors'}", "--images=240", "-q"]) == 0
    classes = sorted(path for path in (folder / "colors").iterdir() if path.is_dir())
    pictures = [(place, path) for place, own in enumerate(classes) for path in sorted(own.iterdir())]
    for number, (place, path) in enumerate(pictures[::EVERY]):
        path.rename(classes[(place + 1 + number % 2) % 3] / f"planted-{path.name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.experiment.run._Session._draw", lambda *args: None)  # figures say nothing here
        flags = ("--folds=3", "--epochs=12", "--resize=4,4", "--learning-rate=0.1", "--max-minibatch-size=40",
                 "--no-disk-cache", "--gradient-checks=off", "-q", f"--runs-dir={folder / 'runs'}")  # fmt: skip
        assert main(["train", str(folder / "colors"), *flags]) == 0
    return next((folder / "runs").glob("*-folds-*"))


def test_planted_errors_are_among_the_first_tenth_that_are_listed(trained: Path) -> None:
    found = suspects(str(trained))
    assert len(found.samples) == 240 and set(found.partitions) == {"dev", "test"}
    first = found.samples[:24]
    planted = [sample for sample in first if "planted" in sample.source]
    assert len(planted) >= 0.8 * 240 / EVERY
    right = [sample for sample in planted if sample.suggested == sample.source.partition("planted-")[2].split("_")[0]]
    assert right == planted  # their true class is suggested
    assert found.wrong and all("planted" in sample.source for sample in found.wrong)
    assert [sample.quality for sample in found.samples] == sorted(sample.quality for sample in found.samples)


def test_a_fold_s_run_means_its_set(trained: Path) -> None:
    found = fold_set(trained)
    assert found is not None
    run = trained.parent / found.about["runs"][1]
    assert suspects(str(run)) == suspects(str(trained))
    (trained / "folds.json").rename(trained / "away")
    try:
        alone = suspects(str(run))  # what the run itself had not learnt from
        assert alone.of == run.name and 0 < len(alone.samples) < 240
    finally:
        (trained / "away").rename(trained / "folds.json")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda about: about | {"trained": [1, 2]}, DataError, "has 2 of 3 folds; type: nnlab train --resume="),
        (lambda about: about | {"names": ["a", "b", "c"]}, DataError, "its answers are not of its classes"),
        (lambda about: about | {"names": []}, UsageError, "gives no probabilities of classes"),
        (lambda about: about | {"runs": ["../elsewhere"]}, DataError, "it names 1 runs"),
        (lambda about: [], DataError, "folds.json"),
    ],
)
def test_a_set_that_cannot_be_judged_is_one_line(trained: Path, tmp_path: Path, change, error, words) -> None:
    for name in ("folds.toml", "folds.jsonl"):
        (tmp_path / name).write_bytes((trained / name).read_bytes())
    (tmp_path / "folds.json").write_text(json.dumps(change(json.loads((trained / "folds.json").read_text()))))
    with pytest.raises(error, match=words) as caught:
        suspects(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_data_check_lists_them_the_least_likely_right_first(trained: Path, tmp_path: Path, capfd) -> None:
    page = tmp_path / "page.html"
    flags = (f"--suspects={trained}", "--only=SuspectLabels", "-q", "--json", f"--output={page}")
    assert main(["data", "check", *flags]) == 0  # of the dataset that the folds were trained on
    document = json.loads(capfd.readouterr().out)
    (check,) = document["checks"]
    sources = [finding["sources"][0] for finding in check["findings"]]
    found = suspects(str(trained))
    assert sources == [sample.source for sample in found.samples[: len(sources)]] and document["pictures"] == 240
    assert sum("planted" in source for source in sources[:24]) >= 0.8 * 240 / EVERY
    assert "by its folder, probably" in page.read_text()
    assert main(["data", "check", *flags, "--strict"]) == 5
    assert main(["data", "check", f"--suspects={tmp_path}"]) == 5
    assert "no run here" in capfd.readouterr().err
