"""All that listens to a run of an experiment."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from nnlab.experiment.build import Parts, batch_sizes
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.event_files import EventFiles
from nnlab.tracking.figures.base import FIGURES, Figures
from nnlab.tracking.figures.general import draw_minibatch
from nnlab.tracking.pictures.mistakes import Mistakes
from nnlab.tracking.predictions import PredictionsWriter, told
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.store import RunStore
from nnlab.training.callback import Callback
from nnlab.training.callbacks.divergence_guard import DivergenceGuard
from nnlab.training.callbacks.dump_minibatches import DumpMinibatches
from nnlab.training.callbacks.gradient_checks import GradientChecks
from nnlab.training.callbacks.instability_checks import InstabilityChecks
from nnlab.training.callbacks.intervals import Intervals
from nnlab.training.callbacks.layer_statistics import LayerStatistics
from nnlab.training.callbacks.overshoot_watch import OvershootWatch
from nnlab.training.callbacks.phase_memory import PhaseMemory
from nnlab.training.callbacks.statistics_checks import StatisticsChecks
from nnlab.training.callbacks.track_layers import TrackLayers
from nnlab.training.record import Step, TrainingResult


class Listeners:
    """The checks of a run, what writes it down, and what looks on only when asked.

    Options:  about: what using the weights needs besides them.
    """

    def __init__(self, experiment: Experiment, parts: Parts, store: RunStore, about: Mapping[str, Any]):
        self._experiment, self._data, self._store = experiment, parts.data, store
        options = experiment.run
        self._gradients = GradientChecks(
            options.gradient_checks, options.gradient_checks_interval, options.gradient_checks_budget
        )
        self._instabilities = InstabilityChecks(options.instability_checks)
        self._divergence = DivergenceGuard(options.divergence, options.divergence_factor)
        steps = batch_sizes(experiment, parts.data.training.truths)
        runs_along = options.batch_norm_statistics == "running"  # precise ones cannot lag
        self._statistics = StatisticsChecks(parts.network if runs_along else None, max(steps))
        self._events = EventFiles(store, experiment.optimizer.rate) if options.tensorboard else None
        self._layers = LayerStatistics(parts.network, self._tell_layers)
        self._recorder = Recorder(store, about)
        self._predictions = PredictionsWriter(
            store.folder / "predictions.jsonl", parts.data.names, shown=parts.task.shown
        )
        self.mistakes = Mistakes(parts.task)
        self._intervals, self._overshoot = Intervals(experiment.figures), OvershootWatch()
        kind = type(experiment.task)
        self.figures: list[Figures] = [FIGURES.of(kind).of(parts.task)] if kind in FIGURES else []

    @property
    def all(self) -> list[Callback]:
        """In the order in which they are called."""
        checks = [self._gradients, self._instabilities, self._divergence, self._statistics]
        return [
            *checks,
            self._layers,
            PhaseMemory(),
            *self._watchers(),
            self._recorder,
            self._predictions,
            self.mistakes,
            self._intervals,
            self._overshoot,
            *self.figures,
        ]

    @property
    def findings(self) -> dict[str, Any]:
        """What the checks counted, for the summary."""
        return {
            "gradient_checks": self._gradients.summary(),
            "instability_checks": self._instabilities.summary(),
            "divergence": self._divergence.summary(),
            "batch_norm": self._statistics.summary(),
            **({"intervals": intervals} if (intervals := self._intervals.summary()) else {}),
            **({"overshoot": found} if (found := self._overshoot.summary()) else {}),
        }

    def close(self, result: TrainingResult) -> None:
        """Makes what was written sample by sample a file. Raises RunError: when the disk takes no more."""
        self._predictions.close(result.final)

    def discard(self) -> None:
        """Lets go of what was written sample by sample."""
        self._predictions.discard()

    def _tell_layers(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._store.add_layers(rows)
        if self._events is not None:
            self._events.add_layers(rows)

    def _watchers(self) -> Iterator[Callback]:
        """What looks on only when asked."""
        options, data, store = self._experiment.run, self._data, self._store
        if self._events is not None:
            yield self._events
        if options.tracked:
            yield TrackLayers(options.tracked, store.add_tracked)
        if options.dump_minibatches:
            title = f"{options.exp_id} · {self._experiment.data.dataset}"
            drawn = partial(
                draw_minibatch, store.minibatches, names=data.names, image_shape=data.image_shape, title=title
            )

            def draw(step: Step) -> None:
                with if_drawn(store.folder / "minibatches"):
                    drawn(step)

            yield DumpMinibatches(partial(told, names=data.names), store.add_minibatch, draw)
