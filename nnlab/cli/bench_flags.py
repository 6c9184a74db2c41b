"""What the command line of `nnlab bench` asks for: which experiments, over which backends and image libraries."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.backends.base import BACKENDS
from nnlab.cli.flags import Part, of_each
from nnlab.cli.places import file_to_be
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.registry import Registry
from nnlab.data.images.base import DATA_LOADERS
from nnlab.experiment.backend_names import split_backend
from nnlab.experiment.bench.f14 import SETTINGS
from nnlab.experiment.bench.plan import Axes
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.options import RunOptions
from nnlab.experiment.plan import repeated
from nnlab.experiment.settings import CHOICES
from nnlab.experiment.sources import SettingsSource, from_environment, from_file

COMPARED: Mapping[str, tuple[Registry[Any], str]] = {
    "backends": (BACKENDS, "numpy,torch"),
    "data_loaders": (DATA_LOADERS, "Vips,ImageMagick"),
}
"""What a benchmark compares: the names that there are, and those compared by default."""

UNCHECKED = {"run.gradient_checks": "off", "run.instability_checks": "off"}
"""What `nnlab bench` sets besides: the training alone is measured, and peers check nothing."""

NO_PART = (
    "display_graphs", "display_samples", "profiling", "tensorboard", "track_layer", "dump_minibatches", "resume",
    "folds", "divergence", "divergence_factor",
)  # fmt: skip
"""What a benchmark cannot do."""

STILL_THE_REFERENCE = frozenset({*RunOptions().options(), "data_loader", "datasets_path", "dataset_seed", "workers"})
"""Settings that leave open what is trained: with these alone it is the reference's benchmark."""


def repeats_of(said: str | None) -> int:
    """How often every cell is run. Raises UsageError: when that is no number of times."""
    if said is None:
        return 1
    if not said.isdecimal() or int(said) < 1:
        raise UsageError(f"must be a whole number of at least 1, got {said!r}", where="--repeats")
    return int(said)


def chart_of(said: str | None) -> Path | None:
    """Where the chart is wanted. Raises UsageError: when it cannot be written there."""
    return None if said is None else file_to_be(said, "--chart", "bench.png")


def compared(parts: Sequence[Part], wanted: Mapping[str, Any]) -> list[tuple[Experiment, Axes]]:
    """Every part's experiments and what they are repeated over.

    Options:  wanted: the command's own flags.
    Raises:   UsageError or Mistakes: those of all parts together.
    """
    lists = _lists(wanted)

    def resolved(part: Part) -> tuple[Experiment, Axes]:
        axes = _axes(part, lists)
        return _experiment(part), axes

    found = of_each(parts, resolved)
    each = [axes for experiment, axes in found for _ in range(experiment.run.training_times)]
    return list(zip(repeated([experiment for experiment, _ in found]), each, strict=True))


def _experiment(part: Part) -> Experiment:
    for name in NO_PART:
        if name in part.flags.values:
            flag = part.flags.where(name)
            raise UsageError("has no part in a benchmark", where=flag, hint=f"leave {flag} out, or use nnlab train")
    sources = [part.flags, from_environment(os.environ), *([from_file(part.config)] if part.config else [])]
    said = {key.rpartition(".")[2] for key in part.flags.values}
    reference = part.config is None and said <= STILL_THE_REFERENCE
    return resolve(
        *sources, SettingsSource("bench", {**UNCHECKED, **(SETTINGS if reference else {})}, name="nnlab bench")
    )


def _lists(wanted: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The names of the lists that are said. Raises UsageError or Mistakes: for names that there are not."""
    lists: dict[str, tuple[str, ...]] = {}
    mistakes: list[NnlabError] = []
    for key, (registry, _) in COMPARED.items():
        names = []
        for name in str(wanted.get(key, "")).split(",") if key in wanted else ():
            try:
                names.append(registry.name_of(name.strip()))
            except UsageError as error:
                mistakes.append(UsageError(error.what, where=_flag(key), hint=error.hint))
        if key in wanted:
            lists[key] = tuple(dict.fromkeys(names))
    if mistakes:
        raise as_one(mistakes)
    return lists


def _axes(part: Part, lists: Mapping[str, tuple[str, ...]]) -> Axes:
    """What a part is repeated over: what the lists say, by default what is compared; nothing where it chooses itself.

    Raises:  UsageError: when a list and the part both say it.
    """
    chooses = {"backends": _chooses_backend(part), "data_loaders": "data_loader" in _short(part)}
    for key in lists:
        if chooses[key]:
            one = "a component's name" if key == "backends" and "backend" not in _short(part) else _flag(key)[:-1]
            raise UsageError(f"{one} says it already", where=_flag(key), hint="say it in one place")
    chosen = {
        key: lists.get(key, () if chooses[key] else tuple(default.split(","))) for key, (_, default) in COMPARED.items()
    }
    return Axes(**chosen)


def _short(part: Part) -> dict[str, Any]:
    return {key.rpartition(".")[2]: value for key, value in part.flags.values.items()}


def _chooses_backend(part: Part) -> bool:
    """Whether a flag, or the affix of a component's name, says the backend."""
    said = _short(part)
    registries = {"data_loader": DATA_LOADERS} | {section: choice.registry for section, choice in CHOICES.items()}
    named = [split_backend(str(said[key]), registry) for key, registry in registries.items() if key in said]
    return "backend" in said or any(name.backend for name in named)


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"
