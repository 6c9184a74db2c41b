"""Two runs held against each other by what they said of the same pictures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnlab.core.errors import DataError
from nnlab.metrics.significance import Difference, mcnemar, paired_t, two_shares
from nnlab.tracking.judged import Judge, judge_of, number_of
from nnlab.tracking.run import Run
from nnlab.tracking.several.verdict import LOSS, Partition, Verdict, figure_of

SHARE = Judge("accuracy", "accuracy", "higher", is_share=True)

Rows = Mapping[str, Mapping[str, Any]]
"""Lines of predictions.jsonl by the pictures that they are of."""


def by_pictures(labels: tuple[str, str], first: Run, second: Run, *, partition: Partition) -> Verdict:
    """By right answers where the runs have such, else by the loss of each picture.

    Raises:  DataError: when a run's files are damaged.
    """
    runs, rows = (first, second), [_answers(run, partition) for run in (first, second)]
    has_shares = all(figure_of(run, partition, SHARE) is not None for run in runs)
    if has_shares and all(rows):
        return _by_hits(labels, partition, *rows)
    judge = judge_of(first)
    losses = [[number_of(row.get("loss")) for row in each.values()] for each in rows]
    if _same(*rows) and all(value is not None for each in losses for value in each):
        return _by_losses(labels, partition, *rows)
    one, other = (figure_of(run, partition, judge) for run in runs)
    value = None if one is None or other is None else other - one
    why = "they keep no loss of each picture" if _same(*rows) else f"their {partition} pictures are not the same"
    found = Difference(value=value, method="no test", note=f"one run of each, and {why}: train both with several seeds")
    return Verdict(labels, partition, judge, one, other, (1, 1), found)


def _same(first: Rows, second: Rows) -> bool:
    """Whether both are of the same pictures, of which the same is true."""
    same = bool(first) and first.keys() == second.keys()
    return same and all(row["actual"] == second[name]["actual"] for name, row in first.items())


def _by_hits(labels: tuple[str, str], partition: Partition, first: Rows, second: Rows) -> Verdict:
    """By right answers: McNemar's test on the same pictures, of others by their shares."""
    right = [{name: row["actual"] == row["predicted"] for name, row in rows.items()} for rows in (first, second)]
    one, other = (sum(hits.values()) / len(hits) for hits in right)
    if not _same(first, second):
        pairs = [(sum(hits.values()), len(hits)) for hits in right]
        both = len(first.keys() & second.keys())
        found = replace(
            two_shares(pairs[0], pairs[1]), note=f"their {partition} pictures are not the same: {both} are of both"
        )
        return Verdict(labels, partition, SHARE, one, other, (1, 1), found)
    lost = sum(right[0][name] and not right[1][name] for name in first)
    won = sum(right[1][name] and not right[0][name] for name in first)
    found = mcnemar(lost, won, len(first))
    found = replace(found, method=f"{found.method} on the same {len(first)} {partition} pictures")
    return Verdict(labels, partition, SHARE, one, other, (1, 1), found, len(first), lost, won)


def _by_losses(labels: tuple[str, str], partition: Partition, first: Rows, second: Rows) -> Verdict:
    one, other = ([float(rows[name]["loss"]) for name in first] for rows in (first, second))
    found = paired_t(one, other, of="picture")
    found = replace(found, method=f"{found.method}, over the losses of the same {len(one)} {partition} pictures")
    means = sum(one) / len(one), sum(other) / len(other)
    return Verdict(labels, partition, LOSS, *means, (1, 1), found, len(one))


def _answers(run: Run, partition: Partition) -> Rows:
    """What a run said of the pictures of a partition, by their sources."""
    rows = {}
    for row in run.predictions:
        if row.get("partition") != partition:
            continue
        if not {"source", "actual", "predicted"} <= row.keys():
            raise DataError("is damaged (a line lacks source, actual or predicted)", where=f"{run.folder}")
        rows[str(row["source"])] = row
    return rows
