"""Who was taken for whom, each cell leading to its pictures."""

from collections.abc import Mapping, Sequence

from nnlab.tracking.confusion import OTHERS, confusion_of
from nnlab.tracking.pages.confusion_table import confusion_table
from nnlab.tracking.pages.page import folded
from nnlab.tracking.report.answers import Answers
from nnlab.tracking.report.part import Part

Links = Mapping[tuple[str, str, str], str]
"""Anchors of pictures by (partition, actual, predicted)."""


def confusions(answers: Mapping[str, Answers], names: Sequence[str], links: Links) -> Part:
    """The first partition in view, others folded."""
    tables = {name: _table(name, found, names, links) for name, found in answers.items()}
    first, *others = tables
    html = [tables[first], *(folded(f"the same for {name}", tables[name]) for name in others)]
    linked = any(partition == first for partition, _, _ in links)
    return Part(
        "confusion",
        "Who was taken for whom",
        "\n".join(html),
        intro=f"Each row holds the {first} samples of one class, each column what they were taken for: what is right "
        "stands on the diagonal, in blue; mistakes are orange, the darker the larger their share of the row."
        + (" A number that is underlined leads to pictures." if linked else ""),
    )


def _table(partition: str, found: Answers, names: Sequence[str], links: Links) -> str:
    confusion = confusion_of(*found.pairs(names), names)
    anchors = {
        (row, column): anchor
        for row, actual in enumerate(confusion.classes)
        for column, predicted in enumerate(confusion.classes)
        if OTHERS not in (actual, predicted) and (anchor := links.get((partition, actual, predicted)))
    }
    undecided = found.samples - confusion.total
    notes = [confusion.note, f"without an answer: {undecided:,}" if undecided else ""]
    note = "; ".join(filter(None, notes))
    return confusion_table(confusion, anchors, note=note)
