"""Every error that a user can cause, and the exit code that each ends with.

One line says what, where (file, option, layer, sample), why, and what to type next:

    datasets/numbers/3/a.png: not an image (unknown format); remove it or add --skip-bad-images
"""

from collections.abc import Sequence

from nnlab.core.printing import printable


class NnlabError(Exception):
    """An error that is the user's to mend: printed as one line, without a traceback, whatever is in the names it has.

    Options:  what: what is wrong, lower case, no full stop.
              where: the file, option, component.field, layer or sample it is about; None when it is about everything.
              hint: what to type or do next; None when `what` already says it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None):
        self.what = printable(what)
        self.where, self.hint = (said if said is None else printable(said) for said in (where, hint))
        super().__init__(self.what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class RunError(NnlabError):
    """The run failed while it ran (a full disk, memory that ran out)."""

    exit_code = 1


class ResourceError(RunError):
    """Memory, room in a cache or another means of the machine is wanting: no fault of what was worked on.

    Never kept, and never passed over as a bad file is: at another time, or with fewer at once, it goes well.
    """


class UsageError(NnlabError):
    """A flag, key, name or value that cannot be right, whatever the data."""

    exit_code = 2


class ShapeError(UsageError):
    """Layers, losses or arrays whose shapes do not fit each other."""


class Mistakes(UsageError):
    """Several mistakes found before any work, not all of data, reported together, one line each."""

    def __init__(self, mistakes: Sequence[NnlabError]):
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(str(mistake) for mistake in mistakes))

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class CheckError(NnlabError):
    """A gradient or stability check failed."""

    exit_code = 3


class ComparisonError(NnlabError):
    """Two backends, or a file and its source, differ by more than they may."""

    exit_code = 4


class DataError(NnlabError):
    """A dataset, class, image or model file that is missing, empty, unreadable or not what its name says."""

    exit_code = 5


class Faults(DataError):
    """Several things that are wrong with a dataset, one line each."""

    def __init__(self, faults: Sequence[DataError]):
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class MissingError(NnlabError):
    """A dependency, library or device that is not there; the hint is the line that installs it."""

    exit_code = 6


def as_one(mistakes: Sequence[NnlabError]) -> NnlabError:
    """One error for all of these: the mistake itself, where there is one; of data where all are, else of usage."""
    if len(mistakes) == 1:
        return mistakes[0]
    faults = [mistake for mistake in mistakes if isinstance(mistake, DataError)]
    return Faults(faults) if len(faults) == len(mistakes) else Mistakes(mistakes)
