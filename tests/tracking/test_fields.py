import pytest

from nnlab.core.errors import DataError
from nnlab.tracking.fields import COUNT, NOTHING, NUMBER, SIZE, TEXT, all_of, one_of, require

FIELDS = {"epoch": SIZE, "names": all_of(TEXT, least=1), "loss": NUMBER | NOTHING}
WHOLE = {"epoch": 3, "names": ["a"], "loss": None}


def test_what_is_as_it_should_be_is_given_back_and_more_may_be_there():
    assert require({**WHOLE, "more": object()}, FIELDS, where="f")["epoch"] == 3
    assert require({}, {}, where="f", optional=FIELDS) == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"epoch": True}, "epoch is True, not a whole number from 1 on"),
        ({"epoch": 0}, "epoch is 0"),
        ({"epoch": 2**63}, "epoch is 9223372036854775808"),
        ({"epoch": 3.0}, "epoch is 3.0"),
        ({"names": []}, "names is [], not a list, each item of which is text"),
        ({"names": "abc"}, "names is 'abc'"),
        ({"loss": float("nan")}, "loss is nan, not a number or nothing"),
        ({"loss": 10**400}, "loss is 1000"),
    ],
)
def test_what_is_not_is_named(change, says):
    with pytest.raises(DataError) as caught:
        require(WHOLE | change, FIELDS, where="f: line 3")
    assert str(caught.value).startswith(f"f: line 3: is damaged ({says}")
    assert len(str(caught.value)) < 150


def test_a_field_that_is_missing_and_a_document_that_is_no_table_are_named():
    with pytest.raises(DataError, match="names is missing"):
        require({"epoch": 1}, FIELDS, where="f")
    with pytest.raises(DataError, match=r"it is no table but \['epoch'\]"):
        require(["epoch"], FIELDS, where="f")


def test_kinds():
    assert COUNT.holds(0) and not COUNT.holds(-1) and not COUNT.holds(None)
    assert one_of("a", "b").holds("a") and not one_of("a", "b").holds(["a"])
