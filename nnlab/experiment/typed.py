"""An experiment as the command that one types for it."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnlab.core.component import options_of
from nnlab.core.converters import shown
from nnlab.core.folders import DATASETS
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.settings import CHOICES, PLAIN, SHARED

NOT_TYPED = frozenset({"dataset", "datasets_path", "weights", "threads"})
"""Options that are typed otherwise, or have another value on every machine."""

Sections = Mapping[str, Mapping[str, Any]]


def train_command(
    experiment: Experiment,
    *,
    weights: str | None = None,
    changes: Sections | None = None,
    keep: Sections | None = None,
) -> str:
    """`nnlab train FOLDER --weights=RUN --model=NLayers ...`: a whole line, quoted for a shell.

    Options:  weights: what it starts from.  changes: other values of options by section, the component's as `name`.
              keep: options that are said even where they have their default, because the dataset recommends otherwise.
    """
    folder = dataset_folder(experiment.data.options())
    words = ["nnlab", "train", f"--dataset={folder.name}"]
    if folder.parent != Path(DATASETS):  # in two parts: a folder alone would bring defaults of its own
        words.insert(2, f"--datasets-path={folder.parent}")
    words += [f"--weights={weights}"] if weights else []
    changes, keep = changes or {}, keep or {}
    for section, own in experiment.sections.items():
        name = changes.get(section, {}).get("name", experiment.chosen.get(section))
        same = name == experiment.chosen.get(section)
        values = {**(own if same else {}), **changes.get(section, {})}
        words += _flags(section, name, values, keep.get(section, {}))
    return shlex.join(words)


def dataset_folder(data: Mapping[str, Any]) -> Path:
    """Where a dataset is, as the settings say it."""
    return Path(data["datasets_path"], data["dataset"])


def dataset_name(data: Mapping[str, Any]) -> str:
    """A dataset's folder, or its name where it is in the default folder of datasets."""
    folder = dataset_folder(data)
    return folder.name if folder.parent == Path(DATASETS) else str(folder)


def _flags(section: str, name: str | None, values: Mapping[str, Any], keep: Mapping[str, Any]) -> Iterator[str]:
    if section in CHOICES and name is not None and name != CHOICES[section].default:
        yield f"--{section}={name}"
    defaults = _defaults(section, name)
    for key, value in values.items():
        if key in NOT_TYPED or key not in defaults or value is None:
            continue
        if shown(value) != shown(defaults[key]) or key in keep:
            yield _flag(key, value)


def _defaults(section: str, name: str | None) -> dict[str, Any]:
    classes = [PLAIN[section]] if section in PLAIN else [CHOICES[section].registry.get(str(name))]
    classes += [SHARED[section]] if section in SHARED else []
    return {offered.name: offered.default for cls in classes for offered in options_of(cls)}


def _flag(key: str, value: Any) -> str:
    flag = key.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    return f"--{flag}={shown(value)}"
