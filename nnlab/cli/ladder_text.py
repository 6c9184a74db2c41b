"""What `nnlab ladder` prints: its plan, its table, what changed in the graph."""

from typing import TYPE_CHECKING, Any

from nnlab.cli.runs_text import aligned
from nnlab.core.printing import printable

if TYPE_CHECKING:
    from nnlab.labs.ladder.ladder import Climbed
    from nnlab.labs.ladder.plan import Wish


def table_text(made: "Climbed") -> str:
    """The table of a terminal, what did not pass, and sentences."""
    from nnlab.labs.ladder.words import SHORT, cells, reasons, sentences

    found = [cells(line, made.subject.judge) for line in made.table.lines]
    lines = aligned([list(SHORT), *([row[name] for name in SHORT] for row in found)])
    lines += ["", *(f"  {name}: {why}" for name, why in reasons(made.table))]
    lines += ["", *sentences(made.table)]
    if made.subject.answers is None:
        lines.append(f"Accuracy is not known: {made.subject.why_not}.")
    return "\n".join(map(printable, lines)) + "\n"


def graph_text(made: "Climbed") -> str:
    """Every node that a rung took out, its output's shape, what is there instead."""
    from nnlab.labs.ladder.gone_nodes import graphs
    from nnlab.labs.ladder.report import shape_text

    lines: list[str] = []
    for each in graphs(made.study.folder, made.table):
        lines.append(f"{each['rung']}: {each['before']} nodes -> {each['after']} ({each['counts']})")
        lines += [
            f"  {row['operator']} {row['node']} ({shape_text(row['shape'])}): {row['instead']}" for row in each["gone"]
        ]
    return "\n".join(map(printable, lines)) + "\n"


def plan_text(wish: "Wish", subject: Any, *, json: bool) -> str:
    """Which rungs would run, and what it would take."""
    from nnlab.labs.ladder.estimate import estimated
    from nnlab.tracking.files import to_json

    found = estimated(wish, subject)
    if json:
        return to_json({"schema_version": 1, **found.document()}, indent=2) + "\n"
    rows = [["rung", "ms a call", "ready s", "seconds in all"]]
    rows += [[name, *(f"{figure:.2f}" for figure in figures)] for name, figures in found.rungs.items()]
    lines = [f"ladder of {subject.name}: {len(found.rungs)} rungs", "", *aligned(rows), ""]
    lines += [f"  {name}: {why}" for name, why in found.lacking.items()]
    lines.append(
        f"  about {found.minutes:.1f} minutes, estimated from one call of each, which took {found.took_s:.1f} s"
    )
    return "\n".join(map(printable, lines)) + "\n"
