"""plan.toml: what is asked of a sweep."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, NnlabError, UsageError
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.reading import parsed, read_text
from nnlab.core.registry import advice, normalised
from nnlab.experiment.settings import SECTIONS
from nnlab.labs.sweep import prune, repeats
from nnlab.labs.sweep.repeats import Repeats, repeats_of
from nnlab.labs.sweep.searches.base import SEARCHES, Search
from nnlab.labs.sweep.written import Written, flattened

BASE = "base"
EXAMPLE = 'base = "train --dataset=numbers --model=NLayers --epochs=20"'


@dataclass(frozen=True)
class PlanFile:
    """A plan as far as it can be read without knowing any setting.

    Options:  base: the command that all trials have in common; empty where it is missing.
              search: None where there is a mistake in it.  prune: its table, None without.
              mistakes: what is wrong by now, to be said with what else is.
    """

    written: Written
    base: str
    search: Search | None
    repeats: Repeats
    prune: Any
    mistakes: tuple[NnlabError, ...]


def read_plan(path: str | Path) -> PlanFile:
    """Raises DataError: it cannot be read.  UsageError: it is not TOML."""
    name = printable(str(path))
    try:
        text = read_text(path)
    except UnicodeDecodeError:
        raise UsageError("is not a TOML file (not UTF-8 text)", where=name) from None
    except OSError as error:
        hint = (
            f"type nnlab sweep {quoted(Path(path) / 'plan.toml')}"
            if Path(path).is_dir()
            else f"a plan begins with {EXAMPLE}"
        )
        raise DataError(f"cannot be read ({error.strerror})", where=name, hint=hint) from None
    try:
        tables: dict[str, Any] = parsed(tomllib.loads, text)
    except ValueError as error:
        raise UsageError(f"is not a TOML file ({error})", where=name) from None
    return _read(tables, Written(name, text))


def _read(tables: Mapping[str, Any], written: Written) -> PlanFile:
    mistakes: list[NnlabError] = []
    base = tables.get(BASE)
    if not isinstance(base, str) or not base.strip():
        what = "is missing" if base is None else f"must be a command, got {base!r}"
        mistakes.append(written.mistake(what, BASE, hint=f"such as {EXAMPLE}"))
        base = ""
    found, repeated = None, Repeats()
    searches = [name for name in tables if name not in (BASE, repeats.SECTION, prune.SECTION)]
    known = [name for name in searches if name in SEARCHES]
    for name in searches:
        if name not in known:
            mistakes.append(_unknown(name, tables[name], written))
    if len(known) > 1:
        what, hint = f"is a second search beside [{known[0]}]", "a plan has one: leave the other out"
        mistakes += [written.mistake(what, name, hint=hint) for name in known[1:]]
    elif known:
        try:
            table = tables[known[0]]
            flat = flattened(table, SECTIONS) if isinstance(table, Mapping) else table
            found = _made(known[0], flat, written)
        except NnlabError as error:
            mistakes += getattr(error, "mistakes", [error])
    elif not searches:
        hint = "such as [grid] with learning_rate = [1e-3, 1e-2]; seeds alone: nnlab study seeds"
        mistakes.append(UsageError("varies nothing", where=written.name, hint=hint))
    if repeats.SECTION in tables:
        try:
            repeated = repeats_of(tables[repeats.SECTION], written)
        except NnlabError as error:
            mistakes += getattr(error, "mistakes", [error])
    return PlanFile(written, base, found, repeated, tables.get(prune.SECTION), tuple(mistakes))


def _made(name: str, table: Any, written: Written) -> Search:
    kind = SEARCHES.get(name)
    if normalised(kind.__name__) != "list" and not isinstance(table, Mapping):
        raise written.mistake(f"must be a table, got {table!r}", name, hint=f"write [{name}], its settings below it")
    return kind(table, name, written)


def _unknown(name: str, table: Any, written: Written) -> UsageError:
    """What is neither part of a plan nor a search."""
    tables = isinstance(table, list) and all(isinstance(each, Mapping) for each in table)
    if not (tables or isinstance(table, Mapping)):
        hint = "what all trials have belongs into base, what varies into [grid], [random] or [[list]]"
        return written.mistake("is no part of a plan", name, hint=hint)
    parts = [BASE, repeats.SECTION, prune.SECTION, *(each.lower() for each in SEARCHES.names())]
    return written.mistake("is no part of a plan", name, hint=advice(name, parts))
