from collections.abc import Callable

import pytest

from nnlab.core.errors import DataError
from nnlab.metrics.significance import paired_t, welch
from nnlab.tracking.run import Run
from nnlab.tracking.several.decide import decide
from nnlab.tracking.several.groups import Group, groups_of
from nnlab.tracking.several.words import document, figures, headline, method

Make = Callable[..., Run]


def alone(run: Run) -> Group:
    return Group(run.folder.name.split("-")[2], (run,))


def share(count: int, of: int = 20) -> list[int]:
    return [1] * count + [0] * (of - count)


def test_two_runs_are_held_against_each_other_by_the_same_pictures(make: Make) -> None:
    """4 right by the first alone, 10 by the second alone: p = 0.180. 0 and 6: p = 0.031."""
    one, other = make("one", [1] * 4 + [0] * 10 + [1] * 6), make("other", [0] * 4 + [1] * 10 + [1] * 6)
    found = decide(alone(one), alone(other))
    assert (found.lost, found.won, found.samples) == (4, 10, 20)
    assert found.found.p == pytest.approx(0.1796, abs=1e-4) and found.word == "cannot tell"
    assert headline(found) == "cannot tell whether other is better than one"
    assert figures(found).startswith("test accuracy 80.0% against 50.0%: +30.0 points, 95% interval ")
    assert method(found) == (
        "exact McNemar test on the same 20 test pictures (4 right by one alone, 10 by other alone), p = 0.180"
    )
    better = decide(alone(make("low", share(10))), alone(make("high", share(16))))
    assert (better.word, document(better)["word"]) == ("better", "better")
    assert document(better)["p"] == pytest.approx(2 / 64)
    assert decide(alone(make("high", share(16))), alone(make("low", share(10)))).word == "worse"


def test_other_pictures_are_no_pairs(make: Make) -> None:
    found = decide(alone(make("one", share(10))), alone(make("other", share(30, 40), dataset_seed=1)))
    assert "Newcombe" in found.found.method and "20 are of both" in found.found.note and found.lost is None


def test_several_are_paired_by_seed(make: Make) -> None:
    first, second = (10, 12, 14), (12, 15, 16)
    one = [make(f"one{seed}", share(right), seed=seed) for seed, right in enumerate(first)]
    other = [make(f"other{seed}", share(right), seed=seed, model="OneLayer") for seed, right in enumerate(second)]
    groups = groups_of([*one, *reversed(other)])
    assert [len(group.runs) for group in groups] == [3, 3]
    found = decide(*groups)
    wanted = paired_t([right / 20 for right in first], [right / 20 for right in second])
    assert found.found.p == pytest.approx(wanted.p) and found.found.interval == pytest.approx(wanted.interval)
    assert found.found.method == "paired t test by seed" and found.runs == (3, 3) and found.word == "better"
    lone = decide(groups_of(one)[0], groups_of(other[:2])[0])
    assert lone.found.method.endswith("by seed") and "1 more have seeds" in lone.found.note and lone.runs == (2, 2)


def test_seeds_that_do_not_match_go_by_welch(make: Make) -> None:
    one = [make("one", share(right), seed=seed) for seed, right in enumerate((10, 12, 14))]
    other = [make("other", share(right), seed=seed, model="OneLayer") for seed, right in enumerate((12, 15), 2)]
    found = decide(*groups_of([*one, *other]))
    wanted = welch([0.5, 0.6, 0.7], [0.6, 0.75])
    assert found.found.method == "Welch's t test" and found.found.p == pytest.approx(wanted.p)
    assert found.runs == (3, 2)


def test_one_against_several_is_by_the_pictures_of_the_same_seeds_or_not_at_all(make: Make) -> None:
    several = [make("one", share(right), seed=seed) for seed, right in enumerate((10, 12))]
    same, other = make("two", share(16), model="OneLayer"), make("three", share(16), model="OneLayer", seed=7)
    found = decide(groups_of(several)[0], groups_of([same])[0])
    assert found.word == "better" and "single run" in found.found.note and (found.lost, found.won) == (0, 6)
    found = decide(groups_of(several)[0], groups_of([other])[0])
    assert found.word == "cannot tell" and "two runs of each" in found.found.note


def test_what_is_no_share_goes_by_the_losses_of_the_pictures(make: Make) -> None:
    one = make("one", share(4), metric="AbsoluteError", losses=[1.0 + 0.01 * (place % 3) for place in range(20)])
    other = make("other", share(4), metric="AbsoluteError", losses=[0.5 + 0.02 * (place % 4) for place in range(20)])
    found = decide(alone(one), alone(other))
    assert found.word == "better" and "over the losses of the same 20 test pictures" in found.found.method
    assert found.judge.key == "loss" and found.judge.better == "lower"
    none = decide(alone(one), alone(make("third", share(4), metric="AbsoluteError")))
    assert none.word == "cannot tell" and "they keep no loss of each picture" in none.found.note


def test_a_damaged_file_is_named(make: Make) -> None:
    one, other = make("one", share(10)), make("other", share(10))
    (other.folder / "predictions.jsonl").write_text('{"partition": "test", "source": "a"}\n')
    with pytest.raises(DataError, match="lacks source, actual or predicted"):
        decide(alone(one), alone(other))


def test_the_same_training_twice_counts_once(make: Make) -> None:
    runs = [make("one", share(10)), make("one", share(10)), make("one", share(12), seed=1)]
    (group,) = groups_of(runs)
    assert len(group.runs) == 2 and [run.folder for run in group.repeated] == [runs[0].folder]


def test_groups_are_called_by_what_tells_them_apart(make: Make) -> None:
    assert [g.label for g in groups_of([make("a", [1]), make("b", [1], model="OneLayer")])] == ["a", "b"]
    labels = [g.label for g in groups_of([make("a", [1]), make("a", [1], model="OneLayer")])]
    assert labels == ["model=NLayers", "model=OneLayer"]
