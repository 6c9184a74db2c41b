"""Classes that training does not have: dev and test are of them alone."""

from collections.abc import Mapping, Sequence

from nnlab.core.errors import DataError, UsageError
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.source import Source

FLAG = "--hold-out-classes"

FEWEST = 2
"""Classes on either side: one alone has no other to be told from."""


def places_of(found: Source, names: Sequence[str]) -> list[int]:
    """The places of these classes among those of a set.

    Raises:  UsageError: a name that is no class, too few of them, or too few that are left.  DataError: no classes.
    """
    if not found.labelled:
        raise DataError("has no classes to hold out", where=printable(found.folder), hint=f"leave out {FLAG}")
    for name in names:
        if name not in found.names:
            near = nearest(name, list(found.names))
            hint = did_you_mean(near) if near else f"its classes are {', '.join(map(printable, found.names[:10]))}"
            raise UsageError("the dataset has no such class", where=f"{FLAG}={printable(name)}", hint=hint)
    there = len({sample.truth.stratum for sample in found.samples})
    held = list(dict.fromkeys(found.names.index(name) for name in names))
    if len(held) < FEWEST or there - len(held) < FEWEST:
        what = f"holds out {len(held)} of {there} classes, and either side needs {FEWEST} to tell apart"
        raise UsageError(what, where=f"{FLAG}={','.join(map(printable, names))}", hint="name others")
    return held


def sides(found: Source, held: Sequence[int]) -> tuple[list[int], dict[str, list[int]]]:
    """The places of the samples to learn from, and of those that are held out: by the partition whose folder they lie
    in, "" where they are to be dealt. Samples of other classes in the folder of dev or test are left out."""
    training: list[int] = []
    apart: dict[str, list[int]] = {"": [], "dev": [], "test": []}
    for at, sample in enumerate(found.samples):
        home = "" if sample.partition in (None, "training") else str(sample.partition)
        if sample.truth.stratum in held:
            apart[home].append(at)
        elif not home:
            training.append(at)
    return training, apart


def shares_apart(shares: Mapping[str, float]) -> dict[str, float]:
    """How those that are held out are shared out. Raises UsageError: where neither dev nor test has a share."""
    total = shares["dev"] + shares["test"]
    if not total:
        raise UsageError("neither dev nor test has a share, which are of these classes", where=FLAG)
    return {name: shares[name] / total for name in ("dev", "test") if shares[name]}
