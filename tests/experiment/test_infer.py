"""Pictures that are large, or that there is no room for, are looked at in smaller groups; none is lost."""

import gc
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError, ResourceError
from nnlab.data.images.base import Image
from nnlab.data.images.vips import Vips
from nnlab.data.pictures import Picture
from nnlab.experiment.infer import Inference
from nnlab.onnx.inference.answer import Answer


class Brightness:
    """Says how bright a picture is, and remembers how many it was given at once."""

    labels, batch, wanted = ("dark", "bright"), 16, None

    def __init__(self, library: Vips):
        self.library, self.groups = library, list[int]()

    def prepared(self, image: Image) -> float:
        return float(self.library.pixels(image).mean()) / 255

    def answers(self, prepared: Sequence[float]) -> list[Answer]:
        self.groups.append(len(prepared))
        return [Answer(probabilities=np.array([1 - share, share])) for share in prepared]

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        return self.answers([self.prepared(image) for image in images])


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    library = Vips()
    for index in range(20):
        pixels = np.full((30, 40, 3), 12 * index, np.uint8)
        library.write_png(library.image(pixels), tmp_path / f"{index:02}.png")
    return [Picture(path, path.name, path.stem) for path in sorted(tmp_path.glob("*.png"))]


@pytest.mark.parametrize(("room", "wait_s", "most"), [(1 << 30, 30.0, 16), (8 * 12 * 30 * 40, 0.01, 4), (0, 0.01, 1)])
def test_groups_are_as_large_as_there_is_room_for(
    room: int, wait_s: float, most: int, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Vips, "room", lambda self: room)
    predictor = Brightness(Vips())
    told: list[tuple[int, int]] = []
    results = list(Inference(predictor, max_wait_s=wait_s).results(pictures, lambda *count: told.append(count)))
    assert [result.source for result in results] == [picture.source for picture in pictures]
    expected = [12 * index / 255 for index in range(20)]
    assert [result.answer.probabilities[1] for result in results if result.answer] == pytest.approx(expected)
    assert sum(predictor.groups) == 20 and max(predictor.groups) <= most and told[-1] == (20, 20)
    assert room < 1 << 30 or predictor.groups == [16, 4]


def test_a_picture_without_room_is_tried_again_when_the_others_are_let_go_of(
    pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tries = Vips.decode_sound, list[int]()

    def starved(self: Vips, *given: Any) -> Any:
        tries.append(1)
        if len(tries) in (6, 9, 10):  # the sixth picture at first, the eighth whenever it is tried
            raise ResourceError("no room", hint="free some")
        return whole(self, *given)

    monkeypatch.setattr(Vips, "decode_sound", starved)
    inference = Inference(Brightness(Vips()))
    results = list(inference.results(pictures))
    assert [result.source for result in results if result.error] == ["07.png"]
    assert results[7].error == "no room; free some"
    assert (inference.failed, inference.starved) == (1, 1)


def test_a_network_that_fails_leaves_no_picture_waiting_for_room(
    pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is room for one: the second waits until the first is let go of, which fails further on."""

    class Failing(Brightness):
        def answers(self, prepared: Sequence[float]) -> list[Answer]:
            raise DataError("gives no classes", where="the model")

    monkeypatch.setattr(Vips, "room", lambda self: 0)
    said = list[str]()

    def looked() -> None:
        try:
            list(Inference(Failing(Vips()), max_wait_s=0.0).results(pictures))
        except DataError as error:
            said.append(str(error))

    thread = threading.Thread(target=looked, daemon=True)
    thread.start()
    thread.join(20)
    assert said == ["the model: gives no classes"]


def test_what_a_picture_took_that_cannot_be_read_is_let_go_of_at_once(
    pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for Python to look for circles of objects: a folder may hold thousands of them."""
    held: list[weakref.ref[Any]] = []

    class Bytes(bytearray):
        pass

    def damaged(self: Vips, *given: Any) -> Any:
        encoded = Bytes(100)
        held.append(weakref.ref(encoded))
        raise DataError(f"is damaged after {len(encoded)} bytes")

    monkeypatch.setattr(Vips, "decode_sound", damaged)
    gc.disable()
    try:
        results = list(Inference(Brightness(Vips())).results(pictures))
        assert all(result.error == "is damaged after 100 bytes" for result in results)
        assert len(held) == 20 and not any(reference() for reference in held)
    finally:
        gc.enable()
