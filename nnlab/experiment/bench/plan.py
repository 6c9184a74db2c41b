"""Which cells a benchmark has: every experiment on every backend with every image library, and peers beside them."""

import dataclasses
import importlib.util
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.errors import MissingError
from nnlab.core.folders import repository
from nnlab.experiment.bench.peers import PEERS, Peer
from nnlab.experiment.build import graph, outlined
from nnlab.experiment.experiment import Experiment

SKLEARN = "scikit-learn"


@dataclass(frozen=True, eq=False)
class Cell:
    """One training that is measured, in a process of its own.

    Options:  peer: another library's training on the same data and sizes; None for nnlab's own.
              note: in what a peer's work differs from the experiment's.
    """

    experiment: Experiment
    peer: Peer | None = None
    note: str = ""

    @property
    def backend(self) -> str:
        """What trains: a backend's name, or the peer's."""
        return self.experiment.run.backend if self.peer is None else self.peer.name

    @property
    def label(self) -> str:
        """Backend and image library in a few words."""
        return f"{self.backend} · {self.experiment.data.data_loader}"


@dataclass(frozen=True, eq=False)
class Plan:
    """The cells, and what is to be said of those that there are not, a line each."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Axes:
    """What an experiment is repeated over; nothing named leaves its own backend, or image library."""

    backends: Sequence[str] = ()
    data_loaders: Sequence[str] = ()


def plan(experiments: Sequence[tuple[Experiment, Axes]], *, peers: bool = False) -> Plan:
    """Every cell, peers last: one of each kind for an experiment, with the first image library.

    Raises:  MissingError: peers are wanted and scikit-learn is not there.
             UsageError, DataError: when the network cannot be built, or the data are not there.
    """
    if peers and importlib.util.find_spec("sklearn") is None:
        raise MissingError(f"{SKLEARN} is not installed", where="--peers", hint=f"type: {_install_line()}")
    cells: list[Cell] = []
    notes: list[str] = []
    for experiment, axes in experiments:
        own = [Cell(variant) for variant in _variants(experiment, axes)]
        cells += own
        network = graph(experiment, outlined(own[0].experiment))
        for peer in PEERS if peers else ():
            said = peer.fits(network, own[0].experiment)
            if said.why_not:
                notes.append(f"{experiment.run.exp_id}: {peer.name} is left out: {said.why_not}")
            else:
                cells.append(Cell(own[0].experiment, peer, said.differs))
    return Plan(tuple(cells), tuple(notes))


def _variants(experiment: Experiment, axes: Axes) -> Iterator[Experiment]:
    for backend in axes.backends or (experiment.run.backend,):
        for library in axes.data_loaders or (experiment.data.data_loader,):
            run: dict[str, Any] = {"backend": backend}
            if len(axes.backends) > 1 and backend == "numpy":  # beside others that can do more: what it can
                run |= vars(experiment.run.engine.threads_alone)
            yield _with(experiment, {"run": run, "data": {"data_loader": library}})


def _with(experiment: Experiment, changes: Mapping[str, Mapping[str, Any]]) -> Experiment:
    """The experiment with other options."""
    run, data = copy(experiment.run), copy(experiment.data)
    for part, section in ((run, "run"), (data, "data")):
        for name, value in changes[section].items():
            setattr(part, name, value)
    return dataclasses.replace(experiment, run=run, data=data)


def _install_line() -> str:
    root = repository()
    pinned = f" -c {shlex.quote(str(root / 'bin' / 'constraints.txt'))}" if root else ""
    return f"{shlex.quote(sys.executable)} -m pip install {SKLEARN}{pinned}"
