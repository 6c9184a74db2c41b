"""`nnlab explain` as users type it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.data.images.vips import Vips
from nnlab.experiment.explaining.subject import run_subject
from nnlab.tracking.names import run_folder
from tests.campaigns.planted_patch import held_back, planted, shares

LIB = Vips()
Explain = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with runs and with `patches/`: noise, 24 x 20, with a patch of 6 x 6 whose colour is the class."""
    folder, chance = tmp_path_factory.mktemp("explained"), Rng(0).generator()
    noise = (chance.integers(60, 120, (20, 24, 3), dtype=np.uint8) for _ in range(120))
    planted(noise, folder / "patches", LIB, patch=6)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        words = ("--model=SmallCnn", "--widths=8,8", "--global-pooling", "--epochs=10", "--max-minibatch-size=16")
        more = ("--fit=letterbox", "--resize=24", "--learning-rate=0.01", "--gradient-checks=off", "-q")
        assert main(["train", "patches", *words, *more]) == 0
        words = ("--model=NLayers", "--layers=4", "--no-batch-norm", "--epochs=1", "--exp-id=dense", "--resize=8")
        assert main(["train", "patches", *words, "--gradient-checks=off", "-q"]) == 0
        (folder / "runs" / "latest").unlink()
        yield folder


@pytest.fixture(scope="module")
def red(trained: Path) -> Path:
    """A red patch."""
    return min((trained / "patches/red").iterdir())


@pytest.fixture
def explain(
    trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Explain:
    monkeypatch.setenv("NNLAB_RUNS_DIR", str(trained / "runs"))
    monkeypatch.chdir(tmp_path)

    def run(*words: Any, by: str = "main") -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["explain", f"--run={by}", *map(str, words)])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_every_method_writes_an_overlay_and_its_numbers(
    trained: Path, red: Path, explain: Explain, tmp_path: Path
) -> None:
    from PIL import Image

    code, out, err = explain("--method=all", red, min((trained / "patches/blue").iterdir()), "--json")
    assert code == 0 and err.endswith("files are in explained\n")
    found = json.loads(out)
    assert json.loads((tmp_path / "explained/explanations.json").read_text()) == found
    assert [result["answer"] for result in found["results"]] == ["red", "blue"]
    assert found["score"] == "logit" and found["shape"] == [24, 24, 3] and found["failed"] == []
    cam, gradients, occlusion = found["results"][0]["methods"]
    assert (cam["method"], cam["layer"], cam["layer_shape"]) == ("GradCam", "activation_2", [12, 12, 8])
    assert gradients["gap"] <= 0.01 and gradients["steps"] >= 64 and occlusion["window"] == 3
    for method in (cam, gradients, occlusion):
        assert -1 <= method["random_weights"]["rank_correlation"] <= 1
        with Image.open(method["overlay"]) as overlay, Image.open(method["saliency"]) as numbers:
            assert overlay.size == numbers.size == (24, 20) and overlay.mode == "RGB"
            peak = np.unravel_index(np.asarray(numbers).argmax(), (20, 24))
        assert [peak[1], peak[0]] == method["strongest_at"]
    assert (tmp_path / "explained/contact-sheet.png").is_file()
    assert explain(tmp_path / "explained")[0] == 5  # what it wrote is not read back


def test_maps_lie_on_the_patch_and_those_of_random_weights_do_not(
    trained: Path, explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share of tests/campaigns/planted_patch.py: by chance a map has the patch's share of the picture, a third."""
    run = run_folder("main")
    subject, files = run_subject(str(run)), held_back(run, trained / "patches")
    found = shares(subject, None, files, patch=6)
    assert found.share > 2 * found.area and found.random < 2 * found.area  # a patch is brighter than all around it
    assert found.share > shares(subject, "pool_2", files, patch=6).share  # why the default is not the pooled map


def test_a_map_lies_where_the_patch_is_in_the_photo(trained: Path, explain: Explain, tmp_path: Path) -> None:
    """The photo is four times as large as what is read, and not square: its letterbox is undone."""
    from PIL import Image

    pixels = np.full((160, 96, 3), 90, np.uint8)
    pixels[20:64, 40:84] = (250, 20, 20)
    LIB.write_png(LIB.image(pixels), tmp_path / "tall.png")
    words = ("--method=Occlusion,GradCam", "--layer=conv_2", "--json", "--no-check")
    code, out, _ = explain(*words, tmp_path / "tall.png")
    assert code == 0
    for method in json.loads(out)["results"][0]["methods"]:
        assert method["random_weights"] is None
        with Image.open(method["saliency"]) as numbers:
            values = np.asarray(numbers).astype(float) - (32768 if method["signed"] else 0)
        assert values.shape == (160, 96)
        speaks = np.maximum(values, 0)
        near = speaks[20 - 14 : 64 + 14, 40 - 14 : 84 + 14].sum() / speaks.sum()  # two pixels of what is read around it
        area = (72 * 70) / values.size
        assert near > 2 * area, method["method"]


def test_text_says_what_was_found_and_what_it_is_worth(trained: Path, red: Path, explain: Explain) -> None:
    code, out, _ = explain(red, "--class=blue", "--cascade")
    lines = out.split("\n")
    assert code == 0
    assert f"{red}: blue (logit " in lines[0] and lines[0].endswith("; it answers red")
    assert lines[1].startswith("  Grad-CAM at activation_2 (12 x 12): ")
    assert lines[2].startswith("    random weights: rank correlation ")
    assert [line.split(":")[0] for line in lines[3:8]] == [
        f"    drawn anew down to {node}" for node in ("output", "batch_norm_2", "conv_2", "batch_norm_1", "conv_1")
    ]


@pytest.mark.parametrize(
    ("words", "by", "code", "said"),
    [
        ((), "main", 2, "nnlab explain: no pictures named"),
        (("{}", "--method=GradCan"), "main", 2, "--method=GradCan: unknown explainer 'GradCan'; did you mean GradCam?"),
        (("{}", "--class=rad"), "main", 2, "--class=rad: is no class of this run; did you mean red?"),
        (("{}", "--value=angle"), "main", 2, "--value=angle: this run answers with a class, not with a value"),
        (("{}", "--layer=conv_9"), "main", 2, "--layer=conv_9: is no layer of this network; did you mean conv_"),
        (("{}", "--layer=output"), "main", 2, "gives 4, which has no height and width above 1"),
        (("{}", "--steps=8"), "main", 2, "is an option of no method that was chosen; add --method=IntegratedGradients"),
        (("{}", "--method=Occlusion", "--window=40"), "main", 2, "--window=40: is larger than the network's input"),
        (("{}", "--engine=onnxruntime"), "main", 2, "--engine=onnxruntime: gives no gradients"),
        (("{}",), "dense", 2, "Grad-CAM: has no layer whose output has height and width; type --method=Integr"),
        (("{}",), "nowhere", 5, "nowhere"),
        (("missing.png",), "main", 5, "missing.png: no such file, folder or dataset"),
    ],
)
def test_mistakes_are_one_line(
    trained: Path, red: Path, explain: Explain, tmp_path: Path, words: tuple[str, ...], by: str, code: int, said: str
) -> None:
    given = [word.replace("{}", str(red)) for word in words]
    found = explain(*given, by=by)
    assert found[0] == code and found[1] == ""
    assert said in found[2] and found[2].count("\n") == 1 and found[2].startswith("nnlab: error: ")
    assert not (tmp_path / "explained").exists()


def test_several_mistakes_are_told_at_once(trained: Path, red: Path, explain: Explain) -> None:
    _, _, err = explain(red, "--class=rad", "--layer=conv_9")
    assert err.count("nnlab: error: ") == 2


def test_a_picture_that_is_none_costs_no_other(trained: Path, red: Path, explain: Explain, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    code, out, err = explain(tmp_path / "bad.png", red, "--json", "-q")
    assert code == 5 and "bad.png: not an image" in err
    found = json.loads(out)
    assert len(found["results"]) == 1 and found["failed"][0]["source"].endswith("bad.png")


def test_a_network_without_places_is_asked_in_other_ways(trained: Path, red: Path, explain: Explain) -> None:
    code, out, _ = explain(red, "--method=IntegratedGradients,Occlusion", by="dense")
    assert code == 0 and "integrated gradients from black" in out and "occlusion " in out


def test_torch_draws_the_same_maps(trained: Path, red: Path, explain: Explain, torch_installed: None) -> None:
    """As a share of the largest number; in float32, as the run is."""
    from PIL import Image

    maps = []
    for engine in ("numpy", "torch"):
        words = (f"--engine={engine}", "--method=all", "--no-check", f"--output={engine}", "--json", "--threads=1")
        code, out, err = explain(red, *words)
        assert code == 0, err
        maps.append([method["saliency"] for method in json.loads(out)["results"][0]["methods"]])
    for one, other in zip(*maps, strict=True):
        with Image.open(one) as a, Image.open(other) as b:
            apart = np.abs(np.asarray(a).astype(int) - np.asarray(b).astype(int)).max()
        assert apart <= 2  # of 65,535: 1e-5, and rounding


def test_the_pictures_that_the_run_was_most_wrong_about(
    trained: Path, explain: Explain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dense network guesses; pictures.jsonl says how wrong."""
    monkeypatch.chdir(trained)
    code, out, _ = explain("--worst=2", "--method=Occlusion", "--json", f"--output={tmp_path}", by="dense")
    assert code == 0
    kept = [json.loads(line) for line in (run_folder("dense") / "pictures.jsonl").read_text().splitlines()]
    wrong = [row for row in kept if row["why"] == "wrong" and row["partition"] == "test"]
    expected = [row["source"] for row in sorted(wrong, key=lambda row: row["rank"])][:2]
    assert [result["source"] for result in json.loads(out)["results"]] == [
        str(trained / "patches" / name) for name in expected
    ]
    code, _, err = explain("--worst=2", by="main")
    assert (code, err.count("\n")) == (5, 1) and "keeps no wrong answers of test or dev; name the pictures" in err


def test_a_map_of_nothing_is_held_against_nothing(
    trained: Path, red: Path, explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnlab.explainers.base import Explanation
    from nnlab.explainers.grad_cam import GradCam

    monkeypatch.setattr(GradCam, "explain", lambda self, network, question: Explanation(np.zeros((24, 24))))
    code, out, _ = explain(red, "--cascade")
    assert code == 0 and out.rstrip("\n").endswith(": nothing speaks for it here")
    code, out, _ = explain(red, "--json")
    method = json.loads(out)["results"][0]["methods"][0]
    assert method["random_weights"] is None and method["half_in_share"] is None and method["largest"] == 0
