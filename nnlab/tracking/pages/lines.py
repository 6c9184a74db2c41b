"""The nouns of a chart of lines: lines, what they are held against, the frame that they are drawn in."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.linear_scale import Kind


@dataclass(frozen=True, eq=False)
class Line:
    """One line.

    Shapes:  values: (columns,); NaN leaves a column out.  band: two of the same, what lies between is tinted
    Options:  color: a class of chart.css, c0 to c7.  kind: "" is drawn strong and named, "dashed" the same with gaps;
              "thin" and "silent" lie behind, without a name.
    """

    name: str
    values: Array
    color: str = "c1"
    kind: str = ""
    band: tuple[Array, Array] | None = None

    @property
    def is_named(self) -> bool:
        """Whether it is one of those that a reader is to follow."""
        return self.kind in ("", "dashed")


@dataclass(frozen=True)
class Level:
    """A line across the chart, and what it says."""

    value: float
    words: str


@dataclass(frozen=True)
class Mark:
    """A line upwards at a column, and what it says."""

    column: int
    words: str


@dataclass(frozen=True)
class Size:
    """Of a chart, in pixels of its own: all of it, and the margins around its lines.

    Options:  ends: whether names stand at the lines' ends; else in a legend above, which takes long ones.
    """

    width: int
    height: int
    left: int = 62
    right: int = 118
    top: int = 34
    bottom: int = 42
    ends: bool = True


WIDE = Size(1100, 420)
HALF = Size(540, 300, left=56, right=14, ends=False)
"""Two beside each other on a screen, one below the other on a phone, where it needs no scrolling."""


@dataclass(frozen=True)
class Frame:
    """What lines are drawn in.

    Options:  upright: what their values are.  label: the chart in a sentence, for those who hear the page.
              scale: see Kind.
              digits: of values, for the pointer; they are the page's own copy of the data.
    """

    columns: Columns
    upright: str
    label: str
    scale: Kind = "auto"
    levels: Sequence[Level] = ()
    marks: Sequence[Mark] = ()
    size: Size = WIDE
    digits: int = 4
