"""Chance is passed in: streams of random numbers addressed by name, never by order of use."""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rng:
    """A tree of random streams under one seed.

    `rng.at("rotate", epoch, index)` is always the same subtree, whichever thread asks, in whatever order, and
    however samples are batched. `generator()` gives the NumPy generator of a place: a fresh one at every call,
    so asking twice gives the same numbers twice.

    Options:  seed: any integer.  path: the names and numbers that lead here from the root.
    Source:   O'Neill, "PCG", 2014 (the generator); SHA-256 turns the path into its seed.
    """

    seed: int
    path: tuple[str | int, ...] = ()

    def at(self, *names: str | int) -> "Rng":
        """The subtree under these names."""
        return Rng(self.seed, self.path + names)

    def generator(self) -> "np.random.Generator":
        """The stream of this place, from its beginning."""
        address = repr((int(self.seed), tuple(n if isinstance(n, str) else int(n) for n in self.path)))
        digest = hashlib.sha256(address.encode()).digest()[:16]
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
