"""Whether a rung may be timed at all: what it gives held against the float32 reference, and what it gets right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.metrics.significance import Difference

FLOAT_BOUND = 1e-4
"""Of the largest number of an output, that changes of a float32 graph may move it by."""

AGREEMENT = 0.99
"""Of samples, that get the same largest score in half precision."""


@dataclass(frozen=True)
class Parity:
    """How far outputs are from the reference's.

    Options:  absolute: the largest difference of the first output.  relative: of any output, by its largest number.
              agreement: the share of samples whose first output has its largest number in the same place; None of
              outputs that are no rows.
    """

    absolute: float
    relative: float
    agreement: float | None
    samples: int


def parity(reference: Sequence[Array], outputs: Sequence[Array], *, logits: bool = False) -> Parity:
    """Outputs against the reference's. Options:  logits: the first output lacks its softmax, which is made here."""
    ours = [np.asarray(y) for y in outputs]
    if logits:
        wide = ours[0].astype(np.float64)
        ours[0] = softmax(wide, out=np.empty_like(wide))
    absolute, relative = [], []
    for own, theirs in zip(ours, reference, strict=True):
        if own.shape != theirs.shape or own.dtype.kind not in "fiub":
            return Parity(float("inf"), float("inf"), None, len(theirs))
        wide = theirs.astype(np.float64)
        apart = float(np.abs(own.astype(np.float64) - wide).max(initial=0))
        absolute.append(apart if np.isfinite(apart) else float("inf"))
        relative.append(absolute[-1] / (float(np.abs(wide).max(initial=0)) or 1.0))
    first = reference[0]
    rows = first.ndim == 2 and first.shape[1] > 1
    agreement = float((ours[0].argmax(axis=1) == first.argmax(axis=1)).mean()) if rows else None
    return Parity(absolute[0], max(relative), agreement, len(first))


@dataclass(frozen=True)
class Judged:
    """What a rung lost and won against the reference. Options:  drop: of the share of right answers."""

    lost: int
    won: int
    drop: float
    difference: Difference


def why_not(
    gate: str, found: Parity, judged: Judged | None, *, max_drop: float, same_classes: bool | None = None
) -> str | None:
    """Why a rung may not be timed; None where it may.

    Options:  max_drop: share of right answers that int8 may lose.
              same_classes: of a graph without its softmax: whether every test picture gets the same class.
    """
    if gate == "float":
        if not found.relative <= FLOAT_BOUND:
            return f"{found.relative:.2g} of the largest output away, {FLOAT_BOUND:g} is allowed"
        if same_classes is False:
            return "a test picture gets another class"
        return None
    worse = judged is not None and judged.difference.word() == "worse"
    if gate == "half":
        if found.agreement is not None and found.agreement < AGREEMENT:
            return f"the same class for {found.agreement:.1%} of samples, {AGREEMENT:.0%} is wanted"
        return f"worse by more than chance (p {_p(judged)})" if worse else None
    if not np.isfinite(found.relative):
        return "its outputs are no numbers, or of other shapes"
    if judged is None:
        return None
    if judged.drop > max_drop:
        return f"{100 * judged.drop:.1f} points lost, {100 * max_drop:g} are allowed"
    return f"worse by more than chance (p {_p(judged)})" if worse else None


def _p(judged: Judged | None) -> str:
    return "-" if judged is None or judged.difference.p is None else f"{judged.difference.p:.2g}"
