"""Everything that is wrong with a dataset, as one error: the first few faults a line each, all of them counted."""

from collections.abc import Sequence

from nnlab.core.errors import DataError, Faults

LISTED = 5
"""How many faults are listed, a line each; the others are counted."""


def as_fault(errors: Sequence[DataError], where: str) -> DataError:
    """One error for all of these: the fault itself, where there is one.

    Options:  where: the folder or the table that the count of those that are not listed stands at.
    """
    if len(errors) == 1:
        return errors[0]
    listed = list(errors[:LISTED])
    if more := len(errors) - len(listed):
        listed.append(DataError(f"and {more} more fault{'s' * (more > 1)}, {len(errors)} in all", where=where))
    return Faults(listed)
