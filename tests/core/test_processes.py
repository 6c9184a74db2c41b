"""Why processes ended, and errors in a line."""

import signal

import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.core.errors import Mistakes as Several
from nnlab.core.processes import in_one_line, why_ended


@pytest.mark.parametrize(
    ("code", "lines", "said"),
    [
        (-signal.SIGSEGV, ["x"], "its process was ended by SIGSEGV"),
        (-signal.SIGKILL, [], "its process was ended by SIGKILL, perhaps because the machine ran out of memory"),
        (-(signal.SIGRTMIN + 6), [], f"its process was ended by signal {signal.SIGRTMIN + 6}"),  # which has no name
        (3, ["first", "ValueError: last"], "its process ended with code 3: ValueError: last"),
        (0, [], "its process ended with code 0"),
    ],
)
def test_why_a_process_ended(code: int, lines: list[str], said: str) -> None:
    assert why_ended(code, lines) == said


def test_an_error_is_a_line() -> None:
    assert in_one_line(DataError("is empty", where="a.png")) == "a.png: is empty"
    assert in_one_line(Several([UsageError("a"), UsageError("b")])) == "a; b"
    assert in_one_line(ValueError("one\ntwo")) == "ValueError: one"
    assert in_one_line(MemoryError()).startswith("out of memory; use a smaller")
