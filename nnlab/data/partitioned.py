"""A dataset split as options say, and what there is to say of it: by folders of its own, by folds, by groups."""

from collections.abc import Iterator

from nnlab.core.printing import printable
from nnlab.data.groups import is_grouped
from nnlab.data.options import DataOptions
from nnlab.data.source import Source
from nnlab.data.split import Members, split

MOST_NAMES = 5
"""How many classes a line names."""


def members_of(found: Source, options: DataOptions) -> Members:
    """The samples of each partition.  Raises DataError, UsageError: as `split`."""
    return split(
        found,
        options.partitions,
        options.dataset_seed,
        options.held_out,
        unseen=options.hold_out_classes,
        way=options.split,
    )


def division(found: Source, members: Members, options: DataOptions) -> str | None:
    """Which folder is which partition, what of --partitions still counts; None where folders are classes."""
    folders = found.partitions
    if options.hold_out_classes:
        names = ", ".join(map(printable, options.hold_out_classes))
        return f"training has nothing of {names}: dev and test are of these classes alone"
    if options.held_out is not None:
        which, folds = options.held_out
        apart = "test is its own" if members["test"] else "there is no test"
        return f"dev is fold {which} of {folds}, training the others; {apart}"
    if not folders:
        return None
    parts = [f"{found.told(partition)} is {partition}" for partition in folders]
    dealt = [part for part in ("dev", "test") if part not in folders and members[part]]
    own = " and ".join(f"{len(members[part])} to {part}" for part in dealt)
    if dealt:
        parts[0] = f"{found.told('training')} is training, but for images that are dealt {own}"
    line = f"the partitions are {'arrays' if found.arrays else 'folders'}: {', '.join(parts)}"
    if set(folders) == {"training"} or dict(options.partitions) == DataOptions().partitions:
        return line
    counts = "of which only the ratio of training to dev counts" if dealt else "which does not count"
    return f"{line}; they win over --partitions, {counts}"


def missing_classes(found: Source, members: Members) -> Iterator[str]:
    """A line for each partition that lacks classes: one with a folder, or any to which groups were dealt."""
    if not found.labelled:
        return
    for partition in members if is_grouped(found.samples) else found.partitions:
        there = {found.samples[at].truth.stratum for at in members[partition]}
        names = [name for label, name in enumerate(found.names) if label not in there]
        if names and members[partition]:
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            missing = ", ".join(names[:MOST_NAMES]) + more
            where = found.told(partition) if partition in found.partitions else partition
            yield f"{where} has no images of {missing}: its scores do not judge them"
