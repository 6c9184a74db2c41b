"""Loss and figures over the epochs."""

from collections.abc import Iterator, Sequence

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.tracking.judged import scale_of
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import HALF, Frame, Level, Line, Mark
from nnlab.tracking.report.overshoot import least_epoch
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import Recorded, figure_keys, number

MOST_EPOCHS = 600
"""That are drawn: of more, as many at equal distances."""
MOST_FIGURES = 5
COLORS = {"training": "c0", "dev": "c3"}


def curves(recorded: Recorded) -> Part:
    """A chart for the loss and one for each figure, with the best epoch and the early stop."""
    if not recorded.epochs:
        return missing("curves", "Over the epochs", "no epoch is over.")
    epochs = drawn_epochs(recorded)
    keys = _keys(recorded)
    charts = [_chart(recorded, epochs, key) for key in ("loss", *keys)]
    left = len(recorded.epochs) - len(epochs)
    return Part(
        "curves",
        "Over the epochs",
        f'<div class="pair">{"".join(charts)}</div>',
        intro="Training is scored with the passes of the epoch's own steps, dropout and batch statistics at work; dev "
        "with the weights after it. Drag the mouse across a chart to see a part of it closer; a double click shows all."
        + (f" {left} epochs between those that are drawn are left out." if left else ""),
    )


def drawn_epochs(recorded: Recorded) -> list[int]:
    """All epochs, or so many of them at equal distances that no more would be seen; the last one always."""
    return evenly(list(recorded.epochs), MOST_EPOCHS)


def _keys(recorded: Recorded) -> list[str]:
    keys = {key: None for rows in recorded.epochs.values() for row in rows.values() for key in figure_keys(row)}
    return list(keys)[:MOST_FIGURES]


def _chart(recorded: Recorded, epochs: Sequence[int], key: str) -> str:
    judge = recorded.judge(key)
    title = "loss" if key == "loss" else recorded.title(key)
    lines = [
        Line(partition, values_of(recorded, epochs, partition, key), color)
        for partition, color in COLORS.items()
        if any(partition in recorded.epochs[epoch] for epoch in epochs)
    ]
    columns = Columns.each(epochs)
    frame = Frame(
        columns,
        upright=title,
        label=f"{title} over {len(recorded.epochs)} epochs, {' and '.join(line.name for line in lines)}",
        scale=scale_of(judge),
        marks=list(_marks(recorded, columns, key)),
        levels=list(_chance(recorded, key)) if judge is not None and judge.is_share else [],
        size=HALF,
    )
    return line_chart(f"curve-{_place(recorded, key)}", lines, frame)


def _place(recorded: Recorded, key: str) -> int:
    """A number for a chart's id: names come from outside."""
    return 0 if key == "loss" else 1 + _keys(recorded).index(key)


def values_of(recorded: Recorded, epochs: Sequence[int], partition: str, key: str) -> Array:
    """(epochs,) of a figure; NaN where it is missing, infinite where it was not finite (null in the file)."""
    found = []
    for epoch in epochs:
        row = recorded.epochs[epoch].get(partition, {})
        found.append(np.inf if key in row and row[key] is None else number(row, key))
    values: Array = np.array(found, np.float64)
    return values


def _marks(recorded: Recorded, columns: Columns, key: str) -> Iterator[Mark]:
    best, stop = _best_epoch(recorded), recorded.summary.get("early_stop_epoch")
    least = least_epoch(recorded.summary) if key == "loss" else None
    for epoch, words in ((best, "best"), (stop, "early stop"), (None if least == best else least, "least dev loss")):
        if isinstance(epoch, int) and (column := columns.column(epoch)) is not None:
            yield Mark(column, f"{words}, epoch {epoch}")


def _best_epoch(recorded: Recorded) -> int | None:
    """As the summary has it; of a run that was killed, the last one that was the best so far."""
    if recorded.summary:
        best = recorded.summary.get("best_epoch")
        return best if isinstance(best, int) else None
    return max(
        (epoch for epoch, rows in recorded.epochs.items() if any(r.get("best") for r in rows.values())), default=None
    )


def _chance(recorded: Recorded, key: str) -> Iterator[Level]:
    dev = recorded.summary.get("dev") or {}
    chance = number(dev, "chance")
    if figure_keys(dev)[:1] == [key] and chance == chance:
        yield Level(chance, "chance")
