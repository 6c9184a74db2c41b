"""The names of classes in a `data.yaml`, as YOLO's trainers have them; of YAML no more is read."""

import re
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.readers.shared.class_names import told_once
from nnlab.data.readers.shared.table import read_table

HEAD = re.compile(r"names\s*:\s*(?P<rest>.*)$")
HINT = "write names: [cat, dog], or a classes.txt"

ITEM = re.compile(r"\s*(?:-|(?P<number>\d{1,6})\s*:)\s*(?P<name>.*\S)\s*$")
COMMENT = re.compile(r"\s+#.*$")
PARTS = re.compile(
    r"""\s*(?:(?P<number>\d{1,6})\s*:\s*)?("(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^,'"{}\[\]]+))\s*(,|$)"""
)


def names_in_yaml(path: Path) -> tuple[str, ...]:
    """`names: [cat, dog]`, `names: {0: cat, 1: dog}`, or an item in each line below.

    Raises:  DataError: when there are none, one stands for two, or they are written in another way.
    """
    lines = [COMMENT.sub("", line) for line in read_table(path, "").splitlines()]
    for place, line in enumerate(lines):
        if head := HEAD.match(line):
            names = _inline(head["rest"].strip()) if head["rest"].strip() else _below(lines[place + 1 :])
            if names is None:
                where = f"{printable(path)}:{place + 1}"
                raise DataError("names no classes that can be read", where=where, hint=HINT)
            return told_once(names, path)
    raise DataError("has no names:", where=printable(path), hint=HINT)


def _inline(text: str) -> tuple[str, ...] | None:
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return None
    rest, found = text[1:-1], list[tuple[int | None, str]]()
    while rest.strip():
        part = PARTS.match(rest)
        if part is None:
            return None
        name = part["double"] if part["double"] is not None else part["single"]
        found.append((_number(part["number"]), name if name is not None else part["bare"].strip()))
        rest = rest[part.end() :]
    return _in_order(found)


def _below(lines: list[str]) -> tuple[str, ...] | None:
    found = list[tuple[int | None, str]]()
    for line in lines:
        if not line.strip():
            continue
        item = ITEM.match(line)
        if item is None or not (line[:1].isspace() or line.startswith("-")):
            break
        found.append((_number(item["number"]), item["name"].strip("\"'")))
    return _in_order(found)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _in_order(found: list[tuple[int | None, str]]) -> tuple[str, ...] | None:
    """Names by their numbers, 0, 1, ..., where they have such."""
    numbers = [place if number is None else number for place, (number, _) in enumerate(found)]
    if not found or sorted(numbers) != list(range(len(found))):
        return None
    return tuple(name for _, (_, name) in sorted(zip(numbers, found, strict=True)))
