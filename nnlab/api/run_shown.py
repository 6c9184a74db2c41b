"""A run in a line, and as a notebook shows it."""

import math
from collections.abc import Mapping
from typing import Any

from nnlab.api.history import History
from nnlab.core.errors import DataError
from nnlab.core.notebook import shown, small_chart, table
from nnlab.core.printing import printable
from nnlab.core.types import Array
from nnlab.tracking.run import Run

PARTITIONS = ("training", "dev", "test")


def text_of(run: Run) -> str:
    """`Run(20261127-main-1a2b: NLayers on numbers, 20 epochs, test accuracy 96.9%)`."""
    try:
        return f"Run({printable(run.name)}: {_what(run)}, {_how(run)})"
    except DataError as error:  # a damaged folder is shown too
        return f"Run({printable(run.name)}: {error.what})"


def html_of(run: Run) -> str:
    """Title, scores and curves; a run of which the folder is damaged says what is wrong."""
    try:
        summary, history = run.summary or {}, History.of(run.metrics)
        rows = [row for name in PARTITIONS if summary.get(name) for row in [_row(name, summary[name])]]
        head = ("", "loss", _figure_of(summary), "samples", "95% interval", "chance")
        curves = {name: _finite(history[name]) for name in ("dev_loss", "training_loss") if name in history}
        curves = {name: values for name, values in curves.items() if values}
        chart = small_chart(curves)
        names = [name.replace("_", " ") + (" (dashes)" if place else "") for place, name in enumerate(curves)]
        said = f'<div style="opacity:.7">{" and ".join(names)}, epoch by epoch</div>' if chart else ""
        return shown(f"{_what(run)}: {_how(run)}", table(head, rows) if rows else "", chart, said, note=str(run.folder))
    except DataError as error:
        return shown(f"Run {run.name}", note=str(error))


def _what(run: Run) -> str:
    config = run.config
    model, data = config.get("model", {}).get("name", "?"), config.get("data", {}).get("dataset", "?")
    return printable(f"{model} on {data.rsplit('/', 1)[-1]}")


def _how(run: Run) -> str:
    summary = run.summary
    if summary is None:
        done = max((row["epoch"] for row in run.metrics), default=0)
        return f"no end yet, {_epochs(done)}"
    said = [_epochs(summary["epochs_run"])]
    best = next((name for name in ("test", "dev", "training") if summary.get(name)), None)
    if best is not None:
        said.append(f"{best} {_figure_of(summary)} {_score(summary[best], _figure_key(summary[best]))}")
    if summary["stopped"] in ("interrupted", "failed"):
        said.append(summary["stopped"])
    return ", ".join(said)


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"


def _figure_of(summary: Mapping[str, Any]) -> str:
    return str(summary.get("metric") or "accuracy")


def _figure_key(score: Mapping[str, Any]) -> str:
    """The first figure after the loss, which judges."""
    return next((key for key in score if key != "loss"), "accuracy")


def _row(name: str, score: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = score.get("interval") or (None, None)
    interval = "" if low is None or high is None else f"{low:.1%} to {high:.1%}"
    chance = score.get("chance")
    key = _figure_key(score)
    loss = score.get("loss")
    return (
        name,
        "-" if loss is None else f"{loss:.4g}",
        _score(score, key),
        f"{score.get('samples', 0):,}",
        interval,
        "" if chance is None else f"{chance:.1%}",
    )


def _score(score: Mapping[str, Any], key: str) -> str:
    """A figure that has an interval is a share."""
    value = score.get(key)
    if value is None:
        return "-"
    return f"{value:.1%}" if "interval" in score or key == "accuracy" else f"{value:.4g}"


def _finite(values: Array) -> list[float]:
    return [float(value) for value in values.tolist() if math.isfinite(value)]
