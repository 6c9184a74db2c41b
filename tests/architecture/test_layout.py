"""The fixed top level, the size of files, and one test file for each module."""

import ast
import subprocess
from pathlib import Path

import pytest

TOP_LEVEL = {"pyproject.toml", "bin", "nnlab", "datasets", "docs", "tests", "README.md", "LICENSE"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 6


def tracked(repository: Path) -> list[str]:
    """The files that git holds; away from git (an unpacked archive) the question makes no sense."""
    command = ["git", "-C", str(repository), "ls-files", "-z"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout, so nobody can tell which files belong to it")
    return [name for name in done.stdout.split("\0") if name]


def modules(repository: Path) -> list[Path]:
    return sorted((repository / "nnlab").rglob("*.py"))


def test_top_level_is_what_it_is_meant_to_be(repository: Path) -> None:
    found = {name.partition("/")[0] for name in tracked(repository)}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_no_file_is_two_ideas_long(repository: Path) -> None:
    files = modules(repository) + sorted((repository / "bin").iterdir())
    lengths = {str(path.relative_to(repository)): len(path.read_text().splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long_or_takes_too_much(repository: Path) -> None:
    faults = []
    for path in modules(repository):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            lines = (node.end_lineno or 0) - body_start(node) + 1
            parameters = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            count = len([name for name in parameters if name not in {"self", "cls"}])
            where = f"{path.relative_to(repository)}:{node.lineno} {node.name}"
            if lines > LONGEST_FUNCTION:
                faults.append(f"{where}: {lines} lines")
            if count > MOST_PARAMETERS and not node.decorator_list:  # a click command has one for each flag
                faults.append(f"{where}: {count} parameters")
    assert faults == []


def body_start(node: ast.FunctionDef) -> int:
    """The line where a function's code begins, its docstring left out."""
    documented = ast.get_docstring(node) is not None
    first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
    return first.lineno


def test_every_package_says_what_it_is(repository: Path) -> None:
    silent = [
        str(path.relative_to(repository))
        for path in modules(repository)
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
