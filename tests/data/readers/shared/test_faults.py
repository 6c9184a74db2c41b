"""One error for all that is wrong: the first few listed, all of them counted."""

from nnlab.core.errors import DataError, Faults
from nnlab.data.readers.shared.faults import as_fault


def test_one_fault_is_itself_and_many_are_listed_and_counted() -> None:
    faults = [DataError("is wrong", where=f"a.csv:{line}") for line in range(1, 9)]
    assert as_fault(faults[:1], "a.csv") is faults[0]
    assert str(as_fault(faults[:5], "a.csv")).split("\n") == [f"a.csv:{line}: is wrong" for line in range(1, 6)]
    assert str(as_fault(faults[:6], "a.csv")).split("\n")[5] == "a.csv: and 1 more fault, 6 in all"
    many = as_fault(faults, "a.csv")
    assert isinstance(many, Faults) and many.exit_code == 5
    assert str(many).split("\n")[5] == "a.csv: and 3 more faults, 8 in all"
