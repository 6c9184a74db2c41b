"""The two charts of a comparison: lines by kind of tensor, and a map of every tensor over the steps."""

import numpy as np

from nnlab.checks.parity.result import Comparison
from nnlab.core.types import Array
from nnlab.tracking.comparison.differences import Binned, Differences
from nnlab.tracking.comparison.tensors import ROLES, by_layer
from nnlab.tracking.comparison.words import divergence_sentence
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.heat_map import Flag, Row, heat_map
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import Frame, Level, Line, Mark
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
    frame = Frame(
        Columns(binned.spans, binned.labels),
        upright="relative difference",
        label="The difference of each kind of tensor over the steps, logarithmic",
        scale="relative",
        levels=[Level(tolerance, f"tolerance {tolerance:.0e}")],
        marks=_marks(comparison, binned),
        digits=2,
    )
    return line_chart("lines", lines, frame)


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
    return heat_map("tensors", rows, bands, Columns(binned.spans, binned.labels), list(flags.values()))


def _marks(comparison: Comparison, binned: Binned) -> list[Mark]:
    first = comparison.first
    column = binned.column(first.step) if first is not None else None
    return [] if first is None or column is None else [Mark(column, f"step {first.step}: {first.kind}")]


def _worst_of(values: Array) -> Array:
    """The largest of several rows, column by column; NaN where none has a value."""
    lowered = np.where(np.isnan(values), -1.0, values).max(axis=0)
    return np.where(lowered < 0, np.nan, lowered)
