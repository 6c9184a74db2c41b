"""A minibatch: what the data room hands to a learner."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples that are learnt from, or scored, together.

    Shapes:  inputs: (batch, features) or (batch, height, width, channels), float32 or float64, usually 0 to 1;
             targets: (batch, classes), one-hot, of the same dtype.
    Options: sources: the file each sample came from, relative to the dataset, for messages and predictions.
    """

    inputs: Array
    targets: Array
    sources: Sequence[str]

    def __len__(self) -> int:
        return len(self.inputs)
