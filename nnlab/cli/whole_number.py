"""Whole numbers that a command's own flags take."""

from nnlab.core.errors import UsageError


def whole_number(text: object, flag: str, *, most: int, least: int = 1) -> int:
    """The number that a flag says.  Raises UsageError: it says none, or one beyond these bounds."""
    said = str(text)
    if not (said.isascii() and said.isdecimal() and least <= int(said) <= most):
        raise UsageError(f"must be a whole number from {least} to {most}, got {said!r}", where=flag)
    return int(said)
