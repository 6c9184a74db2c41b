"""`nnlab.train`: what `nnlab train` does, as a function."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.api.data import Data, with_data
from nnlab.api.keywords import from_keywords
from nnlab.api.progress import progress_of
from nnlab.api.run import Run
from nnlab.api.spoken import as_passed, spoken
from nnlab.api.warned import warned
from nnlab.core.errors import UsageError
from nnlab.data.own_arrays import Arrays
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import resume as resumed
from nnlab.experiment.run import run
from nnlab.experiment.sources import SettingsSource, from_environment, from_file


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a notebook's stop, while a run trained: everything that it recorded is in its folder.

    Options:  run: what there is of it; `nnlab.train(resume=stopped.run)` goes on.
    """

    def __init__(self, run: Run):
        super().__init__(f"interrupted: what was recorded is in {run.folder}; nnlab.train(resume=RUN) goes on")
        self.run = run

    def __reduce__(self) -> tuple[type["Interrupted"], tuple[Run]]:  # a pool hands it on from another process
        return Interrupted, (self.run,)


@spoken()
def train(
    data: Data | None = None,
    *,
    resume: str | os.PathLike[str] | Run | None = None,
    config: str | os.PathLike[str] | None = None,
    fork: bool = False,
    progress: bool | None = None,
    **settings: Any,
) -> Run:
    """Trains one experiment, writes its run folder, and returns the run.

        run = nnlab.train("numbers", model="NLayers", optimizer="Adam", epochs=20)

    Every setting of the command line is a keyword (`nnlab.settings()` lists them), and NNLAB_* variables count below
    them. A component with its options does for a name: `optimizer=nnlab.optimizers.Momentum(decay=0.8)`.

    Options:  data: a dataset's name, a path, or `nnlab.Arrays(x, y)`; None: what `resume` or `config` has.
              resume: a run to go on with.  config: a TOML file, such as a run's config.toml, below the keywords.
              fork: whether what goes on may be another experiment, as far as the saved state serves it.
              progress: whether to say how far it is; None: in a notebook alone.
    Raises:   Mistakes, UsageError: everything that cannot be right, before any data is read.  DataError: data that is
              not as it should be.  CheckError, RunError: what ended the run; its folder stays.
              Interrupted: after Ctrl-C, once everything is written.
    """
    said, below = with_data(settings, data)
    make = progress_of(progress)
    with warned() as gathered:
        experiment = _experiment(said, below, resume, config, fork=fork)
        _refuse_several(experiment)
        watching = make(experiment.accuracy)
        gathered.say = watching.say
        for note in experiment.notes:
            watching.say(as_passed(note))
        outcome = run(experiment, callbacks=[watching], progress=watching.images_done)
    made = Run(outcome.folder, arrays=data if isinstance(data, Arrays) else None)
    if outcome.error is not None:
        outcome.error.add_note(f"what was recorded is in {outcome.folder}")
        raise outcome.error
    if outcome.signal is not None:
        raise Interrupted(made)
    return made


def _experiment(
    said: Mapping[str, Any],
    below: Sequence[SettingsSource],
    resume: str | os.PathLike[str] | Run | None,
    config: str | os.PathLike[str] | None,
    *,
    fork: bool,
) -> Experiment:
    keywords, environment = from_keywords(said), from_environment(os.environ)
    if resume is not None and config is not None:
        raise UsageError("a resumed run brings its own configuration", where="config", hint="leave one of them out")
    if fork and resume is None:
        raise UsageError("goes on with a run, and none was named", where="fork", hint="pass resume=RUN too")
    if resume is not None:
        return resumed(Path(resume), keywords, environment, fork=fork)
    files = [] if config is None else [from_file(Path(config))]
    return resolve(keywords, environment, *files, *below, trains=True)


def _refuse_several(experiment: Experiment) -> None:
    """Raises UsageError: for settings that give several runs, where one is returned."""
    loops = {
        "training_times": (
            experiment.run.training_times > 1,
            "[nnlab.train(..., model_seed=seed) for seed in range(5)]",
        ),
        "folds": (experiment.run.folds > 0, '[nnlab.train(..., fold=f"{k}/5") for k in range(1, 6)]'),
    }
    for name, (said, loop) in loops.items():
        if said:
            raise UsageError("gives several runs, and train returns one", where=name, hint=f"train in a loop: {loop}")
