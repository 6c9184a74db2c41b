"""Groups: samples that belong together (frames of a video, pictures of a person) and are never parted by a split."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.source import Sample, Source

FOLDER = "folder"
"""The pattern that is none: groups are the folders that pictures lie in, within those of their classes."""

NAMED = 3
"""How many groups, or samples, a line names; the others are counted."""


def pattern_fault(text: str) -> str | None:
    """Why a text is no pattern of groups, or None."""
    if not text:
        return f"must be a regular expression, or {FOLDER}"
    try:
        re.compile(text)
    except re.error as error:
        return f"is no regular expression ({error})"
    return None


def grouped(found: Source, pattern: str | None) -> Source:
    """The samples with the groups that a pattern of their paths says; as they are where there is none.

    A sample's group is the first group of the expression where it has one, else what it matches, wherever in the path
    within the dataset that is. Two samples of the same text are one group, whatever their classes.

    Raises:  DataError: when a path does not match, or one group is everything.
    """
    if pattern is None:
        return found
    names = [_group(sample, found, pattern) for sample in found.samples]
    where = f"--group-by={pattern}"
    if unmatched := [sample.source for sample, name in zip(found.samples, names, strict=True) if not name]:
        more = f" (nor are {len(unmatched) - 1:,} others)" if len(unmatched) > 1 else ""
        raise DataError(
            f"is of no group: the pattern does not match{more}",
            where=f"{where}: {unmatched[0]}",
            hint="choose a pattern that matches every path within the dataset",
        )
    if len(set(names)) == 1:
        raise DataError(
            f"all {len(names):,} samples are one group ({printable(str(names[0]))})",
            where=where,
            hint="choose a pattern of what tells groups apart, in parentheses: 'person([0-9]+)'",
        )
    return replace(
        found, samples=tuple(replace(sample, group=name) for sample, name in zip(found.samples, names, strict=True))
    )


def _group(sample: Sample, found: Source, pattern: str) -> str | None:
    """What the pattern says of a sample; None where it says nothing."""
    path = sample.source if sample.moment is None else sample.source.rpartition("#")[0]  # frames of one video are one
    if pattern == FOLDER:
        return _folder(path, sample, found)
    match = re.search(pattern, path)
    return match and match.group(1 if match.re.groups else 0)


def _folder(path: str, sample: Sample, found: Source) -> str:
    """The folder within that of the class; that of the class where it lies in none deeper."""
    parts = list(PurePosixPath(path).parts[:-1])
    if sample.partition in found.partitions:
        parts = parts[1:]
    return "/".join(parts[1:] if found.labelled and len(parts) > 1 else parts) or "."


def is_grouped(samples: Sequence[Sample]) -> bool:
    """Whether a group has more than one sample, so that a split has to mind them."""
    names = [sample.group for sample in samples if sample.group is not None]
    return len(set(names)) < len(names)


def groups_of(samples: Sequence[Sample], places: Sequence[int]) -> list[list[int]]:
    """The places that go together, in the order of their first; a sample of no group is one of its own."""
    together: dict[str | int, list[int]] = {}
    for place in places:
        group = samples[place].group
        together.setdefault(place if group is None else group, []).append(place)
    return list(together.values())


def torn_groups(found: Source, members: "dict[str, list[int]]") -> Iterator[str]:
    """A line where groups are in several partitions, as folders of partitions may have them."""
    homes: dict[str, dict[str, None]] = {}
    for partition, places in members.items():
        for place in places:
            if (group := found.samples[place].group) is not None:
                homes.setdefault(group, {})[partition] = None
    torn = [f"{printable(group)} ({' and '.join(parts)})" for group, parts in homes.items() if len(parts) > 1]
    if torn:
        more = f" and {len(torn) - NAMED} more" if len(torn) > NAMED else ""
        groups = "a group is" if len(torn) == 1 else f"{len(torn)} groups are"
        yield (
            f"{groups} in several partitions, whose folders say so: {', '.join(torn[:NAMED])}{more}; scores of dev and "
            "test are of what was learnt from"
        )
