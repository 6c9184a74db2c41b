"""A minibatch: what the data room hands to a learner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Target:
    """What one head of a network ought to give.

    Options:  weight: how much each place counts (void pixels, rare classes), or each channel of it (hidden points);
              None: all alike.
    Shapes:  value: (batch, ..., channels); weight: broadcasts to (batch, ..., 1), or has channels, for losses that take
             them apart
    """

    value: Array
    weight: Array | None = None

    def take(self, places: Sequence[int] | Array) -> "Target":
        """Those of some samples."""
        return Target(self.value[places], None if self.weight is None else self.weight[places])

    def astype(self, dtype: npt.DTypeLike) -> "Target":
        """The same in another dtype; itself, where it is of that dtype."""
        if self.value.dtype == dtype and (self.weight is None or self.weight.dtype == dtype):
            return self
        return Target(np.asarray(self.value, dtype), None if self.weight is None else np.asarray(self.weight, dtype))

    def mixed(self, partners: Array, share: float) -> "Target":
        """Of samples that are mixtures: `share` of each is itself, the rest its partner.

        y = s y_own + (1 - s) y_partner;  with weights, w = s w_own + (1 - s) w_partner and
        y = (s w_own y_own + (1 - s) w_partner y_partner) / w,  so that w y is the mixture of the w y

        Shapes:  partners: (batch,)
        """
        own, other = self.value.dtype.type(share), self.value.dtype.type(1 - share)
        if self.weight is None:
            return Target(own * self.value + other * self.value[partners])
        weight = np.broadcast_to(self.weight, (*self.value.shape[:-1], self.weight.shape[-1]))
        kept, taken = own * weight, other * weight[partners]
        total = kept + taken
        value = (kept * self.value + taken * self.value[partners]) / np.where(total == 0, 1, total)
        return Target(value, total)


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples that are learnt from, or scored, together.

    Shapes:  inputs: (batch, features) or (batch, height, width, channels), float32 or float64, usually 0 to 1.
    Options: targets: by head, of the same dtype.  truths: what is true of each sample, which answers are judged by.
             sources: the file each sample came from, relative to the dataset, for messages and predictions.
    """

    inputs: Array
    targets: Mapping[str, Target]
    truths: Sequence[Truth] = ()
    sources: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def amount(self) -> float:
        """How much its mean loss counts beside that of other minibatches: its samples; each by the mean of its weights,
        where the one head has some. So the mean over several minibatches is that of one that holds them all.
        """
        weights = [target.weight for target in self.targets.values()]
        if len(weights) != 1 or weights[0] is None:
            return len(self)
        return len(self) * float(weights[0].mean(dtype=np.float64))

    def take(self, places: Sequence[int] | Array) -> "Batch":
        """Some of its samples, in copies."""
        targets = {head: target.take(places) for head, target in self.targets.items()}
        truths = taken(self.truths, places) if len(self.truths) else ()
        sources = [self.sources[place] for place in places] if len(self.sources) else ()
        return Batch(self.inputs[places], targets, truths, sources)

    def astype(self, dtype: npt.DTypeLike) -> "Batch":
        """The same in another dtype; inputs and targets that have it are the same arrays."""
        targets = {head: target.astype(dtype) for head, target in self.targets.items()}
        return replace(self, inputs=np.asarray(self.inputs, dtype), targets=targets)
