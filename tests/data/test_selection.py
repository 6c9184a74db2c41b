from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label
from nnlab.core.truths import labels_of
from nnlab.data.selection import parse_selection, select
from nnlab.data.source import Sample, Source

FOUND = Source(
    Path("set"),
    ("a", "b", "c"),
    tuple(Sample(i, Path(f"{i}.png"), f"{'abc'[i // 4]}/{i}.png", Label(i // 4)) for i in range(12)),
)


def test_ranges_are_read() -> None:
    assert parse_selection("all") is None
    assert parse_selection("1,3, 5 - 8") == ((1, 1), (3, 3), (5, 8))


@pytest.mark.parametrize("text", ["", "1,,2", "-3", "1-", "a", "1.5", "٣"])
def test_what_is_no_selection_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="must be all, or indices and ranges"):
        parse_selection(text)


def test_samples_keep_their_order_and_their_numbers() -> None:
    chosen = select(FOUND, "9,1-2,2,9")
    assert [sample.number for sample in chosen.samples] == [1, 2, 9]
    assert chosen.names == ("a", "c")
    assert labels_of([sample.truth for sample in chosen.samples]).tolist() == [0, 0, 1]
    assert select(FOUND, "all").samples == FOUND.samples


def test_an_index_beyond_the_set_is_named() -> None:
    with pytest.raises(DataError, match="sample 12 is beyond the set's 12 samples; the last is 11"):
        select(FOUND, "3-99999999999")


def test_one_class_is_not_enough() -> None:
    with pytest.raises(DataError, match=r"one class only \(a\)"):
        select(FOUND, "0-3")
