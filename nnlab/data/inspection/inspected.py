"""A dataset that was looked at: its samples, their partitions, and what was seen of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.core.truth import Label, Values
from nnlab.core.types import Array
from nnlab.data.inspection.alike import DIFFERENCE, FLAT, MOVED, Group, groups_alike
from nnlab.data.inspection.look import THUMB, Look, Thumb
from nnlab.data.inspection.perceptual import SIDE, perceptual_hashes
from nnlab.data.source import Source
from nnlab.data.split import Members


@dataclass(frozen=True, eq=False)
class Inspected:
    """What checks go by.

    Options:  source: the samples.  looks: what was seen of each, by its place.
              members: the partitions that training with the same options would use; empty where it could not.
              split_fault: why it could not.
    """

    source: Source
    looks: Sequence[Look]
    members: Members
    split_fault: str | None = None

    def __len__(self) -> int:
        return len(self.looks)

    @cached_property
    def readable(self) -> Array:
        """The places of the samples that can be read."""
        return np.array([place for place, look in enumerate(self.looks) if look.fault is None], np.intp)

    @cached_property
    def partition_of(self) -> Sequence[str | None]:
        """Of each place the partition that it is in."""
        found: list[str | None] = [None] * len(self)
        for name, places in self.members.items():
            for place in places:
                found[place] = name
        return found

    def source_of(self, place: int) -> str:
        """A sample's path within the dataset."""
        return self.source.samples[place].source

    def truth_of(self, place: int) -> str:
        """What is true of a sample, in words; "" where it is neither a class nor numbers."""
        truth = self.source.samples[place].truth
        if isinstance(truth, Label):
            return self.source.names[truth.index]
        return ", ".join(f"{number:g}" for number in truth.numbers) if isinstance(truth, Values) else ""

    def figure(self, name: str) -> Array:
        """One figure of every look ("contrast"); NaN where it cannot be read.  Shapes:  result: (samples,)"""
        return np.array([getattr(look, name) if look.fault is None else np.nan for look in self.looks], float)

    @cached_property
    def labels(self) -> Array:
        """The class of each sample; of a set without classes 0.  Shapes:  result: (samples,)"""
        samples = self.source.samples
        return np.array([s.truth.index if isinstance(s.truth, Label) else 0 for s in samples], np.intp)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The samples that are one picture."""
        return self._groups([look.whole for look in self.looks], DIFFERENCE)

    @cached_property
    def moved(self) -> tuple[Group, ...]:
        """The samples that show one thing before a plain border, wherever it is and however large."""
        return self._groups([look.seen for look in self.looks], MOVED, chains=False)

    def _groups(self, thumbs: Sequence[Thumb | None], most: float, *, chains: bool = True) -> tuple[Group, ...]:
        grey, colours = np.zeros((len(self), SIDE, SIDE), np.uint8), np.zeros((len(self), THUMB, THUMB, 3), np.uint8)
        for place, thumb in enumerate(thumbs):
            if thumb is not None:
                grey[place], colours[place] = thumb.grey, thumb.colours
        comparable = np.array([thumb is not None for thumb in thumbs]) & (self.figure("contrast") >= FLAT)
        digests = [
            look.digest if look.fault is None else b"unread %d" % place  # like no other
            for place, look in enumerate(self.looks)
        ]
        return groups_alike(digests, perceptual_hashes(grey), colours, comparable, most, chains=chains)
