"""What stands side by side in a chart: steps or epochs, one to a column or several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnlab.tracking.pages.scale import whole_ticks


@dataclass(frozen=True)
class Columns:
    """The columns of a chart.

    Options:  spans: first and last number of each.  labels: each in words.  across: what is counted.
    """

    spans: Sequence[tuple[int, int]]
    labels: Sequence[str]
    across: str = "step"

    @classmethod
    def each(cls, numbers: Sequence[int], across: str = "epoch") -> "Columns":
        """One column for each number."""
        return cls.of([(number, number) for number in numbers], across)

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]], across: str = "epoch") -> "Columns":
        """One column for each span, labelled by its ends."""
        words = [f"{across} {low:,}" if low == high else f"{across}s {low:,} to {high:,}" for low, high in spans]
        return cls(spans, words, across)

    def __len__(self) -> int:
        return len(self.spans)

    def column(self, number: int) -> int | None:
        """The column in which a number is."""
        found = (place for place, (first, last) in enumerate(self.spans) if first <= number <= last)
        return next(found, None)

    def ticks(self) -> Iterator[tuple[int, float]]:
        """Numbers to write at an axis, and where, in columns."""
        if not self.spans:
            return
        for number in whole_ticks(self.spans[0][0], self.spans[-1][1]):
            if (column := self.column(number)) is not None:  # numbers may be left out, as epochs of a long run
                first, last = self.spans[column]
                yield number, column + (number - first + 0.5) / (last - first + 1)
