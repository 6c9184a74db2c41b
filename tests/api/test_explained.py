"""`run.explain`: the maps of the command line, as arrays."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nnlab
from nnlab.api.explained import Explained
from nnlab.cli.main import main


def test_it_is_the_command_line_s_map_in_the_picture_s_pixels(small: nnlab.Run, blobs: Path, tmp_path: Path) -> None:
    path = blobs / "blobs" / "red" / "red-00.png"
    why = small.explain(path, method="Occlusion", window=4, asked="blue", check=False)
    assert isinstance(why, Explained) and why.source == str(path) and why.asked == "blue"
    with Image.open(path) as image:
        assert why.weights.shape == (image.height, image.width) == why.overlay.shape[:2]
    typed = ["--method=Occlusion", "--window=4", "--class=blue", "--no-check", "-q", f"--output={tmp_path}"]
    assert main(["explain", f"--run={small.folder}", *typed, str(path)]) == 0
    (row,) = json.loads((tmp_path / "explanations.json").read_text(encoding="utf-8"))["results"]
    assert (row["answer"], row["explained"]) == (why.answer, why.asked)
    assert (row["score"], row["probability"]) == pytest.approx((why.score, why.probability))
    (drawn,) = tmp_path.glob("*.overlay.png")
    assert drawn.read_bytes() == why.png == why._repr_png_()
    assert np.array_equal(np.asarray(Image.open(drawn)), why.overlay)


def test_several_and_whether_random_weights_give_the_same(small: nnlab.Run) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (12, 12, 3), dtype=np.uint8)
    several = small.explain([pixels, pixels[:, :, ::-1]], method="Occlusion", window=6)
    assert isinstance(several, list) and len(several) == 2
    assert several[0].likeness is not None and several[0].likeness.words in repr(several[0])
    assert several[0].answer == small.predict(pixels).label


def test_what_cannot_be_explained(small: nnlab.Run, tmp_path: Path) -> None:
    with pytest.raises(nnlab.NnlabError, match="asked=purple: is no class of this run"):
        small.explain(np.zeros((12, 12)), method="Occlusion", asked="purple")
    with pytest.raises(nnlab.NnlabError, match='method="Oclusion": unknown explainer'):
        small.explain(np.zeros((12, 12)), method="Oclusion")
    with pytest.raises(nnlab.NnlabError, match="height and width"):
        small.explain(np.zeros((12, 12)))  # Grad-CAM, of a network without places
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(nnlab.NnlabError, match=r"a\.png: not an image"):
        small.explain(tmp_path / "a.png", method="Occlusion")
