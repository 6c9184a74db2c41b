"""`openings.jsonl` of a run: each time that the test partition was scored after training, which scores it once.

A figure of pictures that choices were made by flatters: who looks at test again and again, and changes something each
time, learns from it. So looking is no secret.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import RunError
from nnlab.tracking.fields import TEXT
from nnlab.tracking.files import Lines, read_lines

FILE = "openings.jsonl"

LOG = logging.getLogger("nnlab")


def record_opening(folder: Path, command: str, samples: int, figures: Mapping[str, Any], **more: Any) -> None:
    """Adds a line. Where the run's folder takes none (another's, say), a warning says that it is not recorded.

    Options:  command: what was typed.  figures: those that were seen, by their names in files.
    """
    row = {"when": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "partition": "test", "command": command, "samples": samples}
    try:
        lines = Lines(folder / FILE)
        try:
            lines.add(row | dict(figures) | more)
        finally:
            lines.close()
    except RunError as error:
        LOG.warning("that test was scored again is not recorded: %s", error)


def openings(folder: Path) -> list[dict[str, Any]]:
    """Every time since training, the earliest first. Raises DataError: when the file is damaged."""
    return read_lines(folder / FILE, {"when": TEXT, "partition": TEXT})
