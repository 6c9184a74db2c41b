import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import RunError
from nnlab.core.truth import Boxes, Label
from nnlab.tracking.pictures import written
from nnlab.tracking.pictures.mistakes import Answered
from nnlab.tracking.pictures.written import write_pictures


class Part:
    """Grey squares, each as bright as its place says."""

    def __init__(self, name, size, side=8):
        self.name, self.truths, self.side = name, [Label(i % 2) for i in range(size)], side
        self.sources = [f"{name}/{i}.png" for i in range(size)]

    def __len__(self):
        return len(self.sources)

    def pixels(self, place):
        return np.random.default_rng(place).integers(0, 255, (self.side, self.side, 3)).astype(np.uint8)

    def versions(self, places, epoch):
        assert epoch == 1
        return {(place, 0): (self.pixels(place), self.truths[place]) for place in places if place != 3}


def made(folder, side=8):
    data = SimpleNamespace(names=("a", "b"), training=Part("training", 40, side), dev=Part("dev", 4, side),
                           test=Part("test", 4, side))  # fmt: skip
    wrong = np.array([0.0, 1.0, 0.0, 1.0])
    cells = np.array([[0, 0], [1, 0], [0, 0], [1, 0]])
    answered = {name: Answered(wrong, np.array([1.0, 2.0, 3.0, 4.0]), cells) for name in ("dev", "test")}
    lines = [
        {"partition": name, "source": f"{name}/{i}.png", "actual": "ab"[i % 2], "predicted": "a", "loss": i + 1.0,
         "confidence": 0.5, "probabilities": [0.5, 0.5]}
        for name in ("dev", "test") for i in range(4)
    ]  # fmt: skip
    (folder / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return data, answered


def rows(folder):
    return [json.loads(line) for line in (folder / "pictures.jsonl").read_text().splitlines()]


def test_the_worst_come_first_then_the_cells_then_what_was_seen(tmp_path):
    write_pictures(tmp_path, *made(tmp_path), {"dev", "test"})
    found = rows(tmp_path)
    shown = [(row["why"], row["partition"], row["source"], row["rank"]) for row in found]
    assert shown[:2] == [("wrong", "dev", "dev/3.png", 1), ("wrong", "dev", "dev/1.png", 2)]
    assert [row[2] for row in shown[4:8]] == ["dev/3.png", "dev/2.png", "dev/1.png", "dev/0.png"]
    assert found[0] == {"file": "pictures/0001.png", "why": "wrong", "partition": "dev", "source": "dev/3.png",
                        "actual": "b", "predicted": "a", "confidence": 0.5, "loss": 4.0, "rank": 1}  # fmt: skip
    assert found[4]["file"] == found[0]["file"]  # one picture, shown twice
    seen = [row for row in found if row["why"] == "seen"]
    assert len(seen) == written.SEEN - 1  # one that the epoch leaves out
    assert seen[0] == {"file": seen[0]["file"], "why": "seen", "partition": "training", "source": "training/0.png",
                       "actual": "a", "rank": 1}  # fmt: skip
    files = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert files == {f"{number:04}.png" for number in range(1, len(files) + 1)} == {row["file"][9:] for row in found}
    assert {path.name for path in tmp_path.iterdir()} == {"pictures", "pictures.jsonl", "predictions.jsonl"}


def test_a_partition_that_was_left_half_way_and_a_file_that_is_not_there_show_nothing(tmp_path):
    data, answered = made(tmp_path)
    write_pictures(tmp_path, data, answered, {"dev"})
    assert {row["partition"] for row in rows(tmp_path)} == {"dev", "training"}
    (tmp_path / "other").mkdir()
    write_pictures(tmp_path / "other", data, answered, {"dev", "test"})
    assert {row["partition"] for row in rows(tmp_path / "other")} == {"training"}


@pytest.mark.parametrize(("room", "side"), [(2_000_000, 128), (900_000, 64), (20_000, 42)])
def test_pictures_are_made_smaller_and_then_fewer_until_they_have_room(tmp_path, monkeypatch, room, side):
    from PIL import Image

    monkeypatch.setattr(written, "ROOM", room)
    write_pictures(tmp_path, *made(tmp_path, side=128), {"dev", "test"})
    found = rows(tmp_path)
    with Image.open(tmp_path / found[0]["file"]) as picture:
        assert picture.size == (side, side)
    assert sum((tmp_path / row["file"]).stat().st_size for row in found) <= room
    assert (len(found) < 20) == (room == 20_000)


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    data, answered = made(tmp_path)

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(RunError, match="no space left on device"):
        write_pictures(tmp_path, data, answered, {"dev", "test"})
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.jsonl"]


def test_what_was_said_of_places_stands_beside_what_is_true(tmp_path):
    data, answered = made(tmp_path)
    boxes = [Boxes(np.array([[0.0, 0, 8, 8]]), np.array([0])), Boxes(np.zeros((0, 4)), np.zeros(0, int))]
    data.dev.truths = [boxes[0]] * 4
    answered["dev"] = replace(answered["dev"], answers={3: boxes[1]})
    write_pictures(tmp_path, data, answered, {"dev", "test"})
    with (
        Image.open(tmp_path / rows(tmp_path)[0]["file"]) as pair,
        Image.open(tmp_path / rows(tmp_path)[1]["file"]) as one,
    ):
        side = one.height
        assert one.size == (side, side) and pair.size == (2 * side + written.GAP, side)
        pixels = np.asarray(pair.convert("RGB"))
    assert not np.array_equal(pixels[:, :side], pixels[:, -side:])  # the box is drawn into the first alone
    np.testing.assert_array_equal(pixels[3:-3, 3 : side - 3], pixels[3:-3, side + written.GAP + 3 : -3])
