"""The faulty mean, by the figures that show its fault."""

import pytest

from nnlab.labs.studies.like_mas import batch_mean


def test_a_short_batch_counts_as_much_as_a_full_one() -> None:
    hits = [*[True] * 64, *[False] * 36, *[True] * 13, False]
    assert batch_mean(hits, 100) == pytest.approx(0.7843, abs=5e-5)
    assert sum(hits) / len(hits) == pytest.approx(0.6754, abs=5e-5)
