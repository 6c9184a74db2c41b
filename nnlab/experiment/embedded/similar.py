"""The pictures of a gallery that are most like another one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.core.errors import DataError, NnlabError
from nnlab.core.printing import printable
from nnlab.core.types import Pixels
from nnlab.data.images.base import ImageLibrary
from nnlab.data.pictures import SHEET, pictures
from nnlab.experiment.embedded.vectors_file import EmbeddedPictures
from nnlab.experiment.infer import MOST_TILES
from nnlab.experiment.infer_files import on_white
from nnlab.kernels.nearest import nearest

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile


@dataclass(frozen=True)
class Likeness:
    """One picture that is like a query.  Options:  rank: 1 is the nearest.  cosine: from -1 to 1, 1 for the same."""

    query: str
    rank: int
    source: str
    cosine: float


def likenesses(queries: EmbeddedPictures, gallery: EmbeddedPictures, top: int) -> list[list[Likeness]]:
    """For each query the nearest pictures of the gallery, the nearest first, of equal ones the first; not itself.

    Raises:  DataError: when the vectors are not of one length.
    """
    have, wanted = gallery.vectors.shape[1], queries.vectors.shape[1]
    if have != wanted:
        what = f"vectors of {have} numbers, and those of the queries have {wanted}"
        raise DataError(what, where="the gallery", hint="embed it with the same run")
    places, cosines = nearest(queries.vectors, gallery.vectors, top + _copies(gallery.sources))
    names = [_file_of(source) for source in gallery.sources]
    found = []
    for query, row, shares in zip(queries.sources, places.tolist(), cosines.tolist(), strict=True):
        itself = _file_of(query)
        others = [(place, share) for place, share in zip(row, shares, strict=True) if names[place] != itself]
        ranked = enumerate(others[:top], start=1)
        found.append([Likeness(query, rank, gallery.sources[place], share) for rank, (place, share) in ranked])
    return found


def _copies(sources: Sequence[str]) -> int:
    """How often a gallery names the same picture at most: so many of the nearest may be the query itself."""
    _, counts = np.unique(np.array([_file_of(source) for source in sources]), return_counts=True)
    return int(counts.max())


def _file_of(source: str) -> str:
    """The file that a source is, with the number of its row or frame, however it was typed."""
    path, mark, number = source.partition("#")
    return f"{Path(path).resolve()}{mark}{number}"


def draw(folder: Path, rows: Sequence[Sequence[Likeness]], library: ImageLibrary) -> Path:
    """Writes contact-sheet.png: each query, and beside it what is like it; of many the first that there is room for.

    Raises:  RunError: it cannot be written.
    """
    from nnlab.tracking.canvas import if_drawn
    from nnlab.tracking.contact_sheet import draw_contact_sheet

    tiles, breaks, shown = list["Tile"](), set[int](), 0
    for row in rows:
        if tiles and len(tiles) + 1 + len(row) > MOST_TILES:
            break
        breaks.add(len(tiles))
        tiles += _tiles(row[: MOST_TILES - 1], library)
        shown += 1
    note = "the query first" + (f", of the first {shown} of {len(rows)}" if shown < len(rows) else "")
    with if_drawn(folder / SHEET):
        draw_contact_sheet(folder / SHEET, tiles, title="Most alike, by cosine", note=note, breaks=breaks)
    return folder / SHEET


def _tiles(row: Sequence[Likeness], library: ImageLibrary) -> "Iterator[Tile]":
    from nnlab.tracking.contact_sheet import Tile

    yield Tile((_small(row[0].query, library),), ("query", _short(row[0].query)))
    for found in row:
        yield Tile((_small(found.source, library),), (f"{found.cosine:.3f}", _short(found.source)))


def _short(source: str) -> str:
    path = Path(source)
    return printable(f"{path.parent.name}/{path.name}" if path.parent.name else path.name)


def _small(source: str, library: ImageLibrary) -> Pixels:
    """The picture as the sheet has it; a grey square where it cannot be read any more."""
    from nnlab.tracking.contact_sheet import fitting

    try:
        (picture,) = pictures((source,), "")
        image = picture.decoded(library, None)
    except (NnlabError, ValueError):
        return np.full((64, 64, 3), 200, np.uint8)
    spec = library.spec(image)
    return on_white(library.resize(image, *fitting(spec.width, spec.height)), library)
