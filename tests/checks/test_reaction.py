"""Off, warning, exception, debug: what each does, and that none ever hangs a script."""

import io
import logging
import os
import pty
import subprocess
import sys

import pytest

from nnlab.checks.reaction import react
from nnlab.core.errors import CheckError

ERROR = CheckError("the gradient is wrong", where="epoch 1, step 1", hint="find it with `nnlab check`")


def test_off_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    react("off", ERROR)
    assert not caplog.records


def test_warning_is_one_line_and_on_it_goes(caplog: pytest.LogCaptureFixture) -> None:
    react("warning", ERROR)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == str(ERROR)
    assert "\n" not in record.getMessage()


def test_exception_ends_with_exit_code_3() -> None:
    with pytest.raises(CheckError) as caught:
        react("exception", ERROR)
    assert caught.value.exit_code == 3


def test_debug_without_a_terminal_is_exception_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("c\n"))
    with pytest.raises(CheckError):
        react("debug", ERROR)
    assert "not a terminal" in caplog.text


SCRIPT = """
from nnlab.checks.reaction import react
from nnlab.core.errors import CheckError
def check():
    weight = 42
    react("debug", CheckError("wrong"))
try:
    check()
    print("went on")
except CheckError:
    print("ended")
"""


@pytest.mark.parametrize(("typed", "ends"), [("p weight\nc\n", "went on"), ("q\n", "ended")], ids=["continue", "quit"])
def test_debug_at_a_terminal_opens_the_debugger_where_it_happened(typed: str, ends: str) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, typed.encode())
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], stdin=theirs, capture_output=True, text=True, timeout=30, check=True
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert ends in done.stdout
    assert "wrong" in done.stderr
    if "weight" in typed:
        assert "42" in done.stdout
