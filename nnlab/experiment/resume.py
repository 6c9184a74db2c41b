"""Going on with a run that was interrupted, was killed, stopped, or is to train longer."""

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, UsageError, as_one
from nnlab.core.quoting import quoted
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, labels_of
from nnlab.data.pipeline import Data
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment, Resumed
from nnlab.experiment.forking import forked, may_change
from nnlab.experiment.sources import SettingsSource, from_run
from nnlab.models.learner import Learner
from nnlab.tracking.run import Run, read_run
from nnlab.training.best import Best

FIXED_RUN = frozenset({
    "training_times", "folds", "model_seed", "weights", "backend", "dtype", "compile", "amp", "convolution", "tuning",
    "accumulate", "metrics", "eval_dev", "eval_test", "batch_norm_statistics", "adapt_first_layer", "unfreeze_at",
    "quantize", "freeze_observers", "freeze_bn",
})  # fmt: skip
"""Options of the run that make it what it is; the others (how long, how watched, where kept) may change."""

FREE_DATA = frozenset({"datasets_path", "workers", "disk_cache", "data_memory"})
"""Options of the data that do not change it."""


CHECKPOINT = "state/checkpoint.safetensors"


@dataclass(frozen=True)
class Change:
    """A setting that makes another experiment of the one that is gone on with.

    Options:  key: the section itself where another component was chosen.
    """

    section: str
    key: str
    was: Any
    now: Any


def resume(path: str | Path, *stronger: SettingsSource, fork: bool = False) -> Experiment:
    """The experiment of a run folder, to go on with: its own configuration below these sources (flags, environment).

    Options:  fork: whether what goes on may be another experiment, as far as the state that was saved serves it.
    Raises:  DataError: no run, or no saved state in it.
             Mistakes or UsageError: options that would make it another experiment, or nothing is left to do.
    """
    run = read_run(path)
    saved = from_run(run.folder)
    # a variable that says where a person's datasets are is of all commands: a run knows where its own was
    stronger = tuple(s.without("datasets_path") if s.kind == "environment" else s for s in stronger)
    # what it started from is in the checkpoint: that file may be gone by now
    experiment, before = resolve(*stronger, saved, read_weights=False), resolve(saved, read_weights=False)
    changed = list(_changes(experiment, before, stronger))
    refused = [change for change in changed if not (fork and may_change(change.section, change.key))]
    if refused:
        raise as_one([_refusal(change, run, stronger) for change in refused])
    resumed = _resumed(run)
    _refuse_idleness(experiment, run, resumed)
    if changed:
        told = {_named(change): (change.was, change.now) for change in changed}
        resumed = forked(resumed, experiment, before, told)
    notes = (*experiment.notes, *_notes(experiment, before, run, resumed))
    model = experiment.model.from_run(run.folder)
    return dataclasses.replace(experiment, model=model, resumes=resumed, notes=notes)


def _changes(experiment: Experiment, before: Experiment, sources: Sequence[SettingsSource]) -> Iterator[Change]:
    """What says that this is another experiment."""
    for section, options in experiment.sections.items():
        was, now = before.sections[section], dict(options)
        if experiment.chosen.get(section) != before.chosen.get(section):
            # another component's options count only where somebody gave them
            yield Change(section, section, before.chosen[section], experiment.chosen[section])
            now = {key: value for key, value in now.items() if key in was and _said(section, key, sources)}
        for key, value in now.items():
            free = key not in FIXED_RUN if section == "run" else section == "data" and key in FREE_DATA
            if value != was.get(key) and not free:
                yield Change(section, key, was.get(key), value)


def _said(section: str, key: str, sources: Sequence[SettingsSource]) -> tuple[SettingsSource, str] | None:
    """The strongest source that sets an option, and the key as it says it."""
    places = ((source, name) for source in sources for name in (f"{section}.{key}", key))
    return next(((source, name) for source, name in places if name in source.values), None)


def _refusal(change: Change, run: Run, sources: Sequence[SettingsSource]) -> UsageError:
    # what nobody said follows from what somebody did (--model=NLayersTorch: backend)
    source, name = _said(change.section, change.key, sources) or (sources[0], change.key)
    fork = "add --fork to go on from there with it" if may_change(change.section, change.key) else _anew(run.folder)
    return UsageError(
        f"a resumed run keeps what it was trained with ({_shown(change.was)}, not {_shown(change.now)})",
        where=source.where(name),
        hint=f"leave it out, {fork}, or start a new run with --config {quoted(run.folder / 'config.toml')}",
    )


def _anew(folder: Path) -> str:
    return f"start from its weights with --weights={quoted(folder)}"


def _named(change: Change) -> str:
    return change.section if change.key == change.section else f"{change.section}.{change.key}"


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _resumed(run: Run) -> Resumed:
    path = run.folder / CHECKPOINT
    if not path.exists():
        raise DataError(
            "has no saved state to go on from (it ended before its first save)",
            where=str(run.folder),
            hint=f"start again with --config {quoted(run.folder / 'config.toml')}",
        )
    checkpoint, about = run.checkpoint()
    if about.get("config", run.config_digest) != run.config_digest:
        raise DataError(
            "is not the configuration that this run was trained with (it was changed, or is damaged)",
            where=str(run.folder / "config.toml"),
            hint=f"put it back, or start a new run with --config {quoted(run.folder / 'config.toml')}",
        )
    return Resumed(run.folder, checkpoint, about)


def _refuse_idleness(experiment: Experiment, run: Run, resumed: Resumed) -> None:
    """Raises UsageError: when the run is whole as it is. One that ended before its last scores is not."""
    done, wanted = resumed.epoch, experiment.run.epochs
    whole = (run.summary or {}).get("stopped") in {"finished", "early"}
    begun = bool(resumed.checkpoint.open_epoch)  # an epoch that was left is gone on with, not thrown away
    if done + begun > wanted or (done == wanted and whole):
        raise UsageError(
            f"{run.folder.name} has trained {done} epochs {'and a part of the next ' if begun else ''}already, "
            f"of {wanted}",
            where="--resume",
            hint=f"give more, such as --epochs={done + max(done, 1)}",
        )
    if experiment.run.early_stopping != "stop":
        return
    best = Best(experiment.run.early_stopping_patience, experiment.accuracy.better)
    for record in resumed.checkpoint.history:
        best.take(record.epoch, record.judged)
    if best.early_stop_epoch is not None and (whole or best.early_stop_epoch < done):
        raise UsageError(
            f"early stopping stops {run.folder.name} at epoch {best.early_stop_epoch}, and it has trained {done}",
            where="--resume",
            hint="go on with --early-stopping=off or a greater --early-stopping-patience",
        )


def _notes(experiment: Experiment, before: Experiment, run: Run, resumed: Resumed) -> Iterator[str]:
    if resumed.changed:
        changed = ", ".join(f"{key} {_shown(was)} -> {_shown(now)}" for key, (was, now) in resumed.changed.items())
        yield f"{experiment.run.exp_id}: forks from {run.folder.name} after epoch {resumed.epoch}: {changed}"
        return
    batches = int(resumed.checkpoint.open_epoch.get("batches", 0))
    more = f" and {batches} minibatch{'' if batches == 1 else 'es'} of the next" if batches else ""
    yield f"{experiment.run.exp_id}: goes on from {run.folder.name} after epoch {resumed.epoch}{more}"
    was, now = before.run.epochs, experiment.run.epochs
    optimizer = experiment.optimizer
    if any(optimizer.rate(epoch, was) != optimizer.rate(epoch, now) for epoch in range(resumed.epoch)):
        yield (
            f"{experiment.run.exp_id}: {experiment.chosen['schedule']} spreads over all epochs, and those that are "
            f"past were the first of {was}, not of {now}: a run of {now} from the start would differ"
        )


def refuse_unfit(resumed: Resumed, data: Data, learner: Learner) -> None:
    """Raises:  DataError: when the data is not what the run was trained on.  UsageError: when the network is not."""
    if resumed.about.get("data") != fingerprint(data):
        raise DataError(
            f"the dataset is not the one that {resumed.folder.name} was trained on (files came, went or moved)",
            where="--resume",
            hint=f"bring the files back, or start a new run with --config {quoted(resumed.folder / 'config.toml')}",
        )
    if not resumed.checkpoint.state:
        return
    try:
        for state in (resumed.checkpoint.best_state or {}, resumed.checkpoint.state):  # both are needed some time
            if state:
                learner.load_state(state)
        learner.load_optimizer_state(resumed.checkpoint.optimizer_state)
    except UsageError as error:
        if resumed.changed:
            what, hint = f"the state does not fit the network as it is changed ({error})", _anew(resumed.folder)
            raise UsageError(
                what, where="--fork", hint=f"leave {', '.join(resumed.changed)} as it was, or {hint}"
            ) from error
        where = str(resumed.folder / CHECKPOINT)
        raise DataError(f"does not fit the network of its config.toml ({error})", where=where) from error


def changed_content(resumed: Resumed, data: Data) -> str | None:
    """The warning that files hold other pictures than they did; None where they do not, or nobody wrote down what."""
    if resumed.about.get("content", data.content) == data.content:
        return None
    return (
        f"--resume: pictures of the dataset have changed since {resumed.folder.name} was trained on them (their names "
        f"have not); what was learnt is of the earlier ones"
    )


def fingerprint(data: Data) -> str:
    """What the partitions hold, as 16 hexadecimal digits: every file's name, class and partition, not its content."""
    digest = hashlib.sha256(repr((data.names, data.sample_shape)).encode())
    for part in (data.training, data.dev, data.test):
        digest.update(repr((part.name, part.sources, _plain(part.truths))).encode())
    return digest.hexdigest()[:16]


def _plain(truths: Sequence[Truth]) -> list[Any]:
    """Truths as `repr` tells them apart: labels as numbers, others as they are."""
    return labels_of(truths).tolist() if isinstance(truths, Labels) else [repr(truth) for truth in truths]
