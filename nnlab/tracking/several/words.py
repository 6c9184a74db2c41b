"""What is said of two experiments, in sentences that need no knowledge of statistics, and as JSON has it."""

from typing import Any

from nnlab.tracking.files import plain
from nnlab.tracking.several.verdict import Verdict

TONES = {"better": "good", "worse": "bad", "cannot tell": "fair"}

MEANINGS = {
    "better, worse": "The two differ by more than chance gives in 19 of 20 comparisons of equals (p below 0.05). It "
    "says nothing of how much: the interval does.",
    "cannot tell": "What was seen may be chance. It does not say that the two are equal: with more seeds, or more test "
    "pictures, they may come apart.",
    "interval": "In 19 of 20 such comparisons the true difference lies within it.",
    "exact McNemar test": "Counts the pictures that one of the two alone is right about. If both were equally good, "
    "each of these would be as likely to be the one's as the other's, as a coin that is tossed.",
    "paired t test by seed": "Looks at the difference of two runs of the same seeds, for each pair of seeds: what a "
    "seed does to both is gone from it.",
    "Welch's t test": "Compares the means of runs whose seeds do not match, whatever their spread.",
}


def headline(found: Verdict) -> str:
    """The word in a sentence."""
    first, second = found.labels
    if found.word == "cannot tell":
        return f"cannot tell whether {second} is better than {first}"
    return f"{second} is {found.word} than {first}"


def figures(found: Verdict) -> str:
    """Both figures, the difference and its interval."""
    judge, first, second = found.judge, found.first, found.second
    if first is None or second is None:
        return f"there is no {found.partition} {judge.title} of both"
    runs = [f" (mean of {count} runs)" if count > 1 else "" for count in found.runs]
    said = f"{found.partition} {judge.title} {judge.shown(second)}{runs[1]} against {judge.shown(first)}{runs[0]}"
    said += "" if found.found.value is None else f": {judge.apart(found.found.value)}"
    if found.found.interval is not None:
        low, high = found.found.interval
        said += f", 95% interval {judge.apart(low).removesuffix(' points')} to {judge.apart(high)}"
    return said


def method(found: Verdict) -> str:
    """By which test, and what it gave."""
    test, said = found.found, found.found.method
    if found.lost is not None:
        said += f" ({found.lost} right by {found.labels[0]} alone, {found.won} by {found.labels[1]} alone)"
    said += "" if test.p is None else f", p {shown_p(test.p)}"
    return said + (f"; {test.note}" if test.note else "")


def shown_p(p: float) -> str:
    """= 0.031, or < 0.0001"""
    return "< 0.0001" if p < 1e-4 else f"= {p:.3f}" if p >= 0.001 else f"= {p:.4f}"


def document(found: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    test = found.found
    made: dict[str, Any] = plain({
        "first": found.labels[0], "second": found.labels[1], "word": found.word, "says": headline(found),
        "partition": found.partition, "figure": found.judge.key, "better": found.judge.better,
        "first_value": found.first, "second_value": found.second, "difference": test.value,
        "interval": test.interval, "p": test.p, "method": test.method, "note": test.note or None,
        "compared_runs": found.runs, "samples": found.samples, "lost": found.lost, "won": found.won,
    })  # fmt: skip
    return made
