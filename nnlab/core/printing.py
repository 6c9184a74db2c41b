"""Text from outside (names of files, classes, tensors; what servers and decoders say) made fit to be printed.

Printed as it is, such text can move the cursor, recolour a terminal, show its letters in another order, or begin a line
of its own that looks like nnlab's.
"""

import os
import re
import unicodedata

BIDI = "\u202a-\u202e\u2066-\u2069"
"""Characters that turn the order of those after them round, so that a name shows as another."""

UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{BIDI}]")
"""Control characters, line ends of every kind, halves of characters. Not what the letters of a script join by."""

UNFIT_BUT_LINES = re.compile(UNFIT.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


def printable(text: str | os.PathLike[str]) -> str:
    """The text on one line, without what speaks to a terminal: that is written as Python writes it (\\x1b).

    A path whose name is not UTF-8 has its odd bytes written so (\\xff).
    """
    said = os.fspath(text)
    return UNFIT.sub(_written, said) if not said.isprintable() else said


def is_utf8(text: str) -> bool:
    """Whether a text can be written as UTF-8: a name with odd bytes cannot (PEP 383)."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def printable_lines(text: str) -> str:
    """The same for text of several lines."""
    return UNFIT_BUT_LINES.sub(_written, text)


def _written(found: "re.Match[str]") -> str:
    letter = found[0]
    if unicodedata.category(letter) == "Cs" and 0xDC80 <= ord(letter) <= 0xDCFF:  # a byte that is not UTF-8 (PEP 383)
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")
