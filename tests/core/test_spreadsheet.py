import csv
import io

import pytest

from nnlab.core.spreadsheet import cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cat", "cat"),
        ("a/b c.png", "a/b c.png"),
        ("=HYPERLINK(0)", "'=HYPERLINK(0)"),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\\t=1"),  # no blank any more, and so no formula
        ("a\r\n=1", "a\\r\\n=1"),
        ("a,b", "a,b"),
        ("a;=1|x", "a;=1|x"),
        ('say "x"', 'say "x"'),
        (" blank ", " blank "),
    ],
)
def test_a_text_is_one_cell_and_no_formula(text: str, shown: str) -> None:
    line = f"1,{cell(text)},2"
    assert list(csv.reader(io.StringIO(line))) == [["1", shown, "2"]]
    # a spreadsheet that splits at semicolons meets no cell that begins inside the name: it stands in quotes
    assert ";" not in text or cell(text).startswith('"')
