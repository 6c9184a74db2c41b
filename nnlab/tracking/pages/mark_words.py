"""What marks say: above the lines where there is room, else in a row within, away from each other."""

from collections.abc import Iterator, Sequence

from nnlab.core.escaped import escape
from nnlab.tracking.pages.lines import Mark, Size

LETTER = 7.5
"""Pixels that a strong letter takes across, on a phone too."""

ROW = 14
"""Pixels from one row of words to the next."""

Span = tuple[int, float, float]
"""A row, and from where to where."""


def mark_words(marks: Sequence[Mark], size: Size, width: float) -> Iterator[str]:
    """The words of each. Options:  width: of a column."""
    taken: list[Span] = []
    for mark in marks:
        x = size.left + (mark.column + 0.5) * width
        row, start, end = next(place for place in _places(x, len(mark.words) * LETTER, size) if _is_free(place, taken))
        taken.append((row, start, end))
        at, anchor = (start, "start") if start > x else (end, "end")
        y = size.top - 6 + ROW * row
        yield f'<text class="strong over" x="{at:.1f}" y="{y}" text-anchor="{anchor}">{escape(mark.words)}</text>'


def _places(x: float, length: float, size: Size) -> Iterator[Span]:
    """Where words may stand, the best first: above, on the side with more room; the last is always free."""
    sides = [(x + 6, x + 6 + length), (x - 6 - length, x - 6)]
    if x > size.width / 2:
        sides.reverse()
    for row in range(size.height // ROW):
        for start, end in sides:
            if start >= 0 and end <= size.width:
                yield row, start, end
        if row:  # a long name has nowhere room for all of it
            yield row, *sides[0]


def _is_free(place: Span, taken: Sequence[Span]) -> bool:
    row, start, end = place
    return all(row != other or start > last or end < first for other, first, last in taken)
