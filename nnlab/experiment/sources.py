"""Where settings come from: flags, the environment, a file, the dataset's recommendation."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, UsageError
from nnlab.core.reading import parsed, read_text
from nnlab.data.range_names import RANGES
from nnlab.experiment.settings import SECTIONS, canonical, is_canonical

RESERVED_ENVIRONMENT = frozenset({
    "NNLAB_CACHE_DIR", "NNLAB_DEBUG", "NNLAB_ONNX_MEMORY_GIB", "NNLAB_ONNX_SECONDS", "NNLAB_ONNX_TURNS",
})  # fmt: skip
"""NNLAB_* variables that are not settings."""

COMMAND_SECTIONS = frozenset({"compare", "study", "scale", "resolution", "ladder", "sweep"})
"""Sections of a file that are for the command of that name alone; every other leaves them out."""


@dataclass(frozen=True)
class SettingsSource:
    """Settings from one place. Keys are short ("layers") or qualified ("model.layers").

    Options:  kind: "flag", "environment", "file" or "recommendation".  name: the file, where there is one.
              samples: of the dataset that was looked at, where it decides.
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    samples: int = 0

    def without(self, *keys: str) -> "SettingsSource":
        """The same, saying nothing of these keys."""
        kept = {key: value for key, value in self.values.items() if key.rpartition(".")[2] not in keys}
        return replace(self, values=kept)

    def where(self, key: str) -> str:
        """A key as the user wrote it there: `--learning-rate`, `NNLAB_LEARNING_RATE`, `my.toml: optimizer.decay`."""
        return self.spelt(key) if self.kind in {"flag", "environment"} else f"{self.name}: {key}"

    def spelt(self, key: str) -> str:
        """A key as one writes it in such a place: `--learning-rate`, `NNLAB_LEARNING_RATE`, `optimizer.decay`."""
        if self.kind == "flag":
            dashes = "-" if len(key) == 1 else "--"
            return f"--set {key}" if "." in key else f"{dashes}{key.replace('_', '-')}"
        if self.kind == "environment":
            return f"NNLAB_{key.rsplit('.', 1)[-1].upper()}"
        return key

    def spelt_with(self, key: str, value: str | None = None) -> str:
        """The same with a value: `--optimizer=Momentum`, `NNLAB_OPTIMIZER=Momentum`, `optimizer = "Momentum"`."""
        if value is None:
            return self.spelt(key)
        return f"{self.spelt(key)}={value}" if self.kind in {"flag", "environment"} else f'{key} = "{value}"'


def tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keys in their canonical spelling, and `seed` spread over the two seeds it stands for."""
    tidy: dict[str, Any] = {}
    for key, value in values.items():
        section, _, short = key.rpartition(".")
        known = short if is_canonical(key, values) else canonical(short)
        tidy[f"{section}.{known}" if section else known] = value
    if "seed" in tidy:
        seed = tidy.pop("seed")
        for key in ("model_seed", "dataset_seed"):
            tidy.setdefault(key, seed)
    return tidy


def from_flags(values: Mapping[str, Any]) -> SettingsSource:
    """Settings from the command line, or from keyword arguments in Python."""
    return SettingsSource("flag", tidied(values))


def from_environment(environ: Mapping[str, str]) -> SettingsSource:
    """Settings from variables named NNLAB_<KEY>."""
    found = {
        key.removeprefix("NNLAB_").lower(): value
        for key, value in sorted(environ.items())
        if key.startswith("NNLAB_") and key not in RESERVED_ENVIRONMENT
    }
    return SettingsSource("environment", tidied(found))


class NotToml(UsageError):
    """A file of settings that cannot be parsed."""


def from_settings(tables: Mapping[str, Mapping[str, Any]], *, name: str) -> SettingsSource:
    """An experiment's own settings, by section: what is None is left to its default.  Options:  name: of whose."""
    values = {
        section if key == "name" else f"{section}.{key}": value
        for section, table in tables.items()
        for key, value in table.items()
        if value is not None
    }
    return SettingsSource("file", tidied(values), name=name)


def from_file(path: str | Path) -> SettingsSource:
    """Settings from a TOML file such as a run's config.toml: sections, or short keys without a section.

    Raises:  DataError: when it cannot be read.  UsageError: when it is not TOML or has an unknown section.
    """
    values: dict[str, Any] = {}
    for name, table in _tables(path).items():
        if name in COMMAND_SECTIONS:
            continue
        if not (isinstance(table, dict) and name in SECTIONS):
            values[name] = table
            continue
        for key, value in table.items():
            values[name if key == "name" else f"{name}.{key}"] = value
    values = tidied(values)
    if values.get("data.input_scaling") in RANGES:
        values.pop("data.input_range", None)  # the name says it: flags that say another would leave this one standing
    return SettingsSource("file", values, name=str(path))


def from_run(folder: Path) -> SettingsSource:
    """The settings of a run, and what one of before there was a choice did.

    Raises:  DataError: when its file is missing or damaged, which nobody typed.  UsageError: as `from_file`.
    """
    try:
        source = from_file(folder / "config.toml")
    except NotToml as error:
        raise DataError(error.what, where=error.where, hint="bring the file back, or train again") from None
    if any(key.rpartition(".")[2] == "full_decode" for key in source.values):
        return source
    return replace(source, values={**source.values, "data.full_decode": True})


def command_section(path: str | Path, command: str) -> dict[str, Any]:
    """What a file says for one command alone; nothing where it does not. Raises as `from_file` does."""
    table = _tables(path).get(command, {})
    return table if isinstance(table, dict) else {}


def _tables(path: str | Path) -> dict[str, Any]:
    try:
        text = read_text(path)
    except OSError as error:
        raise DataError(
            f"cannot be read ({error.strerror})", where=str(path), hint="check the path after --config"
        ) from None
    except UnicodeDecodeError:
        raise NotToml("is not a TOML file (not UTF-8 text)", where=str(path)) from None
    try:
        tables: dict[str, Any] = parsed(tomllib.loads, text)
    except ValueError as error:
        raise NotToml(f"is not a TOML file ({error})", where=str(path)) from None
    return tables


def from_recommendation(dataset: str, table: Mapping[str, Any]) -> SettingsSource:
    """The preparation that a dataset's makers recommend."""
    return SettingsSource("recommendation", tidied(table), name=f"{dataset}/dataset.toml")
