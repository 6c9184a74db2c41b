"""How a run's figures fall when its pictures become worse: recompressed, blurred, noisy, darker, turned, coarser."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.evenly import evenly
from nnlab.core.types import Pixels
from nnlab.data.partition import Partition
from nnlab.data.steps.base import RandomImageStep
from nnlab.data.steps.written import random_step
from nnlab.experiment.evaluation.subject import own_partition
from nnlab.experiment.trained import Trained, trained_run
from nnlab.kernels.threads import at_most_threads
from nnlab.metrics.base import Metric
from nnlab.metrics.hits import HitShare
from nnlab.metrics.interval import wilson
from nnlab.models.learner import Learner
from nnlab.tracking.openings import record_opening
from nnlab.tracking.run import Run
from nnlab.training.record import Score
from nnlab.training.scoring import Judgement, score

LADDERS: Mapping[str, Mapping[str, str]] = {
    "JPEG quality": {str(quality): f"Jpeg:quality={quality}" for quality in (95, 75, 50, 30, 10)},
    "blur, sigma": {f"{sigma:g}": f"Blur:sigma={sigma}" for sigma in (0.5, 1, 1.5, 2, 3)},
    "noise, share of white": {f"{share:g}": f"Noise:intensity={share}" for share in (0.02, 0.05, 0.1, 0.2, 0.4)},
    "brightness, factor": {f"{factor:g}": f"Brightness:factor={factor}" for factor in (0.3, 0.6, 0.8, 1.25, 1.6)},
    "turned, degrees at most": {f"{angle}": f"Rotate:max_degrees={angle}" for angle in (5, 10, 20, 45, 90)},
    "resolution, share": {f"{share:g}": f"Resolution:share={share}" for share in (0.8, 0.6, 0.4, 0.25, 0.125)},
}
"""What is done to pictures, and how strongly, by the step that does it (data/steps)."""

OWN = "steps of your own"
CLEAN = "as they are"

Progress = Callable[[int, int], None]
"""Called as progress(passes done, passes in all)."""


@dataclass(frozen=True)
class Rung:
    """One thing that is done to pictures. Options:  kind, level: in words.  step: that does it; None: nothing."""

    kind: str
    level: str
    step: RandomImageStep | None = None

    @property
    def steps(self) -> tuple[RandomImageStep, ...]:
        """As augmentation takes them."""
        return () if self.step is None else (self.step,)


@dataclass(frozen=True, eq=False)
class Measured:
    """What one run came to.

    Options:  figures: by rung, in their order; None where a step cannot be done to its pictures.
              pictures: of a few samples, by rung, as the network saw them.
    """

    run: Run
    judge: Metric
    origin: str
    samples: int
    figures: Sequence[Score | None]
    pictures: Sequence[Sequence[Pixels]] = ()

    def interval(self, place: int) -> tuple[float, float] | None:
        """Of 95%, of a figure that is a share."""
        found = self.figures[place]
        if found is None or not isinstance(self.judge, HitShare) or not math.isfinite(found.figure):
            return None
        return wilson(found.figure, found.samples)


@dataclass(frozen=True, eq=False)
class Robustness:
    """Of one run, or several beside each other.  Options:  skipped: rungs that could not be, and why."""

    partition: str
    rungs: Sequence[Rung]
    runs: Sequence[Measured]
    skipped: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "schema_version": 1,
            "partition": self.partition,
            "runs": [
                {"run": one.run.name, "figure": one.judge.figure_key, "samples": one.samples, "origin": one.origin}
                for one in self.runs
            ],
            "rows": [
                {
                    "kind": rung.kind,
                    "level": rung.level,
                    "step": None if rung.step is None else type(rung.step).__name__,
                    "figures": [_told(one, place) for one in self.runs],
                }
                for place, rung in enumerate(self.rungs)
            ],
            "skipped": dict(self.skipped),
        }


def _told(one: Measured, place: int) -> dict[str, Any] | None:
    found, interval = one.figures[place], one.interval(place)
    if found is None:
        return None
    figures = {name: value if math.isfinite(value) else None for name, value in found.figures.items()}
    return {**figures, **({} if interval is None else {"interval": list(interval)})}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be scored.

    Options:  partition: of each run's own.  most: samples, spread evenly.  kinds: those of the ladders, by how names
              begin; None: all.  own: further steps, as --augment has them.  pictures: samples of the first run
              that are kept.  command: what was typed, for the runs' openings.
    """

    partition: str = "test"
    most: int = 1000
    kinds: Sequence[str] | None = None
    own: Sequence[str] = ()
    pictures: int = 0
    command: str = "nnlab data robustness"


def robustness(runs: Sequence[str], asked: Asked, progress: Progress | None = None, **settings: Any) -> Robustness:
    """Scores runs on their own partition, its pictures made worse step by step.

    Options:  settings: others than the runs', such as backend, threads.
    Raises:   UsageError: no such kind or step.  DataError: as `nnlab evaluate` of the run would.
    """
    rungs, skipped, found = list(_rungs(asked.kinds, asked.own)), dict[str, str](), list[Measured]()
    for number, path in enumerate(runs):
        trained = trained_run(path, device="auto", **settings)
        with at_most_threads(trained.experiment.run.threads):
            subject = own_partition(trained, asked.partition)
            places = evenly(range(len(subject.samples)), asked.most)
            measured = []
            for done, score_of in enumerate(_measured(trained, subject.samples, places, rungs, skipped), 1):
                measured.append(score_of)
                if progress:
                    progress(number * len(rungs) + done, len(runs) * len(rungs))
            shown = (
                _shown(subject.samples, rungs, evenly(places, asked.pictures)) if not number and asked.pictures else ()
            )
        experiment = trained.experiment
        found.append(Measured(trained.run, experiment.accuracy, subject.origin, len(places), measured, shown))
        if subject.tests and measured[0] is not None:
            seen = {"loss": measured[0].loss, experiment.figure: measured[0].figure}
            record_opening(trained.run.folder, asked.command, len(places), seen)
    return Robustness(asked.partition, rungs, found, skipped)


def _rungs(kinds: Sequence[str] | None, own: Sequence[str]) -> Iterator[Rung]:
    yield Rung(CLEAN, "")
    for said in kinds or ():
        if not any(kind.lower().startswith(said.lower()) for kind in LADDERS):
            words = ", ".join(kind.split(",")[0] for kind in LADDERS)
            raise UsageError("no such kind", where=f"--kind={said}", hint=f"there are {words}")
    for kind, levels in LADDERS.items():
        if kinds is None or any(kind.lower().startswith(said.lower()) for said in kinds):
            yield from (Rung(kind, level, random_step(text)) for level, text in levels.items())
    for text in own:
        try:
            yield Rung(OWN, text, random_step(text))
        except UsageError as error:
            raise UsageError(error.what, where=f"--step={text}", hint=error.hint) from error


def _measured(
    trained: Trained,
    samples: Partition,
    places: Sequence[int],
    rungs: Sequence[Rung],
    skipped: dict[str, str],
) -> Iterator[Score | None]:
    """The score at each rung, as it is there."""
    learner: Learner = trained.learner()
    judgement = Judgement(trained.experiment.task, trained.experiment.figures)
    for rung in rungs:
        worse = samples.under(rung.steps, places)
        if fault := worse.fault:
            skipped[f"{rung.kind} {rung.level}"] = fault
            yield None
        else:
            yield score(learner, worse.batches(1), judgement)


def _shown(samples: Partition, rungs: Sequence[Rung], places: Sequence[int]) -> list[list[Pixels]]:
    """Of each rung, the samples."""
    return [[samples.under(rung.steps, [place]).versions([0], 1)[0, 0][0] for place in places] for rung in rungs]
