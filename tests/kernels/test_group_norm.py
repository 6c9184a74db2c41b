"""Groups of channels of images, over threads: as written out in float64, the same bits on any number of threads."""

import numpy as np
import pytest

from nnlab.kernels.group_norm import Grouping, group_norm, group_norm_gradients
from nnlab.kernels.threads import at_most_threads


@pytest.mark.parametrize(
    ("shape", "groups"), [((3, 5, 6), 2), ((17, 256, 32), 8), ((2, 70_001, 4), 4), ((5, 64, 1024), 1)]
)
def test_as_written_out_on_any_number_of_threads(shape, groups):
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal((2, *shape), dtype=np.float32)
    gamma, beta = generator.standard_normal((2, shape[2]), dtype=np.float32)
    found = []
    for threads in (1, 2):
        with at_most_threads(threads):
            y, *moments = group_norm(x, (gamma, beta), groups, 1e-3, np.empty)
            dx = np.empty_like(x)
            found.append([y, dx, *group_norm_gradients(dy, x, gamma, (moments[0], moments[1]), dx)])
            alone = group_norm_gradients(dy, x, gamma, (moments[0], moments[1]), None)
            np.testing.assert_array_equal(alone, found[-1][2:])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    apart = (*shape[:2], groups, -1)
    wide, g = (each.astype(np.float64).reshape(apart) for each in (x, dy * gamma))
    over = {"axis": (1, 3), "keepdims": True}
    inverse = 1 / np.sqrt(wide.var(**over) + 1e-3)
    n = (wide - wide.mean(**over)) * inverse
    expected = inverse * (g - g.mean(**over) - n * (g * n).mean(**over))
    n = n.reshape(shape)
    # float32's rounding, some ten times over: the values are about 1, the sums are over all places
    np.testing.assert_allclose(found[0][0], n * gamma + beta, atol=2e-5)
    np.testing.assert_allclose(found[0][1], expected.reshape(shape), atol=2e-5)
    sums = 1e-5 * (shape[0] * shape[1]) ** 0.5
    np.testing.assert_allclose(found[0][2], (dy * n).sum(axis=(0, 1)), atol=sums)
    np.testing.assert_allclose(found[0][3], dy.sum(axis=(0, 1), dtype=np.float64), atol=sums)


def test_rows_are_made_of_whole_places():
    assert Grouping.of(64, 32, 8) == Grouping(rows=4, fold=16, groups=8, each=4)
    assert Grouping.of(9, 4, 2) == Grouping(rows=9, fold=1, groups=2, each=2)
    assert Grouping.of(6, 1024, 2).fold == 1
