"""A process that trains what another one leads; also a program of its own, which `Followers` starts."""

import dataclasses
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import NnlabError
from nnlab.core.processes import end_with, in_one_line
from nnlab.experiment.build import fitted, graph, learner, outlined
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_settings
from nnlab.experiment.together import identity, in_words, join
from nnlab.experiment.torchrun import Place
from nnlab.kernels.threads import at_most_threads
from nnlab.training.interrupts import ENDINGS

if TYPE_CHECKING:
    from nnlab.backends.torch.parallel.learner import ShardLearner
    from nnlab.backends.torch.parallel.team import Team


def follow(team: "Team", place: int, here: int) -> int:
    """Does what the leader tells, network after network; the exit code when there is nothing more.

    That the leader has gone is for the leader to say.

    Options:  place: among the processes of this machine.  here: how many those are.
    """
    from nnlab.backends.torch.parallel.follower import Follower
    from nnlab.backends.torch.parallel.team import Lost

    try:
        message = team.told()
        while message.what == "train":
            try:
                made = _learner(message.facts, team, place, here)
            except NnlabError as error:
                team.answers(in_words(error))
                message = team.told()
                continue
            team.answers(identity(made))
            with at_most_threads(message.facts["settings"]["run"]["threads"]):
                message = Follower(made, team).until_told_otherwise()
    except Lost:
        pass
    return 0


def follow_torchrun(place: Place) -> int:
    """The same in a process that torchrun started, which ends all of them when one fails: signals are the leader's."""
    team = join(place)
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    return follow(team, place.place, place.here)


def _learner(facts: Mapping[str, Any], team: "Team", place: int, here: int) -> "ShardLearner":
    """Of the leader's experiment, by its settings: no picture is read, and the weights are the leader's."""
    from nnlab.backends.torch.parallel.start import take_device

    experiment = resolve(from_settings(facts["settings"], name="process 0"), read_weights=False)
    if facts["folder"] is not None:
        experiment = dataclasses.replace(experiment, model=experiment.model.from_run(Path(facts["folder"])))
    take_device(experiment.run.engine, place, here)
    outline = outlined(experiment)
    made: ShardLearner = learner(experiment, graph(experiment, outline), fitted(experiment, outline), team)  # type: ignore[assignment]
    return made


def main(store: str, rank: int, size: int) -> int:
    """The exit code. What goes wrong is said on stderr, where the leader reads it."""
    end_with(sys.stdin.fileno(), 0)
    try:
        from nnlab.backends.torch.parallel.start import connect
        from nnlab.backends.torch.parallel.team import Team

        print("here", flush=True)
        return follow(Team(rank, size, lambda: connect(store, rank, size)), rank, size)
    except Exception as error:
        print(in_one_line(error), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
