"""An experiment as one types it."""

import shlex

from nnlab.cli.flags import ExperimentCommand
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_flags
from nnlab.experiment.typed import train_command


def typed(command: str) -> Experiment:
    """What the command line makes of a command."""
    words = shlex.split(command)
    assert words[:2] == ["nnlab", "train"]
    (part,) = ExperimentCommand("train", callback=lambda parts: parts).main(words[2:], standalone_mode=False)
    return resolve(part.flags)


def test_what_differs_from_the_defaults_is_said() -> None:
    experiment = resolve(from_flags({"prepare": "none", "model": "NLayers", "layers": (16, 8), "batch_norm": False}))
    assert train_command(experiment) == (
        "nnlab train --dataset=numbers --prepare=none --model=NLayers --layers=16,8 --no-batch-norm"
    )


def test_the_command_is_the_experiment_again() -> None:
    experiment = resolve(
        from_flags({
            "prepare": "none", "dataset": "my set", "datasets_path": "/data/it's here", "resize": (8, 6), "trim": True,
            "partitions": {"training": 0.5, "dev": 0.25, "test": 0.25}, "input_range": (-1.0, 1.0), "epochs": 7,
            "model": "NLayers", "activation_options": {"alpha": 0.2}, "layers": (), "optimizer": "Momentum",
            "learning_rate": 0.05, "schedule": "Step", "every": 3, "track_layer": ("output,2",),
        })
    )  # fmt: skip
    again = typed(train_command(experiment))
    assert {k: dict(v) for k, v in again.sections.items()} == {k: dict(v) for k, v in experiment.sections.items()}
    assert again.chosen == experiment.chosen


def test_other_components_and_values_are_taken_over() -> None:
    experiment = resolve(from_flags({"prepare": "none", "model": "OneLayer", "epochs": 3}))
    changes = {"model": {"name": "NLayers", "layers": [9]}, "data": {"resize": [110, 110]}}
    command = train_command(experiment, weights="runs/a b", changes=changes, keep={"data": {"resize": None}})
    assert command == (
        "nnlab train --dataset=numbers '--weights=runs/a b' --epochs=3 --prepare=none --resize=110,110 "
        "--model=NLayers --layers=9"
    )
