"""`python -m nnlab.onnx.suite`: runs onnx's backend test-suite; alone, it also writes the lists and the page."""

import argparse
import sys
from collections.abc import Sequence

from nnlab.core.errors import NnlabError
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.suite.cases import cases
from nnlab.onnx.suite.engines import OURS
from nnlab.onnx.suite.page import page
from nnlab.onnx.suite.passed import list_path, page_path, read_passed, write_passed
from nnlab.onnx.suite.run import failures


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what is asked for. Exits with 4 when a case that passed before does not pass any more."""
    parser = argparse.ArgumentParser(prog="python -m nnlab.onnx.suite", description=__doc__)
    parser.add_argument("prefixes", nargs="*", metavar="PREFIX", help="cases whose names begin so; nothing is written")
    parser.add_argument("--engine", choices=list(ENGINES), help="this one alone; nothing is written")
    asked = parser.parse_args(argv)
    names = [case.name for case in cases()]
    if asked.prefixes:
        names = [name for name in names if name.startswith(tuple(asked.prefixes))]
    if asked.prefixes or asked.engine:
        for engine in [asked.engine] if asked.engine else OURS:
            _report(engine, names, failures(names, engine))
        return 0
    return _write(names)


def _write(names: Sequence[str]) -> int:
    """Runs everything and writes the lists and the page."""
    passed, lost = {}, []
    for engine in OURS:
        failed = failures(names, engine)
        _report(engine, names, failed)
        before = read_passed(engine) if list_path(engine).is_file() else []
        lost += [f"{engine}: {name}: {failed[name]}" for name in before if name in failed]
        write_passed(engine, [name for name in names if name not in failed])
        passed[engine] = read_passed(engine)
    page_path().write_text(page(cases(), passed))
    print(f"written: {page_path()}")
    for line in lost:
        print(f"passed before: {line}", file=sys.stderr)
    return 4 if lost else 0


def _report(engine: str, names: Sequence[str], failed: dict[str, str]) -> None:
    for name, reason in failed.items():
        print(f"{name}: {reason}")
    print(f"{engine}: {len(names) - len(failed)} of {len(names)} passed")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NnlabError as error:
        print(f"nnlab: error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
