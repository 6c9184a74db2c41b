"""Runs chosen and put in order by what is said of them: a figure, a state, a setting."""

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.converters import shown
from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.options import PARTITIONS
from nnlab.tracking.judged import Judge

CONDITION = re.compile(r"\s*([\w.-]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)

ALSO = {"size": "bytes", "seconds": "elapsed_s", "time": "elapsed_s", "date": "when", "memory": "peak_memory_mb"}
"""What some keys are called besides."""

FIRST_IS_MOST = frozenset({"bytes", "elapsed_s", "peak_memory_mb", "parameters"})
"""Keys whose greatest value comes first."""


@dataclass(frozen=True)
class Entry:
    """A run as it is looked at: what a list says of it, and its settings by section.

    Options:  judge: the figure that it is judged by.
    """

    row: Mapping[str, Any]
    config: Mapping[str, Any]
    judge: Judge = field(default_factory=lambda: Judge("accuracy", "accuracy", is_share=True))

    def value(self, key: str) -> Any:
        """What a key says of it; None where it says nothing."""
        return dict(self.values()).get(key)

    def values(self) -> Iterator[tuple[str, Any]]:
        """Every key that a run can be chosen by, those that mean more than one thing first meant last."""
        for section, table in self.config.items():
            for key, value in table.items() if isinstance(table, Mapping) else ():
                yield (section if key == "name" else f"{section}.{key}"), value
                if key != "name":
                    yield key, value
        for key, value in self.row.items():
            if key not in PARTITIONS:
                yield key, value
            elif isinstance(value, Mapping):
                yield f"{key}.loss", value.get("loss")
                yield key, value.get(str(self.row.get("figure")))


def chosen(entries: Sequence[Entry], conditions: Sequence[str]) -> list[Entry]:
    """Those of which all conditions hold: `dev>0.9`, `model=Small*`, `state!=finished`, `optimizer.beta1=0.8`.

    Raises:  UsageError: what is no condition, or a key that no run has.
    """
    kept = list(entries)
    for text in conditions:
        match = CONDITION.fullmatch(text)
        if match is None:
            hint = "such as --filter=model=SmallCnn or --filter='dev>0.9'"
            raise UsageError("is no condition KEY=VALUE, KEY<VALUE, ...", where=f"--filter={text}", hint=hint)
        key = known_key(entries, match[1], "--filter")
        kept = [entry for entry in kept if _holds(entry.value(key), match[2], match[3])]
    return kept


def in_order(entries: Sequence[Entry], key: str, *, reverse: bool = False) -> list[Entry]:
    """By a key: the newest, the largest, of training, dev and test the best first; else from small to large. Runs of
    which it says nothing come last.

    Raises:  UsageError: a key that no run has.
    """
    key = known_key(entries, key, "--sort")
    known = [entry for entry in entries if entry.value(key) is not None]

    def place(entry: Entry) -> tuple[int, float, str]:
        value = entry.value(key)
        if isinstance(value, (int, float)):
            most = key in FIRST_IS_MOST or (key in PARTITIONS and entry.judge.better == "higher")
            return 0, -value if most else value, ""
        return 1, 0.0, shown(value)

    ordered = sorted(known, key=place, reverse=(key == "when") != reverse)  # the newest first; equal ones stay in order
    return ordered + [entry for entry in entries if entry.value(key) is None]


def known_key(entries: Sequence[Entry], said: str, where: str) -> str:
    """A key as runs have it. Raises UsageError: none has, with those that are near."""
    key = said.strip().lower().replace("-", "_")
    key = ALSO.get(key, key)
    names = list(dict.fromkeys(name for entry in entries for name, _ in entry.values()))
    if key in names or not entries:
        return key
    near = nearest(key, names)
    hint = did_you_mean(near) if near else "such as state, model, dataset, dev, test, epochs, learning_rate, size"
    raise UsageError("no run has such a setting or figure", where=f"{where}={said}", hint=hint)


def _holds(value: Any, sign: str, wanted: str) -> bool:
    if value is None:
        return sign == "!="
    text = shown(value)
    if sign in ("=", "!="):
        equal = fnmatch.fnmatchcase(text.lower(), wanted.lower()) or _numbers(value, wanted, "=")
        return equal == (sign == "=")
    return _numbers(value, wanted, sign)


def _numbers(value: Any, wanted: str, sign: str) -> bool:
    """Whether it holds of both as numbers; a share may be wanted in percent. Never of what are none."""
    try:
        one, other = float(value), float(wanted.removesuffix("%")) / (100 if wanted.endswith("%") else 1)
    except (TypeError, ValueError):
        return False
    return {"=": one == other, "<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign]
