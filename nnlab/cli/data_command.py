"""What commands share that look at a dataset's samples: which settings their help shows, where their sheets go."""

from pathlib import Path

from nnlab.cli.flags import ExperimentCommand
from nnlab.core.errors import UsageError
from nnlab.experiment.experiment import Experiment


class DataCommand(ExperimentCommand):
    """The settings of `nnlab train`, of which help shows those of the data."""

    sections = ("data", "task")


def refuse_among_samples(path: Path, experiment: Experiment) -> None:
    """Raises UsageError: where a picture would lie among the samples, and be read as one."""
    dataset = (Path(experiment.data.datasets_path) / experiment.data.dataset).resolve()
    if path.resolve().is_relative_to(dataset):
        what = f"{path} lies in the dataset, where it would be read as a sample"
        raise UsageError(what, where="--output", hint="name a file elsewhere")
