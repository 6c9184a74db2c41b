"""What a ladder is of: a run, or a file with pictures, as a mapping that a process is told by."""

from collections.abc import Mapping
from typing import Any

from nnlab.experiment.answering.subject import Subject


def subject_of(said: Mapping[str, Any]) -> Subject:
    """The subject of what was said: {"run": ...}, or {"file", "data", "flags", ...}. Raises as making it does."""
    if "run" in said:
        from nnlab.experiment.answering.of_run import run_subject

        return run_subject(said["run"])
    from nnlab.experiment.answering.of_file import Named, file_subject

    flags = {key: tuple(value) if isinstance(value, list) else value for key, value in said["flags"].items()}
    return file_subject(Named(**{**said, "flags": flags}))
