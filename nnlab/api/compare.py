"""`nnlab.compare`: the same training on two backends in lockstep; two runs are for judged.py."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, overload

from nnlab.api.data import Data, with_data
from nnlab.api.judged import Judged, Runs, judged
from nnlab.api.keywords import from_keywords, one_of
from nnlab.api.run import Run
from nnlab.api.spoken import as_passed, spoken
from nnlab.api.warned import warned
from nnlab.backends.base import BACKENDS
from nnlab.checks.parity.history import TOLERANCE
from nnlab.checks.parity.result import GRAVE, Comparison, Divergence, Verdict
from nnlab.core.errors import UsageError
from nnlab.core.notebook import shown, table
from nnlab.experiment.compare import compare as compared
from nnlab.experiment.compare import refuse_incomparable
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_environment
from nnlab.experiment.toml import document as toml
from nnlab.experiment.typed import train_command
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.store import write_comparison
from nnlab.tracking.comparison.words import divergence_sentence, verdict_sentence
from nnlab.tracking.environment import environment
from nnlab.tracking.several.verdict import Partition
from nnlab.tracking.store import RunStore


@dataclass(frozen=True, eq=False)
class Compared:
    """What a comparison of two backends found: true where they compute the same.

    Options:  comparison: all of it (nnlab/checks/parity/result.py).  document: as comparison.json has it.
    """

    comparison: Comparison
    document: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return Path(self.document["folder"])

    @property
    def report(self) -> Path:
        """The page that shows every tensor at every step."""
        return Path(self.document["report"])

    @property
    def verdict(self) -> Verdict:
        """equal, rounding, no signal, convention or bug."""
        return self.comparison.verdict

    @property
    def first(self) -> Divergence | None:
        """Where they part, and why; None where they do not."""
        return self.comparison.first

    @property
    def worst(self) -> tuple[str, float]:
        """The tensor with signal that differed most, and how far."""
        return self.comparison.worst

    @property
    def said(self) -> str:
        """The verdict in a sentence."""
        return verdict_sentence(self.comparison)

    def __bool__(self) -> bool:
        return self.verdict not in GRAVE

    def __repr__(self) -> str:
        parted = "" if self.first is None else f"\n{divergence_sentence(self.first)}"
        return f"Compared({self.said}){parted}"

    def _repr_html_(self) -> str:
        """The verdict and the worst tensor of each kind, as a notebook shows them."""
        kinds = self.document.get("kinds", {})
        rows = [
            (kind, found["tensor"], f"{found['relative']:.1e}")
            for kind, each in kinds.items()
            if (found := each["worst"])
        ]
        why = "" if self.first is None else divergence_sentence(self.first)
        return shown(self.said, table(("kind", "worst tensor", "apart"), rows, words=2), note=why or str(self.report))


@overload
def compare(data: Runs, second: Runs, *, partition: Partition = "test") -> Judged: ...
@overload
def compare(data: Data | None = None, *, backends: Sequence[str] = ("numpy", "torch"), **settings: Any) -> Compared: ...
@spoken()
def compare(
    data: Data | Runs | None = None,
    second: Runs | None = None,
    *,
    backends: Sequence[str] = ("numpy", "torch"),
    partition: Partition = "test",
    **settings: Any,
) -> Compared | Judged:
    """Two runs: whether the second is better than the first. A dataset: where two backends part in training on it.

        nnlab.compare(run, other)                                        # better, worse, or cannot tell
        nnlab.compare([run, again], [other, and_again])                  # over seeds: lists of runs
        nnlab.compare("numbers", backends=("numpy", "torch"), model="NLayers", layers=16, epochs=5)

    Runs are held against each other by the same test pictures (McNemar), or paired by seed. Backends train in lockstep:
    same weights, same batches, same dropout; after every step each activation, gradient, optimizer slot and weight is
    compared. That leaves a folder with a page, `report`; settings are those of `nnlab.train`.

    Raises:  UsageError: settings that cannot be right, or what are no runs.  MissingError: a backend that is not
             installed.
    """
    if second is not None or isinstance(data, Run) or (isinstance(data, (list, tuple)) and data):
        if settings:
            raise UsageError("has no part in comparing runs", where=", ".join(settings), hint="leave it out")
        one_of(get_args(Partition), partition, "partition")
        return judged(data, second, partition)
    with warned():
        return _backends(data, backends, settings)


def _backends(data: Any, backends: Sequence[str], settings: Mapping[str, Any]) -> Compared:
    one, other = _two(backends)
    if "backend" in settings:
        hint = f"leave it out; backends=({one!r}, {other!r}) says which"
        raise UsageError("names one backend, but a comparison needs two", where="backend", hint=hint)
    said, below = with_data(settings, data)
    experiment = resolve(from_keywords({**said, "backend": one}), from_environment(os.environ), *below)
    refuse_incomparable(experiment)
    runs_dir, began = Path(experiment.run.runs_dir), time.perf_counter()
    RunStore.probe(runs_dir)
    comparison = compared(experiment, (one, other))
    about = About(
        exp_id=experiment.run.exp_id,
        config=f"{experiment.to_toml()}\n{toml({'compare': {'backends': (one, other)}})}",
        typed=_typed(experiment, (one, other)),
        tolerance=TOLERANCE[comparison.dtype],
        seconds=time.perf_counter() - began,
        environment=environment(),
    )
    return Compared(comparison, write_comparison(runs_dir, comparison, about))


def _two(backends: Sequence[str]) -> tuple[str, str]:
    """Their names as they are written. Raises UsageError: when they are not two."""
    words = backends.split(",") if isinstance(backends, str) else list(backends)
    names = [BACKENDS.name_of(str(word).strip()) for word in words]
    if len(names) != 2 or names[0] == names[1]:
        said = ", ".join(names)
        raise UsageError(f"must be two different ones, got {said}", where="backends", hint='such as ("numpy", "torch")')
    return names[0], names[1]


def _typed(experiment: Experiment, backends: tuple[str, str]) -> str:
    """The call, for the page."""
    command = train_command(experiment).replace("nnlab train", f"nnlab compare --backends={','.join(backends)}", 1)
    return as_passed(command)
