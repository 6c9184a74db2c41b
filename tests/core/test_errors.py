"""Errors in one line."""

import pytest

from nnlab.core import errors


def test_says_where_what_and_what_to_type_next() -> None:
    error = errors.DataError("not an image", where="a/b.png", hint="remove it")
    assert str(error) == "a/b.png: not an image; remove it"
    assert str(errors.RunError("out of paper")) == "out of paper"


def test_mistakes_are_a_line_each() -> None:
    mistakes = errors.Mistakes([errors.UsageError("one"), errors.UsageError("two", where="here")])
    assert str(mistakes).splitlines() == ["one", "here: two"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("RunError", 1),
        ("UsageError", 2),
        ("ShapeError", 2),
        ("CheckError", 3),
        ("ComparisonError", 4),
        ("DataError", 5),
        ("MissingError", 6),
    ],
)
def test_exit_codes_are_those_of_the_contract(kind: str, code: int) -> None:
    assert getattr(errors, kind).exit_code == code
