import pytest

from nnlab.initializers.base import fans


@pytest.mark.parametrize(
    ("shape", "expected"), [((5, 7), (5, 7)), ((4,), (4, 4)), ((3, 2, 5, 7), (30, 42)), ((), (1, 1))]
)
def test_fans(shape, expected):
    assert fans(shape) == expected
