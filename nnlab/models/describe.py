"""A network as a table that people read."""

from collections.abc import Sequence

from nnlab.core.types import Shape
from nnlab.models.graph import INPUT, Graph, Node
from nnlab.models.in_short import layer_text, shape_text
from nnlab.models.summary import BYTES, Summary, summarised

FIGURES = ("parameters", "statistics", "multiply-adds", "activations", "receptive field")
"""The columns of a table with every figure."""


def describe(graph: Graph) -> str:
    """One line per node: its name, its layer with the options that differ from their defaults, what it reads when
    that is not the line above, the shape of one output sample, and how many numbers learn."""
    found = summarised(graph)
    rows = [(row.node, row.shape, (f"{row.parameters:,}" if row.parameters else "",)) for row in found.rows]
    return _table(found.in_shape, ("parameters",), rows, (f"{found.parameters:,}",))


def described(found: Summary) -> str:
    """The same with every figure: what does not learn, products, memory of what it gives, receptive field."""
    rows = []
    for row in found.rows:
        numbers = [f"{n:,}" if n else "" for n in (row.parameters, row.statistics, row.multiply_adds)]
        memory = as_bytes(row.activations * BYTES) if row.activations else ""
        rows.append((row.node, row.shape, (*numbers, memory, "all" if row.field is None else _square(row.field))))
    total = [f"{n:,}" for n in (found.parameters, found.statistics, found.multiply_adds)]
    return _table(found.in_shape, FIGURES, rows, (*total, as_bytes(found.activations * BYTES), ""))


def as_bytes(count: int) -> str:
    """Bytes as people read them: 1.2 kB, 45 MB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.{0 if count >= 100 * size else 1 if count >= 10 * size else 2}f} {unit}"
    return f"{count} B"


def _table(
    in_shape: Shape,
    titles: Sequence[str],
    rows: Sequence[tuple[Node, Shape, Sequence[str]]],
    totals: Sequence[str],
) -> str:
    """A line for the input, one for each node, one for the totals; figures to the right."""
    lines = [("node", "layer", "reads", "output", *titles), (INPUT, "", "", shape_text(in_shape), *[""] * len(titles))]
    previous = INPUT
    for node, shape, figures in rows:
        reads = "" if node.inputs == (previous,) else ", ".join(node.inputs)
        lines.append((node.name, layer_text(node.layer), reads, shape_text(shape), *figures))
        previous = node.name
    lines.append(("", "", "", "", *totals))
    if not any(line[2] for line in lines[1:]):
        lines = [(*line[:2], *line[3:]) for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    words = len(widths) - len(titles)
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _square(places: Shape) -> str:
    """A receptive field: one number where all sides are alike."""
    return str(places[0]) if len(set(places)) == 1 else " x ".join(map(str, places))
