"""Gradient checks in a run's page."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from nnlab.tracking.report.curves import MOST_EPOCHS
from nnlab.tracking.report.report import write_report


def test_the_checks_of_very_many_epochs_share_columns_and_the_worst_of_each_is_drawn(
    made: Callable[..., Path],
) -> None:
    epochs = 2 * MOST_EPOCHS + 1
    row = {"step": 1, "kind": "gradient", "parameter": "dense_1.weight", "verdict": "ok"}
    rows = [
        json.dumps({**row, "epoch": epoch, "distance": 1e-9 if epoch != 4 else 1e-3}) for epoch in range(1, epochs + 1)
    ]
    html = write_report(made({"checks.jsonl": "\n".join(rows) + "\n"})).read_text(encoding="utf-8")
    values = re.findall(r'class="values">(.*?)</script>', html)
    (chart,) = [found for each in values if (found := json.loads(each))["of"] == "gradient-checks"]
    assert len(chart["columns"]) == -(-epochs // 3) and chart["columns"][1] == "epochs 4 to 6"
    assert chart["values"][0][:3] == [1e-9, 1e-3, 1e-9]
