from dataclasses import dataclass

import pytest

from nnlab.core.component import Component, option
from nnlab.testing import check_options


@dataclass(kw_only=True, eq=False)
class Sound(Component):
    """Well made."""

    size: int = option(1, "how large it is", low=1)


@dataclass(kw_only=True, eq=False)
class Unexplained(Component):
    """Its option has no help."""

    size: int = option(1, "  ")


@dataclass(kw_only=True, eq=False)
class Unprintable(Component):
    """Its repr is not Python."""

    size: int = option(1, "how large it is")

    def __repr__(self):
        return "<Unprintable>"


@dataclass(kw_only=True, eq=False)
class Elsewhere(Component):
    """Its repr makes another."""

    size: int = option(1, "how large it is")

    def __repr__(self):
        return "Elsewhere(size=3)"


def test_a_sound_component_passes():
    check_options(Sound, {"size": 4})


@pytest.mark.parametrize(
    ("cls", "message"), [(Unexplained, "no help"), (Unprintable, "not Python"), (Elsewhere, "makes another")]
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_options(cls, {"size": 2})
