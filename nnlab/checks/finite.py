"""Values that are not finite, and zeros and ones where a logarithm follows: which layer made them, from which files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.types import Array
from nnlab.kernels.threads import one_blas_thread

FILES_NAMED: Final = 3
"""How many files a message names; the count says how many there are."""

FILES_KEPT: Final = 20
"""How many of them checks.jsonl names."""

PASSES: Final = {
    "forward": "its output",
    "backward": "the gradient that it hands to its inputs",
    "loss": "the loss's gradient",
    "logarithm": "the probabilities that the loss takes the logarithm of",
}


@dataclass(frozen=True)
class Instability:
    """The first tensor of a step that is not as it must be, and who made it.

    Options:  node: the layer that produced it from inputs that were fine; "input" for the data, a loss's class name.
              what: "forward", "backward", "loss", "logarithm" or "gradient <field>", as a Watch is told.
              found: "NaN", "infinity", "0" or "1".  count: how many elements of how many (`size`).
              files: the samples it shows in; for a parameter's gradient, which sums over samples, the whole batch.
    """

    node: str
    what: str
    found: str
    count: int
    size: int
    files: tuple[str, ...]
    samples: int

    def __str__(self) -> str:
        tensor = PASSES.get(self.what) or f"the {self.what}"
        where = "a batch" if self.what.startswith("gradient") else "samples"
        named = ", ".join(self.files[:FILES_NAMED]) + (", ..." if len(self.files) > FILES_NAMED else "")
        several = f"{len(self.files)} of {self.samples} samples" if where == "samples" else f"a batch of {self.samples}"
        return f"{self.found} in {tensor} ({self.count} of {self.size} values, {several}: {named})"

    def record(self) -> dict[str, Any]:
        """What was found, as checks.jsonl keeps it."""
        known = {**vars(self), "files": list(self.files[:FILES_KEPT]), "files_in_all": len(self.files)}
        return {"kind": "instability", "verdict": "unstable", **known}


class FiniteWatch:
    """A Watch over one step that keeps the first thing that goes wrong in it.

    A pass runs in order, so the first bad tensor was made from good ones: its maker is to blame. Everything after it
    is left unread. A tensor may also be that of the first samples of the batch alone (`InPieces`).

    Options:  readers: for every node (and "input") those that read its output, which is who hands it its gradient;
                  nodes that are not listed are taken for a chain.
    """

    def __init__(self, batch: Batch, readers: Mapping[str, Sequence[str]] | None = None):
        self._batch, self._readers = batch, readers or {}
        self._forward = self._previous = "input"
        self.found: Instability | None = None

    def __call__(self, node: str, what: str, array: Array) -> None:
        """Looks at one tensor."""
        if self.found is None:
            if what == "logarithm":
                self._logarithm(array)
            elif not finite(array):
                self._blame(node, what, array)
        if what == "forward":
            self._forward = node
        elif what in ("loss", "backward"):
            self._previous = node

    def _logarithm(self, array: Array) -> None:
        for value, name in ((0, "0"), (1, "1")):
            bad = array == value
            if bad.any():
                self.found = self._instability(self._forward, "logarithm", name, bad)
                return

    def _blame(self, node: str, what: str, array: Array) -> None:
        """Names the maker. A bad batch is only looked for now: it is the largest array of the step."""
        if what == "forward" and not finite(self._batch.inputs):
            node, array = "input", self._batch.inputs
        elif what == "backward":
            node = " or ".join(self._readers.get(node, ())) or self._previous
        nan = np.isnan(array)
        self.found = self._instability(node, what, "NaN" if nan.any() else "infinity", ~np.isfinite(array))

    def _instability(self, node: str, what: str, found: str, bad: Array) -> Instability:
        sources = tuple(self._batch.sources)
        if not what.startswith("gradient") and len(bad) <= len(sources):
            rows = np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))
            files = tuple(sources[row] for row in rows)
        else:
            files = sources
        return Instability(node, what, found, int(bad.sum()), bad.size, files, len(sources))


def finite(array: Array) -> bool:
    """Whether every element is finite; one multiplication per element, no temporary.

    NaN and infinity survive a sum of squares. Where that is not finite the elements themselves are asked, because a
    sum may also overflow over values that are large but sound.
    """
    flat = array.ravel(order="K")  # in memory's order, so that a transposed array is not copied
    with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
        if np.isfinite(np.dot(flat, flat)):
            return True
    return bool(np.isfinite(array).all())
