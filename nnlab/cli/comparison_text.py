"""What stdout gets when a comparison ends."""

from nnlab.checks.parity.result import Comparison
from nnlab.core.printing import printable
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.comparison.words import count, divergence_sentence, verdict_sentence, worst_sentence
from nnlab.tracking.pages.scale import short

NAMED = 4
"""Tensors without signal that are named."""


def comparison_text(comparison: Comparison, about: About, *, report: str, verbose: bool = False) -> str:
    """The verdict, where they first part, the worst tensors by kind, and where the page is.

    Options:  report: the page's path.  verbose: every tensor instead of the worst of each kind.
    """
    differences = Differences.of(comparison)
    epochs = comparison.history[-1].epoch if comparison.history else 0
    what = f"{about.model} with {about.settings['optimizer']['name']} on {about.settings['data']['dataset']}"
    length = f"{count(comparison.steps, 'step')} in {count(epochs, 'epoch')}"
    first = comparison.first
    lines = [
        f"{about.exp_id}: {what}  ({comparison.dtype}, {length}, {about.seconds:.2f} s)",
        "",
        f"  {comparison.verdict}: {verdict_sentence(comparison)}",
        f"  first divergence: {divergence_sentence(first) if first else 'none'}",
        f"  worst tensor with signal: {worst_sentence(differences)}",
        f"  tensors without signal: {_silent(comparison)}",
        "",
        *(_every(differences) if verbose else _by_kind(differences)),
        "",
        f"  report: {report}",
    ]
    return "\n".join(map(printable, lines)) + "\n"


def _silent(comparison: Comparison) -> str:
    names = [tensor for tensor in comparison.tensors if tensor in comparison.silent]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} ({', '.join(names[:NAMED])}{more})" if names else "none"


def _by_kind(differences: Differences) -> list[str]:
    """A line per kind of tensor that has signal."""
    lines = [f"  {'kind':<11} {'tensors':>7} {'worst':>11} {'step':>7}  tensor"]
    for role, places in differences.roles():
        peak = differences.peak(places)
        where = f"{short(peak.value):>11} {peak.step:>7,}  {peak.tensor}" if peak else f"{'-':>11} {'-':>7}"
        lines.append(f"  {role:<11} {len(places):>7} {where}")
    return lines


def _every(differences: Differences) -> list[str]:
    """A line per tensor, in the order of a step."""
    width = max((len(tensor.name) for tensor in differences.tensors), default=6)
    lines = [f"  {'tensor':<{width}} {'worst':>11} {'step':>7}"]
    for place, tensor in enumerate(differences.tensors):
        peak, note = differences.peak([place]), "" if differences.signal[place] else "  no signal"
        where = f"{short(peak.value):>11} {peak.step:>7,}" if peak else f"{'-':>11} {'-':>7}"
        lines.append(f"  {tensor.name:<{width}} {where}{note}")
    return lines
