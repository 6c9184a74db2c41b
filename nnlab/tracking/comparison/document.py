"""The JSON document of a comparison: that of the command-line contract, and what else is useful."""

import dataclasses
import math
from typing import Any

from nnlab.checks.parity.result import Comparison, Divergence
from nnlab.core.spreadsheet import cell
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.comparison.words import verdict_sentence
from nnlab.tracking.files import plain

SCHEMA_VERSION = 1


def document(comparison: Comparison, **more: Any) -> dict[str, Any]:
    """Finite numbers and nulls only. Options:  more: keys about the whole, such as its id and folder."""
    differences = Differences.of(comparison)
    worst = differences.worst
    found: dict[str, Any] = plain(
        {
            "schema_version": SCHEMA_VERSION,
            "backends": comparison.backends,
            "dtype": comparison.dtype,
            "steps": comparison.steps,
            "first_divergence": None if comparison.first is None else _divergence(comparison.first),
            "worst": {"tensor": worst.tensor if worst else None, "relative": worst.value if worst else None},
            "verdict": comparison.verdict,
            "says": verdict_sentence(comparison),
            **more,
            "kinds": _kinds(differences),
            "without_signal": [tensor for tensor in comparison.tensors if tensor in comparison.silent],
            "divergences": [_divergence(divergence) for divergence in comparison.divergences],
        }
    )
    return found


def _divergence(found: Divergence) -> dict[str, Any]:
    """The contract's four keys first."""
    first = {"step": found.step, "tensor": found.tensor, "kind": found.kind, "relative": found.relative}
    return first | dataclasses.asdict(found)


def _kinds(differences: Differences) -> dict[str, Any]:
    """The worst difference of each kind of tensor that has signal, and where."""
    kinds: dict[str, Any] = {}
    for role, places in differences.roles():
        peak = differences.peak(places)
        where = {"relative": peak.value, "tensor": peak.tensor, "step": peak.step} if peak else None
        kinds[role] = {"tensors": len(places), "worst": where}
    return kinds


def lines(comparison: Comparison) -> list[dict[str, Any]]:
    """One record per step: step, epoch and every tensor's difference."""
    return [
        {"step": step.step, "epoch": step.epoch, "differences": dict(step.differences)} for step in comparison.history
    ]


def csv(differences: Differences) -> str:
    """The differences as a table for a spreadsheet: a row per step, a column per tensor; empty where there is none."""
    head = ["step", "epoch", *(cell(tensor.name, quoted=True) for tensor in differences.tensors)]
    rows = [",".join(head)]
    for step, epoch, values in zip(differences.steps, differences.epochs, differences.values.tolist(), strict=True):
        cells = ["" if math.isnan(value) else f"{value:.4g}" for value in values]
        rows.append(",".join([str(step), str(epoch), *cells]))
    return "\n".join(rows) + "\n"
