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


def test_several_are_one_of_their_kind_of_data_where_all_are() -> None:
    missing, unreadable, flag = errors.DataError("one"), errors.DataError("two"), errors.UsageError("three")
    assert errors.as_one([missing]) is missing
    assert errors.as_one([missing, unreadable]).exit_code == errors.DataError.exit_code
    assert errors.as_one([missing, flag]).exit_code == errors.UsageError.exit_code
    assert str(errors.as_one([missing, unreadable])).splitlines() == ["one", "two"]


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
