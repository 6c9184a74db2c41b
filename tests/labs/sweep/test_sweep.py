"""A plan made whole: its trials, their identities, its folder's key, and what has no place in it."""

from collections.abc import Callable

import pytest

from nnlab.cli.sweep_base import sweep_from
from nnlab.core.errors import NnlabError
from nnlab.labs.sweep.plan_file import PlanFile
from nnlab.labs.sweep.sweep import Sweep
from tests.labs.sweep.conftest import MakeSweep

GRID = "[grid]\nlearning_rate = [1e-3, 1e-2]\n"


def identities(sweep: Sweep) -> list[str]:
    return [cell.identity for cell in sweep.plan.cells]


def test_trials_are_resolved_and_leave_test_unopened(sweep: MakeSweep) -> None:
    found = sweep(f"{GRID}[repeat]\nmodel_seed = 2\n")
    assert [trial.name for trial in found.course.trials] == ["learning_rate=0.001", "learning_rate=0.01"]
    assert [cell.repeat for cell in found.plan.order] == [1, 1, 2, 2]
    runs = [cell.job["settings"]["run"] for cell in found.plan.cells]
    assert [run["model_seed"] for run in runs] == [0, 1, 0, 1]
    assert {run["eval_test"] for run in runs} == {False} and {run["threads"] for run in runs} == {1}
    assert [run["exp_id"] for run in runs][:2] == ["learning_rate=0.001_1", "learning_rate=0.001_2"]


def test_one_value_more_keeps_the_folder_and_the_others(sweep: MakeSweep) -> None:
    few, many = sweep(GRID), sweep("[grid]\nlearning_rate = [1e-3, 3e-3, 1e-2]\n[repeat]\nmodel_seed = 2\n")
    assert few.key == many.key and set(identities(few)) < set(identities(many))
    assert sweep(f"--epochs=2\n{GRID}").key != few.key
    assert sweep("[grid]\nepochs = [1, 2]\n").key != few.key
    assert sweep(f"--threads=2\n{GRID}").key != few.key
    assert sweep(f"--exp-id=other\n{GRID}").key == few.key
    assert sweep(f"--epochs=4\n{GRID}[prune]\n").key != sweep(f"--epochs=4\n{GRID}").key


def test_what_the_base_says_of_a_setting_that_varies_does_not_count(sweep: MakeSweep) -> None:
    assert sweep(f"--learning-rate=7\n{GRID}").key == sweep(GRID).key
    assert identities(sweep(f"--learning-rate=7\n{GRID}")) == identities(sweep(GRID))


def test_a_model_that_varies_takes_its_options_along(sweep: MakeSweep) -> None:
    found = sweep('[[list]]\nmodel = "OneLayer"\n[[list]]\nlayers = "4,4"\n')
    assert [cell.job["settings"]["model"]["name"] for cell in found.plan.cells] == ["OneLayer", "NLayers"]
    reversed_ = sweep('[[list]]\nlayers = "4,4"\n[[list]]\nmodel = "OneLayer"\n')
    assert reversed_.key == found.key and set(identities(reversed_)) == set(identities(found))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[grid]\nlerning_rate = [1]\n", "line 3: grid.lerning_rate: no such option; did you mean learning_rate"),
        ("[grid]\nlearning_rate = [1]\nwidths = [2]\n", "line 4: grid.widths: NLayers has no option widths"),
        ('[grid]\nlayers = ["8", "x"]\n', "line 3: grid.layers: must be a whole number, got 'x'"),
        ("[[list]]\nepochs = 1\n[[list]]\nepochs = 0\n", "line 5: list.epochs: must be at least 1, got 0"),
        ("[random]\ntrials = 2\nepochs = { low = -1, high = 3 }\n", "line 4: random.epochs: .*, got -1"),
        ('[grid]\nlayers = ["8", 8]\n', "has the same training twice: layers=8 and layers=8"),
        ('[grid]\nlayers = ["8", [8]]\n', "has the same training twice"),
        ("[grid]\nthreads = [1, 2]\n", "grid.threads: cannot vary in a sweep; every trial of a sweep has the same"),
        ("[grid]\nfolds = [2, 3]\n", "grid.folds: cannot vary in a sweep"),
        ("[grid]\nmodel_seed = [1, 2]\n[repeat]\nmodel_seed = 2\n", r"grid.model_seed: is what \[repeat\] counts up"),
        ("[grid]\nmodel_seed = [1, 2]\n[repeat]\nseed = 2\n", r"grid.model_seed: is what \[repeat\] counts up"),
        (f"--eval-test\n{GRID}", "base: --eval-test: has no part in a sweep; test is for the best"),
        (f"--eval-dev=false\n{GRID}", "trials are held against each other by dev"),
        (f"--partitions=0.8,0,0.2\n{GRID}", "has no dev partition"),
        (f"--resume=x\n{GRID}", "base: has --resume, which is of nnlab train alone"),
        (f"--seed=1 -e --epochs=2\n{GRID}", "base: has several experiments"),
        (f"--bogus=1\n{GRID}", "line 1: base: --bogus: no such option"),
        (f"--help\n{GRID}", "base: asks for help"),
        (f"--exp-id='a\n{GRID}", "base: cannot be read as a command"),
        ("[grid]\nepochs = [1, 2]\n[prune]\n", r"grid.epochs: cannot vary with \[prune\]"),
        (f"--budget-minutes=3 --epochs=5\n{GRID}[prune]\n", "leave out --budget-minutes"),
        (f"--epochs=5\n{GRID}[prune]\nepochs = 9\n", "prune.epochs: must be below the 5 epochs"),
        ('[grid]\naccuracy = ["Classes", "BalancedAccuracy"]\n', "are judged by different figures|no metric"),
    ],
)  # fmt: skip
def test_what_cannot_be(text: str, says: str, sweep: MakeSweep) -> None:
    with pytest.raises(NnlabError, match=says):
        sweep(text)


def test_a_base_of_another_command(plan_file: Callable[[str], PlanFile]) -> None:
    with pytest.raises(NnlabError, match="base: must be a command of nnlab train, got 'bench'"):
        sweep_from(plan_file(f'base = "nnlab bench"\n{GRID}'))


def test_of_a_batch_of_one_nothing_could_be_left(sweep: MakeSweep) -> None:
    pytest.importorskip("optuna", reason="Optuna is not installed (extra [sweep])")
    text = "--epochs=4\n[tpe]\ntrials = 5\nbatch = 1\nlearning_rate = { low = 0.1, high = 0.2 }\n[prune]\n"
    with pytest.raises(NnlabError, match=r"line 4: tpe.batch: leaves none of a batch of one: .*; such as batch = 9"):
        sweep(text)
    found = sweep(text.replace("batch = 1", "batch = 4"))  # rungs of 1, 3 and 4 epochs, of a batch of 4 and one of 1
    assert found.plan.options["rungs"] == [1, 3, 4] and found.reaching == [5, 3, 2] and found.count == 10
