"""Amounts as bars."""

from nnlab.tracking.pages.bars import bar, bars


def test_the_longest_bar_is_the_largest_amount_and_none_is_longer_than_its_cell() -> None:
    html = bars([("a<", 2.0, "2 s"), ("b", 1.0, "1 s")], name="phase", amount="time")
    assert "width:100.0%" in html and "width:50.0%" in html and "a&lt;" in html and "2 s" in html
    assert "width:100.0%" in bar(7.0) and "width:0.0%" in bar(-1.0)


def test_nothing_at_all_is_a_table_too() -> None:
    assert "width:0.0%" in bars([("a", 0.0, "0 s")], name="phase", amount="time")
    assert "<tbody>" in bars([], name="phase", amount="time")
