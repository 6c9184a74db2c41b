"""The catalogue: models that people use by name, as `catalogue.toml` beside this file lists them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nnlab.onnx.catalogue.class_names import class_names

ABOUT = frozenset({"title", "kind", "licence", "see", "url", "checksum", "file_bytes", "labels"})
"""Keys that describe a model; every other is an option of its preprocessing."""


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue.

    Options:  kind: one of recipe.KINDS.  see: the page that describes it.  url: the published file; empty where there
              is none to fetch.  checksum: "sha256:..." or "md5:..." as its publisher states it; empty where none is.
              file_bytes: 0 where not known.  labels: names of the classes.  preprocessing: options of `Preprocessing`.
    """

    name: str
    title: str
    kind: str
    licence: str
    see: str
    url: str = ""
    checksum: str = ""
    file_bytes: int = 0
    labels: tuple[str, ...] = ()
    preprocessing: Mapping[str, Any] = field(default_factory=dict)


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every entry by name, in the order of the file."""
    tables = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
    return {name: _entry(name, table) for name, table in tables.items()}


def entry_of(name: str) -> Entry | None:
    """The entry that a model's name or file means: `u2netp`, `U2NetP.onnx`, `u2netp-fp16`; None for no known one."""
    stem = Path(name).name.removesuffix(".onnx").casefold()
    known = {entry.name.casefold(): entry for entry in catalogue().values()}
    for precision in ("", "-fp16", "-fp32", "_fp16", "_fp32"):
        if stem.endswith(precision) and (found := known.get(stem.removesuffix(precision))):
            return found
    return None


def _entry(name: str, table: Mapping[str, Any]) -> Entry:
    words = {key: value for key, value in table.items() if key in ABOUT - {"labels"}}
    options = {key: value for key, value in table.items() if key not in ABOUT}
    return Entry(name=name, labels=class_names(table.get("labels", "")), preprocessing=options, **words)
