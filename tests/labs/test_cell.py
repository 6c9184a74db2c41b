"""What tells cells apart, and what does not."""

from nnlab.labs.cell import Cell, digest, interleaved


def test_an_identity_is_of_what_the_work_means_alone() -> None:
    one = Cell("a", "Counting", {"does": "x", "log": "here"}, 1)
    other = Cell("b", "counting", {"log": "elsewhere", "does": "x"}, 2)
    assert one.identity == Cell("b", "Counting", {"log": "elsewhere", "does": "x"}, 2).identity
    assert one.identity != Cell("a", "Counting", {"does": "y", "log": "here"}, 1).identity
    assert len(other.identity) == 16


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": (1, 2)}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_repeats_take_turns() -> None:
    cells = [Cell(name, "Counting", {"does": name, "log": ""}, repeat) for name in "ab" for repeat in (1, 2)]
    assert [(cell.name, cell.repeat) for cell in interleaved(cells)] == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
