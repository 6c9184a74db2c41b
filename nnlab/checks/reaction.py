"""What happens when a check fails: off, warning, exception, debug."""

import logging
import sys
from types import FrameType
from typing import Literal

from nnlab.core.errors import CheckError

Reaction = Literal["off", "warning", "exception", "debug"]
"""off: the check is not made.  warning: one line in the log (on stderr where nobody set one up), and on it goes.
exception: CheckError.  debug: the debugger where a person sits at a terminal, CheckError elsewhere."""

LOG = logging.getLogger("nnlab.checks")


def react(reaction: Reaction, error: CheckError) -> None:
    """Reacts to a failed check; returns when the run is to go on.

    Raises:  CheckError: on "exception"; on "debug" without a terminal, or when the debugger is left with `q`.
    """
    if reaction == "off":
        return
    if reaction == "warning":
        LOG.warning("%s", error)
        return
    if reaction == "debug" and sys.stdin is not None and sys.stdin.isatty():
        _debug(error, sys._getframe(1))
        return
    if reaction == "debug":
        LOG.warning("no debugger is opened, because stdin is not a terminal")
    raise error


def _debug(error: CheckError, frame: FrameType) -> None:
    """The debugger where the check failed: `c` goes on with the run, `q` ends it with the error."""
    print(f"{error}\n(`u` goes up to what was checked, `c` continues the run, `q` ends it)", file=sys.stderr)
    import pdb

    debugger = pdb.Pdb()
    debugger.reset()
    debugger.interaction(frame, None)
    if debugger.quitting:
        raise error
