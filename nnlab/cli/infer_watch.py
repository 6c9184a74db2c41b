"""`nnlab infer --watch`: a line for each picture that comes into a folder, until Ctrl-C."""

import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.cli.infer_results import line
from nnlab.cli.looking import model_name
from nnlab.cli.main import report
from nnlab.cli.output import echo, echo_line
from nnlab.cli.streams import is_lost
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.followed import Followed
from nnlab.experiment.infer_document import SCHEMA, failure, result
from nnlab.training.interrupts import InterruptsHeld, signal_of

if TYPE_CHECKING:
    from nnlab.experiment.infer import Inference
    from nnlab.experiment.infer_rows import Row


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
            for found in inference.results(pictures):
                count += 1
                if found.problem is not None:
                    report(DataError(found.problem, where=found.source))
                _tell(found.row(), flags)
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


def _tell(row: "Row", flags: Mapping[str, Any]) -> None:
    """One line on stdout, at once; for people only of what has an answer."""
    if flags["json"]:
        told = ([result(row, flags["top"])] if row.read else []) + ([failure(row)] if row.error is not None else [])
        both = {key: value for part in told for key, value in part.items()}
        print(json.dumps({"schema_version": SCHEMA, **both}, allow_nan=False), flush=True)
    elif row.error is None:
        made = "" if row.output is None else f"  {row.output}"
        echo_line(f"{row.source}  {line(row, flags['top'])}{made}")
        sys.stdout.flush()
