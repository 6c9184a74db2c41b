"""Whether the code that a run used is still the code that there is: by digests of the components' files."""

import ast
import hashlib
import io
import tokenize
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import nnlab

ROOT = Path(nnlab.__file__).parent


def digest_of_text(text: str) -> str:
    """Of Python as it runs: comments, docstrings and empty lines left out, since they change no figure."""
    lines = [list(line) for line in text.splitlines()]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for at in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[at] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    kept = [line for characters in lines if (line := "".join(characters).rstrip())]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


@cache
def digest_of(path: Path) -> str:
    """The same of a file; empty where it is not there, or no Python."""
    try:
        return digest_of_text(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, tokenize.TokenError):
        return ""


@cache
def digest_of_part(path: Path, name: str) -> str:
    """The same of one function or class of a file; empty where it has none of that name."""
    try:
        text = path.read_text(encoding="utf-8")
        nodes = [node for node in ast.parse(text).body if getattr(node, "name", None) == name]
        return digest_of_text(ast.get_source_segment(text, nodes[0]) or "") if nodes else ""
    except (OSError, ValueError, SyntaxError, tokenize.TokenError):
        return ""


def digest_named(name: str) -> str:
    """Of what evidence names: a file, or with `:` one function of it; empty where it is not here."""
    file, _, part = name.partition(":")
    path = located(file)
    if path is None:
        return ""
    return digest_of_part(path, part) if part else digest_of(path)


def named(path: Path, module: str) -> str:
    """How evidence names a file: nnlab/optimizers/adam.py; of another package by its module, my_package.adam."""
    try:
        return f"nnlab/{path.resolve().relative_to(ROOT.resolve()).as_posix()}"
    except ValueError:
        return module


def located(name: str) -> Path | None:
    """The file that evidence names; None where it is not here."""
    if name.startswith("nnlab/"):
        return ROOT / name.removeprefix("nnlab/")
    first, *rest = name.split(".")
    try:
        spec = find_spec(first)
        for part in rest:  # find_spec of the whole name would import the packages around it: evidence is no reason to
            spec = PathFinder.find_spec(f"{spec.name}.{part}", spec.submodule_search_locations) if spec else None
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin else None


def changed_sources(sources: "dict[str, str]") -> list[str]:
    """Those that are no longer what they were."""
    return [name for name, was in sources.items() if digest_named(name) != was]


def changed_libraries(libraries: "dict[str, str]") -> list[str]:
    """`numpy 2.4.6 -> 2.5.0` of those that have another version now; one that is not here says nothing."""
    now = {name: installed(name) for name in libraries}
    return [f"{name} {was} -> {now[name]}" for name, was in libraries.items() if now[name] not in (None, was)]


@cache
def installed(package: str) -> str | None:
    """A package's version, without what says how it was built (+cpu); None where it is not here."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return None
