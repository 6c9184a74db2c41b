"""What any initializer must do."""

from nnlab.checks.chance_checks import initializer_findings
from nnlab.initializers.base import Initializer
from nnlab.testing.hold import hold, run
from nnlab.testing.options import check_options

InitializerClass = type[Initializer]


def options_survive(cls: InitializerClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def everything_that_nnlab_check_finds(cls: InitializerClass) -> None:
    """Shape, float64, finite values, and the same draw from the same stream."""
    hold(initializer_findings(cls))


def check_initializer(cls: InitializerClass) -> None:
    """Runs every check on every example. Raises AssertionError: naming the check and what is wrong."""
    run((options_survive, everything_that_nnlab_check_finds), cls, cls.__name__)
