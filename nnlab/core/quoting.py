"""Names as they are to be typed."""

import os
import shlex

from nnlab.core.printing import printable


def quoted(name: str | os.PathLike[str]) -> str:
    """A name in a command that somebody is told to type: one word for the shell, whatever is in it.

    'my runs' with a space, or a quote, is put into quotes; what speaks to a terminal is written out, as by `printable`.
    """
    return shlex.quote(printable(name))
