"""Settings become an experiment: merged by precedence, looked up by name, checked, all mistakes at once."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.machine import usable_cores
from nnlab.core.printing import is_utf8, printable
from nnlab.core.truth import Label
from nnlab.data.describe import recommended
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import mixings
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.figures import metric_mistakes, no_metric_of
from nnlab.experiment.options import RunOptions
from nnlab.experiment.photo_recipe import KIND, photo_model
from nnlab.experiment.photos import is_plain_photos, photo_defaults, photo_note
from nnlab.experiment.place import Place, place_of
from nnlab.experiment.resolution import Resolution
from nnlab.experiment.settings import SECTIONS
from nnlab.experiment.sources import SettingsSource, from_recommendation
from nnlab.experiment.weights import start_from, warnings_of
from nnlab.losses.base import LOSSES, Loss
from nnlab.metrics.base import Metric
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import Schedule
from nnlab.tasks.base import Task

LENGTHS = ("warmup_epochs", "cycle_epochs", "half_cycle", "every")
"""Options of schedules that are numbers of epochs."""

LOG = logging.getLogger("nnlab.config")


def resolve(*sources: SettingsSource, read_weights: bool = True, trains: bool = False) -> Experiment:
    """The experiment that these sources describe, the strongest first (flags, environment, file).

    The dataset's recommendation stands below them all and above the defaults, unless `prepare` is "none".

    Options:  read_weights: whether to read the weights that --weights names, and to insist that a folder given as the
                  dataset is there; a run that is resumed has weights, one that is looked at needs no data.
              trains: whether a folder of photos is to have a network and a recipe that suit it, where none is said.
    Raises:  Mistakes or UsageError: everything that cannot be right, before any data is read.
             DataError: when a dataset's dataset.toml, or the weights to start from, cannot be read.
    """
    weakest_first = list(reversed(sources))
    probe = Resolution(weakest_first)
    data = probe.values_of("data")
    place, fault = _placed(data)
    if trains and place and not fault and is_plain_photos(place, data) and (network := photo_model(probe, data)):
        weakest_first.insert(0, network)
        probe = Resolution(weakest_first)
    if not (probe.mistakes or fault) and (suited := _suited(data, place, probe)):
        weakest_first.insert(0, suited)
    resolution = Resolution(weakest_first)
    made = {section: resolution.component(section) for section in SECTIONS}
    backend = resolution.backend()
    resolution.mistakes += _task_mistakes(made["task"], made["accuracy"], made["loss"])
    resolution.mistakes += _mixing_mistakes(made["task"], made["data"])
    resolution.mistakes += _unseen_mistakes(made["task"], made["data"])
    resolution.mistakes += _fold_mistakes(made["run"], made["data"])
    if made["run"] and made["task"]:
        resolution.mistakes += metric_mistakes(made["run"].metrics, made["task"])
    if read_weights:  # a run that was trained so can be looked at and gone on with
        resolution.mistakes += _schedule_mistakes(made["schedule"], made["optimizer"], made["run"])
    if resolution.mistakes:
        raise as_one(resolution.mistakes)
    if fault is not None and read_weights:
        raise fault
    made["run"].backend = backend or made["run"].backend
    if place is not None:
        made["data"].dataset, made["data"].datasets_path = place.dataset, place.datasets_path
    imagenet = read_weights and _fed_as_imagenet(made["run"].weights, made["data"], resolution)
    if imagenet:
        made["data"].input_scaling = "imagenet"
        resolution.placed["data"].pop("input_scaling", None)
    notes = ((place.note,) if place and place.note else ()) + _notes(made["data"], resolution)
    if imagenet:
        notes += (f"{made['data'].dataset}: {FED_AS_IMAGENET}",)
    notes += _mixing_notes(made["data"])
    if "flatten" not in resolution.placed["data"]:
        made["data"].flatten = made["model"].takes() != "images"
    experiment = _assemble(made, resolution, notes)
    _refuse_odd_bytes(experiment)
    return _started(experiment) if read_weights and experiment.run.weights else experiment


def _placed(data: Mapping[str, Any]) -> tuple[Place | None, NnlabError | None]:
    """The folder that the settings mean by a path, or why none is."""
    try:
        return place_of(data.get("dataset"), data.get("datasets_path")), None
    except NnlabError as error:
        return None, error


def _suited(data: Mapping[str, Any], place: Place | None, probe: Resolution) -> SettingsSource | None:
    """What the dataset's makers recommend, or what suits photos, where a folder was given that says nothing."""
    if data.get("prepare", "recommended") != "recommended":
        return None
    default = DataOptions()
    named = place or Place(data.get("datasets_path", default.datasets_path), data.get("dataset", default.dataset))
    table = recommended(named.dataset, named.datasets_path)
    if table:
        return from_recommendation(named.dataset, table)
    return photo_defaults(place, probe) if place else None


def _refuse_odd_bytes(experiment: Experiment) -> None:
    """Raises UsageError: for a path that is no UTF-8, which config.toml could not name; before any work."""
    for section in experiment.sections.values():
        for key, value in section.items():
            if isinstance(value, str) and not is_utf8(value):
                raise UsageError(
                    "has bytes that are no UTF-8, which a run's config.toml cannot name",
                    where=f"--{key.replace('_', '-')}={printable(value)}",
                    hint="rename the folder, or reach it by a link from a folder of a plain name",
                )


def _started(experiment: Experiment) -> Experiment:
    """With the weights that it starts from, and the note and warnings about them."""
    starts = start_from(str(experiment.run.weights))
    for warning in warnings_of(starts, experiment.data):
        LOG.warning("%s", warning)
    experiment.run.weights = starts.path
    return dataclasses.replace(
        experiment,
        starts=starts,
        notes=(*experiment.notes, f"{experiment.run.exp_id}: {starts.note}"),
    )


FED_AS_IMAGENET = "inputs scaled as ImageNet's, as these weights are fed; --input-scaling says otherwise"


def _fed_as_imagenet(weights: str | None, data: DataOptions, resolution: Resolution) -> bool:
    """Whether inputs are to be what published weights learnt from: where nobody said otherwise."""
    said = [resolution.placed["data"].get(key) for key in ("input_scaling", "input_range")]
    if weights is None or data.grayscale or any(there is not None and there[0].kind != KIND for there in said):
        return False
    from nnlab.experiment.published.files import is_published  # with what reads others' files, which few runs need

    return is_published(Path(weights))


def _task_mistakes(task: Task | None, judge: Metric | None, loss: Loss | None) -> Iterator[NnlabError]:
    """What of the choices is not for this task; nothing where a choice is a mistake already."""
    if task is None:
        return
    name = type(task).__name__
    if judge is not None and not (judge.judges is task.answer and judge.ranks):
        yield no_metric_of(task, judge, f"--accuracy={type(judge).__name__}", chosen=True)
    if loss is not None and not _takes(task, loss):
        others = [each.__name__ for each in LOSSES if _takes(task, each)]
        yield UsageError(
            f"is no loss of {name}", where=f"--loss={type(loss).__name__}", hint=f"choose {' or '.join(others)}"
        )


def _takes(task: Task, loss: Loss | type[Loss]) -> bool:
    """Whether one of the heads that a task asks for, where this is its loss, is one that the loss can take."""
    heads = task.suited(loss).heads(("a", "b"), (1,)).values()
    reads_values = task.reads_log_odds if loss.log_odds else task.reads_numbers
    read = [head for head in heads if reads_values or head.kind != "values"]
    return any(head.takes(emits) for head in read for emits in loss.takes)


def _mixing_mistakes(task: Task | None, data: DataOptions | None) -> Iterator[NnlabError]:
    """Mixed pictures have mixed classes; other truths are not mixed."""
    if task is None or data is None or task.answer is Label:
        return
    for flag, alpha in (("--mixup", data.mixup), ("--cutmix", data.cutmix)):
        if alpha > 0:
            yield UsageError(f"mixes classes, which {type(task).__name__} has none of", where=flag, hint="leave it out")


def _unseen_mistakes(task: Task | None, data: DataOptions | None) -> Iterator[NnlabError]:
    """Classes that training lacks are for tasks that can be asked of others than it had."""
    if task is not None and data is not None and data.hold_out_classes and not task.knows_others:
        yield UsageError(
            f"judges by classes that training does not have, and {type(task).__name__} knows no others",
            where="--hold-out-classes",
            hint="choose --task=Embedding, or leave it out",
        )


def _fold_mistakes(run: RunOptions | None, data: DataOptions | None) -> Iterator[NnlabError]:
    """One fold, or all of them."""
    if run is not None and data is not None and run.folds and data.fold is not None:
        what = f"trains all {run.folds} folds, and --fold={data.fold} says one"
        yield UsageError(what, where=f"--folds={run.folds}", hint="leave one of them out")


def _schedule_mistakes(
    schedule: Schedule | None, rule: UpdateRule | None, run: RunOptions | None
) -> Iterator[NnlabError]:
    """A schedule that never comes to what its options say is not what was meant."""
    if schedule is None or rule is None or run is None or rule.schedule() is not None:
        return
    if (least := schedule.least_epochs()) > run.epochs:
        name = type(schedule).__name__
        own = " or ".join(f"--{key.replace('_', '-')}" for key in schedule.options() if key in LENGTHS)
        yield UsageError(
            f"is longer than the run: it needs {least} epochs, and --epochs is {run.epochs}",
            where=f"--schedule={name}",
            hint=f"type --epochs={least}, or a smaller {own}",
        )


def _notes(data: DataOptions, resolution: Resolution) -> tuple[str, ...]:
    """What of the recommendation was taken, in one line; nothing when stronger sources overrule all of it."""
    chosen = [(section, resolution.source(section), name) for section, name in resolution.chosen.items()]
    placed = [(key, *there) for section in SECTIONS for key, there in resolution.placed[section].items()]
    photos = [(key, source, value) for key, source, value in (*chosen, *placed) if source and source.kind == KIND]
    if any(there[1].kind == KIND for there in placed):  # else it cannot be read, as will be said
        return (photo_note(data.dataset, photos[-1][1], {key: value for key, _, value in photos}),)
    taken = [key for key, source, _ in placed if source.kind == "recommendation" and hasattr(data, key)]
    if not taken:
        return ()
    shown = " ".join(f"{key}={_shown(getattr(data, key))}" for key in taken)
    return (f"{data.dataset}: prepared as its makers recommend ({shown}); --prepare=none gives raw pixels",)


def _mixing_notes(data: DataOptions) -> tuple[str, ...]:
    """That a training figure is not what it looks like."""
    if not mixings(data):
        return ()
    what = "training's minibatches are mixed, and its accuracy counts the greater part of each picture: go by dev"
    return (f"{data.dataset}: {what}",)


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value).lower()


def _assemble(made: Mapping[str, Any], resolution: Resolution, notes: tuple[str, ...]) -> Experiment:
    run: RunOptions = made["run"]
    run.threads = run.threads or max(1, usable_cores() // run.processes)
    rule = made["optimizer"]
    schedule = rule.schedule() or made["schedule"]
    optimizer = Optimizer(rule=rule, schedule=schedule, **resolution.shared["optimizer"])
    parts = {name: made[name] for name in ("run", "data", "model", "loss", "accuracy", "sampler")}
    task = made["task"].suited(made["loss"])
    return Experiment(**parts, task=task, optimizer=optimizer, notes=notes)
