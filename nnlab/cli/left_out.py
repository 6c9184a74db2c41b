"""Pictures that were looked at and have no answer: told on stderr one by one, and at the end by the exit code."""

from nnlab.cli.main import report
from nnlab.core.errors import DataError, ResourceError


def tell_left_out(source: str, why: str) -> None:
    """A line for one picture."""
    report(DataError(why, where=source))


def exit_code(*, failed: bool, starved: bool) -> int:
    """0, or what says that pictures were left out. Options:  starved: some of them because memory was wanting."""
    return ResourceError.exit_code if starved else DataError.exit_code if failed else 0
