"""How the network does when things are smaller or larger than it learnt them."""

from collections.abc import Mapping
from typing import Any

from nnlab.tracking.judged import scale_of
from nnlab.tracking.pages.bars import bar
from nnlab.tracking.pages.page import table
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.recorded import PARTITIONS, Recorded, figure_keys, number, table_of, words

MOST = 30


def scales(recorded: Recorded) -> Part | None:
    """A row for each scale; nothing where the task asks for none, or the network is of one size."""
    found = table_of(recorded.summary, "scales")
    rows = [row for row in found.get("rows") or [] if isinstance(row, Mapping)] if found else []
    partition = found.get("partition")
    if not rows or partition not in PARTITIONS:
        return None
    keys = figure_keys(table_of(recorded.summary, str(partition)))
    titles = [recorded.title(key) for key in keys]
    head = {"scale": True, **dict.fromkeys(titles[:1], True), "": False, **dict.fromkeys(titles[1:], True)}
    return Part(
        "scales",
        "Smaller and larger",
        table(head, [_row(recorded, row, keys) for row in rows[:MOST]]),
        intro=f"The same weights on {words(found.get('samples'), 20)} pictures of the {partition} partition, made "
        "smaller or larger before the network sees them: how far its figure falls is how much it goes by size.",
    )


def _row(recorded: Recorded, row: Mapping[str, Any], keys: list[str]) -> tuple[str, ...]:
    value, of_one = (number(row, keys[0]), scale_of(recorded.judge(keys[0]))) if keys else (0.0, "auto")
    share = value if of_one in ("share", "fraction") and 0 <= value <= 1 else 0.0
    cells = recorded.cells(row, keys)
    return (words(row.get("scale"), 20), *cells[:1], bar(share), *cells[1:])
