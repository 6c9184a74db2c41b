import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.visible import LEAST_VISIBLE, visible


@given(st.integers(0, 2**32 - 1))
def test_what_is_left_is_what_the_box_and_the_picture_share(seed: int) -> None:
    chance = np.random.default_rng(seed)
    first = chance.uniform(-10, 20, (9, 2))
    corners = np.concatenate([first, first + chance.uniform(0, 12, (9, 2))], axis=1)
    cut, seen = visible(corners, (12, 7))
    for (x0, y0, x1, y1), own, there in zip(corners, cut, seen, strict=True):
        shared = max(0.0, min(x1, 12) - max(x0, 0)) * max(0.0, min(y1, 7) - max(y0, 0))
        assert there == (shared > 0 and shared >= LEAST_VISIBLE * (x1 - x0) * (y1 - y0))
        if there:
            np.testing.assert_allclose((own[2] - own[0]) * (own[3] - own[1]), shared, rtol=1e-12)
