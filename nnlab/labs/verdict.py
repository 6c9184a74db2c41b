"""Two configurations of a lab held against each other, as `nnlab report A B` holds runs: no second statistics."""

import math
from collections.abc import Sequence
from pathlib import Path

from nnlab.labs.row import DONE, Row
from nnlab.metrics.significance import Difference, paired_t
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.several.decide import decide
from nnlab.tracking.several.groups import Group
from nnlab.tracking.several.verdict import Partition, Verdict


def rows_of(rows: Sequence[Row], name: str) -> list[Row]:
    """The repeats of a configuration that came to their end, in their order."""
    own = [row for row in rows if row["cell"] == name and row["status"] == DONE]
    return sorted(own, key=lambda row: int(row["repeat"]))


def runs_of(rows: Sequence[Row], name: str, folder: Path) -> list[Run]:
    """Their run folders, where their kind is a training ("run" in the result).

    Options:  folder: of the study, which the rows' paths are relative to.
    Raises:   DataError: one is gone, or damaged.
    """
    places = [row["result"].get("run") for row in rows_of(rows, name)]
    return [read_run(folder / str(place)) for place in places if place]


def verdict(
    first: tuple[str, Sequence[Run]], second: tuple[str, Sequence[Run]], partition: Partition = "test"
) -> Verdict | None:
    """The second against the first; None where one of them has no run.

    One run of each: by the same pictures (McNemar, or a t test over losses). Several: paired by seed.

    Raises:  DataError: when a run's files are damaged.
    """
    if not first[1] or not second[1]:
        return None
    return decide(Group(first[0], tuple(first[1])), Group(second[0], tuple(second[1])), partition)


def of_costs(first: Sequence[Row], second: Sequence[Row], key: str) -> Difference:
    """Of a figure of rows (seconds, memory), less of which is better: its logarithm, paired by repeat.

    exp(value) is the ratio of the second to the first, and exp of the interval's ends its interval.
    """
    both = {row["repeat"]: [float(row[key])] for row in first}
    for row in second:
        both.setdefault(row["repeat"], []).append(float(row[key]))
    pairs = [pair for pair in both.values() if len(pair) == 2 and min(pair) > 0]
    return paired_t([math.log(a) for a, _ in pairs], [math.log(b) for _, b in pairs], of="repeat")


def chance_of(runs: Sequence[Run], partition: str) -> float | None:
    """How often naming the largest class is right, where that is the same for all; None without."""
    found = {((run.summary or {}).get(partition) or {}).get("chance") for run in runs}
    return next(iter(found)) if len(found) == 1 else None
