"""How far the code's gradients are from differences."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.checks.gradients import THRESHOLD
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import HALF, Frame, Level, Line
from nnlab.tracking.pages.page import folded, table
from nnlab.tracking.pages.scale import short
from nnlab.tracking.report.curves import MOST_EPOCHS
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import Recorded, number, words

SHOWN, MOST = 12, 200
"""Parameters in view, and at most in the page."""


def gradients(recorded: Recorded) -> Part:
    """Each check's worst distance, and each parameter's."""
    rows = [row for row in recorded.run.checks if row.get("kind") == "gradient" and number(row, "distance") >= 0]
    name = "Gradient checks"
    if not rows:
        return missing("gradients", name, "no gradient was checked.")
    by_epoch: dict[int, float] = {}
    worst: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        distance, parameter = number(row, "distance"), words(row.get("parameter"), 80)
        if row.get("verdict") != "no signal":  # there both values are rounding
            by_epoch[row["epoch"]] = max(by_epoch.get(row["epoch"], 0.0), distance)
        if parameter not in worst or distance > number(worst[parameter], "distance"):
            worst[parameter] = row
    epochs = len({row["epoch"] for row in rows})
    wrong = sum(1 for row in rows if row.get("verdict") == "bug")
    return Part(
        "gradients",
        name,
        f'<div class="pair">{_chart(by_epoch)}<div>{_table(worst)}</div></div>',
        intro=f"The gradients of {len(worst)} parameters, held against differences of the loss in float64 in "
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}: distance = |code - differences| / (|code| + |differences|). "
        + (f"{wrong} were found wrong." if wrong else "None was found wrong.")
        + f" Distances above {THRESHOLD:g} are, except beside a corner of the loss (kink), or where both are rounding "
        "(no signal).",
    )


def _chart(by_epoch: Mapping[int, float]) -> str:
    epochs = sorted(by_epoch)
    each = -(-len(epochs) // MOST_EPOCHS) or 1  # a column of a long run has the worst of several
    spans = [epochs[first : first + each] for first in range(0, len(epochs), each)]
    line = Line("worst distance", np.array([max(by_epoch[epoch] for epoch in span) for span in spans]), "c0")
    frame = Frame(
        Columns.of([(span[0], span[-1]) for span in spans]),
        upright="distance, logarithmic",
        label="The worst distance of each gradient check",
        scale="relative",
        levels=[Level(THRESHOLD, f"wrong above {THRESHOLD:g}")],
        size=HALF,
        digits=2,
    )
    return line_chart("gradient-checks", [line], frame)


def _table(worst: Mapping[str, Mapping[str, Any]]) -> str:
    ordered = sorted(worst.items(), key=lambda item: -number(item[1], "distance"))[:MOST]
    rows = [
        (name, short(number(row, "distance")), words(row.get("verdict"), 40), str(row["epoch"]))
        for name, row in ordered
    ]
    head = {"parameter": False, "worst distance": True, "verdict": False, "epoch": True}
    more: Sequence[Any] = rows[SHOWN:]
    return table(head, rows[:SHOWN]) + (folded(f"{len(more)} more parameters", table(head, more)) if more else "")
