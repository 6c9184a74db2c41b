"""What a training means: its settings, its data, the code of its components, the libraries that compute it."""

from collections.abc import Mapping
from importlib import metadata
from typing import Any

import nnlab
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.pipeline import preparation
from nnlab.data.surveyed import Survey
from nnlab.experiment.experiment import Experiment
from nnlab.labs.components import LIBRARIES, files_of
from nnlab.tracking.several.differences import NO_DIFFERENCE, SEEDS

PLACES = frozenset({"datasets_path", "dataset"})
"""Settings that say where the data are; what they hold is told by their digest."""

_FOUND: dict[str, Mapping[str, str]] = {}
"""By settings: a network is built once to be asked what it is made of."""


def meaning(experiment: Experiment, content: str, outline: Survey | None = None) -> dict[str, Any]:
    """What makes a training what it is, as JSON: neither places, nor names, nor what only watches it.

    Options:  content: of its data, by `content_of`.  outline: of its data, where that is known; None: it is made.
    Raises:   NnlabError: its network cannot be built.
    """
    settings = {
        section: {key: value for key, value in table.items() if key not in NO_DIFFERENCE | PLACES}
        for section, table in experiment.settings.items()
    }
    return {
        "settings": settings,
        "content": content,
        "components": _components(experiment, outline),
        "versions": versions(experiment.run.backend),
    }


def content_of(experiment: Experiment, outline: Survey) -> str:
    """A digest of the files of a dataset and of what is true of them; nothing is decoded."""
    library = DATA_LOADERS.get(experiment.data.data_loader)()
    return preparation(experiment.data, library).content(outline.source.samples)


def _components(experiment: Experiment, outline: Survey | None) -> Mapping[str, str]:
    """The files of all components, the network's layers among them, with digests; found once for all repeats."""
    settings = {
        section: {key: value for key, value in table.items() if key not in NO_DIFFERENCE | SEEDS}
        for section, table in experiment.settings.items()
        if section != "run"
    }
    key = repr(settings)
    if key not in _FOUND:
        _FOUND[key] = files_of(experiment, outline)
    return _FOUND[key]


def versions(backend: str) -> Mapping[str, str]:
    """Of nnlab and of the libraries that a backend computes with."""
    found = {"nnlab": nnlab.__version__}
    for package in LIBRARIES.get(backend, ("numpy",)):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = ""
    return found
