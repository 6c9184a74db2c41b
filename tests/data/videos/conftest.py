"""Small videos, drawn with PyAV itself."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Draw = Callable[..., Path]


@pytest.fixture(scope="session")
def draw_video() -> Draw:
    """Draws a video of 32x32 whose frame at n / rate seconds is grey of the n-th shade."""
    av = pytest.importorskip("av", reason="PyAV is not installed (extra [video])")

    def draw(path: Path, *, shades: list[int], rate: int = 5, codec: str = "mpeg4") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.width = stream.height = 32
            stream.pix_fmt = "yuv420p"
            for shade in shades:
                frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), shade, np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return draw
