"""Videos in class folders, from the file to the partition."""

import builtins
import json
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.errors import DataError
from nnlab.data.images.vips import Vips
from nnlab.data.options import DataOptions
from nnlab.data.pictures import pictures
from nnlab.data.pipeline import load, survey

DARK, LIGHT = [20] * 20, [200] * 20  # 4 seconds at 5 a second


@pytest.fixture(scope="module")
def clips(draw_video, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("clips") / "clips"
    for number in range(6):
        draw_video(folder / "dark" / f"{number}.mp4", shades=DARK)
        draw_video(folder / "light" / f"{number}.mp4", shades=LIGHT)
    library = Vips()
    library.write_png(library.image(np.zeros((16, 16, 3), np.uint8)), folder / "dark" / "photo.png")
    return folder


def options(clips: Path, **more: object) -> DataOptions:
    flags = {"video_slices_sec": 2.0, "resize": (8, 8), "disk_cache": False, **more}
    return DataOptions(datasets_path=str(clips.parent), dataset="clips", **flags)


def test_frames_of_one_video_are_in_one_partition(clips):
    outline = survey(options(clips))
    assert outline.sizes == {"training": 17, "dev": 4, "test": 4}  # two frames of each video, and the photo
    homes: dict[str, set[str]] = {}
    for name, places in outline.members.items():
        for place in places:
            homes.setdefault(outline.source.samples[place].source.partition("#")[0], set()).add(name)
    assert len(homes) == 13 and all(len(parts) == 1 for parts in homes.values())
    assert outline.source.samples[0].source == "dark/0.mp4#0"


@pytest.mark.parametrize("workers", [1, 3])
def test_frames_are_prepared_like_pictures_and_kept_in_the_cache(clips, cache_folder, workers):
    first = load(options(clips, disk_cache=True, workers=workers))
    again = load(options(clips, disk_cache=True))
    assert (first.cached, again.cached, first.content) == (0, 25, again.content)
    for part, other in ((first.training, again.training), (first.dev, again.dev)):
        for place, source in enumerate(part.sources):
            np.testing.assert_array_equal(part.pixels(place), other.pixels(place))
            shade = 0 if "photo" in source else 20 if "dark" in source else 200
            assert abs(part.pixels(place).mean() - shade) < 4, source  # 4: what the codec loses
    assert load(options(clips, disk_cache=True, video_slices_sec=1.0)).cached == 0


def test_a_bad_video_is_named_or_left_out_when_that_is_asked_for(clips, tmp_path, draw_video):
    import shutil

    folder = tmp_path / "clips"
    shutil.copytree(clips, folder)
    bad = folder / "light" / "0.mp4"
    whole = bytearray(bad.read_bytes())
    start = whole.index(b"mdat") + 4
    size = int.from_bytes(whole[start - 8 : start - 4])
    whole[start : start + size - 8] = bytes(size - 8)  # every frame is nothing
    bad.write_bytes(whole)
    (folder / "light" / "1.mp4").write_bytes(b"")
    (folder / "light" / "gone.mp4").symlink_to("nowhere.mp4")
    with pytest.raises(DataError, match=r"light/0\.mp4: cannot be decoded .*light/1\.mp4#0.*add --skip-bad-images"):
        load(options(folder))
    left = load(options(folder, skip_bad_images=True))
    bad_frames = {"0.mp4#0", "0.mp4#1", "1.mp4#0", "gone.mp4#0"}
    assert {source for source, _ in left.skipped} == {f"light/{name}" for name in bad_frames}


def test_pictures_of_a_video_are_its_frames(clips):
    found = pictures([str(clips / "light" / "1.mp4")], "datasets")
    assert [picture.source.rpartition("/")[2] for picture in found] == [f"1.mp4#{n}" for n in range(4)]
    assert [picture.name for picture in found] == [f"1-{n}" for n in range(4)]
    library = Vips()
    assert abs(library.pixels(found[2].decoded(library)).mean() - 200) < 4  # 4: what the codec loses
    (row,) = pictures([str(clips / "light" / "1.mp4#3")], "datasets")
    assert row == found[3]
    with pytest.raises(DataError, match=r"no such frame; it has 1\.mp4#0 to #3"):
        pictures([str(clips / "light" / "1.mp4#9")], "datasets")


def test_without_pyav_the_line_that_installs_it_is_said(clips, monkeypatch, capfd):
    real = builtins.__import__

    def without(name, *args, **more):
        if name == "av":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["train", str(clips), "--dry-run"]) == 6
    said = capfd.readouterr().err
    assert said.count("\n") == 1 and "videos need PyAV" in said and "[video]" in said


def test_a_folder_of_videos_alone_trains_from_the_command_line(clips, monkeypatch, tmp_path, capfd):
    monkeypatch.chdir(tmp_path)
    flags = ["--epochs=3", "--resize=8,8", "--model=OneLayer", "--video-slices-sec=2", "--gradient-checks=off", "-q"]
    assert main(["train", str(clips), *flags]) == 0
    capfd.readouterr()
    assert main(["infer", "--run=runs/latest", str(clips / "light" / "1.mp4")]) == 0
    assert capfd.readouterr().out.count("1.mp4#") == 4


def test_frames_are_looked_at_like_pictures(clips, capfd):
    main(["data", "check", str(clips), "--json", "-q", "--video-slices-sec=2"])
    document = json.loads(capfd.readouterr().out)
    assert document["pictures"] == 25 and document["formats"] == {"frame": 24, "png": 1}
    assert not {"Unreadable", "WrongExtension"} & {check["check"] for check in document["checks"]}
