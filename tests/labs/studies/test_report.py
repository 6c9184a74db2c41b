"""What is said of a study's table."""

from types import SimpleNamespace
from typing import Any

import pytest

from nnlab.labs.studies.line import Line
from nnlab.labs.studies.report import sentences
from nnlab.labs.studies.table import StudyTable


def line(name: str, cpu_s: float, parameters: int) -> Line:
    result = {"network": {"parameters": parameters}, "epochs": []}
    return Line(name, ({"cell": name, "repeat": 1, "status": "done", "cpu_s": cpu_s, "result": result},), ())


@pytest.mark.parametrize(
    ("word", "bought"),
    [("cannot tell", "nothing that could be told from chance: cannot tell."), ("worse", "nothing: worse.")],
)
def test_what_the_dearest_bought_is_as_sure_as_its_verdict(word: str, bought: str) -> None:
    verdict: Any = SimpleNamespace(word=word)
    nothing: Any = None
    table = StudyTable("model", (line("small", 1.0, 10), line("large", 8.0, 500)), nothing, (verdict,))
    (said,) = sentences(table)
    assert said == f"large took 8.0 times the processor time of small for 50 times the parameters, and bought {bought}"
