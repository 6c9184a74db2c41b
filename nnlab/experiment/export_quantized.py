"""A run's network with codes of 8 bits: as it was trained, or from ranges that training pictures show."""

import dataclasses
import logging
from collections.abc import Iterator

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import DataError, UsageError
from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.data.pipeline import load
from nnlab.experiment.build import outlined
from nnlab.experiment.trained import Trained
from nnlab.models.folding import folded
from nnlab.models.graph import INPUT, Graph
from nnlab.models.quantizing import is_quantized, rounded_nodes, widest, with_ranges

LOG = logging.getLogger("nnlab.export")

FEWEST = 50
"""Pictures that ranges are told by; of fewer one is warned."""

CHUNK = 64
"""Pictures that go through the network at once."""


def coded(trained: Trained, pictures: int, *, asked: bool) -> tuple[Trained, Graph, str | None]:
    """What a file is held against, the network that is written, and how its ranges were found, in words: of one that
    rounds to 8 bits, which is written with BatchNorm folded. Others are written as they are, unless it is asked for.

    A run that was trained with --quantize has its ranges. Of another they are those of what its nodes give for so many
    training pictures, spread evenly: static quantisation after training, by the least and the largest value.

    Raises:  UsageError: when there is nothing to quantise.  DataError: when the training pictures are not there.
    """
    if is_quantized(trained.network):
        return trained, folded(trained.network), "trained with --quantize=int8"
    if not asked:
        return trained, trained.network, None
    if not trained.network.parameters and not trained.network.frozen:
        raise UsageError("has no weights", where="--quantize=int8", hint="leave it out")
    nodes = tuple(rounded_nodes(trained.network))
    parts = list(_ranges(trained, nodes, pictures))
    found = {name: widest([part[name] for part in parts]) for name in nodes}
    seen = sum(int(part["samples"]) for part in parts)
    if seen < FEWEST:
        LOG.warning("ranges of %d training pictures may miss what others show; --calibration=200 takes more", seen)
    source = dataclasses.replace(trained, network=with_ranges(trained.network, found))
    return source, folded(source.network), f"calibrated on {seen} training pictures"


def _ranges(trained: Trained, nodes: tuple[str, ...], pictures: int) -> Iterator[dict[str, Array]]:
    """The least and the largest value that each node gives, chunk by chunk."""
    for inputs in _chosen(trained, pictures):
        found = {"samples": np.asarray(len(inputs))}

        def watch(node: str, what: str, array: Array, found: dict[str, Array] = found) -> None:
            if node in nodes and what == "forward":
                found[node] = np.array([array.min(), array.max()])

        watch(INPUT, "forward", inputs)
        trained.network.outputs(inputs, Context(training=False, watch=watch))
        yield found


def _chosen(trained: Trained, pictures: int) -> Iterator[Array]:
    """So many training pictures, as they are, spread evenly."""
    experiment = trained.experiment
    try:
        data = load(experiment.data, dtype=experiment.run.dtype, scaling=trained.scaling, outline=outlined(experiment))
    except DataError as error:
        hint = "put it back, or export a run that was trained with --quantize=int8"
        raise DataError(
            f"calibration needs the run's training pictures: {error.what}", where=error.where, hint=hint
        ) from error
    chosen = np.array(evenly(range(len(data.training)), pictures))
    first = 0
    for batch in data.training.batches():
        own = chosen[(chosen >= first) & (chosen < first + len(batch))] - first
        first += len(batch)
        for start in range(0, len(own), CHUNK):
            yield batch.inputs[own[start : start + CHUNK]]
