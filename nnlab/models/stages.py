"""Rows of blocks as data: kernel / expansion / stride / channels / repeats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nnlab.core.errors import UsageError

Rounding = Literal["nearest", "ceil", "eight"]
"""How a multiplied count becomes whole: the nearest (of two as near the even one), the next above, or the nearest
multiple of eight that is at least 9 tenths of it (repeats then by the next above)."""

STAGES = "stages: rows of kernel/expansion/stride/channels/repeats"
STAGES_FORM = '"3/1/2/16/1 5/6/1/22/1 ..."'
"""What an option says that is such rows, and how it is written."""

FORM = "kernel/expansion/stride/channels/repeats"
MOST = 10_000
"""Of any number of a row."""


@dataclass(frozen=True)
class Row:
    """Blocks of one kind, one after the other; the stride is the first one's."""

    kernel: int
    expansion: int
    stride: int
    channels: int
    repeats: int

    def __str__(self) -> str:
        return f"{self.kernel}/{self.expansion}/{self.stride}/{self.channels}/{self.repeats}"


def rows_of(text: str, where: str) -> tuple[Row, ...]:
    """The rows that a text says, with blanks between: "3/1/2/16/1 5/6/1/22/1".

    Raises:  UsageError: naming the option and the row that is none.
    """
    rows = tuple(_row(row, where) for row in text.split())
    if not rows:
        raise UsageError("has no row", where=where, hint=f"write rows of {FORM}, such as 3/1/2/16/1")
    return rows


def _row(text: str, where: str) -> Row:
    parts = text.split("/")
    if len(parts) != 5 or not all(part.isdecimal() and 0 < int(part) <= MOST for part in parts):
        raise UsageError(f"{text!r} is no row", where=where, hint=f"write {FORM}, five numbers of 1 and more")
    row = Row(*map(int, parts))
    if row.kernel % 2 == 0:
        raise UsageError(f"row {text!r} has an even kernel", where=where, hint="use 3, 5 or 7")
    return row


def scaled(
    rows: Sequence[Row], width: float, depth: float, rounding: Rounding, *, first_too: bool = True
) -> tuple[Row, ...]:
    """The rows with their channels times `width`, their repeats times `depth`.

    Options:  first_too: whether the first row's repeats are multiplied too.
    """
    times = "ceil" if rounding == "eight" else rounding
    return tuple(
        replace(
            row,
            channels=rounded(row.channels * width, rounding),
            repeats=rounded(row.repeats * depth, times) if first_too or place else row.repeats,
        )
        for place, row in enumerate(rows)
    )


def rounded(value: float, rounding: Rounding) -> int:
    """A count, at least 1."""
    if rounding == "ceil":
        return max(1, math.ceil(value - 1e-9))  # 1.1 * 10 is a little more than 11
    if rounding == "nearest":
        return max(1, round(value))
    near = max(8, int(value + 4) // 8 * 8)
    return near + 8 if near < 0.9 * value else near
