"""The components that an experiment uses, and the files of their code."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.pipeline import augmentation_steps, mixings, preparation_steps
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import graph, outlined, reader_of
from nnlab.experiment.experiment import Experiment
from nnlab.initializers.base import INITIALIZERS
from nnlab.labs.sources import digest_named, named
from nnlab.models.graph import Graph

LIBRARIES = {"numpy": ("numpy",), "torch": ("numpy", "torch")}
"""What computes, by backend."""

CONTRACT = "base.py"
"""The file of a room that says what all of its components are: of what they do it has nothing."""


NOT_OF_THEM = ("builtins", "abc", "typing", "torch.", "numpy", "nnlab.core.")
"""Modules of what components derive from that are none themselves."""


def components_of(experiment: Experiment, outline: Survey | None = None) -> list[type]:
    """The classes of everything that was chosen, or that the network is made of.

    Options:  outline: of its data, where that is known; None: it is made.
    """
    network = graph(experiment, outline or outlined(experiment))
    parts = [part for name, own in experiment.parts.items() if name not in ("run", "data") for part in own]
    metrics = list(experiment.figures.values())
    steps = [*preparation_steps(experiment.data), *augmentation_steps(experiment.data), *mixings(experiment.data)]
    used: list[Any] = [*parts, *metrics, *steps, reader_of(experiment), *(node.layer for node in network.nodes)]
    classes = [type(each) for each in used]
    return list(dict.fromkeys([*classes, DATA_LOADERS.get(experiment.data.data_loader), *_initializers(network)]))


def _initializers(network: Graph) -> Iterator[type]:
    """By the names that layers have them under."""
    for node in network.nodes:
        for value in vars(node.layer).values():
            if isinstance(value, str) and value in INITIALIZERS:
                yield INITIALIZERS.get(value)


def sources_of(experiment: Experiment) -> dict[str, str]:
    """The files of all components, of what they derive from, and of torch's side the functions that stand for them:
    with digests. A file there has several, of which a run uses some."""
    classes = components_of(experiment)
    names = _files(classes)
    if experiment.run.backend == "torch":
        translations = [(_file(each), each.__name__) for each in _translations(classes)]
        names += [f"{file[1]}:{name}" for file, name in translations if file]
    return _digests(names)


def files_of(experiment: Experiment, outline: Survey | None = None) -> dict[str, str]:
    """The same without torch's side, which need not be here. Options:  outline: as of `components_of`."""
    return _digests(_files(components_of(experiment, outline)))


def _files(classes: Iterable[type]) -> list[str]:
    found = [file for cls in classes for each in cls.__mro__ if (file := _file(each))]
    return [name for path, name in found if path.name != CONTRACT]


def _digests(names: Iterable[str]) -> dict[str, str]:
    digests = {name: digest_named(name) for name in names}
    return {name: digest for name, digest in sorted(digests.items()) if digest}


def _file(what: Callable[..., Any] | type) -> tuple[Path, str] | None:
    """Where something is written, and how evidence names the file; None of Python's own."""
    module = what.__module__
    if module.startswith(NOT_OF_THEM):
        return None
    try:
        path = Path(inspect.getfile(what))
    except (TypeError, OSError):
        return None
    return path, named(path, module)


def _translations(classes: Iterable[type]) -> Iterator[Callable[..., Any]]:
    """What computes on torch for the components that have such."""
    from nnlab.backends.torch.layers import TORCH_LAYERS
    from nnlab.backends.torch.losses import TORCH_LOSSES
    from nnlab.backends.torch.optimizers import TORCH_RULES

    for cls in classes:
        for table in (TORCH_LAYERS, TORCH_LOSSES, TORCH_RULES):
            try:
                if cls in table:
                    translation: Any = table.of(cls)
                    yield inspect.unwrap(getattr(translation, "make", translation))
            except UsageError:
                continue
