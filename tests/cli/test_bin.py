"""bin/nnlab and bin/test: the shell around set-up, under a Python whose venv and pip only note that they were called.

That the real set-up works is shown by whoever runs these tests: bin/test has just done it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TOOLS = tuple("sh readlink cmp mkdir rm cp mv find grep tail sed cat id ln sleep env sort".split())  # noqa: SIM905

FAKE_PYTHON = f"""#!/bin/sh
case "$*" in
*"-m venv "*) for folder; do :; done; mkdir -p "$folder/bin"; ln -s "$SELF" "$folder/bin/python" ;;
*"-m pip install"*) echo "pip $*" >>"$CALLS"; env | sort >"$CALLS.env"; [ -z "$PIP_WORDS" ] || echo "$PIP_WORDS"
    sleep "${{PIP_SECONDS:-0}}"; exit "${{PIP_EXIT:-0}}" ;;
"-P -m nnlab"*|"-P -m pytest"*) shift 3; for argument; do echo "[$argument]"; done ;;
*"import sys, pip"*) ;;
*"import wand.image"*) [ -z "$NO_MAGICK" ] || [ -f "$MAGICK_CAME" ] ;;
*"import ensurepip"*) [ -z "$NO_ENSUREPIP" ] ;;
*) exec "{sys.executable}" "$@" ;;
esac
"""


@dataclass
class Checkout:
    """A copy of bin/ with a project file around it, and a PATH that holds nothing but `tools`."""

    root: Path
    tools: Path
    variables: dict[str, str] = field(default_factory=dict)

    def start(self, *command: str, cwd: Path | None = None) -> "subprocess.Popen[str]":
        python = str(self.tools / "python3.12")
        environment = {"PATH": str(self.tools), "CALLS": str(self.root.parent / "calls"), "SELF": python}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            env=environment | self.variables,
            cwd=cwd,
            stdout=pipe,
            stderr=pipe,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, program: str = "nnlab", cwd: Path | None = None) -> tuple[int, str, str]:
        process = self.start(str(self.root / "bin" / program), *arguments, cwd=cwd)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def pip_calls(self) -> int:
        calls = self.root.parent / "calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0


def add_tool(tools: Path, name: str, script: str) -> None:
    path = tools / name
    path.unlink(missing_ok=True)
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Iterator[Checkout]:
    root, tools = tmp_path / "a lab", tmp_path / "tools"  # the space is meant
    shutil.copytree(repository / "bin", root / "bin")
    (root / "pyproject.toml").write_text("[project]\n")
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    add_tool(tools, "python3.13", "#!/bin/sh\necho 'python3.13: command not found' >&2; exit 127\n")  # a shim
    add_tool(tools, "python3.12", FAKE_PYTHON)
    yield Checkout(root, tools)


def test_first_call_sets_up_and_passes_arguments_untouched(checkout: Checkout) -> None:
    code, out, err = checkout.run("train", "two words", "", "*")
    assert (code, out) == (0, "[train]\n[two words]\n[]\n[*]\n")
    assert "making .venv" in err and "ready" in err
    assert checkout.pip_calls == 1


def test_second_call_says_and_installs_nothing(checkout: Checkout) -> None:
    checkout.run()
    os.utime(checkout.root / "pyproject.toml")  # a newer date is not a change
    assert checkout.run("x") == (0, "[x]\n", "")
    assert checkout.pip_calls == 1


@pytest.mark.parametrize("name", ["pyproject.toml", "bin/constraints.txt"])
def test_changed_requirements_install_once_more(checkout: Checkout, name: str) -> None:
    checkout.run()
    keep = checkout.root / ".venv" / "mine"
    keep.touch()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")
    assert checkout.run()[0] == 0
    assert checkout.run() == (0, "", "")
    assert checkout.pip_calls == 2
    assert keep.exists(), "the environment should have been brought up to date, not made anew"


def test_moved_checkout_is_noticed(checkout: Checkout) -> None:
    checkout.run()
    (checkout.root / ".venv" / "stale").touch()
    checkout.root = checkout.root.rename(checkout.root.parent / "moved")
    assert checkout.run("x")[:2] == (0, "[x]\n")
    assert checkout.pip_calls == 2
    assert not (checkout.root / ".venv" / "stale").exists()


def test_other_python_makes_the_environment_anew(checkout: Checkout) -> None:
    checkout.run()
    other = checkout.tools / "python3.11"
    add_tool(checkout.tools, other.name, FAKE_PYTHON)
    checkout.variables = {"PYTHON": str(other), "SELF": str(other)}
    assert checkout.run("x")[:2] == (0, "[x]\n")
    assert (checkout.root / ".venv" / "bin" / "python").resolve() == other
    assert checkout.run() == (0, "", "")


def by_link(checkout: Checkout) -> str:
    link = checkout.root.parent / "python-link"
    link.symlink_to(checkout.root / ".venv" / "bin" / "python")
    return str(link)


def by_folder_link(checkout: Checkout) -> str:
    link = checkout.root.parent / "bin-link"
    link.symlink_to(checkout.root / ".venv" / "bin")
    return str(link / "python")


def on_path(checkout: Checkout) -> str:
    checkout.variables["PATH"] = f"{checkout.root / '.venv' / 'bin'}:{checkout.tools}"
    return "python"


@pytest.mark.parametrize(
    "chosen",
    [lambda checkout: ".venv/bin/python", lambda checkout: str(checkout.root / "bin/../.venv/bin/python"), by_link,
     by_folder_link, on_path],
    ids=["relative", "whole", "link", "folder", "PATH"],
)  # fmt: skip
@pytest.mark.parametrize("changed", [False, True])
def test_the_environment_s_own_python_chosen_leaves_the_environment_as_it_is(
    checkout: Checkout, chosen: Callable[[Checkout], str], changed: bool
) -> None:
    checkout.run()
    mine = checkout.root / ".venv" / "mine"
    mine.touch()
    checkout.variables = {"PYTHON": chosen(checkout), **checkout.variables}
    if changed:
        (checkout.root / "pyproject.toml").write_text("[project]\n# changed\n")
    code, out, err = checkout.run("x", cwd=checkout.root)
    assert (code, out) == (0, "[x]\n"), err
    assert mine.exists() and (checkout.pip_calls, "making" in err) == (1 + changed, False)


@pytest.mark.parametrize("chosen", [".venv/bin/python", None])
def test_an_environment_that_has_to_be_made_anew_is_not_made_by_a_python_of_its_own(
    checkout: Checkout, chosen: str | None
) -> None:
    checkout.run()
    checkout.variables = {} if chosen else {"PATH": f"{checkout.root / '.venv' / 'bin'}:{checkout.tools}"}
    own = checkout.root / ".venv" / "bin" / "python3.13"  # found first
    own.symlink_to("python")
    (checkout.root / ".venv" / "nnlab-setup" / "unfinished").touch()
    if chosen:
        checkout.variables["PYTHON"] = chosen
    code, out, err = checkout.run("x", cwd=checkout.root)
    assert (code, out) == (0, "[x]\n"), err
    assert "making .venv" in err
    assert (checkout.root / ".venv" / "bin" / "python").resolve() == checkout.tools / "python3.12"


def test_vanished_python_is_noticed(checkout: Checkout) -> None:
    checkout.run()
    add_tool(checkout.tools, "python3.11", FAKE_PYTHON)
    (checkout.tools / "python3.12").unlink()
    checkout.variables = {"SELF": str(checkout.tools / "python3.11")}
    assert checkout.run("x")[:2] == (0, "[x]\n")
    assert checkout.pip_calls == 2


def test_python_upgraded_under_its_name_is_noticed(checkout: Checkout) -> None:
    python = checkout.tools / "python3"
    python.symlink_to("python3.12")
    checkout.variables = {"SELF": str(python)}
    checkout.run()
    add_tool(checkout.tools, "python3.11", FAKE_PYTHON)
    python.unlink()
    python.symlink_to("python3.11")
    _, out, err = checkout.run("x")
    assert out == "[x]\n" and "making .venv" in err


@pytest.mark.parametrize("how", ["absolute link", "relative link", "link to a link", "bare name on PATH", "sh nnlab"])
def test_works_from_any_folder(checkout: Checkout, tmp_path: Path, how: str) -> None:
    script, link = checkout.root / "bin" / "nnlab", tmp_path / "nnlab"
    match how:
        case "absolute link":
            link.symlink_to(script)
            process = checkout.start(str(link), "x", cwd=Path("/"))
        case "relative link":
            link.symlink_to(Path("a lab") / "bin" / "nnlab")
            process = checkout.start(str(link), "x", cwd=Path("/"))
        case "link to a link":
            link.symlink_to(script)
            (checkout.tools / "lab").symlink_to("../nnlab")
            process = checkout.start("sh", "-c", "lab x", cwd=Path("/"))
        case "bare name on PATH":
            checkout.variables = {"PATH": f"{checkout.tools}:{script.parent}"}
            process = checkout.start("sh", "-c", "nnlab x", cwd=Path("/"))
        case _:
            process = checkout.start("sh", "nnlab", "x", cwd=script.parent)
    assert process.communicate(timeout=60)[0] == "[x]\n"
    assert process.returncode == 0


def test_failed_installation_is_one_line_and_is_tried_again(checkout: Checkout) -> None:
    checkout.variables = {"PIP_EXIT": "1", "PIP_WORDS": "ERROR: no such pin"}
    code, out, err = checkout.run()
    assert (code, out) == (6, "")
    assert "    ERROR: no such pin" in err
    assert sum(line.startswith("nnlab: error: ") for line in err.splitlines()) == 1
    checkout.variables = {}
    assert checkout.run("x")[:2] == (0, "[x]\n")


def test_missing_network_is_named(checkout: Checkout) -> None:
    checkout.variables = {"PIP_EXIT": "1", "PIP_WORDS": "NewConnectionError('<pip._vendor...>')"}
    code, _, err = checkout.run()
    assert code == 6
    assert "no connection to the package index" in err.splitlines()[-1]


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to that within 30 seconds")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_set_up_is_never_taken_for_complete(checkout: Checkout, sent: signal.Signals, code: int) -> None:
    checkout.variables = {"PIP_SECONDS": "30"}
    process = checkout.start(str(checkout.root / "bin" / "nnlab"))
    wait_for(lambda: checkout.pip_calls == 1)
    (checkout.root / ".venv" / "half").touch()
    os.killpg(process.pid, sent)
    process.communicate(timeout=60)
    assert process.returncode == code
    checkout.variables = {}
    assert checkout.run("x")[:2] == (0, "[x]\n")
    assert not (checkout.root / ".venv" / "half").exists()


def test_killed_set_up_is_never_taken_for_complete(checkout: Checkout) -> None:
    checkout.variables = {"PIP_SECONDS": "30"}
    process = checkout.start(str(checkout.root / "bin" / "nnlab"))
    wait_for(lambda: checkout.pip_calls == 1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    checkout.variables = {}
    code, out, err = checkout.run("x")
    assert (code, out) == (0, "[x]\n")
    assert "making .venv" in err


def test_two_first_calls_at_once_install_once(checkout: Checkout) -> None:
    checkout.variables = {"PIP_SECONDS": "1"}
    script = str(checkout.root / "bin" / "nnlab")
    processes = [checkout.start(script, "x") for _ in range(3)]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [out for out, _ in ends] == ["[x]\n"] * 3
    assert checkout.pip_calls == 1


def test_no_python_names_the_way_out(checkout: Checkout) -> None:
    (checkout.tools / "python3.12").unlink()
    add_tool(checkout.tools, "python3", "#!/bin/sh\nexit 1\n")  # too old: the version check says no
    code, out, err = checkout.run()
    assert (code, out) == (6, "")
    assert len(err.splitlines()) == 1
    assert "no Python 3.11 or newer found on PATH" in err and "PYTHON=" in err
    assert not (checkout.root / ".venv").exists()


def test_chosen_python_that_does_not_work_is_named(checkout: Checkout) -> None:
    checkout.variables = {"PYTHON": "/nowhere/python"}
    code, _, err = checkout.run()
    assert code == 6
    assert "PYTHON=/nowhere/python is not a working Python 3.11 or newer" in err


def test_python_without_ensurepip_names_the_package(checkout: Checkout) -> None:
    checkout.variables = {"NO_ENSUREPIP": "1"}
    code, _, err = checkout.run()
    assert code == 6
    assert "apt-get install python3." in err and "-venv" in err


def test_unwritable_checkout_names_the_way_out(checkout: Checkout) -> None:
    (checkout.root / ".venv").touch()  # a file in its place: holds for root too, whom permissions do not stop
    code, _, err = checkout.run()
    assert code == 6
    assert f"cannot write to {checkout.root}/.venv" in err and "pip install" in err


def test_settings_that_would_mislead_pip_are_kept_from_it(checkout: Checkout) -> None:
    checkout.variables = {"PIP_USER": "1", "PIP_TARGET": "/x", "PIP_REQUIRE_VIRTUALENV": "1", "PYTHONPATH": "/x"}
    checkout.variables |= {"PIP_INDEX_URL": "https://index.example", "PIP_CONSTRAINT": "/x"}
    assert checkout.run()[0] == 0
    seen = dict(
        line.split("=", 1) for line in (checkout.root.parent / "calls.env").read_text().splitlines() if "=" in line
    )
    assert seen["PIP_USER"] == "0"
    assert seen["PIP_INDEX_URL"] == "https://index.example"
    assert seen["PIP_CONSTRAINT"] == "bin/constraints.txt"
    assert not {"PIP_TARGET", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH"} & seen.keys()


def test_test_set_up_serves_the_command_too(checkout: Checkout) -> None:
    assert checkout.run("tests/a.py", "-k", "b c", program="test")[:2] == (0, "[tests/a.py]\n[-k]\n[b c]\n")
    assert "[dev,torch,onnxruntime,profiling,tensorboard,video,sweep]" in (checkout.root.parent / "calls").read_text()
    assert checkout.run("x") == (0, "[x]\n", "")
    assert checkout.pip_calls == 1


def test_test_finds_paths_as_seen_from_here(checkout: Checkout) -> None:
    (checkout.root / "tests" / "layers").mkdir(parents=True)
    here = checkout.root / "tests"
    _, out, _ = checkout.run("layers", "tests/layers", program="test", cwd=here)
    assert out == f"[{here}/layers]\n[tests/layers]\n"


def test_missing_imagemagick_is_installed_when_that_is_allowed(checkout: Checkout, tmp_path: Path) -> None:
    came = tmp_path / "came"
    checkout.variables = {"NO_MAGICK": "1", "MAGICK_CAME": str(came), "APT": str(tmp_path / "apt")}
    add_tool(checkout.tools, "id", "#!/bin/sh\necho 0\n")
    add_tool(checkout.tools, "apt-get", '#!/bin/sh\necho "$@" >>"$APT"\n[ "$1" = update ] || : >"$MAGICK_CAME"\n')
    code, out, err = checkout.run("x", program="test")
    assert (code, out) == (0, "[x]\n"), err
    wanted = ["imagemagick", "chromium"]
    assert (tmp_path / "apt").read_text().splitlines() == [
        line for name in wanted for line in ("update", f"install -y --no-install-recommends {name}")
    ]


def test_what_tests_of_pages_need_is_brought_once_and_missed_by_nobody(checkout: Checkout, tmp_path: Path) -> None:
    checkout.variables = {"NPM": str(tmp_path / "npm")}
    add_tool(checkout.tools, "chromium", "#!/bin/sh\n")
    add_tool(checkout.tools, "npm", '#!/bin/sh\necho "$@" >>"$NPM"\n[ -d "$3" ] || exit 1\n')
    code, out, err = checkout.run("x", program="test")
    assert (code, out) == (0, "[x]\n") and "is skipped" in err  # npm failed
    package = checkout.root / ".venv" / "axe" / "node_modules" / "axe-core" / "package.json"
    version = (tmp_path / "npm").read_text().split("axe-core@")[1].strip()
    package.parent.mkdir(parents=True)
    package.write_text(f'{{"version": "{version}"}}')
    assert checkout.run("x", program="test") == (0, "[x]\n", "")
    assert len((tmp_path / "npm").read_text().splitlines()) == 1


def test_missing_imagemagick_is_asked_for_otherwise(checkout: Checkout) -> None:
    checkout.variables = {"NO_MAGICK": "1"}
    add_tool(checkout.tools, "id", "#!/bin/sh\necho 1000\n")
    add_tool(checkout.tools, "sudo", "#!/bin/sh\nexit 1\n")  # it would ask for a password
    add_tool(checkout.tools, "apt-get", "#!/bin/sh\nexit 1\n")
    code, out, err = checkout.run("x", program="test")
    assert (code, out) == (6, "")
    assert err.splitlines()[-1].endswith("type: sudo apt-get install -y --no-install-recommends imagemagick")


def test_every_stage_runs_and_the_failed_are_named(checkout: Checkout) -> None:
    checkout.run("x", program="test")
    for name, code in (("ruff", 1), ("lint-imports", 0)):
        add_tool(checkout.root / ".venv" / "bin", name, f"#!/bin/sh\nexit {code}\n")
    python = FAKE_PYTHON.replace('"-P -m nnlab"*', '"-P -m mypy") exit 0 ;;\n"-P -m nnlab"*')
    add_tool(checkout.tools, "python3.12", python)
    code, out, err = checkout.run(program="test")
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith("==")] == [
        "== style", "== format", "== types", "== imports", "== pages", "== tests"
    ]  # fmt: skip
    assert err.splitlines()[-1] == "bin/test: failed: style, format"
