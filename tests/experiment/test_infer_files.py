"""The files that are made of answers."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.core.pictures import Picture
from nnlab.core.truth import Boxes
from nnlab.data.images.vips import Vips
from nnlab.data.pictures import is_product, pictures
from nnlab.experiment.infer_files import write_maps
from nnlab.onnx.inference.answer import Answer

GREY = np.full((6, 8, 3), 100, np.uint8)


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Answer(mask=GREY[:, :, 0]), {"mask", "cutout", "overlay"}),
        (Answer(class_map=np.zeros((6, 8), np.int64), count=2), {"mask", "overlay"}),
        (Answer(truth=Boxes(np.array([[1.0, 1.0, 4.0, 4.0]]), np.array([0]), np.array([0.9]))), {"overlay"}),
        (Answer(truth=Picture(GREY, GREY)), {"input", "output", "difference"}),
        (Answer(truth=Picture(GREY)), {"output"}),
    ],
)
def test_a_folder_does_not_give_back_what_was_written_into_it(answer: Answer, kinds: set[str], tmp_path: Path) -> None:
    """Or a folder that is followed, and written into, would never end."""
    library = Vips()
    library.write_png(library.image(GREY), tmp_path / "a.png")
    write_maps(tmp_path / "a", library.image(GREY), answer, ("a", "b"), library)
    written = {path.name for path in tmp_path.iterdir()} - {"a.png"}
    assert written == {f"a.{kind}.png" for kind in kinds} and all(map(is_product, written))
    assert [picture.path.name for picture in pictures((str(tmp_path),), "")] == ["a.png"]
