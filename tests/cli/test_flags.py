"""A command line becomes parts of settings."""

from pathlib import Path

import click
import pytest

from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.core.errors import UsageError


def parts(*args: str) -> list[Part]:
    command = ExperimentCommand("train", callback=lambda parts: parts, params=[click.Option(["--json"], is_flag=True)])
    made: list[Part] = command.main(list(args), standalone_mode=False)
    return made


def values(*args: str) -> dict[str, object]:
    (part,) = parts(*args)
    return dict(part.flags.values)


@pytest.mark.parametrize("args", [["--layers=8,4"], ["--layers", "8,4"], ["--LAYERS=8,4"], ["--set", "layers=8,4"]])
def test_a_setting_is_written_in_several_ways(args: list[str]) -> None:
    assert values(*args) == {"layers": "8,4"}


@pytest.mark.parametrize(
    ("args", "value"),
    [
        (["--trim"], "true"),
        (["--no-trim"], "false"),
        (["--trim=false"], "false"),
        (["--trim", "--grayscale"], "true"),
        (["--bias"], "true"),
        (["--no-bias"], "false"),
        (["--no-batch-norm"], "false"),
    ],
)
def test_booleans_need_no_value(args: list[str], value: str) -> None:
    found = values(*args)
    assert next(iter(found.values())) == value


def test_the_last_of_several_counts() -> None:
    assert values("--epochs=3", "--epochs=4") == {"epochs": "4"}


def test_each_experiment_is_a_part_and_empty_beginnings_are_none() -> None:
    assert [dict(part.flags.values) for part in parts("-e", "--epochs=1", "--experiment", "--epochs=2")] == [
        {"epochs": "1"},
        {"epochs": "2"},
    ]
    assert len(parts()) == 1


def test_the_commands_own_flags_are_no_settings() -> None:
    (part,) = parts("--json", "--epochs=2", "--config=a.toml")
    assert dict(part.flags.values) == {"epochs": "2"}
    assert part.command["json"] is True
    assert part.config == "a.toml"


def test_unknown_flags_go_on_as_settings_to_be_refused_with_near_names() -> None:
    assert values("--lerning-rate", "0.1") == {"lerning_rate": "0.1"}
    assert values("--lerning-rate=0.1", "--trmi") == {"lerning_rate": "0.1", "trmi": ""}


def test_a_word_is_the_dataset_of_its_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    assert values("numbers", "--epochs=3") == {"dataset": "numbers", "epochs": "3"}
    assert values("--epochs", "3", "photos") == {"dataset": "./photos", "epochs": "3"}
    assert values("a/b", "--trim") == {"dataset": "a/b", "trim": "true"}
    assert [part.flags.values["dataset"] for part in parts("one", "-e", "two")] == ["one", "two"]


def test_a_second_word_is_refused() -> None:
    with pytest.raises(UsageError, match="unexpected argument 'more'; name one folder"):
        parts("numbers", "more")
    with pytest.raises(UsageError, match="unexpected argument 'more': --dataset=numbers names the dataset already"):
        parts("more", "--dataset=numbers")
