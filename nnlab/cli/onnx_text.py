"""What `nnlab onnx` found, in words: tables in plain text."""

from collections.abc import Sequence
from typing import Any

from nnlab.core.printing import printable
from nnlab.onnx.examine.describe import Description
from nnlab.onnx.examine.judge import Verdict
from nnlab.onnx.examine.lockstep import NodeDifference


def text_of_description(said: Description, *, verbose: bool = False) -> str:
    """A model in words; `verbose`: with a line for each node."""
    work = "not known (shapes are open: --size)" if said.multiply_adds is None else _count(said.multiply_adds)
    facts = [
        ("file", f"{said.path}, ONNX IR {said.ir_version}" + (f", by {said.producer}" if said.producer else "")),
        ("opsets", ", ".join(f"{domain} {version}" for domain, version in said.opsets.items())),
        *_values("input", said.inputs),
        *_values("output", said.outputs),
        ("parameters", f"{said.parameters:,} ({said.stored_bytes / 1e6:,.1f} MB stored)"),
        ("multiply-adds", work),
        *((engine, state) for engine, state in said.engines.items()),
        *(
            (f"metadata {key}", value if len(value) <= 100 else f"{value[:97]}...")
            for key, value in said.metadata.items()
        ),
    ]
    rows = [("operator", "version", "nodes", "numpy", "torch")]
    for row in said.operators:
        name = f"{row.domain}.{row.operator}" if row.domain else row.operator
        rows.append((name, str(row.version or "?"), str(row.count), row.numpy, row.torch))
    parts = [_table(facts), _table(rows)]
    if verbose:
        nodes = [("node", "operator", "outputs", "multiply-adds")]
        for node in said.nodes:
            work = "?" if node.multiply_adds is None else _count(node.multiply_adds) if node.multiply_adds else ""
            nodes.append((node.name, node.operator, " ".join(map(_shape, node.shapes)), work))
        parts.append(_table(nodes))
    return "\n\n".join(parts)


def text_of_verdict(verdict: Verdict) -> str:
    """What every check and engine said."""
    rows = [("", "verdict", "apart", "relative", "output")]
    for row in verdict.rows:
        apart, relative = ("" if number is None else f"{number:.1e}" for number in (row.apart, row.relative))
        rows.append((row.name, row.verdict, apart, relative, row.output or ""))
        if row.reason:
            rows[-1] = (row.name, row.verdict, apart, relative, f"{row.output or ''} {row.reason}".strip())
    end = f"held against {verdict.against}; relative to an output's largest number, {verdict.bound:g} is allowed"
    return f"{_table(rows)}\n{end if verdict.against else 'no engine runs it'}"


def text_of_difference(row: NodeDifference) -> str:
    """One node on two engines."""
    node, output, inputs = printable(row.node), printable(row.output), [printable(name) for name in row.inputs]
    far = f"{row.relative:.1e} of its largest ({row.apart:.1e})" if row.verdict in {"rounding", "differs"} else ""
    why = f": {printable(row.reason)}" if row.reason else ""
    on = f"\n    of {', '.join(inputs)}" if row.verdict in {"differs", "cannot run"} else ""
    return f"{row.place:>5}  {row.verdict:<10} {node} ({row.operator}) -> {output} {far}{why}".rstrip() + on


def _values(kind: str, values: Sequence[Any]) -> list[tuple[str, str]]:
    return [(kind, f"{v['name']}  {v['dtype'] or 'no tensor'} {_shape(v['shape'])}") for v in values]


def _shape(shape: Any) -> str:
    if shape is None:
        return "?"
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"


def _count(number: int) -> str:
    """A count as people read it: 349 M, 19.8 G."""
    for unit, divisor in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= divisor:
            return f"{number / divisor:.3g} {unit}"
    return str(number)


def _table(found: Sequence[tuple[str, ...]]) -> str:
    rows = [tuple(printable(cell) for cell in row) for row in found]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
