"""TfIdfVectorizer's attributes that make no sense."""

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.onnx.ops.tf_idf_vectorizer import TfIdfVectorizer


@pytest.mark.parametrize(
    ("counts", "indexes", "words"),
    [
        ((-(2**62),), (0,), "do not rise from 0 to 2"),
        ((0, -1), (0, 1), "do not rise"),
        ((1, 0), (0, 1), "do not rise"),
        ((3,), (0, 1), "do not rise"),
        ((0,), (0, -1), "below 0"),
    ],
)
def test_counts_and_places_that_cannot_be_are_refused(
    counts: tuple[int, ...], indexes: tuple[int, ...], words: str
) -> None:
    lengths = {"max_gram_length": 2, "min_gram_length": 1, "max_skip_count": 0}
    vectorizer = TfIdfVectorizer(mode="TF", ngram_counts=counts, ngram_indexes=indexes, pool_int64s=(4, 5), **lengths)
    with pytest.raises(DataError, match=words):
        vectorizer.forward(np.array([4, 5, 4]))
