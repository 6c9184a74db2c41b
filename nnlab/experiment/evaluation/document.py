"""An evaluation as JSON, its mistakes, and its files."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.spreadsheet import cell
from nnlab.experiment.evaluation.evaluate import Evaluation
from nnlab.tracking.confusion import Confusion, confusion_of
from nnlab.tracking.files import plain, to_json, write_whole, writing
from nnlab.tracking.summary import scored

SCHEMA_VERSION = 1


def document(found: Evaluation, worst: int) -> dict[str, Any]:
    """Finite numbers and nulls only. Options:  worst: how many mistakes are listed."""
    confusion = confusion_table(found)
    made: dict[str, Any] = plain({
        "schema_version": SCHEMA_VERSION,
        "run": str(found.run.folder),
        "source": found.origin,
        "partition": found.partition,
        "engine": found.engine,
        "names": found.names,
        "score": scored(found.score, found.chance, found.names),
        "intervals": found.intervals,
        "confusion": confusion and {"classes": confusion.classes, "counts": confusion.counts, "note": confusion.note},
        "wrong": None if confusion is None else confusion.total - confusion.right,
        "mistakes": mistakes(found, worst),
        "skipped": [{"source": source, "reason": reason} for source, reason in found.skipped],
        "seconds": found.seconds,
        "test_openings": found.openings,
    })  # fmt: skip
    return made


def confusion_table(found: Evaluation) -> Confusion | None:
    """Who was taken for whom; None of a task without classes. Undecided answers are in no column."""
    if found.classes is None:
        return None
    actual, predicted = found.classes
    decided = predicted >= 0
    table = confusion_of(actual[decided], predicted[decided], np.ones(int(decided.sum()), np.int64), found.names)
    return Confusion(table.counts, table.classes, table.right, len(actual), table.note)


def mistakes(found: Evaluation, most: int) -> list[dict[str, Any]]:
    """The pictures that it was most wrong about, the worst first: of classes the wrong ones, else those of the highest
    losses."""
    rows = [row for row in found.rows if found.classes is None or row["actual"] != row["predicted"]]
    keys = ("source", "actual", "predicted", "confidence", "loss")
    ordered = sorted(rows, key=lambda row: -_wrongness(row))
    return [{key: row.get(key) for key in keys if key in row} for row in ordered[:most]]


def _wrongness(row: Mapping[str, Any]) -> float:
    """The loss, where it is known, else how sure the wrong answer was."""
    value = row.get("loss", row.get("confidence"))
    return -math.inf if value is None or math.isnan(value) else float(value)


def write(found: Evaluation, folder: Path, worst: int) -> list[Path]:
    """Writes evaluation.json, predictions.jsonl and, of classes, confusion.csv. Raises RunError: it cannot be."""
    with writing(folder, hint="choose another folder with --output"):
        folder.mkdir(parents=True, exist_ok=True)
    files = {
        "evaluation.json": to_json(document(found, worst), indent=2) + "\n",
        "predictions.jsonl": "".join(f"{to_json(row)}\n" for row in found.rows),
    }
    if (confusion := confusion_table(found)) is not None:
        files["confusion.csv"] = _csv(confusion)
    for name, text in files.items():
        write_whole(folder / name, text)
    return [folder / name for name in files]


def _csv(confusion: Confusion) -> str:
    """Rows actual, columns predicted."""
    names = [cell(name) for name in confusion.classes]
    rows = zip(names, confusion.counts.tolist(), strict=True)
    lines = [["actual \\ predicted", *names], *([name, *map(str, row)] for name, row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)
