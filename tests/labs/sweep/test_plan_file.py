"""plan.toml: all that is wrong with it at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from nnlab.core.errors import DataError, NnlabError, UsageError
from nnlab.labs.sweep.plan_file import PlanFile, read_plan
from nnlab.labs.sweep.searches.base import SEARCHES, Sampled, Settings, Tried

MakeFile = Callable[[str], PlanFile]


def test_a_plan(plan_file: MakeFile) -> None:
    found = plan_file(
        'base = "train"\n[grid]\noptimizer.beta1 = [0.8, 0.9]\n[repeat]\nmodel_seed = 2\n[prune]\neta = 2\n'
    )
    assert found.mistakes == () and found.base == "train" and found.prune == {"eta": 2}
    assert found.search is not None and list(found.search.keys) == ["optimizer.beta1"]
    assert found.repeats.counts == {"model_seed": 2}


def test_every_mistake_is_said(plan_file: MakeFile) -> None:
    found = plan_file("base = 3\nlearning_rate = [1]\n[gird]\na = [1]\n[random]\nunits = 1\n[repeat]\nmodel_seed = 0\n")
    said = [str(mistake).partition("plan.toml")[2] for mistake in found.mistakes]
    assert [each.partition(";")[0] for each in said] == [
        ", line 1: base: must be a command, got 3",
        ", line 2: learning_rate: is no part of a plan",
        ", line 3: gird: is no part of a plan",
        ", line 5: random.trials: is missing",
        ", line 6: random.units: must be a list of values or { low = .., high = .. }, got 1",
        ", line 8: repeat.model_seed: must be a whole number from 1 to 1000, got 0",
    ]
    assert "did you mean grid?" in said[2] and "[grid], [random] or [[list]]" in said[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('base = "train"\n', "plan.toml: varies nothing; .*seeds alone: nnlab study seeds"),
        (
            'base = "train"\n[grid]\nunits = [1]\n[random]\ntrials = 1\n',
            r"line 4: random: is a second search beside \[grid\]",
        ),
        ('base = "train"\ngrid = 3\n', "line 2: grid: must be a table, got 3"),
        ('base = "train"\nlist = 3\n', "line 2: list: must be an array of tables"),
        ("[grid]\nunits = [1]\n", "base: is missing; such as base = "),
    ],
)
def test_what_cannot_be(text: str, says: str, plan_file: MakeFile) -> None:
    (mistake,) = plan_file(text).mistakes
    with pytest.raises(NnlabError, match=says):
        raise mistake


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.toml: cannot be read \(No such file or directory\); a plan begins with"):
        read_plan(tmp_path / "none.toml")
    path = tmp_path / "plan.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8 text"):
        read_plan(path)
    path.write_text("base = \n")
    with pytest.raises(UsageError, match=r"is not a TOML file \(Invalid value \(at line 1, column 8\)\)"):
        read_plan(path)


@pytest.fixture
def own_search() -> Iterator[None]:
    """A search as another package would register it by its entry point."""

    class HalfWay(Sampled):
        numbers: ClassVar[dict[str, int | None]] = {"trials": 1}

        def batch(self, tried: "tuple[Tried, ...]") -> "list[Settings]":  # type: ignore[override]
            return [] if tried else [{key: sum(found.ends) / 2 for key, found in self.ranges.items()}]

    SEARCHES.register(HalfWay)
    yield
    del SEARCHES._classes["halfway"]


def test_another_packages_search(own_search: None, plan_file: MakeFile) -> None:
    found = plan_file('base = "train"\n[half_way]\nlearning_rate = { low = 0.1, high = 0.3 }\n')
    assert found.mistakes == () and found.search is not None
    assert found.search.batch(()) == [{"learning_rate": pytest.approx(0.2)}]
