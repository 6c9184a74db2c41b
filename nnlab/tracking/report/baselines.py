"""What answers without a network reaches, beside what the run's network does."""

from collections.abc import Mapping

from nnlab.tracking.pages.page import table
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.recorded import PARTITIONS, Recorded, figure_keys, table_of, words

MOST = 20


def baselines(recorded: Recorded) -> Part | None:
    """A row for the network, then one for each; nothing where the task has none."""
    found = table_of(recorded.summary, "baselines")
    rows = [row for row in found.get("rows") or [] if isinstance(row, Mapping)] if found else []
    partition = found.get("partition")
    if not rows or partition not in PARTITIONS:
        return None
    score = table_of(recorded.summary, str(partition))
    keys = figure_keys(score)
    head = {"": False, **{recorded.title(key): True for key in keys}, "samples": True, "what it does": False}
    shown = [("the network", *recorded.cells(score, keys), words(score.get("samples"), 20), "this run")]
    for row in rows[:MOST]:
        name, about = words(row.get("name"), 40), words(row.get("about"))
        shown.append((name, *recorded.cells(row, keys), words(found.get("samples"), 20), about))
    return Part(
        "baselines",
        "Without a network",
        table(head, shown),
        intro=f"What costs nothing answers the {partition} samples too, fitted to {words(found.get('fitted_on'), 20)} "
        "training samples: a network that is not clearly better has learnt little.",
    )
