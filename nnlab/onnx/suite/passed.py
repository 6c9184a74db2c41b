"""The lists of the cases that pass, kept beside the tests: a name on each line."""

from collections.abc import Iterable
from pathlib import Path

from nnlab.core.errors import UsageError
from nnlab.core.folders import repository

PREFIX = "test_"
"""Every case's name begins so; the lists leave it out."""

CHANCE = ("test_bernoulli", "test_squeezenet")
"""How the names of cases begin whose passing is chance, and is not written down: they compare with numbers drawn by
another generator, or with a softmax of a thousand numbers near 1e10, the same but for how a BLAS rounds each column."""


def page_path() -> Path:
    """The page."""
    return _root() / "docs" / "onnx-support.md"


def list_path(engine: str) -> Path:
    """The list of an engine."""
    return _root() / "tests" / "onnx" / "suite" / f"passed-{engine}.txt"


def read_passed(engine: str) -> list[str]:
    """The names of the cases that passed on an engine when the list was written."""
    return [PREFIX + line for line in list_path(engine).read_text().split()]


def write_passed(engine: str, names: Iterable[str]) -> None:
    """Writes the list of an engine."""
    kept = sorted(name for name in names if not name.startswith(CHANCE))
    list_path(engine).write_text("".join(f"{name.removeprefix(PREFIX)}\n" for name in kept))


def _root() -> Path:
    root = repository()
    if root is None:
        raise UsageError("the lists and the page are part of a checkout of nnlab", where="nnlab.onnx.suite")
    return root
