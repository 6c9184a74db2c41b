"""Small sets of pictures with boxes, as the readers of boxes find them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError, Faults
from nnlab.core.truth import Boxes
from nnlab.data.source import Source


def pictures(folder: Path, *names: str, size: tuple[int, int] = (40, 30)) -> None:
    """Grey pictures of these names."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((size[1], size[0]), 128, np.uint8)).save(path)


def written(path: Path, text: str) -> Path:
    """A text file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def boxes_of(source: Source) -> dict[str, list[tuple[str, list[float]]]]:
    """By picture, the class and the corners of each."""
    found = {}
    for sample in source.samples:
        assert isinstance(sample.truth, Boxes)
        pairs = zip(sample.truth.labels.tolist(), sample.truth.corners.tolist(), strict=True)
        found[sample.source] = [(source.names[label], corners) for label, corners in pairs]
    return found


def faults(caught: "pytest.ExceptionInfo[DataError]", folder: Path) -> list[str]:
    """The lines of what is wrong, without the folder."""
    lines = caught.value.faults if isinstance(caught.value, Faults) else [caught.value]
    return [str(line).replace(f"{folder}/", "") for line in lines]
