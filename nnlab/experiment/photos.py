"""Defaults for a folder of somebody's own photos, which no dataset.toml says how to prepare."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.component import make
from nnlab.core.errors import DataError, NnlabError
from nnlab.data.describe import described
from nnlab.data.find import find
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.options import DataOptions
from nnlab.data.readers.base import READERS
from nnlab.data.source import Sample
from nnlab.data.videos.frames import frame_size
from nnlab.experiment.photo_recipe import KIND, LEAST_SIDE, recipe
from nnlab.experiment.place import Place
from nnlab.experiment.resolution import Resolution
from nnlab.experiment.settings import component_has
from nnlab.experiment.sources import SettingsSource
from nnlab.tasks.base import TASKS

PAIRS = ("resize", "input_range")
"""Settings of two numbers."""

SCALED_BY = {
    "mean-std": "of the training samples",
    "imagenet": "mean and std of its pictures, as the model was fed",
    "0..1": "0 to 1, as the model was fed",
}
"""Why, for each choice."""

OF_MODEL = "which the model takes"
"""Why pictures have a size."""

FINDING = ("unlabelled", "bad_boxes", "data_memory")
"""Settings without which some sets are not found, or held in memory although they are too large."""

LOOKED_AT = 64
"""How many pictures are asked their size, evenly over the set."""


def is_plain_photos(place: Place, data: Mapping[str, Any]) -> bool:
    """Whether nobody says how a folder is prepared, neither its makers nor nnlab, nor that it is not to be."""
    if data.get("prepare", "recommended") != "recommended":
        return False
    try:
        said = described(place.dataset, place.datasets_path)
    except DataError:  # said by whoever reads it
        return False
    return not (said.recommended or said.drawn)


def photo_defaults(place: Place, probe: Resolution) -> SettingsSource | None:
    """The settings that suit such a folder; None where its makers, or nnlab, say how it is prepared.

    They stand below all that anybody says, and above the plain defaults.
    """
    task = TASKS.get(probe.chosen["task"])
    try:
        found = find(place.dataset, place.datasets_path, READERS.get(task.reader)(), _finding(probe))
        said = described(place.dataset, place.datasets_path)
    except DataError:  # said by whoever reads it
        return None
    if said.recommended or said.drawn:
        return None
    values: dict[str, Any] = {"data.max_minibatch_size": task.minibatch, "data.input_scaling": "mean-std"}
    values |= (trained := recipe(probe, len(found.samples)))
    if (size := middle_size(found.samples)) is not None:
        width, height = fitting_size(size, task.longest)
        values["data.resize"] = (max(width, LEAST_SIDE), max(height, LEAST_SIDE)) if trained else (width, height)
    if all(sample.rows is not None and sample.rows.shape[3] == 1 for sample in found.samples):
        values["data.grayscale"] = True
    reason = "" if size is None else f"its pictures are about {size[0]}x{size[1]}"
    model = probe.component("model")  # None where something said of it is wrong, which will be told
    if model is not None and (wanted := model.size()) is not None:
        values["data.resize"], reason = wanted, OF_MODEL
        values.pop("data.grayscale", None)  # unless it was fed so, as is said below
    said_of_it = probe.placed["data"]
    if said_of_it.get("input_scaling", (None, None))[1] == "imagenet":
        values.pop("data.grayscale", None)
    if "input_range" in said_of_it:
        del values["data.input_scaling"]
    elif model is not None and "input_scaling" not in said_of_it:
        fed = dict(model.feeding())
        if "input_range" in fed:
            del values["data.input_scaling"]
        elif "grayscale" in said_of_it:  # where one channel is asked for, the scaling of three is none
            fed = {key: value for key, value in fed.items() if value != "imagenet"}
        values |= {f"data.{key}": value for key, value in fed.items()}
    if component_has("model", probe.chosen["model"], "output_batch_norm"):
        values["model.output_batch_norm"] = False
    return SettingsSource(KIND, values, name=reason, samples=len(found.samples))


def _finding(probe: Resolution) -> DataOptions | None:
    """What was said of how samples are found; None where that is wrong, which will be told."""
    said = {key: value for key, (_, value) in probe.placed["data"].items() if key in FINDING}
    try:
        options: DataOptions = make(DataOptions, said)
    except NnlabError:
        return None
    return options


def middle_size(samples: Sequence[Sample]) -> tuple[int, int] | None:
    """The median width and height of some pictures, upright; None where none can be read."""
    step = max(1, len(samples) // LOOKED_AT)
    sizes = [size for sample in samples[::step] if (size := _size(sample)) is not None]
    if not sizes:
        return None
    from statistics import median

    return round(median(width for width, _ in sizes)), round(median(height for _, height in sizes))


def _size(sample: Sample) -> tuple[int, int] | None:
    if sample.rows is not None:
        return sample.rows.shape[2], sample.rows.shape[1]
    try:
        if sample.moment is not None:
            return frame_size(sample.path)
        header = read_header(file_bytes(sample.path))
    except DataError:
        return None
    turned = header.orientation >= 5  # by a quarter
    return (header.height, header.width) if turned else (header.width, header.height)


def fitting_size(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size itself, or with its longer side so many pixels long, of the same shape."""
    width, height = size
    shrink = min(1.0, longest / max(size))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def photo_note(dataset: str, source: SettingsSource, taken: Mapping[str, Any]) -> str:
    """What was chosen and why, in one line.

    Options:  taken: the values that count, by key.
    """
    reasons = {
        "model": "{}",
        "epochs": "{} epochs",
        "optimizer": "{}",
        "schedule": "{}",
        "learning_rate": "a rate of {} at most",
        "weight_decay": "weight decay {}",
        "augment": "training pictures changed by {}",
        "max_minibatch_size": f"minibatches of {{}} ({_against(source.samples, taken.get('max_minibatch_size', 0))})",
        "resize": f"{{}} pixels ({source.name})",
        "input_scaling": f"inputs scaled by {{}} ({SCALED_BY.get(taken.get('input_scaling', ''), '')})",
        "input_range": "inputs from {} (as the model was fed)",
        "grayscale": f"grey pixels ({'as the model was fed' if source.name == OF_MODEL else 'as its pictures are'})",
        "output_batch_norm": "no BatchNorm on the output (its statistics would lag behind)",
    }
    said = [reason.format(_shown(key, taken[key])) for key, reason in reasons.items() if key in taken]
    return f"{dataset}: set up for photos: {', '.join(said)}; flags say otherwise, --prepare=none leaves this out"


def _shown(key: str, value: Any) -> str:
    if key in PAIRS:
        return (" to " if key == "input_range" else "x").join(f"{part:g}" for part in value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _against(samples: int, minibatch: int) -> str:
    """What minibatches of that size are to a set of so many pictures, of which a part is trained on."""
    if samples <= minibatch:
        return f"more than its {samples} pictures: one step an epoch"
    return f"of its {samples:,} pictures, instead of one step an epoch"
