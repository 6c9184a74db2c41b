"""What was measured: a figure of a run, seed by seed, with all that is needed to judge by it again."""

import math
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nnlab.core.errors import DataError
from nnlab.metrics.interval import wilson
from nnlab.metrics.significance import t_interval
from nnlab.tracking.fields import NOTHING, NUMBER, SIZE, TABLE, TEXT, all_of, one_of, require

Kind = Literal["figure", "fact", "time", "reported"]
"""figure: what chance has a part in.  fact: what was so in these runs, as it is.  time: of one machine at one time.
reported: somebody else's figure, which is taken as it stands."""

Interval = tuple[float, float]

FIELDS = {"kind": one_of("figure", "fact", "time", "reported"), "unit": TEXT, "each": TABLE, "runs": all_of(TEXT)}
MORE = {"n": SIZE | NOTHING, "right": TABLE, "pictures": TABLE, "spread": NUMBER}

HEXADECIMAL = re.compile("[0-9a-f]+")


@dataclass(frozen=True)
class Reading:
    """A measure of a run, or of two.

    Options:  unit: share, seconds, MiB, bytes, or "" for a plain number.
              each: by seeds; bytes are a digest, and what there is not is None.
              n: samples that a share is of.  spread: half the width of the interval that somebody reported.
              right: by seeds, which samples were answered right, a bit for each in the order of their names, as
              hexadecimal digits.  pictures: by seeds, a digest of these names and of what is true of them.
    """

    runs: tuple[str, ...]
    kind: Kind
    unit: str
    each: Mapping[str, float | str | None]
    n: int | None = None
    right: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    spread: float = 0.0

    @property
    def numbers(self) -> dict[str, float]:
        """By seeds, where there is a number."""
        return {seeds: value for seeds, value in self.each.items() if isinstance(value, (int, float))}

    @property
    def mean(self) -> float | None:
        """Over the seeds; None where some have none."""
        numbers = self.numbers
        return statistics.fmean(numbers.values()) if numbers and len(numbers) == len(self.each) else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the seeds; None of fewer than two."""
        numbers = list(self.numbers.values())
        return statistics.stdev(numbers) if len(numbers) > 1 and len(numbers) == len(self.each) else None

    @property
    def interval(self) -> Interval | None:
        """Of 95%: Wilson's of one share, Student's of several seeds; of facts their range. None where none is known."""
        mean, numbers = self.mean, list(self.numbers.values())
        if mean is None:
            return None
        if self.kind == "fact":
            return min(numbers), max(numbers)
        if self.kind == "reported":
            if self.n and 0 <= mean <= 1:
                return wilson(mean, self.n)
            return mean - self.spread, mean + self.spread
        if len(numbers) > 1:
            return t_interval(numbers)
        return wilson(mean, self.n) if self.unit == "share" and self.n and 0 <= mean <= 1 else None

    def document(self) -> dict[str, Any]:
        """As evidence has it; value and interval are for people, and are worked out anew when it is read."""
        more = {"n": self.n, "right": dict(self.right), "pictures": dict(self.pictures), "spread": self.spread}
        interval = self.interval
        return {
            "runs": list(self.runs), "kind": self.kind, "unit": self.unit, "value": self.mean,
            "interval": None if interval is None else list(interval), "each": dict(self.each),
            **{name: value for name, value in more.items() if value},
        }  # fmt: skip


def reading_of(document: Any, where: str) -> Reading:
    """What evidence says.  Raises DataError: when it is damaged."""
    told = require(document, FIELDS, where=where, optional=MORE)
    each = told["each"]
    for seeds, value in each.items():
        if not (value is None or isinstance(value, str) or (NUMBER.holds(value) and math.isfinite(value))):
            raise DataError(f"is damaged (of seeds {seeds} it has {value!r})", where=where)
    for name in ("right", "pictures"):
        if not all(isinstance(text, str) and HEXADECIMAL.fullmatch(text) for text in told.get(name, {}).values()):
            raise DataError(f"is damaged ({name} has what is no hexadecimal number)", where=where)
    if not each:
        raise DataError("is damaged (each is empty)", where=where)
    n = told.get("n")
    return Reading(
        runs=tuple(told["runs"]), kind=told["kind"], unit=told["unit"], each=each, n=n,
        right=told.get("right", {}), pictures=told.get("pictures", {}), spread=float(told.get("spread", 0.0)),
    )  # fmt: skip
