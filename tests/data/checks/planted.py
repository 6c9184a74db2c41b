"""A dataset of 360 sound pictures, and faults planted in it: what each is, and which check is to find it."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES, SIDE = ("apple", "bird", "cup", "door"), 48
SIZES, FEW = {"train": 60, "val": 15, "test": 15}, {"train": 20, "val": 5, "test": 5}


def texture(chance: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """Coloured blocks of 8 pixels with sharp edges, unlike those of any other draw."""
    coarse = chance.integers(0, 256, (-(-side // 8), -(-side // 8), 3))
    return np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)[:side, :side].astype(np.uint8)


def packed(pixels: np.ndarray, format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


@dataclass
class Planted:
    """What was written.

    Options:  faults: by source, the check that is to name it.  partners: sound pictures that a fault is like.
    """

    folder: Path
    chance: np.random.Generator
    faults: dict[str, str] = field(default_factory=dict)
    partners: set[str] = field(default_factory=set)

    def put(self, check: str, name: str, data: bytes, *, within: str = "train", of: str = "apple") -> Path:
        """A faulty file, which that check is to name."""
        source = f"{within}/{of}/{name}"
        path = self.folder / source
        path.write_bytes(data)
        self.faults[source] = check
        return path

    def sound(self, within: str, of: str) -> Path:
        """A sound picture that no fault is like yet."""
        paths = sorted((self.folder / within / of).glob("sound-*.png"))
        free = [path for path in paths if path.relative_to(self.folder).as_posix() not in self.partners]
        path = free[int(self.chance.integers(len(free)))]
        self.partners.add(path.relative_to(self.folder).as_posix())
        return path

    def picture(self) -> np.ndarray:
        return texture(self.chance)


def clean(folder: Path, seed: int, sizes: Mapping[str, int] = SIZES) -> Planted:
    """360 PNGs of four classes in three partitions, or so many of each class."""
    planted = Planted(folder, np.random.default_rng(seed))
    for within, count in sizes.items():
        for of in CLASSES:
            (folder / within / of).mkdir(parents=True)
            for number in range(count):
                path = folder / within / of / f"sound-{number:02}.png"
                path.write_bytes(packed(planted.picture(), compress_level=1))
    return planted


def resaved(path: Path, factor: float = 1.0, shift: int = 6) -> bytes:
    """The picture a little lighter, saved anew."""
    pixels = np.asarray(Image.open(path)).astype(int)
    return packed(np.clip(pixels * factor + shift, 0, 255).astype(np.uint8))


def header_of(width: int, height: int) -> bytes:
    """A PNG that says a size, and has next to nothing to show."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def empty(p: Planted, name: str) -> None:
    p.put("Unreadable", f"{name}.png", b"")


def cut_png(p: Planted, name: str) -> None:
    data = packed(p.picture())
    p.put("Unreadable", f"{name}.png", data[: int(len(data) * 0.6)])


def cut_jpeg(p: Planted, name: str) -> None:
    data = packed(p.picture(), "JPEG")
    p.put("Unreadable", f"{name}.jpg", data[: int(len(data) * 0.6)])


def damaged(p: Planted, name: str) -> None:
    data = bytearray(packed(p.picture()))
    data[len(data) // 2] ^= 255
    p.put("Unreadable", f"{name}.png", bytes(data))


def text(p: Planted, name: str) -> None:
    p.put("Unreadable", f"{name}.png", b"<html>404 not found</html>")


def document(p: Planted, name: str) -> None:
    p.put("Unreadable", f"{name}.jpg", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")


def bomb(p: Planted, name: str) -> None:
    p.put("Unreadable", f"{name}.png", header_of(60_000, 60_000))


def dangling(p: Planted, name: str) -> None:
    p.put("Unreadable", f"{name}.png", b"").unlink()
    (p.folder / "train" / "apple" / f"{name}.png").symlink_to(p.folder / "nowhere.png")


def png_named_jpg(p: Planted, name: str) -> None:
    p.put("WrongExtension", f"{name}.jpg", packed(p.picture()))


def bmp_named_png(p: Planted, name: str) -> None:
    p.put("WrongExtension", f"{name}.png", packed(p.picture(), "BMP"))


def copy_within(p: Planted, name: str) -> None:
    p.put("ExactDuplicates", f"{name}.png", p.sound("train", "bird").read_bytes(), of="bird")


def copy_across_classes(p: Planted, name: str) -> None:
    p.put("Contradicting", f"{name}.png", p.sound("train", "bird").read_bytes(), of="cup")


def copy_across_partitions(p: Planted, name: str) -> None:
    p.put("Leaking", f"{name}.png", p.sound("train", "bird").read_bytes(), within="test", of="bird")


def like_within(p: Planted, name: str) -> None:
    p.put("NearDuplicates", f"{name}.png", resaved(p.sound("train", "cup")), of="cup")


def like_across_classes(p: Planted, name: str) -> None:
    p.put("Contradicting", f"{name}.png", resaved(p.sound("train", "cup"), 0.93), of="door")


def like_across_partitions(p: Planted, name: str) -> None:
    p.put("Leaking", f"{name}.png", resaved(p.sound("train", "cup"), 0.95), within="val", of="cup")


def larger(p: Planted, name: str) -> None:
    p.put("OddSizes", f"{name}.png", packed(texture(p.chance, 160)))


def long(p: Planted, name: str) -> None:
    p.put("OddShapes", f"{name}.png", packed(texture(p.chance, 192)[:40]))


def grey(p: Planted, name: str) -> None:
    p.put("OddChannels", f"{name}.png", packed(p.picture()[:, :, 0]))


def transparent(p: Planted, name: str) -> None:
    alpha = np.full((SIDE, SIDE, 1), 255, np.uint8)
    alpha[:10] = 0
    p.put("OddChannels", f"{name}.png", packed(np.concatenate([p.picture(), alpha], axis=2)))


def blank(p: Planted, name: str) -> None:
    colour = p.chance.integers(30, 220, (1, 1, 3))
    noise = p.chance.integers(-1, 2, (SIDE, SIDE, 3))
    p.put("Blank", f"{name}.png", packed((colour + noise).astype(np.uint8)))


def dark(p: Planted, name: str) -> None:
    p.put("Dark", f"{name}.png", packed((p.picture() * 0.14).astype(np.uint8)))


def light(p: Planted, name: str) -> None:
    p.put("Light", f"{name}.png", packed((255 - p.picture() * 0.14).astype(np.uint8)))


def blurred(p: Planted, name: str) -> None:
    from PIL import ImageFilter

    soft = Image.fromarray(p.picture()).filter(ImageFilter.GaussianBlur(4))
    p.put("Blurred", f"{name}.png", packed(np.asarray(soft)))


def lossy(p: Planted, name: str) -> None:
    p.put("Lossy", f"{name}.jpg", packed(p.picture(), "JPEG", quality=int(p.chance.integers(40, 96))))


def deep(p: Planted, name: str) -> None:
    import pyvips

    pixels = p.picture().astype(np.uint16) * 257
    image = pyvips.Image.new_from_memory(pixels.tobytes(), SIDE, SIDE, 3, "ushort").copy(interpretation="rgb16")
    p.put("OddChannels", f"{name}.png", image.pngsave_buffer())


def stranger(p: Planted, name: str) -> None:
    p.put("LeftOut", f"{name}.dat", packed(p.picture()))


KINDS: Mapping[str, Callable[[Planted, str], None]] = {
    made.__name__: made
    for made in (
        empty, cut_png, cut_jpeg, damaged, text, document, bomb, dangling, png_named_jpg, bmp_named_png, copy_within,
        copy_across_classes, copy_across_partitions, like_within, like_across_classes, like_across_partitions, larger,
        long, grey, transparent, blank, dark, light, blurred, lossy, deep, stranger,
    )
}  # fmt: skip
"""Every kind of fault that can be planted."""


def planted_faults(
    folder: Path, seed: int, kinds: int = 20, each: int = 2, sizes: Mapping[str, int] = SIZES
) -> Planted:
    """The set with `each` faults of so many kinds, which chance chooses."""
    planted = clean(folder, seed, sizes)
    chosen = planted.chance.permutation(sorted(KINDS))[:kinds]
    for kind in chosen:
        for number in range(each):
            KINDS[str(kind)](planted, f"{kind}-{number}")
    return planted
