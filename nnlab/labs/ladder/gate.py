"""The parity gate: what each probe gave held against the reference, before any time is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.types import Array
from nnlab.experiment.answering.subject import Answered, Subject
from nnlab.experiment.quantize import parted
from nnlab.labs.kinds.ladder_probe import OUTPUTS, outputs_of
from nnlab.labs.ladder.job import rung_of
from nnlab.labs.ladder.parity import Judged, Parity, parity, why_not
from nnlab.labs.row import DONE, Row

FAILED_PARITY = "failed parity"


@dataclass(frozen=True, eq=False)
class Gated:
    """A rung after the gate.

    Options:  status: ok, failed parity, failed or skipped.  reason: why it is not ok.  probe: what was measured of it
              alone.  answered: what it is right about; None where that is not known.  judged: against the reference.
    """

    name: str
    status: str
    reason: str | None = None
    probe: Row | None = None
    parity: Parity | None = None
    answered: Answered | None = None
    judged: Judged | None = None

    @property
    def passes(self) -> bool:
        """Whether it may be timed."""
        return self.status == "ok"


class Gate:
    """Options:  reference: the name of the rung that others are held against.  places: of each probe, by its rung."""

    def __init__(
        self, subject: Subject, reference: str, rows: Mapping[str, Row], places: Mapping[str, Path], max_drop: float
    ):
        self._subject, self._reference, self._rows, self._places = subject, reference, rows, places
        self._max_drop = max_drop
        self._known: dict[str, Gated] = {}

    def all(self, names: Sequence[str]) -> list[Gated]:
        """Every rung, in this order. Without a reference none passes."""
        for name in (self._reference, *names):
            if name not in self._known:
                self._known[name] = self._gated(name)
        return [self._known[name] for name in names]

    def _gated(self, name: str) -> Gated:
        row = self._rows.get(name)
        if row is None:
            return Gated(name, "skipped", "it has not run")
        if row["status"] != DONE:
            return Gated(name, row["status"], row.get("reason"))
        wanted = outputs_of(self._places[self._reference] / OUTPUTS, "samples") if self._has_reference() else None
        given = outputs_of(self._places[name] / OUTPUTS, "samples")
        if wanted is None or given is None:
            return Gated(name, "failed", f"there is no reference: {self._reference} did not run", row)
        logits = bool(row["result"]["logits"])
        found = parity(wanted, given, logits=logits)
        answered = self._answered(name, logits)
        judged = self._judged(name, answered)
        rung = rung_of(name)
        same = None if not logits else self._same_classes(name)
        reason = why_not(rung.gate, found, judged, max_drop=self._max_drop, same_classes=same)
        return Gated(name, "ok" if reason is None else FAILED_PARITY, reason, row, found, answered, judged)

    def _has_reference(self) -> bool:
        row = self._rows.get(self._reference)
        return row is not None and row["status"] == DONE

    def _answered(self, name: str, logits: bool) -> Answered | None:
        """What a rung is right about; of one that is not judged itself, what the rung before it is."""
        outputs = outputs_of(self._places[name] / OUTPUTS, "test")
        if outputs is None:
            before = rung_of(name).after
            known = self._known.get(before) if before else None
            return known.answered if known is not None else None
        return self._subject.answered_outputs(outputs)

    def _judged(self, name: str, answered: Answered | None) -> Judged | None:
        reference = self._known.get(self._reference)
        before = answered if reference is None else reference.answered
        if (found := parted(before, answered)) is None or before is None or answered is None:
            return None
        lost, won, difference = found
        return Judged(lost, won, before.figure - answered.figure, difference)

    def _same_classes(self, name: str) -> bool | None:
        """Whether every test picture has its largest number where the reference has it."""
        sets = [outputs_of(self._places[each] / OUTPUTS, "test") for each in (self._reference, name)]
        first = [each[0] for each in sets if each is not None]
        if len(first) < 2 or first[0].ndim != 2:
            return None
        return bool(np.array_equal(_largest(first[0]), _largest(first[1])))


def _largest(scores: Array) -> Array:
    found: Array = scores.argmax(axis=1)
    return found
