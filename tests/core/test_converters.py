"""Text to values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.converters import convert


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        ("true", bool, True),
        ("Off", bool, False),
        ("0", bool, False),
        (True, bool, True),
        ("12", int, 12),
        ("1_000", int, 1000),
        (3.0, int, 3),
        ("1e-3", float, 0.001),
        (2, float, 2.0),
        ("abc", str, "abc"),
        ("16,8", tuple[int, ...], (16, 8)),
        ("", tuple[int, ...], ()),
        ([4, 5], tuple[int, ...], (4, 5)),
        (7, tuple[int, ...], (7,)),
        ("32,24", tuple[int, int], (32, 24)),
        ("none", float | None, None),
        ("0.5", float | None, 0.5),
        ('{"training": 0.7}', dict[str, float], {"training": 0.7}),
    ],
)
def test_gives_the_value_and_its_type(raw: object, kind: object, value: object) -> None:
    converted = convert(raw, kind)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        ("maybe", bool, "true or false"),
        ("1.5", int, "whole number"),
        (True, int, "whole number"),
        (float("inf"), int, "whole number"),
        ("x", float, "a number"),
        (False, float, "a number"),
        ("1,x", tuple[int, ...], "whole number"),
        ("1,2,3", tuple[int, int], "2 values"),
        ("{", dict[str, float], "JSON object"),
        ("[1]", dict[str, float], "JSON object"),
        (5, str, "text"),
    ],
)
def test_says_in_words_what_it_cannot_be(raw: object, kind: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        convert(raw, kind)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1))
def test_lists_survive_being_written_with_commas(numbers: list[int]) -> None:
    assert convert(",".join(map(str, numbers)), tuple[int, ...]) == tuple(numbers)


@given(st.text())
def test_never_fails_otherwise_than_with_a_value_error(text: str) -> None:
    for kind in (bool, int, float, tuple[int, ...], tuple[int, int], dict[str, float], int | None):
        try:
            convert(text, kind)
        except ValueError as error:
            assert "must be" in str(error)
