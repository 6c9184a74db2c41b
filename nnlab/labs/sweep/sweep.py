"""A sweep: its plan made whole, and run to its end."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.settings import canonical
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.cell import digest
from nnlab.labs.engine import Finished
from nnlab.labs.plan import ASIDE, Plan, Settings
from nnlab.labs.sweep.course import Course
from nnlab.labs.sweep.folder import LAB, SweepFolder
from nnlab.labs.sweep.plan_file import PlanFile
from nnlab.labs.sweep.prune import Halving, halving_of
from nnlab.labs.sweep.repeats import BOTH
from nnlab.labs.sweep.searches.base import Search
from nnlab.labs.sweep.trials import ONE_THREAD, UNOPENED, Maker, named

NO_PART = {
    "training_times": "[repeat] model_seed = 5 trains each several times",
    "folds": 'vary fold = ["1/5", ..], or leave it out',
    "eval_test": "test is for the best: nnlab train --config=FOLDER/best.toml",
    "display_graphs": "leave it out",
    "display_samples": "leave it out",
}
"""Settings that a sweep has no place for, and what to do."""

ALIKE = {
    "threads": "every trial of a sweep has the same: say it in base",
    "runs_dir": "say it in base",
    "exp_id": "leave it out: trials are named after what varies",
}
"""Settings that may not vary."""


@dataclass(eq=False)
class Sweep:
    """What is to be run.  Options:  settings: of the base, as config.toml has them.  key: of its folder's name."""

    file: PlanFile
    course: Course
    settings: Settings
    key: str
    notes: Sequence[str]

    @property
    def plan(self) -> Plan:
        """Every cell that there is by now."""
        search, halving = self.course.maker.search, self.course.halving
        options: dict[str, Any] = {
            "search": search.section,
            "varies": list(search.keys),
            "trials": self.trials,
            "repeats": len(self.file.repeats.each),
            "rungs": list(halving.rungs) if halving else None,
            "reaching": self.reaching if halving else None,
        }
        return Plan(LAB, LAB, options, self.settings, tuple(self.course.cells))

    @property
    def trials(self) -> int:
        """Trials that there will be."""
        search = self.course.maker.search
        return search.total if search.waits else len(self.course.trials)

    @property
    def count(self) -> int:
        """Runs that there will be, where no trial fails or is over before its end."""
        return len(self.file.repeats.each) * sum(self.reaching)

    @property
    def reaching(self) -> list[int]:
        """Trials in each rung, of all batches together; without pruning all of them in one."""
        search, halving = self.course.maker.search, self.course.halving
        if halving is None:
            return [self.trials]
        batches = search.batches if search.waits else [self.trials]
        return [sum(each) for each in zip(*map(halving.counts, batches), strict=True)]

    def run(self, study: SweepFolder, go: Callable[[Plan], Finished]) -> Finished:
        """Runs its cells, and those that follow from them, as long as none is left undone.

        Options:  go: runs what is missing of a plan.
        Raises:   NnlabError: what was proposed cannot be trained; as `go` does.
        """
        while True:
            plan = self.plan
            with study.alone():  # else the plan that another command is at work on would be written over
                study.restate(plan, self.course.planned, self.file.written.text)
            finished = go(plan)
            if finished.left:
                return finished
            rows = study.rows
            goes_on = self.course.advance(rows, study.folder)
            study.forget_states(self.course.planned, rows)
            if not goes_on:
                study.restate(plan, self.course.planned, self.file.written.text, is_over=True)
                return finished


def sweep_of(file: PlanFile, *sources: SettingsSource) -> Sweep:
    """Options:  sources: what all trials have in common, the strongest first.

    Raises:  NnlabError: all that is wrong with the plan and with any trial, together; nothing is decoded.
    """
    mistakes: list[NnlabError] = [*file.mistakes, *_needless(file, sources[0])]
    base: Experiment | None = None
    try:
        base = resolve(*sources, ONE_THREAD, trains=True) if file.base else None
    except NnlabError as error:
        if file.search is None or mistakes:  # else every trial says it, or has what the base lacks
            mistakes += getattr(error, "mistakes", [error])
    if mistakes or file.search is None:
        raise as_one(mistakes)
    maker = Maker(file.search, file.repeats, sources)
    first, *_ = maker.experiments(file.search.beforehand)
    halving = None
    if file.prune is not None:
        halving = _halving(file, file.search, first)
    settings = (base or first).settings
    course = Course(maker, halving)
    course.begin()
    _refuse_twins(course, file.search)
    rungs = halving.rungs if halving else None
    key = digest({"settings": _common(settings, file.search.keys), "varies": sorted(file.search.keys), "rungs": rungs})
    return Sweep(file, course, settings, key[:8], [*first.notes])


def _needless(file: PlanFile, base: SettingsSource) -> Iterator[NnlabError]:
    """Settings that have no place in a sweep, or may not vary, or vary twice."""
    for key in base.values:
        if (hint := NO_PART.get(key.rpartition(".")[2])) is not None:
            yield UsageError("has no part in a sweep", where=base.where(key), hint=hint)
    if file.search is None:
        return
    for key in file.search.keys:
        short, section = canonical(key.rpartition(".")[2]), file.search.section
        if (hint := {**NO_PART, **ALIKE}.get(short)) is not None:
            yield file.written.mistake("cannot vary in a sweep", section, key, hint=hint)
        counted = [*file.repeats.counts, *(("model_seed", "dataset_seed") if BOTH in file.repeats.counts else ())]
        if short in counted:
            yield file.written.mistake("is what [repeat] counts up", section, key, hint="leave one of them out")


def _halving(file: PlanFile, search: Search, experiment: Experiment) -> Halving:
    """Raises NnlabError: what is wrong with [prune], or cannot be with it."""
    mistakes: list[NnlabError] = []
    if search.waits and max(search.batches) < 2:
        what, hint = "leaves none of a batch of one: trials are held against those of their batch", "such as batch = 9"
        mistakes.append(file.written.mistake(what, search.section, "batch", hint=hint))
    if "epochs" in (canonical(key.rpartition(".")[2]) for key in search.keys):
        mistakes.append(file.written.mistake("cannot vary with [prune], which says it", search.section, "epochs"))
    if experiment.run.budget_minutes is not None:
        what = "has no part in a sweep with [prune], whose trainings are left and gone on with"
        mistakes.append(file.written.mistake(what, "base", hint="leave out --budget-minutes"))
    try:
        found = halving_of(file.prune, experiment.run.epochs, file.written)
    except NnlabError as error:
        mistakes += getattr(error, "mistakes", [error])
    if mistakes:
        raise as_one(mistakes)
    return found


def _refuse_twins(course: Course, search: Search) -> None:
    """Raises NnlabError: trials that are the same training, written in two ways."""
    if search.waits:  # a sampler may come to the same again
        return
    known: dict[str, str] = {}
    names = Counter(named(settings) for settings in course.asked)
    twins = [(name, name) for name, count in names.items() if count > 1]
    for trial in course.trials:
        twin = known.setdefault(trial.cells[0].identity, trial.name)
        twins += [(twin, trial.name)] if twin != trial.name else []
    if twins:
        hint = "leave one of them out"
        said = [f"has the same training twice: {one} and {other}" for one, other in twins]
        raise as_one([search.written.mistake(what, search.section, hint=hint) for what in said])


def _common(settings: Settings, varies: Sequence[str]) -> Settings:
    """The base without what varies: where a component does, without all of its options."""
    keys = {canonical(key.rpartition(".")[2]) for key in varies}
    aside = keys | ASIDE | set(UNOPENED)
    return {
        section: {key: value for key, value in table.items() if key not in aside}
        for section, table in settings.items()
        if section not in keys
    }
