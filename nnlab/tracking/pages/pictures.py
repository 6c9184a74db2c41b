"""Pictures in a page: the file in the page itself, its size held, its caption beside it."""

import base64
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.core.reading import open_file
from nnlab.tracking.pages.page import text

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_SIDE = 4096
"""Pixels: a small file can hold a picture that no browser has memory for."""
MOST_BYTES = 400_000
"""Of one picture."""
ROOM = 1_300_000
"""Bytes of all pictures of a page as it is written: a page of 2 MB leaves room for all else."""


@dataclass(frozen=True)
class Picture:
    """A picture in memory, as the bytes of a file.

    Options:  width, height: in pixels.  kind: of the file, "png" or "jpeg".
    """

    data: bytes
    width: int
    height: int
    kind: str = "png"

    @classmethod
    def of(cls, data: bytes) -> "Picture | None":
        """The picture of these bytes, as large as their head says; None where they are no PNG, or too large to show."""
        if len(data) > MOST_BYTES or not data.startswith(SIGNATURE) or data[12:16] != b"IHDR" or len(data) < 33:
            return None
        width, height = struct.unpack(">II", data[16:24])
        return cls(data, width, height) if 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE else None

    def shown(self, alternative: str) -> str:
        """The picture. Options:  alternative: what it is, for those who do not see it."""
        return self._tag("pixels" if max(self.width, self.height) < 200 else "", alternative)

    def as_sheet(self, alternative: str) -> str:
        """The same, never wider than the page: a chart, or a sheet of pictures."""
        return self._tag("sheet", alternative)

    def _tag(self, kind: str, alternative: str) -> str:
        encoded = base64.b64encode(self.data).decode()
        size = f'width="{self.width}" height="{self.height}"'
        named = f' class="{kind}"' if kind else ""
        return f'<img{named} {size} alt="{text(alternative)}" src="data:image/{self.kind};base64,{encoded}">'


def picture_in(folder: Path, name: str) -> Picture | None:
    """A picture of a folder; None where there is none, or where the name or a link leads out of the folder.

    Options:  name: as a file of the folder says it, so anything.
    """
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return None
        with open_file(path) as file:
            return Picture.of(file.read(MOST_BYTES + 1))
    except (OSError, ValueError, RuntimeError):  # no such file, a name with a null byte, links in a circle
        return None


@dataclass
class Room:
    """How many bytes of pictures a page still takes. A picture that is there already costs nothing more by a link."""

    left: int = ROOM
    refused: int = field(default=0, init=False)

    def takes(self, picture: Picture) -> bool:
        """Whether it still fits; counts it."""
        cost = (len(picture.data) + 2) // 3 * 4
        if cost > self.left:
            self.refused += 1
            return False
        self.left -= cost
        return True


@dataclass(frozen=True)
class Captioned:
    """A picture with what is said of it.

    Options:  picture: None where there is none to show.  title: in strong letters.  lines: below, text or Html.
              anchor: an id that links lead to.  is_wrong: whether it is framed as a mistake.
    """

    picture: Picture | None
    title: str
    lines: Sequence[str] = ()
    anchor: str = ""
    is_wrong: bool = False


def gallery(shown: Iterable[Captioned]) -> str:
    """Pictures side by side, as many to a row as there is room for."""
    return f'<div class="gallery">{"".join(map(_figure, shown))}</div>'


def group(title: str, shown: str) -> str:
    """A gallery of a few small pictures under a title."""
    return f'<div class="group"><h4>{text(title)}</h4>{shown}</div>'


def beside(groups: Iterable[str]) -> str:
    """Groups side by side, as many to a row as there is room for."""
    return f'<div class="groups">{"".join(groups)}</div>'


def _figure(one: Captioned) -> str:
    own = f' id="{one.anchor}"' if one.anchor else ""
    lines = "".join(f"<span>{text(line)}</span>" for line in one.lines)
    image = one.picture.shown(one.title) if one.picture is not None else '<div class="absent">no picture</div>'
    kind = ' class="wrong"' if one.is_wrong else ""
    return f"<figure{own}{kind}>{image}<figcaption><strong>{text(one.title)}</strong>{lines}</figcaption></figure>"
