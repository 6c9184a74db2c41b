"""What the runs of a page come to: seeds, identities, reported figures, all mistakes at once."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from nnlab.claims.making import in_turns
from nnlab.claims.page import read_page
from nnlab.claims.planned import Planned, planned
from nnlab.cli.docs import experiments_of
from nnlab.core.errors import NnlabError


def plan(folder: Path, repository: Path, *runs: str) -> list[Planned]:
    path = folder / "page.md"
    path.write_text("\n".join(["```nnlab runs", *runs, "```", ""]))

    def experiments(words: Sequence[str]) -> list[object]:
        return experiments_of([*words, f"--datasets-path={repository / 'datasets'}", "--resize=8,8"])

    return planned(read_page(path), experiments)  # type: ignore[arg-type]


def test_a_run_has_a_process_for_each_seed_and_runs_take_turns(tmp_path: Path, repository: Path) -> None:
    found = plan(
        tmp_path,
        repository,
        "a = train --dataset=colors --model=NLayers --training-times=2",
        "b = train --dataset=colors --model=OneLayer",
    )
    assert [[cell.seeds for cell in each.cells] for each in found] == [
        ["model 0, data 0", "model 1, data 0"],
        ["model 0, data 0"],
    ]
    assert [(cell.run, cell.seeds[:7]) for cell in in_turns(found)] == [
        ("a", "model 0"),
        ("b", "model 0"),
        ("a", "model 1"),
    ]
    used = {name.partition("/")[2] for name in found[0].sources}
    assert {"models/n_layers.py", "layers/batch_norm.py", "optimizers/adam.py", "data/images/vips.py"} <= used
    assert not any("momentum" in name or name.endswith("base.py") for name in used)
    assert found[0].libraries.keys() == {"numpy"}


def test_the_identity_is_what_a_run_means(tmp_path: Path, repository: Path) -> None:
    base = "train --dataset=colors --model=OneLayer"
    ways = [
        base,
        f"{base} --tensorboard",
        f"{base} --learning-rate=0.01",
        f"{base} --gradient-checks=off",
        f"{base} --model-seed=1",
    ]
    same, quiet, *others = (plan(tmp_path, repository, f"a = {way}")[0].identity for way in ways)
    assert same == quiet
    assert len({same, *others}) == 4
    twice = plan(tmp_path, repository, f"a = {base}", f"b = {base}")
    assert twice[0].identity == same != twice[1].identity  # named twice, it is run twice


def test_figures_that_somebody_reported_are_read(tmp_path: Path, repository: Path) -> None:
    (found,) = plan(tmp_path, repository, "theirs = reported seconds=5m23s memory=760MiB dev_accuracy=98%±1")
    assert found.reported is not None and found.cells == ()
    read = {name: (each.mean, each.unit, each.spread) for name, each in found.reported.items()}
    assert read == {
        "seconds": (323.0, "seconds", 0.0),
        "memory": (760.0, "MiB", 0.0),
        "dev_accuracy": (0.98, "share", 0.01),
    }


def test_mistakes_of_all_runs_are_said_at_once(tmp_path: Path, repository: Path) -> None:
    runs = [
        "a = train --dataset=colors --optimiser=Adm",
        "b = reported dev_acuracy=3%",
        "c = reported seconds=3%",
        "d = train --dataset=colors --runs-dir=x",
    ]
    with pytest.raises(NnlabError) as raised:
        plan(tmp_path, repository, *runs)
    said = str(raised.value).split("\n")
    assert raised.value.exit_code == 2 and len(said) == 4
    for line, words in zip(
        said, ("optimiser", "did you mean dev_accuracy", "seconds is seconds", "leave it out"), strict=True
    ):
        assert words in line
    assert [line.split(": ")[0].rpartition(":")[2] for line in said] == ["2", "3", "4", "5"]


@pytest.mark.parametrize("more", ["--folds=3", "--experiment --model=OneLayer", "--experiment --model-seed=1"])
def test_a_run_is_of_one_experiment(more: str, tmp_path: Path, repository: Path) -> None:
    with pytest.raises(NnlabError, match="write a line for each"):
        plan(tmp_path, repository, f"a = train --dataset=colors --model=NLayers {more}")
