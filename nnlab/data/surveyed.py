"""What is known of a dataset before a picture is opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.truth import Truth
from nnlab.core.truths import together
from nnlab.core.types import Shape
from nnlab.data.source import Source
from nnlab.data.split import Members


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A dataset that was found and split: where loading goes on.

    Options:  source: what was found and selected.  members: of each partition, the places of its samples there.
              sample_shape: as Data has it.
    """

    source: Source
    members: Members
    sample_shape: Shape

    @property
    def names(self) -> tuple[str, ...]:
        """As Data has them."""
        return self.source.names

    @property
    def truths(self) -> Sequence[Truth]:
        """Of the training samples."""
        return together([self.source.samples[place].truth for place in self.members["training"]])

    @property
    def sizes(self) -> dict[str, int]:
        """Samples by partition."""
        return {name: len(places) for name, places in self.members.items()}

    @property
    def left_out(self) -> tuple[str, ...]:
        """Files of the dataset's folder that are no images by their names."""
        return self.source.left_out
