"""One cell of a benchmark, a process of its own: `python -m nnlab.experiment.bench.cell`, told what to do on stdin."""

import logging
import sys
import time
import traceback
from collections.abc import Iterable
from typing import Any

from threadpoolctl import threadpool_limits

from nnlab.core.batch import Batch
from nnlab.core.errors import NnlabError
from nnlab.core.processes import Telling, in_one_line
from nnlab.data.pipeline import Data
from nnlab.experiment.bench.gate import Dismissed, Gate, Turns
from nnlab.experiment.bench.peers import PEERS, PeerLoop
from nnlab.experiment.build import build, graph, outlined, read
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_file
from nnlab.experiment.trainer import trainer_of
from nnlab.kernels.threads import at_most_threads
from nnlab.training.callbacks.gradient_checks import GradientChecks
from nnlab.training.callbacks.instability_checks import InstabilityChecks
from nnlab.training.clock import peak_memory_mb

SAY_EVERY = 0.25
"""Seconds between messages about how many images are prepared."""


def main() -> int:
    """Trains what the first message asks for; every end but a dismissal is told."""
    gate = Gate.of_this_process()
    logging.getLogger("nnlab").addHandler(Telling(gate.send))
    try:
        job = gate.receive()
        experiment = resolve(from_file(job["config"]))
        if job["peer"] is None:
            with at_most_threads(experiment.run.threads):
                result = _own(experiment, gate)
        else:
            with threadpool_limits(limits=experiment.run.threads):
                result = _peer(job["peer"], experiment, gate)
        gate.send("result", **result, peak_memory_mb=peak_memory_mb())
    except Dismissed:
        return 0
    except Exception as error:  # whatever it is, the row says it and the other cells go on
        if not isinstance(error, NnlabError):
            traceback.print_exc()
        gate.send("failed", error=in_one_line(error), exit_code=getattr(error, "exit_code", 1))
    return 0


def _own(experiment: Experiment, gate: Gate) -> dict[str, Any]:
    """As `nnlab train` trains, but for the run folder."""
    parts, options, turns = build(experiment, _Images(gate)), experiment.run, Turns(gate)
    _told(gate, parts.data, device=parts.learner.device, parameters=parts.learner.parameter_count)
    checks = [
        GradientChecks(options.gradient_checks, options.gradient_checks_interval, options.gradient_checks_budget),
        InstabilityChecks(options.instability_checks),
    ]
    result = trainer_of(experiment, parts, [*checks, turns]).run()
    dev = result.final.get("dev")
    figure = None if dev is None else dev.figure
    return {"epochs": turns.taken(), "dev_accuracy": figure, "idle_cpu_ms": turns.idle_cpu_s * 1e3}


def _peer(name: str, experiment: Experiment, gate: Gate) -> dict[str, Any]:
    """The same epochs with another library's loop: it learns, dev is scored, the best weights are kept."""
    outline = outlined(experiment)
    network = graph(experiment, outline)
    loop = next(peer for peer in PEERS if peer.name == name).make(network, experiment)
    data = read(experiment, network, outline, _Images(gate))
    _told(gate, data, device=loop.device, parameters=network.parameter_count)
    turns, best = Turns(gate), -1.0
    for epoch in range(1, experiment.run.epochs + 1):
        turns.epoch_start(epoch)
        loop.train(data, epoch)
        if experiment.run.eval_dev and len(data.dev):
            accuracy = _accuracy(loop, data.dev.batches())
            if accuracy >= best:  # nnlab keeps the better loss of equals, which the later nearly always has
                best = accuracy
                loop.keep()
        turns.epoch_end()
    if best < 0 and len(data.dev):
        best = _accuracy(loop, data.dev.batches())
    accuracy_or_none = None if best < 0 else best
    return {"epochs": turns.taken(), "dev_accuracy": accuracy_or_none, "idle_cpu_ms": turns.idle_cpu_s * 1e3}


def _accuracy(loop: PeerLoop, batches: Iterable[Batch]) -> float:
    scored = [(loop.accuracy(batch) * len(batch), len(batch)) for batch in batches]
    return sum(right for right, _ in scored) / sum(count for _, count in scored)


def _told(gate: Gate, data: Data, *, device: str, parameters: int) -> None:
    gate.send("loaded", load_s=data.seconds, samples=data.sizes, device=device, parameters=parameters)


class _Images:
    """Tells now and then how many images are prepared."""

    def __init__(self, gate: Gate):
        self._gate, self._said = gate, time.perf_counter()

    def __call__(self, done: int, total: int) -> None:
        if time.perf_counter() - self._said > SAY_EVERY:
            self._said = time.perf_counter()
            self._gate.send("images", done=done, total=total)


if __name__ == "__main__":
    sys.exit(main())
