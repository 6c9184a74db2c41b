import numpy as np
import pytest

from nnlab.core.quartiles import Quartiles


def test_quartiles_of_values_and_of_none():
    assert Quartiles.of([4.0, 1.0, 3.0, 2.0]) == Quartiles(1.75, 2.5, 3.25)
    assert Quartiles.of(np.array([7.0])) == Quartiles(7.0, 7.0, 7.0)
    assert Quartiles.of([]) is None and Quartiles.of(np.array([])) is None


def test_a_document_is_read_as_it_was_written():
    found = Quartiles(1.75, 2.5, 3.25)
    assert Quartiles.read(found.document()) == found


@pytest.mark.parametrize(
    "document", [None, 3, {}, {"median": 1}, {"median": 1, "quartiles": [1]}, {"median": "x", "quartiles": [1, 2]}]
)
def test_what_is_no_such_document_is_none(document):
    assert Quartiles.read(document) is None
