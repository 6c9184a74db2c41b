"""What any initializer must do."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Shape
from nnlab.initializers.base import Initializer
from nnlab.testing.arrays import like, same
from nnlab.testing.options import check_options

SHAPES: tuple[Shape, ...] = ((3,), (4, 5), (1, 1), (3, 3, 2, 4))
"""A bias, matrices, and a convolution's kernel."""


def draws_float64_of_any_shape(initializer: Initializer) -> None:
    """The shape asked for, in float64, every value finite."""
    for shape in SHAPES:
        drawn = initializer.draw(shape, Rng(8).generator())
        like(f"a draw of shape {shape}", drawn, shape, np.float64)
        assert np.isfinite(drawn).all(), f"a draw of shape {shape} has values that are not finite"


def chance_is_passed_in(initializer: Initializer) -> None:
    """The same stream gives the same values: no chance but the generator's, no memory of earlier draws."""
    first = initializer.draw((4, 5), Rng(9).generator())
    same("a second draw from the same stream", initializer.draw((4, 5), Rng(9).generator()), first)


INITIALIZER_CHECKS: tuple[Callable[[Initializer], None], ...] = (draws_float64_of_any_shape, chance_is_passed_in)
"""Every check of an initializer."""


def check_initializer(cls: type[Initializer]) -> None:
    """Runs every check on every example of an initializer. Raises AssertionError: naming what is wrong."""
    for options in cls.examples():
        check_options(cls, options)
        for check in INITIALIZER_CHECKS:
            initializer: Any = make(cls, options)
            try:
                check(initializer)
            except AssertionError as error:
                raise AssertionError(f"{initializer!r}: {check.__name__}: {error}") from None
