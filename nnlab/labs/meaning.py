"""What a training means: its settings, its data, the code of its components, the libraries that compute it."""

import hashlib
import inspect
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import nnlab
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.pipeline import preparation
from nnlab.data.surveyed import Survey
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.several.differences import NO_DIFFERENCE

PLACES = frozenset({"datasets_path", "dataset"})
"""Settings that say where the data are; what they hold is told by their digest."""

PACKAGES = {"torch": ("numpy", "torch"), "numpy": ("numpy",)}


def meaning(experiment: Experiment, content: str) -> dict[str, Any]:
    """What makes a training what it is, as JSON: neither places, nor names, nor what only watches it.

    Options:  content: of its data, by `content_of`.
    """
    settings = {
        section: {key: value for key, value in table.items() if key not in NO_DIFFERENCE | PLACES}
        for section, table in experiment.settings.items()
    }
    return {
        "settings": settings,
        "content": content,
        "components": {name: source_digest(type(parts[-1])) for name, parts in experiment.parts.items()},
        "versions": versions(experiment.run.backend),
    }


def content_of(experiment: Experiment, outline: Survey) -> str:
    """A digest of the files of a dataset and of what is true of them; nothing is decoded."""
    library = DATA_LOADERS.get(experiment.data.data_loader)()
    return preparation(experiment.data, library).content(outline.source.samples)


def source_digest(component: type) -> str:
    """Of the file in which a component is written: what was edited since is another component."""
    return _file_digest(inspect.getsourcefile(component))


@cache
def _file_digest(file: str | None) -> str:
    return hashlib.sha256(Path(file).read_bytes() if file else b"").hexdigest()[:16]


def versions(backend: str) -> Mapping[str, str]:
    """Of nnlab and of the libraries that a backend computes with."""
    found = {"nnlab": nnlab.__version__}
    for package in PACKAGES.get(backend, ("numpy",)):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = ""
    return found
