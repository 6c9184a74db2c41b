"""An experiment becomes a run folder."""

import logging
import math
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.baselines.beside import beside
from nnlab.core.errors import NnlabError, RunError
from nnlab.experiment.build import Parts, Progress, build
from nnlab.experiment.description import description
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.extras import require_extras
from nnlab.experiment.listeners import Listeners
from nnlab.experiment.logs import logged_in
from nnlab.experiment.profile import Profile
from nnlab.experiment.resume import changed_content, fingerprint, refuse_unfit
from nnlab.experiment.scales import at_scales
from nnlab.experiment.together import begin, together
from nnlab.experiment.trainer import trainer_of
from nnlab.experiment.waiting import makes_ahead, waiting
from nnlab.experiment.weights import warnings_of
from nnlab.experiment.wide import Wide
from nnlab.kernels.threads import at_most_threads
from nnlab.losses.penalty import small_weights
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.general import draw_history, draw_tracked
from nnlab.tracking.openings import carry_on
from nnlab.tracking.pictures.written import write_pictures
from nnlab.tracking.report.report import REPORT, write_report
from nnlab.tracking.run import read_run
from nnlab.tracking.store import RunStore
from nnlab.tracking.summary import most_by_phase, summarise
from nnlab.training.budget import Budget
from nnlab.training.callback import Callback
from nnlab.training.clock import peak_memory_mb
from nnlab.training.interrupts import InterruptsHeld, signal_of
from nnlab.training.record import ENDED, Checkpoint, TrainingResult
from nnlab.training.scoring import Judgement

LOG = logging.getLogger("nnlab.run")


@dataclass(frozen=True)
class Outcome:
    """A run that came to an end.

    Options:  folder: its run folder.  summary: what summary.json says.  parts: the data and the learner, which
              holds the best weights.  error: why it failed, None when it did not.  signal: which one came, while it
              trained or while its files were written; None without.
    """

    experiment: Experiment
    folder: Path
    result: TrainingResult
    summary: Mapping[str, Any]
    parts: Parts
    error: NnlabError | None = None
    signal: int | None = None


def run(
    experiment: Experiment,
    *,
    callbacks: Sequence[Callback] = (),
    progress: Progress | None = None,
    begun: Callable[[Path], None] | None = None,
    folder: Path | None = None,
) -> Outcome:
    """Trains one experiment and writes its run folder.

    A check that stops the run, Ctrl-C and a disk that fills up still give an Outcome, its folder holding what was
    recorded until then.

    Options:  callbacks: more listeners (a progress display).  progress: called while images are prepared.
              begun: told the run folder, once the run can be resumed from it.
              folder: that the run folder is made in, to be moved later to that of runs; None: there at once.
    Raises:   NnlabError: for whatever is found wrong before training; nothing is left behind then.
    """
    began = time.perf_counter()
    require_extras(experiment.run)
    runs_dir = folder or Path(experiment.run.runs_dir)
    RunStore.probe(runs_dir)
    with at_most_threads(experiment.run.threads), together(experiment) as team:
        parts = build(experiment, progress, team)
        if team is not None:
            begin(experiment, parts, team)
        prepared = peak_memory_mb()
        if experiment.resumes is not None:
            refuse_unfit(experiment.resumes, parts.data, parts.learner)
        environment = {"backend": dict(parts.learner.environment())}
        store = RunStore.create(runs_dir, experiment.run.exp_id, experiment.to_toml(), **environment)
        try:
            with logged_in(store):
                store.add_files({**experiment.model.files(), **description(experiment, parts)})
                session = _Session(experiment, parts, store, began, prepared)
                session.begin()
                if begun is not None:
                    begun(store.folder)
                return session.outcome(callbacks)
        except NnlabError:
            store.discard()
            raise
        finally:
            store.close()


class _Session:
    """One run from its first epoch to its last file."""

    def __init__(self, experiment: Experiment, parts: Parts, store: RunStore, began: float, prepared_mb: float):
        self.experiment, self.parts, self.store, self._began = experiment, parts, store, began
        self._prepared_mb = prepared_mb
        self._about = _about(experiment, parts)
        self._listeners = Listeners(experiment, parts, store, self._about)
        self._budget = Budget(60 * (experiment.run.budget_minutes or math.inf), began)

    def begin(self) -> None:
        """What the run that is resumed recorded becomes the beginning of this one; from now on it can be resumed."""
        resumed = self.experiment.resumes
        if resumed and (warning := changed_content(resumed, self.parts.data)):
            LOG.warning("%s", warning)
        first = resumed.checkpoint if resumed else self._first_state()
        self.store.begin(first, self._about, after=resumed.folder if resumed else None)
        if resumed:
            carry_on(resumed.folder, self.store.folder, (read_run(resumed.folder).summary or {}).get("test"))
        if (starts := self.experiment.starts) is not None:  # on the screen they were before any run began
            for warning in warnings_of(starts, self.experiment.data):
                self.store.log(f"warning: {warning}")

    def _first_state(self) -> Checkpoint:
        """Before the first step. Weights that follow from the seed need not be kept, those of another run do."""
        learner, given = self.parts.learner, self.experiment.starts is not None
        state, optimizer_state = (learner.state(), learner.optimizer_state()) if given else ({}, {})
        return Checkpoint(history=(), steps=0, state=state, optimizer_state=optimizer_state, best_state=None)

    def outcome(self, more: Sequence[Callback]) -> Outcome:
        """Trains, then writes down what there is, also when a check or a full disk ended the training."""
        experiment, store = self.experiment, self.store
        for note in experiment.notes:
            LOG.info("%s", note)
        LOG.info("training starts: %s on %s", experiment.chosen["model"], experiment.data.dataset)
        profile = Profile(experiment.run.profiling)
        ahead = makes_ahead(self.parts.data, experiment.run.threads, self.parts.learner.device)
        listeners = [*self._listeners.all, *more]
        trainer = trainer_of(experiment, self.parts, listeners, read_ahead=ahead, budget=self._budget)
        error: NnlabError | None = None
        summary: Mapping[str, Any] = {}
        written = False
        try:
            with profile.taken():
                result = trainer.run()
        except NnlabError as stopped:
            error, result = stopped, trainer.result("failed")
        except OSError as stopped:
            error = RunError(str(stopped.strerror or stopped), where=str(stopped.filename or store.folder))
            result = trainer.result("failed")
        signum = (result.signal or signal.SIGINT) if result.stopped == "interrupted" else None
        try:
            with InterruptsHeld():
                summary, error = self._written_down(result, error, profile)
                written = True
        except KeyboardInterrupt as interrupt:
            if not written:  # the second one, which does not wait
                raise
            signum = signum or signal_of(interrupt) or signal.SIGINT
        return Outcome(experiment, store.folder, result, summary, self.parts, error, signum)

    def _written_down(
        self, result: TrainingResult, error: NnlabError | None, profile: Profile
    ) -> tuple[Mapping[str, Any], NnlabError | None]:
        """Everything about the run, on disk as far as it takes it: the summary, and the first error there was."""
        try:
            self._keep(result)
        except RunError as full:
            error = error or full
        summary = self._summary(result, error)
        try:
            LOG.info("training ended: %s", error or result.stopped)
            self.store.add_summary(summary)
        except RunError as full:
            error = error or full
        profile.write(self.store.folder)
        self._draw(result)
        with if_drawn(self.store.folder / "pictures"):
            write_pictures(self.store.folder, self.parts.data, self._listeners.mistakes.partitions, result.final)
        with if_drawn(self.store.folder / REPORT, "the page"):
            write_report(self.store.folder)
        return summary, error

    def _keep(self, result: TrainingResult) -> None:
        """Everything but the summary, whose being there says that all is; figures come after it."""
        try:
            self.store.add_weights(result, self._about)
        except BaseException:
            self._listeners.discard()
            raise
        self._listeners.close(result)

    def _draw(self, result: TrainingResult) -> None:
        """The figures. One that cannot be drawn is a warning: the run is whole without."""
        data, experiment = self.parts.data, self.experiment
        title = f"{experiment.run.exp_id} · {experiment.chosen['model']} on {experiment.data.dataset}"
        draw_history(self.store.figures, result, experiment.accuracy, title=title)
        subject = Subject(data, title, data.image_shape, experiment.run.display_samples)
        for figures in self._listeners.figures:
            figures.draw(self.store.figures, subject)
        if experiment.run.tracked:
            with if_drawn(self.store.figures):
                draw_tracked(self.store.figures, read_run(self.store.folder).tracked, title=title)

    def _summary(self, result: TrainingResult, error: NnlabError | None) -> dict[str, Any]:
        run, data, resumed = self.experiment.run, self.parts.data, self.experiment.resumes
        judgement = Judgement(self.parts.task, self.experiment.figures)
        return summarise(
            result,
            self.parts.learner.parameter_count,
            type(self.experiment.accuracy),
            names=data.names,
            id=run.exp_id,
            run=os.fspath(Path(run.runs_dir) / self.store.folder.name),
            backend=run.backend,
            device=self.parts.learner.device,
            dtype=run.dtype,
            model=self.experiment.chosen["model"],
            chance={part.name: judgement.chance(part.truths) for part in (data.training, data.dev, data.test)},
            dataset=Path(self.experiment.data.dataset).name,
            optimizer=self.experiment.chosen["optimizer"],
            metric=self.experiment.accuracy.figure_title,
            settings=self.experiment.settings,
            input_scaling=data.scaling.described(self.experiment.data.input_scaling),
            small_weights=small_weights(self.parts.network.parameters, self.parts.learner.held()),
            load_s=data.seconds,
            waiting=waiting(result, self.experiment.data, data),
            elapsed_s=time.perf_counter() - self._began,
            peak_memory_mb=peak_memory_mb(),
            memory_phases_mb={"prepare": self._prepared_mb, **most_by_phase(result.history)},
            skipped_images=[{"source": str(path), "reason": reason} for path, reason in data.skipped],
            **({"note": note} if (note := self.experiment.model.note(self.parts.network)) else {}),
            **self._listeners.findings,
            **self._baselines(result, judgement),
            **self._scales(result, judgement),
            **self.parts.task.record,
            starts_from=starts.path if (starts := self.experiment.starts) else None,
            resumed_from=resumed.record if resumed else None,
            **({"budget": self._budget.document()} if run.budget_minutes else {}),
            error=None if error is None else str(error),
        )

    def _baselines(self, result: TrainingResult, judgement: Judgement) -> dict[str, Any]:
        """What answers without a network, where the run came to its end and the task has such."""
        if result.stopped not in ENDED or not result.final:
            return {}
        found = beside(self.parts.data, judgement, self.parts.network)
        return {} if found is None else {"baselines": found}

    def _scales(self, result: TrainingResult, judgement: Judgement) -> dict[str, Any]:
        """How it does at other scales, where the run came to its end and the task asks for them."""
        if result.stopped not in ENDED or not result.final:
            return {}
        parts = self.parts
        wide = Wide.of(parts.learner, parts.network, parts.task, parts.data.names, None)
        found = at_scales(parts.data, Judgement(parts.task, judgement.metrics), wide)
        return {} if found is None else {"scales": found}


def _about(experiment: Experiment, parts: Parts) -> dict[str, Any]:
    """What using the weights needs besides them."""
    scaling = {} if experiment.data.ranged else {"scaling": parts.data.scaling.record}
    return {
        "model": experiment.chosen["model"],
        experiment.task.naming: list(parts.data.names),
        "sample_shape": list(parts.data.sample_shape),
        "dtype": experiment.run.dtype,
        "dataset": Path(experiment.data.dataset).name,
        "data": fingerprint(parts.data),
        "content": parts.data.content,
        **parts.task.record,
        **scaling,
    }
