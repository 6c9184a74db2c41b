"""The data of an experiment, checked: no network is made of it."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.core.printing import printable
from nnlab.data.checks.base import DataCheck
from nnlab.data.checks.verdict import verdicts
from nnlab.data.inspection.inspect import inspect
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.experiment.build import Progress, reader_of
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.data_check.checked import CheckedData


def data_checked(experiment: Experiment, checks: Sequence[DataCheck], progress: Progress | None = None) -> CheckedData:
    """Looks at every picture of an experiment's dataset, and holds the checks to it.

    Raises:  DataError: when there is none, or its folder is not laid out as a dataset.
    """
    reader, options = reader_of(experiment), experiment.data
    data = inspect(options, None if isinstance(reader, ClassFolders) else reader, progress)
    return CheckedData(printable(Path(options.dataset).name), data, verdicts(data, checks), options.data_loader)
