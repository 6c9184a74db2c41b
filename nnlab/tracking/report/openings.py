"""Every time that the test partition was scored."""

from nnlab.tracking.pages.page import table
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.recorded import Recorded, number, words

MOST = 100


def openings(recorded: Recorded) -> Part | None:
    """A row for each; nothing where none was written down."""
    if not recorded.openings:
        return None
    rows = [
        (
            words(row.get("when"), 40),
            words(row.get("partition"), 20),
            words(row.get("samples"), 20),
            _figure(row.get("accuracy")),
            words(row.get("command")),
        )
        for row in recorded.openings[:MOST]
    ]
    head = {"when": False, "partition": False, "samples": True, "accuracy": True, "by": False}
    return Part(
        "openings",
        "When it was scored",
        table(head, rows),
        intro="A test partition says how good a network is on pictures that played no part in any choice: its first "
        "opening counts, later ones less and less.",
    )


def _figure(value: object) -> str:
    share = number({"value": value}, "value")
    return f"{share:.1%}" if 0 <= share <= 1 else ""
