"""An amount of memory as people write it: 512M, 2G, or a share of the machine's."""

import re

from nnlab.core.machine import machine_memory

DEFAULT = "50%"
"""What the prepared images of a set may take where nobody says."""

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
"""Of 1,024 each, as memory is counted; KB, MB, KiB and MiB are the same."""

AMOUNT = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)\s*((?P<share>%)|(?P<unit>[KMGT]?)(I?B)?)", re.IGNORECASE)


def fault_of(text: str) -> str | None:
    """Why a text is no amount of memory; None where it is one."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        return f"must be an amount such as 512M, 2G or 50%, got {text!r}"
    number = float(found["number"])
    if not number:
        return "must be above 0"
    return f"must be at most 100%, got {text}" if found["share"] and number > 100 else None


def bytes_of(text: str) -> int:
    """The bytes that it is, of the machine's memory where it is a share.  Raises ValueError: it is no amount."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None or fault_of(text):
        raise ValueError(fault_of(text))
    number = float(found["number"])
    return int(number / 100 * machine_memory()) if found["share"] else int(number * UNITS[found["unit"].upper()])
