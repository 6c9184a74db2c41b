"""An experiment on two backends in lockstep: where they part, and why."""

from collections.abc import Sequence
from contextlib import suppress

from nnlab.backends.base import BACKENDS
from nnlab.checks.parity.result import Comparison
from nnlab.checks.parity.subject import Subject
from nnlab.core.errors import UsageError
from nnlab.experiment.build import Progress, fitted, graph, outlined, read, refuse_lonely_samples
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.lockstep import Lockstep, OnStep, learner_of
from nnlab.kernels.threads import at_most_threads


def compare(
    experiment: Experiment,
    backends: tuple[str, str],
    *,
    progress: Progress | None = None,
    on_step: OnStep | None = None,
) -> Comparison:
    """Trains an experiment on two backends at once and says where the two part.

    Same weights, same batches, same chance: the training is that of `nnlab train`, without its checks and run folder.
    It ends early at the first convention or bug, because everything after it follows from it; Ctrl-C ends it after the
    step at hand with what there is.

    Options:  backends: their names, the one that is compared with and the other.  progress: called while images are
              prepared.  on_step: called after every step with its differences.
    Raises:   NnlabError: for whatever is found wrong before training.
    """
    if backends[0] == backends[1]:
        raise UsageError("names one backend twice", where="--backends", hint="such as --backends=numpy,torch")
    with at_most_threads(experiment.run.threads):
        outline = outlined(experiment)
        network = graph(experiment, outline)
        refuse_lonely_samples(network, experiment, outline.truths)
        subject = Subject(network, fitted(experiment, outline).terms(experiment.loss), experiment.optimizer.fresh())
        own = (subject, subject.astype(experiment.run.dtype))  # the first learner has the subject's own network
        engine = experiment.run.engine
        pair = {name: learner_of(one, name, engine) for name, one in zip(backends, own, strict=True)}
        data = read(experiment, network, outline, progress)
        refuse_lonely_samples(network, experiment, data.training.truths)  # bad images may have been left out
        lockstep = Lockstep(experiment, subject, pair, data)
        with suppress(KeyboardInterrupt):  # what there is then is what was asked for
            lockstep.run(on_step)
        return lockstep.comparison()


def require_backends(experiment: Experiment, backends: Sequence[str]) -> None:
    """Raises MissingError, UsageError: when a backend, or what it is to run on, is not here."""
    engine = experiment.run.engine
    for name in backends:
        BACKENDS.get(name).require(engine.for_backend(name))


def refuse_incomparable(experiment: Experiment) -> None:
    """Raises UsageError: for settings with which there is nothing to hold a step against."""
    if experiment.run.amp:
        raise UsageError(
            "computes in bfloat16, which is another arithmetic than the one that is held against it",
            where="--amp",
            hint="leave it out",
        )
    if experiment.run.accumulate > 1:
        raise UsageError(
            "makes one step of several minibatches, and a comparison looks at steps of one",
            where=f"--accumulate={experiment.run.accumulate}",
            hint="leave it out, and give --max-minibatch-size so many times as many samples",
        )
