"""An experiment that several processes train: who they are, and that all have the same network."""

import hashlib
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import __version__
from nnlab.core.errors import DataError, NnlabError, RunError, UsageError
from nnlab.core.machine import usable_cores
from nnlab.data.own_arrays import MARK
from nnlab.experiment.build import Parts, require_backend
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.followers import Followers
from nnlab.experiment.torchrun import Place
from nnlab.models.learner import Learner

if TYPE_CHECKING:
    from nnlab.backends.torch.parallel.team import Team

LOG = logging.getLogger("nnlab.run")

_JOINED: "list[tuple[Place, Team]]" = []
"""Those that torchrun started together with this process, once it has joined them."""


@contextmanager
def together(experiment: Experiment) -> "Iterator[Team | None]":
    """The processes that train it, this one leading; None where it is alone.

    Raises:  UsageError, MissingError: they cannot be had.
    """
    run = experiment.run
    if _JOINED:
        yield _JOINED[0][1]
        return
    if run.processes == 1:
        yield None
        return
    if experiment.data.dataset.startswith(MARK):
        what, hint = "arrays of a program are in that process alone", "leave it out, or write them as .npz"
        raise UsageError(what, where=f"--processes={run.processes}", hint=hint)
    require_backend(experiment)
    from nnlab.backends.torch.parallel.start import take_device
    from nnlab.backends.torch.parallel.team import Team

    take_device(run.engine, 0, run.processes)
    if run.threads * run.processes > (cores := usable_cores()):
        each = f"--threads={run.threads} each are more than the {cores} cores here: they wait for one another"
        LOG.warning("--processes=%s with %s", run.processes, each)
    with Followers(run.processes) as followers:
        team = Team(0, run.processes, followers.connect, followers.gone)
        try:
            yield team
        finally:
            team.leave()


def join(place: Place) -> "Team":
    """Joins those that torchrun started, for as long as this process lives."""
    from nnlab.backends.torch.parallel.start import join as join_them
    from nnlab.backends.torch.parallel.team import Team

    team = Team(place.rank, place.size, join_them)
    _JOINED.append((place, team))
    return team


def dismiss() -> None:
    """Tells those that torchrun started that there is nothing more to do."""
    while _JOINED:
        _, team = _JOINED.pop()
        try:
            team.tell("end")
        except RunError:  # they have gone, or were left amid a step
            LOG.debug("the other processes have gone already")
        team.leave()


def begin(experiment: Experiment, parts: Parts, team: "Team") -> None:
    """Has every process make the same network, and gives it the weights.

    Raises:  RunError, DataError: one of them could not, or has another network.
    """
    resumed = experiment.resumes
    team.tell("train", settings=experiment.settings, folder=os.path.realpath(resumed.folder) if resumed else None)
    own = identity(parts.learner)
    for rank, said in enumerate(team.answers(own)):
        where = f"process {rank} of {team.size} on {said.get('host', 'another machine')}"
        if "error" in said:
            raise (DataError if said["code"] == DataError.exit_code else RunError)(said["error"], where=where)
        apart = [f"{name} {said[name]}, not {own[name]}" for name in own if name != "host" and said[name] != own[name]]
        if apart:
            what = f"has another network or other versions than process 0 ({'; '.join(apart)})"
            raise RunError(what, where=where, hint="use the same nnlab, torch and dataset everywhere")
    parts.learner.share_state()  # type: ignore[attr-defined]  # only a leader has others


def identity(learner: Learner) -> dict[str, Any]:
    """What has to be the same in every process, and where this one is."""
    held = [(name, array.shape, np.dtype(array.dtype).str) for name, array in learner.held().items()]
    return {
        "nnlab": __version__,
        "torch": learner.environment()["torch"],
        "network": hashlib.sha256(repr(held).encode()).hexdigest()[:16],
        "host": platform.node(),
    }


def in_words(error: NnlabError) -> dict[str, Any]:
    """Why a process could not make the network, for the leader to say."""
    return {"error": "; ".join(str(error).splitlines()), "code": error.exit_code, "host": platform.node()}
