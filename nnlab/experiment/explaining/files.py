"""The files that are made of an explained picture: overlays, maps, its place on the contact sheet, the document."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.images.pillow_grey16 import grey_png
from nnlab.experiment.explaining.rows import Row
from nnlab.explainers.base import Explainer
from nnlab.tracking.files import fitting_name, to_json, write_whole
from nnlab.tracking.heat import heated, of_16_bits

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile

DOCUMENT = "explanations.json"


def write_maps(
    stem: Path, photo: Image, weights: Array, explainer: Explainer, lib: ImageLibrary
) -> tuple[Mapping[str, str], Pixels]:
    """Writes STEM.METHOD.overlay.png, and STEM.METHOD.saliency.png with the numbers; their paths, and the overlay."""
    overlay = overlaid(photo, weights, explainer, lib)
    whole, _ = of_16_bits(weights, signed=explainer.signed)
    method = type(explainer).__name__
    content = {"overlay": lib.png(lib.image(overlay)), "saliency": grey_png(whole)}
    paths = {kind: stem.with_name(fitting_name(stem.name, f".{method}.{kind}.png")) for kind in content}
    for kind, encoded in content.items():
        write_whole(paths[kind], encoded)
    return {kind: str(path) for kind, path in paths.items()}, overlay


def overlaid(photo: Image, weights: Array, explainer: Explainer, lib: ImageLibrary) -> Pixels:
    """The photo with a map over it.  Shapes:  weights: (height, width);  result: (height, width, 3)"""
    return heated(_plain(photo, lib), weights, signed=explainer.signed)


def tile_of(lines: tuple[str, ...], photo: Image, overlays: Sequence[Pixels], lib: ImageLibrary) -> "Tile":
    """A picture's place on the contact sheet, each method's overlay beside it."""
    from nnlab.tracking.contact_sheet import Tile, fitting

    spec = lib.spec(photo)
    size = fitting(spec.width, spec.height)
    pictures = (_plain(photo, lib), *overlays)
    small = tuple(lib.pixels(lib.resize(lib.image(picture), *size)) for picture in pictures)
    return Tile(small, lines)


def document(rows: Sequence[Row], about: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON document: pictures that were explained; under "failed" why others were not."""
    return {
        "schema_version": 1,
        **about,
        "results": [row.record() for row in rows if row.error is None],
        "failed": [{"source": row.source, "error": row.error} for row in rows if row.error is not None],
    }


def write_document(folder: Path, content: Mapping[str, Any]) -> None:
    """Writes explanations.json."""
    write_whole(folder / DOCUMENT, to_json(content, indent=2) + "\n")


def _plain(photo: Image, lib: ImageLibrary) -> Pixels:
    """Red, green and blue, on white where it is transparent."""
    return lib.pixels(lib.flatten(photo, (255, 255, 255)))[:, :, :3]
