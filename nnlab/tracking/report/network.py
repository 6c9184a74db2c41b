"""The network, layer by layer."""

from collections.abc import Mapping
from typing import Any

from nnlab.tracking.pages.page import folded, table
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import Recorded, number, words

SHOWN, MOST = 60, 1000
"""Layers in view, and at most in the page."""

HEAD = {
    "layer": False, "kind": False, "reads": False, "output": False, "parameters": True, "multiply-adds": True,
    "activations": True,
}  # fmt: skip


def network(recorded: Recorded) -> Part:
    """A row for each layer, and their sums."""
    name = "The network"
    layers = recorded.description.get("layers")
    if not layers:
        return missing("network", name, "this run did not write its layers down; `nnlab train --dry-run` shows them.")
    rows, before = [], "input"
    for layer in layers[:MOST]:
        rows.append(_row(layer, before))
        before = words(layer.get("name"), 60)
    totals = recorded.description.get("totals", {})
    sums = ("all", "", "", "", _count(totals, "parameters"), _count(totals, "multiply_adds"), "")
    html = table(HEAD, [*rows[:SHOWN], *([] if rows[SHOWN:] else [sums])])
    if rows[SHOWN:]:
        html += folded(f"{len(rows) - SHOWN} more layers", table(HEAD, [*rows[SHOWN:], sums]))
    return Part(
        "network",
        name,
        html,
        intro=f"{_count(totals, 'parameters')} numbers learn; a sample takes {_count(totals, 'multiply_adds')} "
        "multiply-adds (products of convolutions and matrices; a bias is none). Activations are what a layer gives, in "
        "float32, for one sample.",
    )


def _row(layer: Mapping[str, Any], before: str) -> tuple[str, ...]:
    inputs = layer.get("inputs")
    reads = ", ".join(map(str, inputs)) if isinstance(inputs, list) else ""
    output = layer.get("output")
    activations = number(layer, "activation_bytes")
    return (
        words(layer.get("name"), 60),
        words(layer.get("kind"), 40),
        "" if reads == before else words(reads, 80),
        " x ".join(map(str, output[:8])) if isinstance(output, list) else "",
        _count(layer, "parameters"),
        _count(layer, "multiply_adds"),
        f"{activations / 1024:,.1f} KiB" if activations > 0 else "",
    )


def _count(row: Mapping[str, Any], key: str) -> str:
    value = number(row, key)
    return f"{value:,.0f}" if value > 0 else ""
