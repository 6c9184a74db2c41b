"""Numbers as people write them."""

import math

import pytest

from nnlab.data.readers.shared.numbers import finite, number_of, numbers_of


def test_a_number_is_one_as_people_write_it() -> None:
    assert [number_of(text) for text in ("1.5", " -2 ", "1e3", "1_000", "", "x")] == [1.5, -2, 1000, None, None, None]
    assert number_of("inf") == math.inf  # what to say of it is the caller's
    assert numbers_of(["1", "2"], ["x", "y"]) == [1, 2]


@pytest.mark.parametrize(
    "texts, said",
    [([None, "x"], "x0 is missing or empty"), (["", "1"], "x0 is missing or empty"), (["1", "a"], "y0 is 'a', which")],
)
def test_of_the_first_that_is_none_it_is_said(texts: list[str | None], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        numbers_of(texts, ["x0", "y0"])


@pytest.mark.parametrize("text, said", [("", "a is empty"), ("x", "a is 'x', which is no number"), ("nan", "leave it")])
def test_a_cell_has_a_finite_one(text: str, said: str) -> None:
    assert finite("a", "2.5") == 2.5
    with pytest.raises(ValueError, match=said):
        finite("a", text, "; leave it")
