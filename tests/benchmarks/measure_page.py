"""Measures again what a page says that benchmarks print: every block of it that begins with their command.

    python tests/benchmarks/measure_page.py docs/performance.md [--only bench_convolution]

Such a block is fenced, ```text, and its first line is `$ python tests/benchmarks/NAME.py ...`. It is run from the root
of the repository, and what it prints replaces the rest of the block; a script that ends with an error leaves its block
as it was. The page is written after every block, so that an interruption loses one at most. Pictures are written by the
scripts themselves, where the page has them.
"""

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```text\n\$ python (tests/benchmarks/\w+\.py[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def measured(command: str) -> str | None:
    """What a command prints; None if it ended with an error, which it has told."""
    words = [sys.executable, *shlex.split(command)]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def commands(text: str) -> list[str]:
    """What a page's blocks were printed by, in its order."""
    return [found[1] for found in BLOCK.finditer(text)]


def replaced(text: str, command: str, printed: str) -> str:
    """The page with another block for a command."""
    lines = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    block = f"```text\n$ python {command}\n{lines}\n```"
    return BLOCK.sub(lambda found: block if found[1] == command else found[0], text)


def main() -> int:
    """1 if a script ended with an error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("--only", default="", help="the blocks whose commands have this in them [all]")
    said = parser.parse_args()
    chosen = [command for command in commands(said.page.read_text(encoding="utf-8")) if said.only in command]
    failed = [] if chosen else [f"no block of {said.page} has a command with {said.only!r} in it"]
    for command in chosen:
        print(f"$ python {command}", file=sys.stderr, flush=True)
        printed = measured(command)
        if printed is None:
            failed.append(f"{command}: ended with an error; its block is as it was")
            continue
        new = said.page.with_suffix(".new")
        new.write_text(replaced(said.page.read_text(encoding="utf-8"), command, printed), encoding="utf-8")
        new.replace(said.page)
    for line in failed:
        print(f"measure_page: {line}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
