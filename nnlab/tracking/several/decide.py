"""Which test two experiments are held against each other by."""

from nnlab.tracking.judged import judge_of, section
from nnlab.tracking.run import Run
from nnlab.tracking.several.by_pictures import by_pictures
from nnlab.tracking.several.by_seeds import by_seeds
from nnlab.tracking.several.differences import Seeds
from nnlab.tracking.several.groups import Group
from nnlab.tracking.several.verdict import LOSS, Partition, Verdict


def decide(first: Group, second: Group, partition: Partition = "test") -> Verdict:
    """The second against the first.

    One run of each: by the same pictures (exact McNemar of right answers; of other tasks a t test over the losses of
    the pictures). Several: paired by seed where every seed of the smaller group is one of the other's, else Welch's.

    Raises:  DataError: when a run's files are damaged.
    """
    labels = (first.label, second.label)
    both = [_scored(group, partition) for group in (first, second)]
    shared = [seeds for seeds in both[0] if seeds in both[1]]
    fewest, most = sorted(map(len, both))
    if fewest == most == 1:
        one, other = (next(iter(group.values())) for group in both)
        return by_pictures(labels, one, other, partition=partition)
    if fewest == 1 and shared:
        one, other = (group[shared[0]] for group in both)
        found = by_pictures(labels, one, other, partition=partition)
        return found.noted("one of the two has a single run, so the two of the same seeds are compared")
    judge = judge_of(first.runs[0])
    same = judge.key == judge_of(second.runs[0]).key
    found = by_seeds(labels, partition, judge if same else LOSS, both)
    sets = {section(group.runs[0].config, "data").get("dataset") for group in (first, second)}
    return found.noted("they learnt from different datasets") if len(sets) > 1 else found


def _scored(group: Group, partition: Partition) -> dict[Seeds, Run]:
    """The runs that have an end, and a score of this partition."""
    return {seeds: run for seeds, run in group.by_seeds.items() if (run.summary or {}).get(partition)}
