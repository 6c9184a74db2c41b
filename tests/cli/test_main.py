"""The program around the commands: help, mistakes, pipes."""

import os
import signal
import subprocess
import sys

import click
import pytest

from nnlab.cli.main import COMMANDS, cli, main, terminate_as_interrupt


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"nnlab {name}" in capsys.readouterr().out


def test_no_command_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "train" in capsys.readouterr().out


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    error = capsys.readouterr().err
    assert "did you mean train" in error
    assert len(error.splitlines()) == 1


def test_an_unknown_flag_of_a_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "--jsno"]) == 2
    error = capsys.readouterr().err
    assert "--json" in error
    assert len(error.splitlines()) == 1


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert "nnlab" in capsys.readouterr().out


def test_debug_adds_the_traceback_and_nothing_else_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "nothing-like-it", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err
    assert main(["components", "nothing-like-it"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m nnlab components --json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_no_error(closed: str) -> None:
    command = f"{sys.executable} -m nnlab components --json {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_mistake_with_stderr_closed_leaves_stdout_alone() -> None:
    command = f"{sys.executable} -m nnlab trian 2>&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_before_there_is_a_run_gives_its_code_and_handlers_are_put_back(
    signum: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(ctx: click.Context) -> None:
        terminate_as_interrupt()
        signal.raise_signal(signum)

    monkeypatch.setattr(cli, "invoke", interrupted)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        assert main(["train"]) == code
        assert signal.getsignal(signal.SIGTERM) is before[signal.SIGTERM]
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert capsys.readouterr().err.strip() == "nnlab: error: interrupted"


def test_ctrl_c_while_modules_are_imported_is_one_line() -> None:
    program = "import sys\n"
    program += "from nnlab.__main__ import run\n"
    program += "class Slow:\n"
    program += "    def find_spec(self, name, *rest):\n"
    program += "        if name == 'nnlab.cli.main': raise KeyboardInterrupt\n"
    program += "sys.meta_path.insert(0, Slow())\n"
    program += "sys.exit(run())\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "nnlab: error: interrupted\n")


@pytest.mark.parametrize(("said", "used"), [(None, "8"), ("20", "20")])
def test_idle_threads_of_the_arithmetic_sleep_soon_unless_the_user_says_otherwise(said: str | None, used: str) -> None:
    code = "import os, nnlab.__main__ as m; m.run(); print(os.environ['OPENBLAS_THREAD_TIMEOUT'])"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_THREAD_TIMEOUT"}
    if said:
        environment["OPENBLAS_THREAD_TIMEOUT"] = said
    command = [sys.executable, "-c", code, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    assert done.stdout.splitlines()[-1] == used
