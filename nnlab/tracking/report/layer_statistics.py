"""What the layers gave, and how they learnt, epoch by epoch; dead units by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.heat_map import Key, Row, heat_map
from nnlab.tracking.pages.page import table
from nnlab.tracking.pages.scale import Bands
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import Recorded, number, words

MOST_LAYERS, MOST_COLUMNS, MOST_UNITS = 120, 120, 24
"""Rows of a map, its columns, and dead units that are named."""

BURST = 1e30
"""What is above it is as good as not finite."""


@dataclass(frozen=True)
class Statistic:
    """What a map shows.

    Options:  path: where it stands in a row of layers.jsonl.  middle: the value between blue and orange.
              says: what is to be read from it.
    """

    anchor: str
    path: tuple[str, ...]
    heading: str
    middle: float
    says: str


STATISTICS = (
    Statistic(
        "update-ratio",
        ("update_ratio",),
        "Updates, as a share of the weights",
        1e-3,
        "By how much an update changes a layer's weights, for their length. Around 1e-3 is usual: much more, and "
        "training shakes, much less and the layer hardly learns.",
    ),
    Statistic(
        "gradient-norm",
        ("gradient_norm",),
        "Gradients",
        1.0,
        "The length of the loss's gradient in each layer's weights. Where it falls by powers of ten towards the input, "
        "the first layers learn slowly; where it rises so, training may burst.",
    ),
    Statistic(
        "activation-std",
        ("activation", "std"),
        "Spread of the activations",
        1.0,
        "The standard deviation of what each layer gives. Healthy networks keep it within a power of ten of 1.",
    ),
)


def layer_statistics(recorded: Recorded) -> Part:
    """A map for each statistic, a row for each layer; then the layers at the end, dead units named."""
    name = "Layers over time"
    if not recorded.run.layers:
        return missing("layers", name, "this run kept no statistics of its layers.")
    layers = list(dict.fromkeys(row["layer"] for row in recorded.run.layers))
    shown = layers[:MOST_LAYERS]
    maps = [_map(recorded.run.layers, shown, statistic) for statistic in STATISTICS]
    left = f"The first {len(shown)} of {len(layers)} layers are shown." if len(shown) < len(layers) else ""
    return Part("layers", name, "".join([*maps, _last(recorded.run.layers, shown)]), intro=left)


def _map(rows: Sequence[Mapping[str, Any]], layers: Sequence[str], of: Statistic) -> str:
    epochs = evenly(sorted({row["epoch"] for row in rows}), MOST_COLUMNS)
    known = {(row["layer"], row["epoch"]): number(row, *of.path) for row in rows}
    table_rows = []
    for layer in layers:
        values = np.array([known.get((layer, epoch), np.nan) for epoch in epochs])
        values[values > BURST] = np.inf
        if not np.isnan(values).all():
            table_rows.append(Row(name := words(layer, 80), name, name, values))
    if not table_rows:
        return ""
    key = Key(
        middle=f"{of.middle:g}",
        label=f"{of.heading}, layer by layer and epoch by epoch",
        missing="not recorded",
        relative=False,
    )
    every: Array = np.concatenate([row.values for row in table_rows])
    drawn = heat_map(of.anchor, table_rows, Bands.around(every, of.middle), Columns.each(epochs), key=key)
    return f'<h3>{of.heading}</h3><p class="soft">{of.says}</p>{drawn}'


def _last(rows: Sequence[Mapping[str, Any]], layers: Sequence[str]) -> str:
    """The layers as they were last recorded."""
    last = {row["layer"]: row for row in rows}  # later epochs stand behind
    lines = [
        (
            words(layer, 60),
            words(last[layer].get("kind"), 40),
            _shown(last[layer], "activation", "mean"),
            _shown(last[layer], "activation", "std"),
            _share(number(last[layer], "activation", "zeros")),
            _dead(last[layer]),
            _shown(last[layer], "gradient_norm"),
            _shown(last[layer], "weight_norm"),
            _shown(last[layer], "update_ratio"),
        )
        for layer in layers
    ]
    head = {
        "layer": False, "kind": False, "mean": True, "std": True, "zeros": True, "dead units": False,
        "gradient": True, "weights": True, "update ratio": True,
    }  # fmt: skip
    epoch = max((row["epoch"] for row in rows), default=0)
    said = (
        f"As they were in epoch {epoch}: mean and spread of what each layer gives, and the share of zeros in it; units "
        "that gave 0 for every sample are dead, and learn no more; the lengths of gradient and weights."
    )
    return f'<h3>Layers at the end, and dead units</h3><p class="soft">{said}</p>{table(head, lines)}'


def _shown(row: Mapping[str, Any], *keys: str) -> str:
    value = number(row, *keys)
    return f"{value:.3g}" if value == value else ""


def _share(value: float) -> str:
    return f"{value:.1%}" if value == value else ""


def _dead(row: Mapping[str, Any]) -> str:
    dead = row.get("dead")
    if dead is None:
        return ""
    named = ", ".join(map(str, dead[:MOST_UNITS])) + (", …" if dead[MOST_UNITS:] else "")
    of = f" of {row['units']}" if row.get("units") else ""
    return f"{len(dead)}{of}: {named}" if dead else f"none{of}"
