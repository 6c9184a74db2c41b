"""The settings in which experiments differ, by their configurations: also of other versions, never resolved."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.converters import shown
from nnlab.core.printing import printable
from nnlab.tracking.several.defaults import default_of

NO_DIFFERENCE = frozenset({
    "exp_id", "runs_dir", "threads", "workers", "disk_cache", "data_memory", "profiling", "tensorboard",
    "display_graphs", "display_samples", "track_layer", "dump_minibatches", "gradient_checks",
    "gradient_checks_interval", "gradient_checks_budget", "instability_checks", "skip_bad_images", "prepare",
    "training_times", "folds",
})  # fmt: skip
"""Settings that make no other experiment of one; how often it is trained is said by its runs."""

SEEDS = frozenset({"model_seed", "dataset_seed", "order_seed", "fold"})
"""Settings that make of an experiment the same once more."""

Seeds = tuple[Any, ...]

WIDEST = 24
"""Letters of a setting's value at most."""

Settings = Mapping[str, Any]
"""A configuration as config.toml has it: tables by section, a chosen component's name as `name`."""


def differences(settings: Sequence[Settings]) -> dict[str, list[str]]:
    """The settings that differ, as columns: a cell for each experiment, "-" where its components have no such one.

    An option that some components lack counts only where those that have it differ. One that the same component has in
    one place and lacks in another has its default there (it is new in one of two versions), or is not said.
    """
    tables = _completed([_flat(each) for each in settings])
    keys = dict.fromkeys(key for table in tables for key in table)
    found: dict[str, list[str]] = {}
    for key in keys:
        cells = [_cell(table[key]) if key in table else "-" for table in tables]
        if len(_values(key, tables)) > 1:
            found[key.rpartition(".")[2] if _unique(key, keys) else key] = cells
    if "dataset" in found:
        found.pop("datasets_path", None)
    return found


def _completed(tables: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """With the defaults of what others say of the same component."""
    said = dict.fromkeys((key, table.get(key.partition(".")[0])) for table in tables for key in table if "." in key)
    completed: list[Mapping[str, Any]] = []
    for table in tables:
        more = {
            key: default
            for key, name in said
            if key not in table and table.get(section := key.partition(".")[0]) == name
            if (default := default_of(section, None if name is None else str(name), key.partition(".")[2])) is not None
        }
        completed.append({**table, **more})
    return completed


def _values(key: str, tables: Sequence[Mapping[str, Any]]) -> set[str | None]:
    """What a setting is; None where it is not said, and could be."""
    section = key.partition(".")[0]
    owners = {table.get(section) for table in tables if key in table}
    could = [table for table in tables if key in table or ("." in key and table.get(section) in owners)]
    return {shown(table[key]) if key in table else None for table in could}


def alike_but_for_seeds(one: Settings, other: Settings) -> bool:
    """Whether both are the same experiment, repeated."""
    return not {key.rpartition(".")[2] for key in differences([one, other])} - SEEDS


def seeds_of(settings: Settings) -> Seeds:
    """The seeds of the model, the dataset and its order, and the fold held out; None where they are not said."""
    table = _flat(settings)
    return tuple(table.get(key) for key in ("run.model_seed", "data.dataset_seed", "data.order_seed", "data.fold"))


def _flat(settings: Settings) -> dict[str, Any]:
    """Every setting that counts: the dataset, the chosen components by section, then options by section and key."""
    sections = {name: table for name, table in settings.items() if isinstance(table, Mapping)}
    chosen = {name: table["name"] for name, table in sections.items() if "name" in table}
    options = {
        f"{section}.{key}": value
        for section, table in sections.items()
        for key, value in table.items()
        if key != "name" and key not in NO_DIFFERENCE and value is not None
    }
    dataset = {"data.dataset": options.pop("data.dataset")} if "data.dataset" in options else {}
    return {**dataset, **chosen, **options}


def _unique(key: str, keys: Mapping[str, None]) -> bool:
    """Whether the short form of a key means it alone."""
    short = key.rpartition(".")[2]
    return sum(other.rpartition(".")[2] == short for other in keys) == 1


def _cell(value: Any) -> str:
    text = printable(shown(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
