"""What a small file beside a picture says of it: a number, a name, or JSON that has one."""

import json
import os
from collections.abc import Sequence
from typing import Any, BinaryIO

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import parsed
from nnlab.data.tars.headers import Member

LABELS = ("cls", "json", "txt")
"""Endings of files that say the class, the first of them that is there."""

KEYS = ("label", "cls", "class", "class_name", "label_name", "category")
"""What the class is called in JSON, the first of them that is there."""

MOST_BYTES = 1 << 20


def label_in(tar: BinaryIO, beside: Sequence[Member]) -> int | str:
    """The class that one of the files says, asked in their order: a whole number, or a name.

    Raises:  DataError: none of them says one.
    """
    for member in beside:
        if (said := _said(tar, member)) is not None:
            return said
    if not beside:
        raise DataError("has no class", hint=f"put it beside the picture, as .{', .'.join(LABELS)}")
    raise DataError(f"{printable(beside[0].name)} says no class", hint=f"JSON says it as {', '.join(KEYS[:4])}")


def _said(tar: BinaryIO, member: Member) -> int | str | None:
    name = printable(member.name)
    if member.size > MOST_BYTES:
        raise DataError(f"{name} is too large to say a class: {member.size:,} bytes")
    try:
        text = os.pread(tar.fileno(), member.size, member.offset).decode("utf-8-sig").strip()
        said: Any = text
        if member.name.lower().endswith(".json"):
            read = parsed(json.loads, text)
            said = next((read[key] for key in KEYS if key in read), None) if isinstance(read, dict) else read
    except ValueError as error:
        raise DataError(f"{name} cannot be read ({error})") from error
    if isinstance(said, str):
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else said or None
    if said is None:
        return None
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 10**9:
        return said
    raise DataError(f"{name} says {printable(repr(said)[:40])}, which is no class")
