"""Masks: from a segmentation network's output to a mask, a cut-out and an overlay of the photo's own size."""

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary

TINT = (213, 94, 0)
"""The colour of an overlay: the orange of nnlab's figures, which the colour-blind tell from most photos."""

STRENGTH = 0.45
"""How much of the tint an overlay has where the mask is full."""


def mask_of(scores: Array, image: Image, lib: ImageLibrary) -> Pixels:
    """A network's scores, stretched to 0..255 and brought to the size of the photo.

    m = 255 (s - min s) / (max s - min s); where all scores are equal there is no object, and m = 0

    Shapes:  scores: (rows, columns); result: (height, width), uint8
    Source:  Qin et al., "U2-Net", 2020: u2net_test.py, normPRED.
    """
    finite = np.nan_to_num(np.asarray(scores, np.float32), nan=0, posinf=1, neginf=0)
    low, high = float(finite.min()), float(finite.max())
    stretched = (finite - low) * (255 / (high - low)) if high > low else np.zeros_like(finite)
    spec = lib.spec(image)
    small = lib.image(np.rint(stretched).astype(np.uint8)[:, :, None])
    return lib.pixels(lib.resize(small, spec.width, spec.height))[:, :, 0]


def cut_out(image: Image, mask: Pixels, lib: ImageLibrary) -> Pixels:
    """The photo, transparent where the mask is not; what was transparent in it stays so.

    Shapes:  mask: (height, width); result: (height, width, 4), uint8
    """
    pixels = lib.pixels(image)
    cut = np.empty((*mask.shape, 4), np.uint8)
    cut[:, :, :3] = pixels[:, :, :3]
    cut[:, :, 3] = mask
    if pixels.shape[2] == 4:
        cut[:, :, 3] = (mask.astype(np.uint16) * pixels[:, :, 3] + 127) // 255
    return cut


def overlay(image: Image, mask: Pixels, lib: ImageLibrary) -> Pixels:
    """The photo with the object tinted and its outline drawn. Shapes:  result: (height, width, 3), uint8"""
    photo = lib.pixels(lib.flatten(image, (255, 255, 255)))[:, :, :3].astype(np.float32)
    share = (mask.astype(np.float32) * (STRENGTH / 255))[:, :, None]
    tinted = photo + share * (np.asarray(TINT, np.float32) - photo)
    tinted[outline(mask >= 128, width=max(1, min(mask.shape) // 320))] = TINT
    return np.rint(tinted).astype(np.uint8)


def outline(inside: Array, *, width: int = 1) -> Array:
    """Where an object ends: its pixels that are fewer than `width` away from one outside. The picture's edge is none.

    Shapes:  inside: (height, width), bool; result: the same
    """
    core = inside
    for _ in range(width):
        padded = np.pad(core, 1, mode="edge")
        core = core & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    edge: Array = inside & ~core
    return edge


def on_checkerboard(cut: Pixels, *, square: int = 8) -> Pixels:
    """A cut-out over the squares by which transparency is shown. Shapes:  cut: (h, w, 4); result: (h, w, 3), uint8"""
    rows, columns = np.indices(cut.shape[:2]) // square
    board = np.where((rows + columns) % 2, 204, 255).astype(np.float32)[:, :, None]
    alpha = cut[:, :, 3:].astype(np.float32) / 255
    return np.rint(board + alpha * (cut[:, :, :3] - board)).astype(np.uint8)
