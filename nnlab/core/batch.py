"""A minibatch: what the data room hands to a learner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nnlab.core.truth import Truth, taken
from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Target:
    """What one head of a network ought to give.

    Options:  weight: how much each place counts (void pixels, hidden keypoints, rare classes); None: all alike.
    Shapes:  value: (batch, ..., channels); weight: broadcasts to (batch, ..., 1)
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
