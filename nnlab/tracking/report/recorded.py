"""What a run folder holds, as its page needs it: what is missing or is no number is "not recorded"."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nnlab.core.component import make
from nnlab.core.errors import DataError, NnlabError
from nnlab.core.reading import parsed, read_text
from nnlab.core.registry import Registry
from nnlab.metrics.base import METRICS, Metric
from nnlab.tasks.base import TASKS
from nnlab.tracking.fields import NOTHING, NUMBER, TABLE, TEXT, all_of, require
from nnlab.tracking.files import each_line, read_lines
from nnlab.tracking.pages.pictures import Room
from nnlab.tracking.run import Run

DESCRIPTION = "description.json"
"""What a run was made of, written when it begins (experiment/description.py)."""

PICTURE = {
    **dict.fromkeys(("why", "partition", "source"), TEXT | NOTHING),
    **dict.fromkeys(("confidence", "loss", "rank"), NUMBER | NOTHING),
}
FILES = (
    "config.toml", "environment.json", "summary.json", "state/state.json", "metrics.jsonl", "checks.jsonl",
    "predictions.jsonl", "pictures.jsonl", "layers.jsonl", "openings.jsonl", DESCRIPTION,
)  # fmt: skip
"""What a page is made of."""

PARTITIONS = ("test", "dev", "training")
"""In the order in which they say how good a network is."""


@dataclass
class Recorded:
    """A run's records. Options:  room: what is left for pictures."""

    run: Run
    room: Room = field(default_factory=Room)

    def __post_init__(self) -> None:
        """Raises DataError: when a file is a link that leads out of the folder: that is not the run's own."""
        for name in FILES:
            path = self.run.folder / name
            try:
                outside = not path.resolve().is_relative_to(self.run.folder)
            except (OSError, RuntimeError):  # links in a circle
                outside = True
            if outside:
                raise DataError("is a link that leads out of the run folder", where=str(path))

    @property
    def config(self) -> Mapping[str, Mapping[str, Any]]:
        """The resolved configuration, by section."""
        return self.run.config

    def setting(self, section: str, key: str) -> Any:
        """A setting; None where the configuration has none such."""
        return self.config.get(section, {}).get(key)

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """How it ended; empty while it trains, or when it was killed."""
        return self.run.summary or {}

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """What it was made of; empty for a run of an earlier nnlab."""
        path = self.run.folder / DESCRIPTION
        fields = {"command": TEXT, "names": all_of(TEXT), "layers": all_of(TABLE), "defaults": TABLE, "totals": TABLE}
        try:
            return require(parsed(json.loads, read_text(path)), {}, where=str(path), optional=fields)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise DataError(f"cannot be read ({error})", where=str(path)) from None

    @cached_property
    def epochs(self) -> Mapping[int, Mapping[str, Mapping[str, Any]]]:
        """The rows of metrics.jsonl, by epoch and partition. What a run that went on wrote twice counts once."""
        found: dict[int, dict[str, Mapping[str, Any]]] = {}
        for row in self.run.metrics:
            found.setdefault(row["epoch"], {})[row["partition"]] = row
        return dict(sorted(found.items()))

    @cached_property
    def pictures(self) -> list[dict[str, Any]]:
        """What pictures there are, and of what."""
        return read_lines(self.run.folder / "pictures.jsonl", {"file": TEXT}, PICTURE)

    @cached_property
    def openings(self) -> list[dict[str, Any]]:
        """Every time that test was scored."""
        return read_lines(self.run.folder / "openings.jsonl")

    def predictions(self) -> Iterator[dict[str, Any]]:
        """Dev and test, sample by sample, never all at once."""
        return each_line(self.run.folder / "predictions.jsonl", {"partition": TEXT}, {"source": TEXT})

    @cached_property
    def best(self) -> tuple[str, Mapping[str, Any]] | None:
        """The partition that says most about how good it is, and its score; None where nothing was scored."""
        scores = ((name, self.summary.get(name)) for name in PARTITIONS)
        return next(((name, score) for name, score in scores if score), None)

    def title(self, key: str) -> str:
        """What a figure is called, by its name in files."""
        judge = self.judge(key)
        return judge.figure_title if judge is not None else words(key, 40)

    def judge(self, key: str) -> Metric | None:
        """The metric of this name in files; None of one that is not installed, or has another name by its options."""
        return self._judges.get(key)

    @cached_property
    def _judges(self) -> Mapping[str, Metric]:
        """Each metric with the options that it has by default, and those of the run's task with the run's."""
        plain = {metric.figure_key: metric for metric in (make(cls, {}) for cls in METRICS)}
        try:
            task = self._chosen("task", TASKS, "Classification")
            judge = self._chosen("accuracy", METRICS, task.defaults.get("accuracy", "Classes"))
        except NnlabError:  # of another package, or of before there were tasks
            return plain
        return plain | dict(task.metrics(judge))

    def _chosen(self, section: str, registry: Registry[Any], default: str) -> Any:
        """The component that a section of the configuration names, with the options that it says.

        Raises:  NnlabError: there is none such here, or it has no such options.
        """
        said = dict(self.config.get(section, {}))
        return make(registry.get(str(said.pop("name", default))), said)

    def shown(self, key: str, value: float) -> str:
        """A figure as its metric writes it."""
        judge = self.judge(key)
        return "not finite" if not math.isfinite(value) else judge.shown(value) if judge is not None else f"{value:.4g}"

    def cells(self, row: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
        """Figures of a record as a table has them, "-" for those that are not there."""
        values = [number(row, key) for key in keys]
        return [self.shown(key, value) if value == value else "-" for key, value in zip(keys, values, strict=True)]


def figure_keys(row: Mapping[str, Any]) -> list[str]:
    """The figures of a row of metrics.jsonl, or of a score: what stands between its loss and its samples."""
    names = list(row)
    first = names.index("loss") + 1 if "loss" in names else 0
    last = names.index("samples") if "samples" in names else len(names)
    return [name for name in names[first:last] if isinstance(row[name], (int, float)) or row[name] is None]


def number(row: Mapping[str, Any], *keys: str) -> float:
    """A number of a record, of a table in it; NaN where there is none."""
    value: Any = row
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan


def table_of(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table in a record; an empty one where there is none."""
    found = row.get(key)
    return found if isinstance(found, Mapping) else {}


def words(value: Any, most: int = 200) -> str:
    """Any value as text of bounded length."""
    text = "" if value is None else str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
