"""What stands side by side in a chart."""

from nnlab.tracking.pages.columns import Columns


def test_numbers_stand_below_their_column() -> None:
    assert list(Columns.each([1, 2, 3]).ticks()) == [(1, 0.5), (2, 1.5), (3, 2.5)]
    shared = Columns([(1, 50), (51, 100)], ["steps 1 to 50", "steps 51 to 100"])
    assert [number for number, _ in shared.ticks()][:2] == [1, 10] and shared.column(51) == 1


def test_epochs_that_are_left_out_are_not_written() -> None:
    columns = Columns.each([1, 4, 9])
    assert {number for number, _ in columns.ticks()} <= {1, 4, 9} and columns.column(5) is None
    assert Columns.of([(1, 3), (4, 4)]).labels == ["epochs 1 to 3", "epoch 4"]
    assert list(Columns.each([]).ticks()) == [] and columns.labels[2] == "epoch 9" and len(columns) == 3
