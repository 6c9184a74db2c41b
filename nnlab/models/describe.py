"""A network as a table that people read."""

from nnlab.core.component import Component, options_of
from nnlab.models.graph import INPUT, Graph


def describe(graph: Graph) -> str:
    """One line per node: its name, its layer with the options that differ from their defaults, what it reads when
    that is not the line above, the shape of one output sample, and how many numbers learn."""
    rows: list[tuple[str, ...]] = [
        ("node", "layer", "reads", "output", "parameters"),
        (INPUT, "", "", _shape(graph, INPUT), ""),
    ]
    previous = INPUT
    for node in graph.nodes:
        name = node.name
        reads = "" if node.inputs == (previous,) else ", ".join(node.inputs)
        count = sum(p.value.size for p in graph.parameters if graph.node_of(p.name) == name)
        rows.append((name, layer_text(node.layer), reads, _shape(graph, name), f"{count:,}" if count else ""))
        previous = name
    rows.append(("", "", "", "", f"{graph.parameter_count:,}"))
    if not any(row[2] for row in rows[1:]):
        rows = [(*row[:2], *row[3:]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def layer_text(layer: Component) -> str:
    """`Dense(units=100, bias=False)`: the options that differ from their defaults."""
    changed = [
        f"{offered.name}={getattr(layer, offered.name)!r}"
        for offered in options_of(type(layer))
        if getattr(layer, offered.name) != offered.default
    ]
    return f"{type(layer).__name__}({', '.join(changed)})" if changed else type(layer).__name__


def _shape(graph: Graph, name: str) -> str:
    return " x ".join(map(str, graph.shapes[name])) if name in graph.shapes else "?"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    *words, number = (text.ljust(width) for text, width in zip(row, widths, strict=True))
    return "  ".join((*words, number.strip().rjust(widths[-1]))).rstrip()
