"""Want of memory, cache, files or threads is never the fault of a picture: fewer at once, then the command ends."""

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import ResourceError
from nnlab.data import cache
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.formats.complaints import is_want
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.magick_limits import Complaint, failure
from nnlab.data.images.vips import Vips
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load

from .conftest import WriteSet, encoded, pixels_of

LOADS = """
import hashlib, json, sys
from nnlab.core.errors import NnlabError
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load
options = json.loads(sys.argv[1])
try:
    data = load(DataOptions(**options))
    print(json.dumps([sum(data.sizes.values()), len(data.skipped), hashlib.sha256(data.training._images).hexdigest()]))
except NnlabError as error:
    print(json.dumps([error.exit_code, str(error)]))
"""


def loaded(folder: Path, limits: dict[str, str], **options: Any) -> list[Any]:
    """What loading gives in a process of its own, whose limits are its own."""
    said = {"dataset": folder.name, "datasets_path": str(folder.parent), "resize": (8, 8), "skip_bad_images": True}
    said["full_decode"] = True  # pictures take all their room
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOADS, json.dumps(said | options)],
        env={"PATH": "/usr/bin:/bin"} | {"NNLAB_CACHE_DIR": str(folder.parent / "cache")} | limits,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """12 pictures of 400 x 300: 0.96 MB each in ImageMagick's cache, and as much again while it works."""
    folder = tmp_path / "sets" / "photos"
    for label in "ab":
        (folder / label).mkdir(parents=True)
        for index in range(6):
            pixels = pixels_of(f"{label}{index}", (300, 400, 3))
            (folder / label / f"{index}.jpg").write_bytes(encoded(pixels, "JPEG"))
    return folder


def test_pictures_wait_for_room_in_imagemagicks_cache_and_none_is_lost(photos: Path) -> None:
    tight = {"MAGICK_MEMORY_LIMIT": "3MB", "MAGICK_MAP_LIMIT": "3MB", "MAGICK_DISK_LIMIT": "1MB"}
    magick: dict[str, Any] = {"data_loader": "ImageMagick", "disk_cache": False}
    roomy = loaded(photos, {}, **magick, workers=1)
    assert roomy[:2] == [12, 0]
    for workers in (1, 16):
        assert loaded(photos, tight, **magick, workers=workers, trim=False) == roomy


def test_a_cache_too_small_for_one_picture_ends_the_command_and_keeps_no_verdict(photos: Path) -> None:
    none = {"MAGICK_MEMORY_LIMIT": "64kB", "MAGICK_MAP_LIMIT": "64kB", "MAGICK_DISK_LIMIT": "64kB"}
    code, said = loaded(photos, none, data_loader="ImageMagick")
    assert code == 1
    assert "ImageMagick has no room for it (cache resources exhausted; its limits are memory" in said
    assert str(photos) in said and "--data-loader=Vips" in said
    assert not list((photos.parent / "cache").rglob("*.images"))
    assert loaded(photos, {}, data_loader="ImageMagick")[:2] == [12, 0]  # now there is room


def test_too_many_open_files_are_no_fault_of_a_picture(
    write_set: WriteSet, monkeypatch: pytest.MonkeyPatch, cache_folder: Path
) -> None:
    def full(path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    folder = write_set(classes=2, images=3)
    monkeypatch.setattr(Path, "read_bytes", full)
    options = DataOptions(dataset=folder.name, datasets_path=str(folder.parent), skip_bad_images=True)
    with pytest.raises(ResourceError, match=r"small/./\d.png: cannot be read now \(Too many open files\)"):
        load(options)


def test_a_picture_wider_than_imagemagicks_policy_is_not_called_bad(tmp_path: Path) -> None:
    from wand.resource import limits

    library = ImageMagick()
    assert library.version
    widest = int(limits["width"])
    limits["width"] = 20
    try:
        with pytest.raises(ResourceError, match=r"at most 20 x .* pixels, and this one has 30 x 24; add --data-loader"):
            library.decode(encoded(pixels_of("a"), "PNG"))
    finally:
        limits["width"] = widest
    assert library.decode(encoded(pixels_of("a"), "PNG")).shape == (24, 30, 3)


@pytest.mark.parametrize("error", [MemoryError(), ResourceError("no room")])
def test_a_picture_that_finds_no_room_is_tried_again_alone(
    error: Exception, write_set: WriteSet, library: ImageLibrary, monkeypatch: pytest.MonkeyPatch, cache_folder: Path
) -> None:
    folder, whole, failed = write_set(classes=2, images=6), type(library).decode_sound, []

    def starved(self: ImageLibrary, *given: Any) -> Any:
        if not failed:
            failed.append(1)
            raise error
        return whole(self, *given)

    name = type(library).__name__
    options = DataOptions(dataset=folder.name, datasets_path=str(folder.parent), data_loader=name, workers=4)
    monkeypatch.setattr(type(library), "decode_sound", starved)
    data = load(options)
    assert sum(data.sizes.values()) == 12 and not data.skipped


def test_what_never_finds_room_names_the_picture_and_is_not_kept(
    write_set: WriteSet, monkeypatch: pytest.MonkeyPatch, cache_folder: Path
) -> None:
    folder = write_set(classes=2, images=3)

    def starved(self: ImageLibrary, *given: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(Vips, "decode_sound", starved)
    monkeypatch.setattr(cache, "store", lambda *given: pytest.fail("kept"))
    options = DataOptions(dataset=folder.name, datasets_path=str(folder.parent), skip_bad_images=True)
    with pytest.raises(ResourceError, match=r"small/./\d.png: out of memory with its 30 x 24 pixels") as caught:
        load(options)
    assert caught.value.exit_code == 1


def test_a_damaged_file_that_asks_for_any_amount_of_memory_is_still_damaged() -> None:
    from nnlab.data.images.header import Header

    asked = Complaint(400, "memory allocation failed")
    assert str(failure(asked, "", header=Header("png", 10, 10))) == "corrupt or truncated (memory allocation failed)"
    assert isinstance(failure(asked, "", header=Header("png", 90_000_000, 90_000_000)), ResourceError)
    assert isinstance(failure(asked, "MagickResizeImage"), ResourceError)


@pytest.mark.parametrize(
    "said",
    [
        "Error creating thread: Resource temporarily unavailable",  # libheif and libjpeg's threads under ulimit -v
        "VipsJpeg: Insufficient memory (case 4)",
        "unable to call x\n out of memory --- size == 12 MB",
        "Cannot allocate memory",
    ],
)
def test_what_the_machine_lacks_is_no_fault_of_a_picture(said: str) -> None:
    assert isinstance(failure(Complaint(425, said), ""), ResourceError)
    assert is_want(said)
    assert not is_want("premature end of JPEG image")


def test_room_is_what_the_process_may_still_take() -> None:
    code = (
        "import resource\nfrom nnlab.core.machine import available_memory\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\nprint(available_memory())"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 1 << 30
