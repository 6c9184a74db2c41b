"""The two charts of a comparison: lines by kind of tensor, and a map of every tensor over the steps."""

import numpy as np

from nnlab.checks.parity.result import Comparison
from nnlab.core.types import Array
from nnlab.tracking.comparison.differences import Binned, Differences
from nnlab.tracking.comparison.tensors import ROLES, by_layer
from nnlab.tracking.comparison.words import divergence_sentence
from nnlab.tracking.pages.heat_map import Flag, Row, heat_map
from nnlab.tracking.pages.line_chart import Line, Marks, line_chart
from nnlab.tracking.pages.scale import Bands

COLUMNS = 240
"""More steps than this share columns, each showing its worst step: a screen has no more room."""


def line_chart_of(comparison: Comparison, differences: Differences, tolerance: float) -> str:
    """The worst tensor of each kind in strong lines, each tensor in a thin one behind, without signal in grey."""
    binned = differences.binned(COLUMNS)
    lines = []
    for place, tensor in enumerate(differences.tensors):
        kind = "thin" if differences.signal[place] else "silent"
        lines.append(Line(tensor.name, binned.values[place], f"c{ROLES.index(tensor.role)}", kind))
    for role, places in differences.roles():
        lines.append(Line(role, _worst_of(binned.values[places]), f"c{ROLES.index(role)}"))
    return line_chart("lines", lines, _marks(comparison, binned, tolerance))


def heat_map_of(comparison: Comparison, differences: Differences, tolerance: float) -> str:
    """A row per tensor in the order of a step, layer by layer; where they parted is pointed out."""
    binned = differences.binned(COLUMNS)
    rows: list[Row] = []
    row_of: dict[str, int] = {}
    for layer, places in by_layer(differences.tensors).items():
        for place in places:
            tensor, silent = differences.tensors[place], not differences.signal[place]
            row_of[tensor.name] = len(rows)
            title = f"{tensor.name} (no signal)" if silent else tensor.name
            rows.append(Row(layer, tensor.short, title, binned.values[place], faint=silent))
    flags: dict[tuple[int, int], Flag] = {}
    for found in comparison.divergences:
        column, row = binned.column(found.step), row_of.get(found.tensor)
        if column is not None and row is not None:
            flags.setdefault((row, column), Flag(row, column, divergence_sentence(found)))
    bands = Bands.around(differences.values[:, differences.signal], tolerance)
    return heat_map("tensors", rows, bands, _marks(comparison, binned, tolerance), list(flags.values()))


def _marks(comparison: Comparison, binned: Binned, tolerance: float) -> Marks:
    step, first = None, comparison.first
    if first is not None and (column := binned.column(first.step)) is not None:
        step = (column, f"step {first.step}: {first.kind}")
    return Marks(binned.spans, binned.labels, tolerance, step)


def _worst_of(values: Array) -> Array:
    """The largest of several rows, column by column; NaN where none has a value."""
    lowered = np.where(np.isnan(values), -1.0, values).max(axis=0)
    return np.where(lowered < 0, np.nan, lowered)
