"""What a comparison found, in words that need no knowledge of nnlab."""

from nnlab.checks.parity.result import Comparison, Divergence, Verdict
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.pages.scale import short

TONES: dict[Verdict, str] = {
    "equal": "good",
    "rounding": "good",
    "no signal": "good",
    "convention": "warn",
    "bug": "bad",
}

MEANINGS: dict[str, str] = {
    "equal": "No tensor differed by more than the last digits of the numbers explain. Both computed the same, though "
    "perhaps in another order of the additions.",
    "rounding": "Computers round every result to a few digits, and two orders of the same additions round differently. "
    "Training feeds these last digits back, so they can grow. That it is rounding was found out, not assumed: the same "
    "step with twice the digits (float64) brings the two together.",
    "no signal": "The true value of the tensor is zero, so both computed nothing but rounding errors, which need not "
    "agree. A bias in front of BatchNorm is one: BatchNorm subtracts it again, so its gradient is zero. Adam divides a "
    "gradient by its own size and thereby makes such noise as large as a real step. What is made of it (the layer's "
    "output) carries the noise on until BatchNorm takes it away; the network's output in training does not feel it.",
    "convention": "A choice that the field makes in more than one way, each of them in good faith: where Adam adds its "
    "epsilon, which variance BatchNorm keeps, whether a loss is a mean or a sum. It is named by trying it: "
    "with the other choice the two agree.",
    "bug": "None of the others: more than rounding, a tensor that has signal, and no known choice that explains it. "
    "One of the two computes something else, first of all in the tensor that is named here.",
    "relative difference": "The largest difference between the two in a tensor, divided by the largest number in it: "
    "1e-07 means that they agree in about seven digits. float32 has seven, float64 sixteen.",
    "tensor": "An array that a step computes: a layer's output (forward), what comes back to it (backward), a "
    "gradient, what the optimizer remembers (slots), a weight, a running statistic (buffers), a prediction "
    "(evaluation).",
}


def verdict_sentence(comparison: Comparison) -> str:
    """The verdict in one sentence."""
    one, other = comparison.backends
    first = comparison.first
    steps = "the one step" if comparison.steps == 1 else f"all {comparison.steps:,} steps"
    if comparison.steps == 0:
        return f"{one} and {other} took no step, so nothing was compared"
    if first is None or comparison.verdict == "equal":
        return f"{one} and {other} agree in every tensor at {steps}, as closely as {comparison.dtype} can"
    if comparison.verdict == "rounding":
        return f"{one} and {other} agree but for rounding, which the training amplified from step {first.step} on"
    if comparison.verdict == "no signal":
        return f"{one} and {other} agree in every tensor that has signal; what differs is noise around a true zero"
    if comparison.verdict == "convention":
        name = f" ({first.convention})" if first.convention else ""
        return f"{one} and {other} make a choice differently{name}: they part at step {first.step} in {first.tensor}"
    return f"{one} and {other} compute different things: they part at step {first.step} in {first.tensor}"


def divergence_sentence(found: Divergence) -> str:
    """A divergence in one line: step, tensor, kind, how far, what it says."""
    name = f" {found.convention}" if found.convention and found.convention not in found.says else ""
    return f"step {found.step}, {found.tensor}: {found.kind}{name}, {short(found.relative)} apart; {found.says}"


def worst_sentence(differences: Differences) -> str:
    """The tensor with signal that differed most."""
    worst = differences.worst
    if worst is None:
        return "no tensor with signal was compared"
    if worst.value == 0:
        return "none: every tensor with signal is equal to the bit"
    return f"{worst.tensor}, {short(worst.value)} at step {worst.step}"


def count(number: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
