"""Looks whether BatchNorm's running statistics lag behind the weights."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.truths import taken, together
from nnlab.core.types import Array
from nnlab.data.batching import nearly_equal
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dropping import Dropping
from nnlab.models.graph import Graph
from nnlab.training.callback import Callback, Run
from nnlab.training.record import EpochRecord

LOOKS, EVERY = 5, 4
"""How many epochs are looked at: of the second half of a run, the last one among them; one of four of a short run."""

FEWEST, MOST = 16, 512
"""Dev samples that are looked at: with fewer nothing is said, and more would tell no more."""

ENOUGH, SHARE = 64, 0.1
"""So many are looked at, or of more training samples as many as this share of them: two passes forward of each, which
then take some hundredths of the epoch's time."""

APART, SIGNIFICANT = 0.05, 3.0
"""By how much the two accuracies have to differ, and by how many standard deviations of chance."""


@dataclass(eq=False)
class StatisticsChecks(Callback):
    """Scores some dev samples twice after an epoch: with the running statistics (evaluation) and with the batch's own.

    z = (b - c) / sqrt(b + c)       b, c: samples that are right only with the batch's own, only with the running ones

    Both passes leave nothing out by chance, whatever dropout says. Only reads: a run with it equals a run without, bit
    for bit. The statistics lag where z and the difference of the accuracies are large.

    Options:  network: of the learner's layers; None, or one without BatchNorm, is not looked at.
              batch: samples of a training step, whose statistics the comparison is with.
    Source:  McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.
    """

    network: Graph | None
    batch: int
    looks: list[dict[str, Any]] = field(default_factory=list, init=False)
    _run: Run | None = field(default=None, init=False, repr=False)
    _is_to_look: bool = field(default=False, init=False, repr=False)

    def run_start(self, run: Run) -> None:
        """Finds out whether there is anything to look at."""
        self._run = run
        normalises = self.network is not None and _has(self.network, BatchNorm)
        self._is_to_look = normalises and run.judgement.judge.is_share and len(run.data.dev) >= FEWEST

    def epoch_end(self, record: EpochRecord) -> None:
        """Looks, where it is this epoch's turn."""
        if not self._is_to_look or self._run is None or record.epoch not in looked_at(record.epochs):
            return
        network = self._network(self._run.learner.held())
        inputs, truths = self._samples()
        judge, answers = self._run.judgement.judge, self._run.judgement.task.answers
        right = {training: np.zeros(0, bool) for training in (False, True)}
        for part in nearly_equal(len(inputs), min(self.batch, len(inputs))):
            for training in right:
                context = Context(training=training)
                with np.errstate(all="ignore"):  # values that are not finite are for the instability checks to name
                    outputs = network.outputs(inputs[part], context)
                hits = judge.hits(answers(network.read(outputs)), taken(truths, part))
                if hits is None:  # a share that says nothing of single samples
                    return
                right[training] = np.append(right[training], hits)
        self.looks.append({"epoch": record.epoch, **_compared(running=right[False], own=right[True])})

    def _network(self, held: Mapping[str, Array]) -> Graph:
        """The network with what the learner holds, which on the processor is its own memory; a copy of it where layers
        leave out something by chance: those do not in the copy."""
        assert self.network is not None
        network = self.network
        if _has(network, Dropping):
            network = network.with_layers(
                lambda node: replace(node.layer, rate=0.0) if isinstance(node.layer, Dropping) else None
            )
        network.load_state(held)
        return network

    def _samples(self) -> tuple[Array, Sequence[Truth]]:
        """Some of dev in an order of chance, so that a batch has all classes: samples and truths."""
        assert self._run is not None
        dev, most = self._run.data.dev, min(MOST, max(ENOUGH, round(SHARE * len(self._run.data.training))))
        order = Rng(0).at("statistics").generator().permutation(len(dev))[:most]
        chosen = np.sort(order)
        batches = list(self._found(chosen))
        inputs, truths = np.concatenate([b.inputs for b in batches]), [t for b in batches for t in b.truths]
        mixed = np.argsort(np.argsort(order))  # chosen[mixed] = order
        return inputs[mixed], taken(together(truths), mixed)

    def _found(self, chosen: Array) -> Iterator[Batch]:
        assert self._run is not None
        first = 0
        for batch in self._run.data.dev.batches():
            own = chosen[(chosen >= first) & (chosen < first + len(batch))] - first
            yield batch.take(own)
            first += len(batch)

    def state(self) -> dict[str, Any]:
        """What was seen."""
        return {"looks": list(self.looks)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""
        self.looks = list(state.get("looks", ()))

    def summary(self) -> dict[str, Any] | None:
        """For the run's summary: how often was looked, where the statistics lagged, and the worst; None if never."""
        if not self.looks:
            return None
        lagging = [look for look in self.looks if lags(look)]
        worst = max(lagging, key=lambda look: look["batch_accuracy"] - look["running_accuracy"], default=None)
        return {"looks": len(self.looks), "lagging_epochs": [look["epoch"] for look in lagging], "worst": worst}


def _has(network: Graph, kind: type) -> bool:
    return any(isinstance(node.layer, kind) for node in network.nodes)


def looked_at(epochs: int) -> set[int]:
    """The epochs after which is looked."""
    looks = min(LOOKS, -(-epochs // EVERY))
    return {round(epoch) for epoch in np.linspace(epochs, (epochs + 1) // 2, looks)}


def lags(look: Mapping[str, Any]) -> bool:
    """Whether the running statistics judge worse than chance explains."""
    apart: float = look["batch_accuracy"] - look["running_accuracy"]
    return apart >= APART and bool(look["z"] >= SIGNIFICANT)


def _compared(*, running: Array, own: Array) -> dict[str, Any]:
    better, worse = int((own & ~running).sum()), int((running & ~own).sum())
    return {
        "running_accuracy": float(running.mean()),
        "batch_accuracy": float(own.mean()),
        "z": (better - worse) / math.sqrt(better + worse) if better + worse else 0.0,
        "samples": len(own),
    }
