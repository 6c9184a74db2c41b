"""A dataset as tar shards: pictures, and beside each all that any reader says of it."""

import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, RunError
from nnlab.core.printing import printable
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.data.find import found_in
from nnlab.data.given import Filed
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.header import file_bytes
from nnlab.data.layout import holds_classes
from nnlab.data.makers.write import CARD, made_beside
from nnlab.data.options import DataOptions
from nnlab.data.prepare import naming
from nnlab.data.readers.base import Reader, recognised
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.source import Sample, Source

NAMED_IN = {Label: "classes.txt", Mask: "mask_classes.txt", Boxes: "box_classes.txt"}
"""The files beside the shards that names go into, a line each."""

KINDS: Mapping[type[Truth], str] = {
    Label: "classes", Mask: "masks", Boxes: "boxes", Points: "points", Values: "numbers",
}  # fmt: skip
"""What can be said of pictures, in words."""

SHARDS = {"training": "train", "dev": "val", "test": "test", None: "shard"}
"""How shards of a partition are called."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Packed:
    """What was written.  Options:  kinds: what is said of the pictures, in words."""

    folder: Path
    pictures: int
    shards: int
    kinds: tuple[str, ...]


@dataclass
class _Said:
    """One picture, and what is true of it by what names truths speak of."""

    sample: Sample
    truths: list[tuple[Truth, Sequence[str]]] = field(default_factory=list)


def pack(
    folder: Path, output: Path, options: DataOptions, lib: ImageLibrary, *, each: int, progress: Progress | None = None
) -> Packed:
    """Writes a dataset's pictures as they are, and what is true of them, whole or not at all.

    Options:  each: pictures in a shard at most.  options: what they say of finding samples.
    Raises:   DataError: as its readers do, where nothing is said of its pictures, or the output cannot be written.
              RunError: there is something at the output already.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise RunError("is there already", where=printable(output), hint="name a folder that is new, or empty")
    sources = _sources(folder, options)
    pictures = _together(sources)
    try:
        with made_beside(output) as made:
            _write(made, pictures, lib, each, progress)
            for kind, source in sources.items():
                if kind in NAMED_IN:
                    (made / NAMED_IN[kind]).write_text("\n".join(source.names) + "\n", encoding="utf-8")
            if (folder / CARD).is_file():
                (made / CARD).write_bytes((folder / CARD).read_bytes())
            made.replace(output)
    except OSError as error:
        raise DataError(f"cannot be written ({error.strerror or error})", where=printable(output)) from error
    return Packed(output, len(pictures), len(list(output.glob("*.tar"))), tuple(KINDS[kind] for kind in sources))


def _write(folder: Path, pictures: Sequence[_Said], lib: ImageLibrary, each: int, progress: Progress | None) -> None:
    """The shards, one after the other; keys are numbers in the order of the set."""
    written = 0
    for name, part in _shards(pictures, each):
        with tarfile.open(folder / name, "w", format=tarfile.PAX_FORMAT) as tar:
            for picture in part:
                for ending, content in _members(picture, lib):
                    entry = tarfile.TarInfo(f"{written:08}.{ending}")
                    entry.size = len(content)
                    tar.addfile(entry, io.BytesIO(content))
                written += 1
                if progress is not None:
                    progress(written, len(pictures))


def _sources(folder: Path, options: DataOptions) -> dict[type[Truth], Source]:
    """What is said of the pictures, by every reader that knows the folder."""
    found: dict[type[Truth], Source] = {}
    for kind in KINDS:
        reader: Reader | None = recognised(folder, kind)
        if kind is Label and reader is None and folder.is_dir() and not found and not recognised(folder):
            reader = ClassFolders() if holds_classes(folder) else None
        if reader is not None:
            found[kind] = found_in(folder, reader, options)
    if not found:
        hint = "see what is read: classes, masks, boxes, points or numbers in docs/data-flow.md"
        raise DataError("has no pictures of which anything is said", where=printable(folder), hint=hint)
    return found


def _together(sources: Mapping[type[Truth], Source]) -> list[_Said]:
    """Every picture once, in the order of the first source that has it."""
    pictures: dict[tuple[Path, str], _Said] = {}
    for source in sources.values():
        for sample in source.samples:
            if sample.moment is not None:
                raise DataError("is a video, whose frames are not packed", where=printable(sample.path))
            picture = pictures.setdefault((sample.path, sample.source), _Said(sample))
            picture.truths.append((sample.truth, source.names))
    return list(pictures.values())


def _shards(pictures: Sequence[_Said], each: int) -> Iterator[tuple[str, Sequence[_Said]]]:
    """The names of the shards, and what goes into each."""
    for partition, name in SHARDS.items():
        own = [picture for picture in pictures if picture.sample.partition == partition]
        for place, first in enumerate(range(0, len(own), each)):
            yield f"{name}-{place:06}.tar", own[first : first + each]


def _members(picture: _Said, lib: ImageLibrary) -> Iterator[tuple[str, bytes]]:
    """The endings and bytes of a picture's members."""
    sample, said = picture.sample, dict[str, object](source=picture.sample.source)
    if (pixels := sample.pixels) is not None:
        yield "png", lib.png(lib.from_array(pixels))
    else:
        yield sample.path.suffix.lower().removeprefix("."), _bytes_of(sample.path)
    for truth, names in picture.truths:
        if isinstance(truth, Label):
            yield "cls", str(truth.index).encode()
        elif isinstance(truth, Filed):
            yield f"mask{truth.path.suffix.lower()}", _bytes_of(truth.path)
        else:
            said |= _in_words(truth, names)
    if len(said) > 1 or not any(isinstance(truth, Label) for truth, _ in picture.truths):
        yield "json", json.dumps(said).encode()


def _in_words(truth: Truth, names: Sequence[str]) -> dict[str, object]:
    """What of a truth goes into JSON."""
    if isinstance(truth, Boxes):
        pairs = zip(truth.labels.tolist(), truth.corners.tolist(), strict=True)
        return {"boxes": [{"class": names[label], "box": corners} for label, corners in pairs]}
    if isinstance(truth, Points):
        places = [place if seen else None for place, seen in zip(truth.places.tolist(), truth.seen, strict=True)]
        return {"points": dict(zip(names, places, strict=True))}
    assert isinstance(truth, Values)
    return {"targets": dict(zip(names, np.asarray(truth.numbers).tolist(), strict=True))}


def _bytes_of(path: Path) -> bytes:
    """Of a file that may be a member itself.  Raises DataError: naming it."""
    try:
        with naming(path):
            return file_bytes(path)
    except DataError as error:
        raise DataError(error.what, where=printable(path), hint=error.hint) from error
