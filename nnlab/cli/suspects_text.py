"""What is said of labels that are probably wrong."""

from collections.abc import Iterator
from typing import Any

from nnlab.core.printing import printable
from nnlab.experiment.suspects import Suspects

SHOWN = 20
"""Samples that are listed; the others are counted."""


def suspects_lines(found: Suspects) -> Iterator[str]:
    """How many labels are suspected, then the samples whose labels are least likely right, the worst first."""
    wrong, judged = len(found.wrong), len(found.samples)
    where = " and ".join(found.partitions)
    count = f"{wrong:,} label{'' if wrong == 1 else 's'} of {judged:,}"
    yield f"suspects: {count} are probably wrong, by the out-of-sample answers of {printable(found.of)} ({where})"
    listed = [sample for sample in found.samples if sample.quality < 0.5 or sample.probably_wrong]
    rows = [("file", "label", "looks like", "quality", "")]
    rows += [
        (sample.source, sample.label, sample.suggested, f"{sample.quality:.3f}", "suspected" * sample.probably_wrong)
        for sample in listed[:SHOWN]
    ]
    if listed:
        cells = [[printable(cell) for cell in row] for row in rows]
        widths = [max(len(row[column]) for row in cells) for column in range(5)]
        for row in cells:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(listed) > SHOWN:
        yield f"  and {len(listed) - SHOWN:,} more (--json has all)"


def suspects_document(found: Suspects) -> dict[str, Any]:
    """The same for --json: every sample that looks more like another class than its own."""
    samples = [vars(sample) for sample in found.samples if sample.quality < 0.5 or sample.probably_wrong]
    return {"of": found.of, "judged": len(found.samples), "partitions": list(found.partitions), "samples": samples}
