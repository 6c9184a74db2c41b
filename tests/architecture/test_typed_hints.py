"""What somebody is told to type is one word for the shell where it is a name: `my runs'` has a space and a quote."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nnlab

BEFORE = re.compile(r"(\bnnlab [a-z][a-z -]* | --(config|resume|weights|run|runs-dir|datasets-path)[= ])$")
"""What stands before a name that is to be typed: a command, or, within a line, an option that takes a path."""

OURS = {
    "name", "entry.name", "words", "self.dataset()", "chosen.name", "', '.join(drawable)", "name!r", "engine",
    "' '.join(map(quoted, names))", "shlex.quote(printable(parent))", "shlex.quote(printable(folder))",
}  # fmt: skip
"""Names that nnlab itself gives, and what was quoted a line before."""


def unquoted(source: str) -> Iterator[str]:
    """What is put into a command as it is, of every text of a program."""
    for text in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)):
        said = ""
        for part in text.values:
            if isinstance(part, ast.Constant):
                said += str(part.value)
                continue
            assert isinstance(part, ast.FormattedValue)
            shown = ast.unparse(part.value)
            if BEFORE.search(said) and not shown.startswith("quoted") and shown not in OURS:
                yield shown
            said += "{}"


def test_names_in_commands_are_quoted() -> None:
    root = Path(nnlab.__file__).parent
    found = [f"{path.relative_to(root)}: {name}" for path in sorted(root.rglob("*.py"))
             if "nnlab " in (text := path.read_text()) or "hint" in text for name in unquoted(text)]  # fmt: skip
    assert found == []


def test_a_name_that_is_not_quoted_is_found() -> None:
    lines = [
        'f"type: nnlab report {path}"',
        'f"{command} --resume={study.folder}"',
        'f"nnlab runs show {quoted(x)} {y}"',
    ]
    assert list(unquoted("\n".join(lines))) == ["path", "study.folder"]
    assert not list(unquoted('f"nnlab report {quoted(path)}"; f"--config={path}"; f"nnlab {command}"'))
