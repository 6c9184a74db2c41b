"""The data of an experiment, checked: no network is made of it."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.core.printing import printable
from nnlab.data.checks.base import DataCheck
from nnlab.data.checks.suspect_labels import SuspectLabel, SuspectLabels
from nnlab.data.checks.verdict import verdicts
from nnlab.data.inspection.inspect import inspect
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.experiment.build import Progress, reader_of
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.suspects import Suspects
from nnlab.tracking.data_check.checked import CheckedData


def suspect_labels(found: Suspects) -> SuspectLabels:
    """Those that look more like another class than their own, as a check."""
    listed = tuple(
        SuspectLabel(sample.source, sample.suggested, sample.quality, sample.probably_wrong)
        for sample in found.samples
        if sample.quality < 0.5 or sample.probably_wrong
    )
    return SuspectLabels(of=found.of, suspects=listed)


def data_checked(experiment: Experiment, checks: Sequence[DataCheck], progress: Progress | None = None) -> CheckedData:
    """Looks at every picture of an experiment's dataset, and holds the checks to it.

    Raises:  DataError: when there is none, or its folder is not laid out as a dataset.
    """
    reader, options = reader_of(experiment), experiment.data
    data = inspect(options, None if isinstance(reader, ClassFolders) else reader, progress)
    return CheckedData(printable(Path(options.dataset).name), data, verdicts(data, checks), options.data_loader)
