"""A plan: what a lab was asked for, and the cells that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.quoting import quoted
from nnlab.experiment.toml import document
from nnlab.labs.cell import Cell, interleaved

Settings = Mapping[str, Mapping[str, Any]]
"""A configuration by section, as config.toml has it."""

ASIDE = frozenset({"exp_id", "runs_dir", "datasets_path", "tensorboard", "display_graphs", "display_samples"})
"""Settings that a folder may go on with otherwise: names, places, who looks on. What changes only how long a cell takes
(threads, workers, checks) is none of them: half of a table would be of the one, half of the other."""


@dataclass(frozen=True)
class Plan:
    """What a lab is to do.

    Options:  lab: its name, part of the folder's and of the document's ("study-models").
              section: of config.toml, that the lab's own options stand in ("study").
              options: these, plain values.  settings: of the experiment that its cells vary, by section.
              cells: every one, in the order of the table; they run with their repeats interleaved.
    """

    lab: str
    section: str
    options: Mapping[str, Any]
    settings: Settings
    cells: tuple[Cell, ...]

    @property
    def exp_id(self) -> str:
        """The name that a user gave it."""
        return str(self.settings.get("run", {}).get("exp_id", "main"))

    @property
    def names(self) -> list[str]:
        """Of the configurations, each once: the rows of the table."""
        return list(dict.fromkeys(cell.name for cell in self.cells))

    @property
    def order(self) -> list[Cell]:
        """The cells as they run."""
        return interleaved(self.cells)

    def to_toml(self) -> str:
        """The configuration that repeats it."""
        return document({**self.settings, self.section: {"lab": self.lab, **self.options}})


def refuse_another(plan: Plan, before: Settings, where: str) -> None:
    """Raises UsageError or Mistakes: where a folder's configuration is of another plan, a line for each key.

    Options:  before: the folder's config.toml.  where: the folder, as it was named.
    """
    now = _flat({**plan.settings, plan.section: {"lab": plan.lab, **plan.options}})
    then = _flat(before)
    mistakes: list[NnlabError] = []
    for key in dict.fromkeys((*then, *now)):
        was, is_now = then.get(key), now.get(key)
        if _plain(was) != _plain(is_now):
            what = f"is of another plan: {key} is {_shown(was)} there, and {_shown(is_now)} here"
            hint = f"leave it out, or start a new one with --config {quoted(f'{where}/config.toml')}"
            mistakes.append(UsageError(what, where=f"--resume={where}", hint=hint))
    if mistakes:
        raise as_one(mistakes)


def _flat(settings: Settings) -> dict[str, Any]:
    return {
        f"{section}.{key}": value
        for section, table in settings.items()
        for key, value in table.items()
        if key not in ASIDE and value is not None
    }


def _plain(value: Any) -> Any:
    """As TOML gives it back."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _shown(value: Any) -> str:
    if value is None:
        return "not said"
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
