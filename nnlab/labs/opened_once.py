"""Scores of test that a lab's folder keeps, so that test is looked at once for a choice: `test.json`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.reading import parsed, read_text
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.files import to_json

NAME = "test.json"


def kept(folder: StudyFolder, cells: Sequence[str]) -> Mapping[str, Any] | None:
    """What was kept for these cells, None where it was others: what is run anew is scored anew.

    Options:  cells: the identities of those that are scored.
    """
    try:
        found = parsed(json.loads, read_text(folder.folder / NAME))
        said: Mapping[str, Any] = found["said"]
        return said if found["cells"] == list(cells) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(folder: StudyFolder, cells: Sequence[str], said: Mapping[str, Any]) -> None:
    """Writes it. Raises RunError: when the disk takes no more."""
    folder.write(NAME, to_json({"cells": list(cells), "said": said}, indent=2) + "\n")
