"""What ImageMagick allows itself: limits of the whole process and of one picture, set by its policy on each machine."""

from typing import Any, NamedTuple

from nnlab.core.errors import DataError, NnlabError, ResourceError
from nnlab.core.machine import available_memory
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import fault, is_want

LOST_PIXELS = frozenset({325, 350})
"""Severities of warnings that pixels are missing: of ImageMagick itself, and of the library that unpacks them."""

ERROR = 400
"""From this severity on it is no warning any more."""

WANTING = frozenset({300, 400, 700, 345, 445, 745, 430, 730, 499, 799})
"""Severities of what is no fault of a picture: limits of resources, the cache, temporary files, the policy."""

TOO_MUCH = "memory allocation failed"
"""Said for want of memory, and of a damaged file that asks for any amount of it."""

BYTES_PER_PIXEL = 20
"""What a picture takes while it is prepared: one copy with a palette's index, and one without, at 16 bits."""

INSTEAD = "add --data-loader=Vips, or raise the limits in ImageMagick's policy.xml"


class Complaint(NamedTuple):
    """What ImageMagick says went wrong; of severity 0 when it says nothing."""

    severity: int = 0
    reason: str = ""

    @property
    def is_serious(self) -> bool:
        """Errors, and warnings of lost pixels; files are handed over without metadata to warn of."""
        return self.severity >= ERROR or self.severity in LOST_PIXELS

    @property
    def is_want(self) -> bool:
        """Whether something is wanting that another picture, process or policy has taken."""
        return self.severity in WANTING or (self.severity >= ERROR and is_want(self.reason))


def limits() -> Any:
    """The limits by name, as wand gives them."""
    from wand.resource import limits as found

    return found


def cache_bytes() -> int:
    """What all pictures together may take, in memory and on disk."""
    return int(limits()["memory"]) + int(limits()["disk"])


def failure(complaint: Complaint, otherwise: str, *, header: Header | None = None) -> NnlabError:
    """The error that a complaint is.

    Options:  header: of what was being decoded: a file that asks for many times what its size needs is damaged.
    """
    reason = complaint.reason or otherwise
    small = header is not None and 4 * BYTES_PER_PIXEL * header.width * header.height < available_memory()
    if complaint.is_want and not (small and TOO_MUCH in complaint.reason.lower()):
        return ResourceError(f"ImageMagick has no room for it ({reason}; {_shown()})", hint=INSTEAD)
    if header is None:
        return DataError(f"ImageMagick failed ({reason})")
    return fault(complaint.reason, "ImageMagick", "Vips")


def refuse_beyond(header: Header) -> None:
    """Raises ResourceError: when ImageMagick's policy forbids pictures of this width or height."""
    most = int(limits()["width"]), int(limits()["height"])
    if header.width > most[0] or header.height > most[1]:
        raise ResourceError(
            f"ImageMagick's policy opens pictures of at most {most[0]:,} x {most[1]:,} pixels, and this one has "
            f"{header.width:,} x {header.height:,}",
            hint=INSTEAD,
        )


def _shown() -> str:
    """The limits that decide, in MiB."""
    return "its limits are " + ", ".join(f"{name} {int(limits()[name]) >> 20:,} MiB" for name in ("memory", "disk"))
