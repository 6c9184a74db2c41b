"""Pictures in, the same pictures out: through a narrow code, or without what was done to them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.pictures import Picture, Pictures, values_of
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Shape
from nnlab.kernels.sigmoid import sigmoid
from nnlab.losses.base import Loss
from nnlab.metrics.base import Metric
from nnlab.metrics.pictures import PeakSignalToNoise, PictureError, squares
from nnlab.tasks.base import TASKS, Task


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Reconstruction(Task):
    """The picture itself, of 0 for black and 1 for white.

    target = the prepared picture, moved as its input is, and not corrupted as that is (`--corrupt`)
    answer = what the network gives;  by a loss that takes log-odds, its sigmoid

    Shapes:  output: (batch, height, width, channels), or in a row where inputs are
    """

    also_called = ("Autoencoding", "Denoising", "EncoderDecoder", "AutoEncode")

    truth: ClassVar[type[Truth]] = Picture
    reads_log_odds: ClassVar[bool] = True
    reader: ClassVar[str] = "AnyPictures"
    naming: ClassVar[str] = "pictures"
    noun: ClassVar[str] = "picture"
    defaults: ClassVar[Mapping[str, str]] = {
        "model": "AutoEncoder", "loss": "MeanSquaredError", "accuracy": "PictureError",
    }  # fmt: skip

    log_odds: bool = field(init=False, repr=False, default=False)

    def amount(self, names: Sequence[str]) -> str:
        """There are no names to count."""
        return "pictures"

    def suited(self, loss: Loss | type[Loss]) -> "Reconstruction":
        """With what the loss says of outputs."""
        task = copy.copy(self)
        task.log_odds = loss.log_odds
        return task

    @property
    def record(self) -> Mapping[str, Any]:
        """Whether outputs are log-odds."""
        return {"log_odds": self.log_odds}

    def restored(self, record: Mapping[str, Any]) -> "Reconstruction":
        """As the record says."""
        task = copy.copy(self)
        task.log_odds = bool(record.get("log_odds", self.log_odds))
        return task

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One, of the input's shape."""
        if len(in_shape) == 1:
            return {OUTPUT: Head(in_shape, "values")}
        return {OUTPUT: Head((None, None, in_shape[-1]), "values", stride=1)}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """The pictures."""
        return {OUTPUT: Target(values_of(truths).reshape(len(truths), *shapes[OUTPUT]))}

    def answers(self, outputs: Mapping[str, Array]) -> Pictures:
        """What the network gives, as pictures."""
        y = outputs[OUTPUT]
        return Pictures(sigmoid(y) if self.log_odds else y)

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the other of the two that are usual."""
        usual = [metric for metric in (PictureError(), PeakSignalToNoise()) if type(metric) is not type(judge)]
        return {metric.figure_key: metric for metric in (judge, *usual)}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """The mean squared difference; no number at all is the worst."""
        off = squares(answers, truths).mean(axis=1)
        return np.where(np.isnan(off), np.inf, off)

    def guesses(self, truths: Sequence[Truth]) -> Pictures:
        """The mean picture."""
        mean = values_of(truths).mean(axis=0)
        return Pictures(np.broadcast_to(mean, (len(truths), len(mean))))
