"""What a run's summary says of the time of its steps, of several runs together, and in words."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.quartiles import Quartiles
from nnlab.tracking.fields import NUMBER, SIZE


@dataclass(frozen=True)
class StepTimes:
    """Milliseconds of learning steps; None where there is no such step, or nobody counted.

    Options:  count: of all steps.  first_ms: of the first, which the other figures leave out.
              ms, cpu_ms: of the others, on the wall and of the processor.
              disturbed: the share of them during which the processor was taken away.  undisturbed_ms: of the rest.
    """

    count: int
    first_ms: float | None
    ms: Quartiles | None
    cpu_ms: Quartiles | None
    disturbed: float | None
    undisturbed_ms: Quartiles | None

    @classmethod
    def read(cls, found: Any) -> "StepTimes | None":
        """Of "step_times" in a summary (`StepClock.document`); None where there is none: a run of an earlier nnlab."""
        if not isinstance(found, Mapping) or not SIZE.holds(found.get("count")):
            return None
        first, calm = (_table(found, key) for key in ("first", "undisturbed"))
        return cls(
            found["count"],
            _number(first, "ms"),
            Quartiles.read(found.get("ms")),
            Quartiles.read(found.get("cpu_ms")),
            _number(found, "disturbed"),
            Quartiles.read(calm.get("ms")),
        )

    @classmethod
    def together(cls, every: Sequence["StepTimes"]) -> "StepTimes | None":
        """Of several runs: of each figure the median over them; every step after a first counts as disturbed or not."""
        if not every:
            return None
        shares = [(each.disturbed, each.count - 1) for each in every if each.disturbed is not None]
        steps = sum(count for _, count in shares)
        return cls(
            sum(each.count for each in every),
            _median([each.first_ms for each in every]),
            _middle(every, lambda each: each.ms),
            _middle(every, lambda each: each.cpu_ms),
            sum(share * count for share, count in shares) / steps if steps else None,
            _middle(every, lambda each: each.undisturbed_ms),
        )

    def document(self) -> Mapping[str, Any]:
        """As a study's JSON has it."""
        several = {"ms": self.ms, "cpu_ms": self.cpu_ms, "undisturbed_ms": self.undisturbed_ms}
        known = {key: found and found.document() for key, found in several.items()}
        return {"count": self.count, "first_ms": self.first_ms, "disturbed": self.disturbed, **known}

    @property
    def words(self) -> str:
        """A sentence."""
        first = "" if self.first_ms is None else f"the first {self.first_ms:.4g} ms"
        if self.ms is None:
            return f"One step: {first}."
        said = [f"A step took {self.ms} ms"]
        said += [f"{self.cpu_ms.middle:.4g} of the processor"] if self.cpu_ms else []
        said += [first] if first else []
        return f"{', '.join(said)}. {self._disturbed_words}"

    @property
    def _disturbed_words(self) -> str:
        if self.disturbed is None:
            return "The system does not say during which it gave the processor to others."
        words = f"The system gave the processor to others during {self.disturbed:.0%} of them"
        if not self.disturbed:
            return f"{words}."
        return f"{words}; undisturbed {self.undisturbed_ms} ms." if self.undisturbed_ms else f"{words}."


def _table(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = found.get(key)
    return table if isinstance(table, Mapping) else {}


def _number(found: Mapping[str, Any], key: str) -> float | None:
    value = found.get(key)
    return None if value is None or not NUMBER.holds(value) else float(value)


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _middle(every: Sequence[StepTimes], of: Callable[[StepTimes], Quartiles | None]) -> Quartiles | None:
    known = [found for each in every if (found := of(each)) is not None]
    if not known:
        return None
    return Quartiles(
        *(statistics.median(ends) for ends in zip(*((q.low, q.middle, q.high) for q in known), strict=True))
    )
