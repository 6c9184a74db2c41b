"""The contract of a mixing: two samples of a minibatch become one, and so does what is true of them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import Component, option
from nnlab.core.registry import Registry
from nnlab.core.types import Array


@dataclass(kw_only=True, eq=False)
class Mixing(Component, ABC):
    """Mixes each sample of a minibatch with a partner from the same one; all of them in the same shares.

    share ~ Beta(alpha, alpha): of the sample itself; what is left is its partner's
    """

    alpha: float = option(1.0, "of Beta(alpha, alpha): small for little of one in the other", above=0, high=100)

    @abstractmethod
    def mixed(self, images: Array, partners: Array, share: float, chance: "np.random.Generator") -> tuple[Array, float]:
        """The mixed images, and the share that they have of their own after all.

        Options:  partners: whose image each is mixed with.  share: as it was drawn.
        Shapes:   images and result: (batch, height, width, channels), float; partners: (batch,)
        """


MIXINGS: Registry[Mixing] = Registry("batch mixing", "nnlab.data.mixing")
