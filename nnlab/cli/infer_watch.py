"""`nnlab infer --watch`: a line for each picture that comes into a folder, until Ctrl-C."""

import signal
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.cli.infer_results import tell
from nnlab.cli.left_out import tell_left_out
from nnlab.cli.looking import model_name
from nnlab.cli.output import echo
from nnlab.cli.streams import is_lost
from nnlab.core.printing import printable
from nnlab.data.followed import Followed
from nnlab.training.interrupts import InterruptsHeld, signal_of

if TYPE_CHECKING:
    from nnlab.experiment.infer import Inference


def follow(folder: Path, inference: "Inference", flags: Mapping[str, Any]) -> int:
    """Answers what comes. Ends by a signal, with its exit code; with 0 when nobody reads the answers any more.

    Raises:  DataError: no such folder, or it is gone; the model does not give what can be read.  RunError: files
             cannot be written.
    """
    followed = Followed(folder)
    if not flags["quiet"]:
        echo(f"following {printable(folder)}: pictures as they come; Ctrl-C ends", err=True)
    count = 0
    try:
        for pictures in followed:
            with closing(inference.results(pictures)) as results:
                for found in results:
                    count += 1
                    if found.problem is not None:
                        tell_left_out(found.source, found.problem)
                    tell(found.row(), flags)
                    if is_lost(sys.stdout):
                        return 0
            if is_lost(sys.stdout):
                return 0
    except KeyboardInterrupt as interrupt:
        with InterruptsHeld():
            title = f"{count} picture{'' if count == 1 else 's'} by {Path(model_name(flags)).name}"
            inference.contact_sheet(title, count)
        if not flags["quiet"]:
            failed = f", {inference.failed} without an answer" if inference.failed else ""
            echo(f"followed no longer: {count} picture{'' if count == 1 else 's'}{failed}", err=True)
        return 128 + (signal_of(interrupt) or signal.SIGINT)
    raise AssertionError("a folder is followed for ever")
