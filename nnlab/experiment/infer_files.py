"""The files that are made of a picture's answer: masks, cut-outs, overlays, its place on the contact sheet."""

from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.core.pictures import Picture
from nnlab.core.printing import printable
from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.experiment.infer_rows import Result
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.class_maps import coloured, tinted
from nnlab.onnx.inference.masks import cut_out, on_checkerboard, overlay
from nnlab.tracking.files import fitting_name, write_whole

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile


def write_maps(stem: Path, image: Image, answer: Answer, labels: tuple[str, ...], lib: ImageLibrary) -> Path | None:
    """Writes STEM.mask.png and STEM.overlay.png, of a mask STEM.cutout.png too; the path of the file that matters most.

    None where the answer says nothing of places.
    """
    made: dict[str, Pixels] = {}
    if answer.mask is not None:
        made = {
            "mask": answer.mask[:, :, None],
            "cutout": cut_out(image, answer.mask, lib),
            "overlay": overlay(image, answer.mask, lib),
        }
    elif answer.class_map is not None:
        made = {"mask": answer.class_map[:, :, None], "overlay": tinted(image, answer.class_map, labels, lib)}
    elif answer.truth is not None:
        made = drawn(answer.truth, image, labels, lib)
    paths = {kind: stem.with_name(fitting_name(stem.name, f".{kind}.png")) for kind in made}
    for kind, pixels in made.items():
        write_whole(paths[kind], lib.png(lib.image(pixels)))
    return next((paths[kind] for kind in ("cutout", "mask", "overlay", "output") if kind in paths), None)


@singledispatch
def drawn(truth: Truth, image: Image, labels: tuple[str, ...], lib: ImageLibrary) -> dict[str, Pixels]:
    """The pictures that are made of an answer, by what they are called: what it says of places, drawn in."""
    if not truth.moves:
        return {}
    from nnlab.tracking.marks import marked

    return {"overlay": marked(truth, on_white(image, lib), 1.0, labels)}


@drawn.register
def _picture(truth: Picture, image: Image, labels: tuple[str, ...], lib: ImageLibrary) -> dict[str, Pixels]:
    """What the network was given and what it gave, in its own size; in between grey where they are alike."""
    if truth.given is None:
        return {"output": truth.pixels}
    return {"input": truth.given, "output": truth.pixels, "difference": difference(truth.given, truth.pixels)}


def difference(given: Pixels, made: Pixels) -> Pixels:
    """Grey where two pictures are alike, lighter where the second is, darker where it is.

    y = 127.5 + (second - first) / 2

    Shapes:  given, made, result: (height, width, channels) uint8
    """
    return np.rint(127.5 + (made.astype(np.float64) - given) / 2).astype(np.uint8)


def on_white(image: Image, lib: ImageLibrary) -> Pixels:
    """The picture without transparency. Shapes:  result: (height, width, 3), uint8"""
    return lib.pixels(lib.flatten(image, (255, 255, 255)))[:, :, :3]


def tile_of(name: str, image: Image, result: Result, lib: ImageLibrary) -> "Tile":
    """A picture's place on the contact sheet."""
    from nnlab.tracking.contact_sheet import Tile, fitting

    spec = lib.spec(image)
    size = fitting(spec.width, spec.height)
    small = lib.resize(image, *size)
    shown = on_white(small, lib)
    row, answer = result.row(), result.answer or Answer()
    if row.error is not None:
        return Tile((shown,), ("no answer", name))
    if row.covered is not None and answer.mask is not None:
        mask = lib.pixels(lib.resize(lib.image(answer.mask[:, :, None]), *size))
        cut = on_checkerboard(cut_out(small, mask[:, :, 0], lib))
        return Tile((shown, mask.repeat(3, axis=2), cut), (name, f"object: {row.covered:.1%}"))
    if row.regions is not None and answer.class_map is not None:
        map_ = lib.pixels(lib.resize(lib.image(coloured(answer.class_map)), *size))
        said = ", ".join(f"{region.label} {region.share:.0%}" for region in row.regions[:3])
        return Tile((shown, map_), (name, said))
    if answer.truth is not None:
        from nnlab.tracking.marks import marked

        if isinstance(answer.truth, Picture):
            own = drawn(answer.truth, image, result.labels, lib).values()
            sized = tuple(on_white(lib.resize(lib.image(pixels), *size), lib) for pixels in own)
            return Tile(sized, (printable(row.words), name))
        marks = marked(answer.truth, shown, size[0] / spec.width, result.labels)
        return Tile((marks,), (printable(row.words), name))
    share = "" if row.confidence is None else f" {row.confidence:.0%}"
    return Tile((shown,), (f"{row.label}{share}", name))
