"""Groups of samples of one picture, by what they share: one class and one partition, or not."""

from collections.abc import Iterator

from nnlab.data.inspection.alike import Group
from nnlab.data.inspection.inspected import Inspected


def truths_of(data: Inspected, group: Group) -> set[str]:
    """What its samples are said to show; of masks and the like nothing, since those are not compared."""
    return {data.truth_of(place) for place in group.places}


def partitions_of(data: Inspected, group: Group) -> set[str]:
    """The partitions that its samples are in."""
    return {name for place in group.places if (name := data.partition_of[place]) is not None}


def within(data: Inspected) -> Iterator[Group]:
    """The groups of one class in one partition."""
    for group in data.groups:
        if len(truths_of(data, group)) == 1 and len(partitions_of(data, group)) < 2:
            yield group
