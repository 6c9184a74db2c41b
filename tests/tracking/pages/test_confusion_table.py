"""Who was taken for whom, as a table."""

import re

import numpy as np

from nnlab.tracking.confusion import Confusion
from nnlab.tracking.pages.confusion_table import confusion_table


def test_cells_are_shaded_by_the_share_of_their_row_and_lead_to_pictures() -> None:
    table = Confusion(np.array([[9, 1], [0, 0]]), ("a<b", "c" * 40), right=9, total=10)
    html = confusion_table(table, {(0, 1): "cell-7"}, note="<note>")
    cells = re.findall(r'<td class="(.*?)">(.*?)</td>', html)
    assert cells == [
        ("right s4", "9"), ("wrong s0", '<a href="#cell-7">1</a>'), ("sum", "10"),
        ("none", ""), ("none", ""), ("sum", "0"),
    ]  # fmt: skip
    assert "a&lt;b" in html and "&lt;note&gt;" in html
    assert f'title="{"c" * 40}"' in html and f">{'c' * 21}…<" in html
