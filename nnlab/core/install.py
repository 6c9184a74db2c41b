"""The line that installs what is missing. Imports no numpy: it has to work where numpy is what is missing."""

import shlex
import sys
from pathlib import Path

from nnlab.core import folders


def install_line(extra: str | None = None) -> str:
    """What to type for nnlab with an extra (None: for nnlab alone): pinned in a checkout, from the index elsewhere."""
    wanted = f"[{extra}]" if extra else ""
    python = shlex.quote(sys.executable)
    root = folders.repository()
    if root is None:
        return f"{python} -m pip install {shlex.quote(f'nnlab{wanted}')}"
    if Path.cwd() == root and Path(sys.prefix) == root / ".venv":
        return f".venv/bin/pip install -e {shlex.quote(f'.{wanted}')} -c bin/constraints.txt"
    constraints = shlex.quote(str(root / "bin" / "constraints.txt"))
    return f"{python} -m pip install -e {shlex.quote(f'{root}{wanted}')} -c {constraints}"
