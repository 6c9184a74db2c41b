"""What errors and warnings say, as one passes it in Python: `learning_rate=0.01` for `--learning-rate=0.01`.

Rooms below speak of flags, and know nothing of Python programs. Here, where everything passes that goes to one, a flag
becomes a keyword with a value of Python, a command the call that does the same, and "type" becomes "pass".
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nnlab.core.errors import Faults, Mistakes, NnlabError
from nnlab.core.registry import normalised

QUOTED = r"'[^']*'|\"[^\"]*\""
FLAG = re.compile(
    r"(?P<verb>\b[Tt]ype:? )?(?<![\w-])--(?P<name>[a-z][a-z0-9_-]*)"
    rf"(?P<value>=(?:{QUOTED}|\.\.\.|[^\s;()]*[^\s;:(),.?!])?| (?:{QUOTED}|[^\s;,]*/[^\s;,]+))?"
)
SET = re.compile(r"(?<![\w-])--set (?P<key>[a-z_]+\.[a-z_]+)(?P<value>=[^\s;]*[^\s;:,.?!])?")
COMMANDS = (
    "train|compare|lr|infer|embed|similar|models?|bench|export|onnx|check|data|components|completion|doctor|runs|"
    "report|evaluate|explain|serve|study|sweep|scale|resolution|ladder|quantize|docs"
)
COMMAND = re.compile(rf"(?:\b[Tt]ype:? )?\bnnlab (?P<name>{COMMANDS})\b(?P<rest>[^;\n]*)")
HELP = re.compile(r"nnlab [a-z]+ --help")
CALLS = frozenset({"train", "compare"})
"""Commands that are functions of the same name."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class NnlabWarning(UserWarning):
    """What one should know of data, weights or a run, which goes on."""


@contextmanager
def spoken() -> Iterator[None]:
    """Within it, or around a function, errors for a user say what to pass, not what to type."""
    try:
        yield
    except NnlabError as error:
        _respell(error)
        raise


def _respell(error: NnlabError) -> None:
    """Changes the error itself, so that its class, its cause and where it was raised stay."""
    several: Sequence[NnlabError] = ()
    if isinstance(error, Mistakes):
        several = error.mistakes
    elif isinstance(error, Faults):
        several = error.faults
    for each in several:
        _respell(each)
    error.what = "; ".join(map(str, several)) if several else as_passed(error.what)
    error.where = None if error.where is None else as_passed(error.where).removesuffix("=")
    error.hint = None if error.hint is None else as_passed(error.hint)
    error.args = (error.what,)


def as_passed(text: str) -> str:
    """The text with keywords and calls in the place of flags and commands.

    A command that is no function stays as it is, with its flags.
    """
    parts, end = [], 0
    text = HELP.sub("nnlab.settings()", text)
    for found in COMMAND.finditer(text):
        call = _call(found["name"], found["rest"])
        parts += [_keywords(text[end : found.start()]), found[0] if call is None else call]
        end = found.end()
    return "".join(parts) + _keywords(text[end:])


def _keywords(text: str) -> str:
    text = SET.sub(lambda found: f'**{{"{found["key"]}": {value_of(found["value"])}}}', text)
    text = FLAG.sub(_keyword, text)
    return re.sub(r"\bflags say\b", "keywords say", text)


def _keyword(found: "re.Match[str]") -> str:
    verb = "" if found["verb"] is None else "pass "
    name, value = found["name"].rstrip("-").replace("-", "_"), found["value"]
    if value is None and name.startswith("no_"):
        return f"{verb}{name.removeprefix('no_')}=False"
    if value is None:
        return f"{verb}{name}="
    return f"{verb}{name}={value_of(value)}"


def value_of(text: str | None) -> str:
    """What follows a flag as Python has it: 0.1, (32, 32), True, "Adam"; RUN stays what is to be filled in.

    Options:  text: with the `=` before it, or the space before a path; None where nothing follows.
    """
    if text in (None, "=", "=..."):
        return "..."
    assert text is not None
    value = text.lstrip("= ").strip("'\"")
    parts = value.split(",")
    if all(NUMBER.fullmatch(part) for part in parts):
        return value if len(parts) == 1 else f"({', '.join(parts)})"
    if normalised(value) in ("true", "false"):
        return value.capitalize()
    if re.fullmatch(r"[A-Z][A-Z,.]*", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call(name: str, rest: str) -> str | None:
    """`nnlab train photos --epochs=3` as `nnlab.train("photos", epochs=3)`; None for what is no function."""
    if name not in CALLS:
        return None
    tail = re.search(r"[)\]]*$", rest)
    assert tail is not None  # it matches nothing, if need be
    try:
        words = shlex.split(rest[: tail.start()])
    except ValueError:
        return None
    passed = []
    for word in words:
        flag = FLAG.fullmatch(word)
        if flag is None and word.startswith("-"):
            return None
        if flag is None:
            passed.append(value_of(word))
        else:
            said = _keyword(flag)
            passed.append(f"{said}True" if said.endswith("=") else said)
    return f"nnlab.{name}({', '.join(passed)}){tail[0]}"
