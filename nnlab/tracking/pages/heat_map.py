"""Rows of coloured cells on a logarithmic scale, as SVG."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnlab.core.escaped import escape
from nnlab.core.types import Array
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import readable
from nnlab.tracking.pages.page import values
from nnlab.tracking.pages.scale import Bands, short

WIDTH, RIGHT, TOP, BOTTOM = 1100, 14, 26, 30
LETTER = 6.3  # pixels of a letter of the labels, on average
LONGEST = 26  # letters of a label
WIDEST = 46  # pixels of a cell
MANY = 40  # rows; more are drawn closer together


@dataclass(frozen=True, eq=False)
class Row:
    """One row of cells.

    Shapes:  values: (columns,); NaN leaves a cell empty
    Options:  title: what the pointer is told.  faint: drawn in grey, since its values mean nothing.
    """

    group: str
    label: str
    title: str
    values: Array
    faint: bool = False


@dataclass(frozen=True)
class Flag:
    """A cell that is pointed out."""

    row: int
    column: int
    title: str


@dataclass(frozen=True)
class Key:
    """What the colours of a map are.

    Options:  middle: what parts the blue ones from the orange ones.  flag: what a flag points out.
              label: the map in a sentence, for those who hear the page.  missing: what an empty cell is.
              relative: whether values are differences, of which 0 is one of the kind.
    """

    middle: str = "tolerance"
    flag: str = "parted here"
    label: str = "The difference of every tensor at every step, as colours"
    missing: str = "not compared"
    relative: bool = True


COMPARED = Key()


@dataclass(frozen=True)
class _Grid:
    """Where the cells are, in pixels."""

    groups: float
    x: float
    width: float
    height: float

    @classmethod
    def of(cls, rows: Sequence[Row], columns: int) -> "_Grid":
        letters = max((min(len(row.label), LONGEST) for row in rows), default=0)
        groups = max((min(len(row.group), LONGEST) for row in rows), default=0) * LETTER + 16
        x = groups + letters * LETTER + 12
        return cls(groups, x, min((WIDTH - RIGHT - x) / max(columns, 1), WIDEST), 13 if len(rows) > MANY else 20)

    def y(self, row: int) -> float:
        return TOP + row * self.height


def heat_map(
    identity: str, rows: Sequence[Row], bands: Bands, columns: Columns, flags: Sequence[Flag] = (), key: Key = COMPARED
) -> str:
    """The legend, the map, and its values for hover.js. Rows of one group follow each other."""
    grid = _Grid.of(rows, len(columns))
    height = grid.y(len(rows)) + BOTTOM
    parts = [
        f'<svg id="{identity}" class="chart heat" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(key.label)}">',
        *_groups(rows, grid, len(columns)),
        *_axis(grid, columns, len(rows)),
        *itertools.chain.from_iterable(_cells((place, row), grid, bands, key) for place, row in enumerate(rows)),
        *(_flag(flag, grid) for flag in flags),
        f'<rect class="cursor" width="{grid.width:.3f}" height="{grid.height}" visibility="hidden"/>',
        "</svg>",
    ]
    chart = {
        "of": identity, "x": grid.x, "y": TOP, "width": grid.width, "height": grid.height,
        "columns": list(columns.labels), "rows": [row.title for row in rows], "relative": key.relative,
        "missing": key.missing, "values": [readable(row.values) for row in rows],
    }  # fmt: skip
    holder = f'<div class="wide" tabindex="0" role="group" aria-label="{escape(key.label)}">'
    return f"{holder}{_legend(bands, bool(flags), key)}{''.join(parts)}</div>{values(chart)}"


def _groups(rows: Sequence[Row], grid: _Grid, columns: int) -> Iterator[str]:
    right, before = grid.x + grid.width * columns, None
    for place, row in enumerate(rows):
        y = grid.y(place)
        if row.group != before:
            yield f'<line class="grid" x1="0" x2="{right:.1f}" y1="{y}" y2="{y}"/>'
            yield f'<text class="strong" x="0" y="{y + grid.height / 2 + 3.5:g}">{_cut(row.group)}</text>'
        if row.label != row.group:
            kind = ' class="faint"' if row.faint else ""
            where = f'x="{grid.x - 8:.1f}" y="{y + grid.height / 2 + 3.5:g}" text-anchor="end"'
            yield f"<text{kind} {where}>{_cut(row.label)}<title>{escape(row.title)}</title></text>"
        before = row.group


def _cut(label: str) -> str:
    return escape(label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…")


def _axis(grid: _Grid, columns: Columns, rows: int) -> Iterator[str]:
    for number, place in columns.ticks():
        for y in (TOP - 8, grid.y(rows) + 16):
            yield f'<text x="{grid.x + place * grid.width:.1f}" y="{y}" text-anchor="middle">{number:,}</text>'
    yield f'<text x="{grid.x - 8:.1f}" y="{TOP - 8}" text-anchor="end">{escape(columns.across)}</text>'


def _cells(placed: tuple[int, Row], grid: _Grid, bands: Bands, key: Key) -> Iterator[str]:
    """One path per colour: neighbours of one colour are one rectangle."""
    place, row = placed
    shapes: dict[str, list[str]] = {}
    start = 0
    for band, run in itertools.groupby(bands.of(value) for value in row.values.tolist()):
        length = sum(1 for _ in run)
        if band:
            x, width = grid.x + start * grid.width, length * grid.width
            shapes.setdefault(band, []).append(f"M{x:.2f} {grid.y(place)}h{width:.2f}v{grid.height - 1}h-{width:.2f}z")
        start += length
    known = [value for value in row.values.tolist() if not math.isnan(value)]
    worst = f": at most {short(max(known))}" if known else f": {escape(key.missing)}"
    yield f'<g class="{"silent" if row.faint else ""}"><title>{escape(row.title)}{worst}</title>'
    yield from (f'<path class="{band}" d="{"".join(found)}"/>' for band, found in shapes.items())
    yield "</g>"


def _flag(flag: Flag, grid: _Grid) -> str:
    x, y = grid.x + (flag.column + 0.5) * grid.width, grid.y(flag.row) + (grid.height - 1) / 2
    return f'<path class="flag" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"><title>{escape(flag.title)}</title></path>'


def _legend(bands: Bands, flagged: bool, key: Key) -> str:
    """The colours, their values, and what parts the blue ones from the orange ones."""
    edges, width = bands.edges(), 62
    parts = [f'<svg class="chart heat" viewBox="0 0 {WIDTH} 62" role="img" aria-label="Colours and their values">']
    parts.append(f'<rect class="zero" x="0" y="22" width="{width - 8}" height="14"/>')
    parts.append(f'<text x="{(width - 8) / 2}" y="50" text-anchor="middle">0</text>')
    for place, (name, value) in enumerate(edges, start=1):
        x = place * width
        parts.append(f'<rect class="{name}" x="{x}" y="22" width="{width}" height="14"/>')
        kind = ' class="strong"' if name == "a0" else ""
        if place > 1:  # the lowest band has no lower edge
            parts.append(f'<text{kind} x="{x}" y="50" text-anchor="middle">{value:.0e}</text>')
    middle = width * (1 + sum(name.startswith("b") for name, _ in edges))
    parts.append(f'<line class="mark" x1="{middle}" x2="{middle}" y1="16" y2="38"/>')
    parts.append(f'<text class="strong" x="{middle}" y="11" text-anchor="middle">{escape(key.middle)}</text>')
    x = (len(edges) + 1) * width + 16
    parts.append(
        f'<rect class="infinite" x="{x}" y="22" width="14" height="14"/><text x="{x + 20}" y="33">not finite</text>'
    )
    if flagged:
        parts.append(
            f'<path class="flag" d="M{x + 98} 23l6 6l-6 6l-6 -6z"/><text x="{x + 112}" y="33">{escape(key.flag)}</text>'
        )
    return "".join([*parts, "</svg>"])
