"""A run that trained past its best, in words."""

from collections.abc import Mapping
from typing import Any

from nnlab.tracking.report.recorded import number, table_of

FOUND = ("overshoot", "avoided", "diverged")
"""The verdicts that are worth a line."""


def overshoot_words(summary: Mapping[str, Any]) -> str:
    """Where dev's loss was least and what became of it; empty where it stayed, or where nothing is known of it."""
    found = table_of(summary, "overshoot")
    verdict, least, rise = found.get("verdict"), number(found, "least_epoch"), number(found, "rise")
    wasted, epochs = number(found, "wasted_epochs"), number(found, "epochs")
    if verdict not in FOUND or not (least >= 1 and epochs >= least):
        return ""
    risen = f" by {rise:.3g} ± {2 * number(found, 'error'):.1g}" if rise == rise else ""
    if verdict == "diverged":
        return f"dev's loss was least at epoch {least:.0f}, and rose{risen} together with training's"
    since = f"dev's loss was least at epoch {least:.0f}, and rose{risen} while training's fell"
    if verdict == "avoided":
        return f"{since}: early stopping ended that after {wasted:.0f} epochs"
    return f"{since}: {wasted:.0f} of {epochs:.0f} epochs wasted"


def least_epoch(summary: Mapping[str, Any]) -> int | None:
    """The epoch of dev's least loss, where the run went past it."""
    found = table_of(summary, "overshoot")
    least = found.get("least_epoch")
    return least if found.get("verdict") in FOUND and isinstance(least, int) else None
