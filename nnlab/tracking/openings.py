"""`openings.jsonl` of a run: each time that the test partition was scored after training, which scores it once.

A figure of pictures that choices were made by flatters: who looks at test again and again, and changes something each
time, learns from it. So looking is no secret.
"""

import logging
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import RunError
from nnlab.tracking.fields import TEXT
from nnlab.tracking.files import Lines, read_lines

FILE = "openings.jsonl"

OWN = frozenset({"samples", "chance", "no_better_than_guessing"})
"""What a score has besides figures."""

LOG = logging.getLogger("nnlab")


def record_opening(folder: Path, command: str, samples: int, figures: Mapping[str, Any], **more: Any) -> None:
    """Adds a line. Where the run's folder takes none (another's, say), a warning says that it is not recorded.

    Options:  command: what was typed.  figures: those that were seen, by their names in files.
    """
    row = {"when": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "partition": "test", "command": command, "samples": samples}
    write_row(folder, row | dict(figures) | more)


def write_row(folder: Path, row: Mapping[str, Any]) -> None:
    """Adds a line as it is; a warning where it cannot be. Never through a link, which may lead out of the folder."""
    path = folder / FILE
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        LOG.warning("that test was scored again is not recorded: %s is no file of its own", path)
        return
    try:
        lines = Lines(path)
        try:
            lines.add(row)
        finally:
            lines.close()
    except RunError as error:
        LOG.warning("that test was scored again is not recorded: %s", error)


def carry_on(before: Path, after: Path, test: Mapping[str, Any] | None) -> None:
    """Tells a run that goes on with another one how often that one's test was scored: at its end, where that came, and
    later. The same pictures judge the new one.

    Options:  test: the earlier one's own score; None where it had none.
    Raises:   DataError: when its openings cannot be read.
    """
    if test is not None:
        figures = {key: value for key, value in test.items() if isinstance(value, (int, float)) and key not in OWN}
        samples = test.get("samples")
        record_opening(after, f"at the end of {before.name}", samples if isinstance(samples, int) else 0, figures)
    for row in openings(before):
        write_row(after, row)


def openings(folder: Path) -> list[dict[str, Any]]:
    """Every time since training, the earliest first. Raises DataError: when the file is damaged."""
    return read_lines(folder / FILE, {"when": TEXT, "partition": TEXT})
