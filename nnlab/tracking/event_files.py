"""Event files that TensorBoard reads: the figures, rates, times and layers of a run, epoch by epoch."""

import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tracking.files import read_lines
from nnlab.tracking.store import RunStore
from nnlab.training.callback import Callback, Run
from nnlab.training.glances import pieces
from nnlab.training.record import EpochRecord, TrainingResult

BINS, VALUES = 40, 1 << 15
"""Of a histogram, and how many of a parameter's values it is of at most."""

VERSION = "brain.Event:2"
"""What the first record of such a file says; TensorBoard asks for it."""

OF_LAYERS = ("gradient_norm", "weight_norm", "update_ratio")
OF_OUTPUTS = ("mean", "std", "zeros")


class EventFiles(Callback):
    """Appends to tensorboard/events.out.tfevents.<seconds>.nnlab; a step is an epoch.

    Scalars:     loss/training, loss/dev, ..., accuracy/test (at the best epoch), rate, seconds/<phase>, memory/<phase>,
                 layers/<what>/<layer>, what being as layers.jsonl has it
    Histograms:  weights/<parameter>, of large ones of evenly spread pieces

    A run that is gone on with has the epochs before in its own file too. Needs the package tensorboard, whose own
    writer and messages it uses.

    Options:  rate: the learning rate of an epoch, counted from 0, of so many.
    """

    def __init__(self, store: RunStore, rate: Callable[[int, int], float]):
        self._store, self._rate = store, rate
        self._name = f"tensorboard/events.out.tfevents.{int(time.time())}.nnlab"
        self._run: Run | None = None

    def run_start(self, run: Run) -> None:
        """Begins the file with what was recorded before."""
        from tensorboard.compat.proto.event_pb2 import Event

        self._run = run
        self._append([Event(wall_time=time.time(), file_version=VERSION)])
        for record in run.history:
            self._add(record.epoch, scalars=self._scalars(record))
        self.add_layers(read_lines(self._store.folder / "layers.jsonl"))

    def epoch_end(self, record: EpochRecord) -> None:
        """Adds the epoch's figures, and histograms of the weights."""
        held = self._run.learner.held() if self._run is not None else {}
        self._add(record.epoch, scalars=self._scalars(record), histograms=held)

    def add_layers(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds what the layers did, as layers.jsonl has it."""
        by_epoch: dict[int, dict[str, float]] = {}
        for row in rows:
            figures = {name: row.get(name) for name in OF_LAYERS}
            figures |= {name: (row.get("activation") or {}).get(name) for name in OF_OUTPUTS}
            own = by_epoch.setdefault(row["epoch"], {})
            own |= {f"layers/{what}/{row['layer']}": value for what, value in figures.items() if value is not None}
        for epoch, scalars in by_epoch.items():
            self._add(epoch, scalars=scalars)

    def run_end(self, result: TrainingResult) -> None:
        """Adds the final scores of test, at the epoch whose weights they are of."""
        if (score := result.final.get("test")) is not None and result.best_epoch is not None:
            scalars = {f"{name}/test": value for name, value in {"loss": score.loss, **score.figures}.items()}
            self._add(result.best_epoch, scalars=scalars)

    def _scalars(self, record: EpochRecord) -> dict[str, float]:
        found = {"rate": self._rate(record.epoch - 1, record.epochs), "seconds/epoch": record.seconds}
        for partition, score in (("training", record.training), ("dev", record.dev)):
            if score is not None:
                found |= {f"{name}/{partition}": value for name, value in {"loss": score.loss, **score.figures}.items()}
        found |= {f"seconds/{phase}": seconds for phase, seconds in record.phases_s.items()}
        return found | {f"memory/{phase}": most for phase, most in record.memory_phases_mb.items()}

    def _add(self, epoch: int, *, scalars: Mapping[str, float], histograms: Mapping[str, Array] | None = None) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        values += [
            Summary.Value(tag=f"weights/{name}", histo=histogram)
            for name, array in (histograms or {}).items()
            for histogram in _histograms(array)
        ]
        self._append([Event(wall_time=time.time(), step=epoch, summary=Summary(value=values))])

    def _append(self, events: Sequence[Any]) -> None:
        from tensorboard.summary.writer.record_writer import RecordWriter

        buffer = io.BytesIO()
        for event in events:
            RecordWriter(buffer).write(event.SerializeToString())
        self._store.add_events(self._name, buffer.getvalue())


def _histograms(array: Array) -> Iterator[Any]:
    """One; none of what has no finite value."""
    from tensorboard.compat.proto.summary_pb2 import HistogramProto

    values = pieces(array, VALUES).ravel().astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return
    counts, edges = np.histogram(values, bins=BINS)
    yield HistogramProto(
        min=values.min(), max=values.max(), num=len(values), sum=values.sum(), sum_squares=np.square(values).sum(),
        bucket_limit=edges[1:].tolist(), bucket=counts.tolist(),
    )  # fmt: skip
