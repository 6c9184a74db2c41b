"""A kind of work for tests: a training without figures, which take most of a small one's time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.experiment.run import _Session
from nnlab.labs.kinds.base import KINDS, Job, Say
from nnlab.labs.kinds.train import Train


@KINDS.register
class Undrawn(Train):
    """Comes to the same weights and answers."""

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        draw = _Session._draw
        _Session._draw = lambda session, result: None  # type: ignore[method-assign]
        try:
            return super().work(job, folder, say)
        finally:
            _Session._draw = draw  # type: ignore[method-assign]
