"""What `nnlab evaluate` prints."""

from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.cli.runs_text import aligned, amount, duration
from nnlab.core.printing import printable
from nnlab.experiment.evaluation.document import confusion_table, mistakes
from nnlab.experiment.evaluation.evaluate import Evaluation
from nnlab.tracking.predictions import in_words

MOST_CLASSES = 15
"""Classes of a table of confusions that fits on a terminal; of more, the pairs that are confused most are listed."""

MOST_PAIRS = 10


def evaluation_text(found: Evaluation, worst: int) -> str:
    """Figures, classes, confusions, mistakes."""
    count = amount(found.score.samples, "picture")
    lines = [f"{found.run.name} on {found.origin} ({count}, {found.engine}, {duration(found.seconds)})", ""]
    lines += [f"  {line}".rstrip() for line in aligned(list(_figures(found)), 1)]
    if found.classes is not None:
        lines += ["", *_classes(found), "", *_confusions(found)]
    if shown := mistakes(found, worst):
        lines += ["", *_mistakes(found, shown)]
    if found.skipped:
        lines += ["", f"{amount(len(found.skipped), 'picture')} could not be read: {found.skipped[0][0]}, ..."]
    if found.openings is not None:
        often = amount(found.openings, "time")
        lines += ["", f"The test partition was scored {often} since the training, as openings.jsonl tells."]
    return "\n".join(printable(line) for line in lines)


def _figures(found: Evaluation) -> Iterator[list[str]]:
    yield ["", "", "95% interval", "chance"]
    yield ["loss", f"{found.score.loss:.4g}", "", ""]
    for place, (name, metric) in enumerate(found.metrics.items()):
        interval = found.intervals.get(name)
        between = "-" if interval is None else f"{metric.shown(interval[0])} to {metric.shown(interval[1])}"
        chance = metric.shown(found.chance) if not place and found.chance is not None else ""
        yield [metric.figure_title, metric.shown(found.score.figures[name]), between, chance]


def _classes(found: Evaluation) -> Iterator[str]:
    """Precision, recall and F1 of each class that is there or was said."""
    figures = {name: dict(zip(found.names, values, strict=False)) for name, values in found.score.per_class.items()}
    keys = [name for name in ("precision", "recall", "f1") if name in figures]
    assert found.classes is not None
    actual, predicted = (found.classes[side].tolist() for side in (0, 1))
    rows = [["class", "pictures", "said", *keys]]
    for place, name in enumerate(found.names):
        there, said = actual.count(place), predicted.count(place)
        if there or said:
            cells = [(found.metrics[key], figures[key].get(name)) for key in keys]
            shown = ["-" if value is None or value != value else metric.shown(value) for metric, value in cells]
            rows.append([name, f"{there:,}", f"{said:,}", *shown])
    yield from (f"  {line}" for line in aligned(rows[:1] + rows[1 : 1 + 40], 1))
    if len(rows) > 41:
        yield f"  ({len(rows) - 41} more: --json)"


def _confusions(found: Evaluation) -> Iterator[str]:
    confusion = confusion_table(found)
    assert confusion is not None
    wrong = confusion.total - confusion.right
    yield f"  {wrong:,} of {confusion.total:,} wrong" + (f"; {confusion.note}" if confusion.note else "")
    if not wrong:
        return
    counts = confusion.counts.tolist()
    if len(confusion.classes) <= MOST_CLASSES:
        head = ["actual \\ said", *confusion.classes]
        each = zip(confusion.classes, counts, strict=True)
        rows = [[name, *(str(n) if n else "." for n in row)] for name, row in each]
        yield from (f"  {line}" for line in aligned([head, *rows], 1))
        return
    pairs = [
        (n, confusion.classes[i], confusion.classes[j])
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
        if n and i != j
    ]
    for n, actual, said in sorted(pairs, key=lambda pair: -pair[0])[:MOST_PAIRS]:
        yield f"  {n:>5} {actual} taken for {said}"


def _mistakes(found: Evaluation, shown: list[dict[str, Any]]) -> Iterator[str]:
    what = "mistakes" if found.classes is not None else "pictures"
    yield f"  {what}, the worst first"
    verb = "taken for" if found.classes is not None else "said"
    rows = [
        [row["source"], in_words(row["actual"]), f"{verb} {in_words(row['predicted'])}", *_sure(row)] for row in shown
    ]
    yield from (f"  {line}".rstrip() for line in aligned(rows, 3))


def _sure(row: Mapping[str, Any]) -> list[str]:
    confidence, loss = row.get("confidence"), row.get("loss")
    return ["" if confidence is None else f"{confidence:.1%}", "" if loss is None else f"loss {loss:.4g}"]
