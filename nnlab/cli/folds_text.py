"""The closing table of a set of folds."""

from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.fold_set import ROWS


def folds_text(document: Mapping[str, Any], experiment: Experiment) -> str:
    """Each fold's scores, their mean, standard deviation and interval, and where answers for every sample are."""
    metric, key = experiment.accuracy, document["metric"]
    figures = {name: part[key] for name, part in document["figures"].items() if part and key in part}
    head = ["fold", *(f"{name} {metric.figure_title}" for name in figures)]
    rows = [head]
    for place, fold in enumerate(document["trained"]):
        rows.append(
            [f"{fold}/{document['folds']}", *(metric.shown(part["values"][place]) for part in figures.values())]
        )
    if len(document["trained"]) > 1:
        rows.append(["mean", *(metric.shown(part["mean"]) for part in figures.values())])
        rows.append(["standard deviation", *(metric.shown(part["sd"]) for part in figures.values())])
        rows.append(["95% interval", *(" to ".join(map(metric.shown, part["interval"])) for part in figures.values())])
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [f"{document['id']}: {len(document['trained'])} of {document['folds']} folds trained", ""]
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([f"  {row[0].ljust(widths[0])}", *cells]).rstrip())
    lines += ["", *_closing(document, experiment)]
    return "\n".join(map(printable, lines)) + "\n"


def _closing(document: Mapping[str, Any], experiment: Experiment) -> Iterator[str]:
    metric, held_out = experiment.accuracy, document["held_out"]
    if held_out is not None:
        low, high = map(metric.shown, held_out["interval"])
        share = metric.shown(held_out[document["metric"]])
        yield f"  each sample by the fold that held it out: {share} of {held_out['samples']:,} ({low} to {high})"
    if "test" in document["figures"] and document["figures"]["test"]:
        yield "  test is the same samples for every fold: its interval says nothing about other samples"
    yield f"  out-of-sample answers: {document['set']}/{ROWS}"
    if len(document["trained"]) < document["folds"]:
        yield f"  go on with: nnlab train --resume={quoted(document['set'])}"
