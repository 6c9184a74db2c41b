"""Starting from another run's weights, whichever backend trained them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.core.component import options_of
from nnlab.core.converters import shown
from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.data.options import DataOptions
from nnlab.data.range_names import range_name
from nnlab.experiment.experiment import Experiment, Start
from nnlab.experiment.typed import dataset_folder, dataset_name, train_command
from nnlab.models.freezing import head_nodes
from nnlab.models.graph import Graph
from nnlab.models.quantizing import ENDING, ranges_in
from nnlab.tracking.names import KINDS
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.weights import read_weights

LOG = logging.getLogger("nnlab.weights")

PREPARATION = (
    "resize", "fit", "padding_color", "crop_share", "interpolation", "trim", "grayscale", "minmax_normalize",
    "adaptive_invert", "input_range", "input_scaling", "flatten",
)  # fmt: skip
"""Options of the data that say what a sample looks like to the network."""

SPLIT = ("partitions", "filter_dataset", "dataset_seed")
"""Options of the data that say which samples are learnt from."""


def warnings_of(start: Start, data: DataOptions) -> Iterator[str]:
    """What a user should know before trusting the scores, one line each."""
    if there := _other_dataset(start, data):
        yield f"the weights in {start.path} learnt from {there}, and this trains on {dataset_name(data.options())}"
    if there := _differences(start.config.get("data"), data, PREPARATION):
        yield f"the weights in {start.path} learnt from images that were prepared otherwise: {there}"
    if start.config.get("data", {}).get("dataset") == data.dataset and (
        there := _differences(start.config["data"], data, SPLIT)
    ):
        yield (
            f"the weights in {start.path} may have learnt from samples that are dev or test here, "
            f"and would then score too well: {there}"
        )


def put_into(network: Graph, start: Start, names: Sequence[str], experiment: Experiment) -> None:
    """The network takes the weights over.

    Raises:  UsageError: when they are of other classes or numbers, or naming the first of another name or shape.
    """
    if start.published:
        from nnlab.experiment.published.taken import take_published  # with networks that others need not read

        take_published(network, start.state, experiment)
        return
    naming = experiment.task.naming
    where, learnt = f"--weights={start.path}", start.about.get(naming)
    state = start.state
    if learnt is not None and list(learnt) != list(names):
        if experiment.model.freeze and experiment.model.can_unfreeze():
            state = _with_own_heads(network, start, list(learnt))
        else:
            raise _other_outputs(start, learnt, names, experiment)
    state = _with_own_ranges(network, state)
    try:
        network.load_state(state)
    except UsageError as error:
        raise type(error)(f"{error.where}: {error.what}", where=where, hint=_what_fits(start, experiment)) from error


def _with_own_ranges(network: Graph, state: Mapping[str, Array]) -> dict[str, Array]:
    """The weights with the ranges of this network, where one of the two is quantised and the other is not."""
    own, there = ranges_in(network), {name for name in state if name.endswith(f"{ENDING}.range")}
    held = network.held()
    kept = {name: array for name, array in state.items() if name in own or name not in there}
    return kept | {name: held[name] for name in own - there}


def _other_outputs(start: Start, learnt: Sequence[str], names: Sequence[str], experiment: Experiment) -> UsageError:
    naming = experiment.task.naming
    return UsageError(
        f"its outputs mean {_listed(learnt)}, those of {experiment.data.dataset} mean {_listed(names)}",
        where=f"--weights={start.path}",
        hint=f"add --freeze=backbone for new last layers, use a dataset with the same {naming} in the same order, "
        f"or leave --weights out: {train_command(experiment)}",
    )


def _with_own_heads(network: Graph, start: Start, learnt: Sequence[str]) -> dict[str, Array]:
    """The weights that are started from, but for the heads, which stay as they were drawn."""
    heads, own = head_nodes(network), network.state()
    LOG.info("%s: its last layer, of %s, is left out; %s is drawn anew", start.path, _listed(learnt), ", ".join(heads))
    of_heads = {name: value for name, value in own.items() if network.node_of(name) in heads}
    return {**start.state, **of_heads}


def _other_dataset(start: Start, data: DataOptions) -> str | None:
    """The dataset that they learnt from, where it is another, or is not known to be this one."""
    there = start.config.get("data")
    if there is None:
        name = start.about.get("dataset")
        return None if name in (None, data.dataset, Path(data.dataset).name) else str(name)
    learnt, here = dataset_folder(there), dataset_folder(data.options())
    moved = learnt.is_absolute() and not learnt.exists()
    if learnt.name == here.name and (learnt.absolute() == here.absolute() or moved or _same(learnt, here)):
        return None
    return dataset_name(there)


def _what_fits(start: Start, experiment: Experiment) -> str:
    """The command with which these weights would fit."""
    if not start.config:
        model, shape = start.about.get("model", "its model"), tuple(start.about.get("sample_shape", ()))
        command = train_command(experiment, weights=start.path, changes={"model": {"name": model}})
        return f"describe the network that they were trained in, {model} on samples of {shape}, by flags: {command}"
    data = start.config.get("data", {})
    said = {key: data[key] for key in PREPARATION if key in data}
    here = experiment.sections["data"]
    other = {key: value for key, value in said.items() if shown(value) != shown(here.get(key))}
    there = {"model": start.config.get("model", {}), "data": said}
    return f"type: {train_command(experiment, weights=start.path, changes=there, keep={'data': other})}"


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def start_from(path: str) -> Start:
    """The weights in a run folder (its best ones) or in a weights file, also one that torch or torchvision wrote.

    Raises:  DataError: no run there, or weights that are missing or cannot be read.
             UsageError: a file that holds more than weights.
    """
    from nnlab.experiment.published.files import is_published, read_published  # what reads others' files: few need it

    place = Path(path)
    if is_published(place):
        return Start(_named(place), read_published(place), {}, {}, published=True)
    if place.suffix == ".safetensors":
        tensors, about = read_weights(place)
        run = _run_around(place)
    else:
        run = read_run(place)
        if not run.has_weights:
            why = run.why_no_weights()
            other = next(
                (f"is a {word}, which has no weights" for file, word in KINDS.items() if (run.folder / file).is_file()),
                why,
            )
            raise DataError(
                other,
                where=f"--weights={path}",
                hint="name another run, or a file such as RUN/weights/last.safetensors",
            )
        tensors, about = run.weights("best")
        place = run.folder
    if "columns" in about:
        raise UsageError(
            "is a checkpoint, from which --resume goes on", where=f"--weights={path}", hint="name the run's folder"
        )
    return Start(_named(place), tensors, about, run.config if run else {})


def _run_around(file: Path) -> Run | None:
    folder = file.resolve().parent.parent
    return Run(folder) if (folder / "config.toml").is_file() else None


def _named(place: Path) -> str:
    """A path without links, relative where it lies below the working folder."""
    whole, here = place.resolve(), Path.cwd().resolve()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(whole)


def _differences(there: Mapping[str, Any] | None, here: DataOptions, keys: Sequence[str]) -> str:
    """ "grayscale=true there, false here"; empty where nothing differs, or nothing is known."""
    if there is None:
        return ""
    if there.get("input_scaling") == "range":  # as runs had it before ranges had names
        there = {**there, "input_scaling": range_name(tuple(there.get("input_range", (0.0, 1.0))))}
    defaults = {offered.name: offered.default for offered in options_of(DataOptions)}
    pairs = [(key, shown(there.get(key, defaults[key])), shown(getattr(here, key))) for key in keys]
    return ", ".join(f"{key}={then} there, {now} here" for key, then, now in pairs if then != now)


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(map(str, names[:most])) + (", ..." if len(names) > most else "")
