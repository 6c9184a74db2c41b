"""Vectors of pictures from a folder of identities to the most alike, as users type it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.tracking import contact_sheet
from nnlab.tracking.run import read_run

OPTIONS = (
    "--task=Embedding", "--model=OneLayer", "--grayscale", "--resize=8", "--embedding=6", "--learning-rate=0.02",
    "--hold-out-classes=d,e", "-q", "--max-minibatch-size=32",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Five identities: a bar at a place of its own, with noise."""
    folder, chance = tmp_path_factory.mktemp("embedding"), Rng(0).generator()
    for place, name in enumerate("abcde"):
        (folder / "bars" / name).mkdir(parents=True)
        for number in range(16):
            pixels = chance.integers(0, 90, (8, 8), np.uint8)
            pixels[:, place + 1] = 255
            Image.fromarray(pixels).save(folder / "bars" / name / f"{number:02}.png")
    return folder


@pytest.fixture(autouse=True)
def _there(home, monkeypatch):
    monkeypatch.chdir(home)


def run(capfd, *words):
    code = main([*words])
    said = capfd.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def trained(home, drawing):
    """A run of the triplet loss, with its figures."""
    folder = home / "runs"
    words = ["train", str(home / "bars"), *OPTIONS, "--epochs=4", f"--runs-dir={folder}", "--exp-id=triplet"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.experiment.run._Session._draw", drawing)
        assert main(words) == 0
    return "triplet"


def test_a_run_is_judged_by_classes_that_it_never_had(trained, capfd):
    summary = read_run(next(Path("runs").glob("*triplet*"))).summary
    assert {"recall_at_1", "retrieval_map"} <= set(summary["test"])
    assert summary["test"]["samples"] == 16 and summary["training"]["samples"] == 48
    assert [row["name"] for row in summary["baselines"]["rows"]] == ["pixels", "pca"]
    first = read_run(next(Path("runs").glob("*triplet*"))).predictions[0]
    assert first["actual"] in ("d", "e") and len(first["predicted"]) == 6
    page = next(Path("runs").glob("*triplet*/report.html")).read_text()
    assert "Where the vectors lie" in page and "Queries that find another class first" in page
    assert 'alt="Queries, beside the pictures that are nearest to them"' in page
    figures = {path.name for path in next(Path("runs").glob("*triplet*")).glob("figures/*")}
    assert {"vectors-dev.png", "vectors-test.png", "nearest.png"} <= figures


@pytest.mark.parametrize("loss", ["ArcFace", "CrossEntropy"])
def test_every_loss_trains_and_its_run_can_be_read_again(loss, capfd):
    words = (f"--loss={loss}", f"--exp-id={loss}", "--epochs=1")
    assert run(capfd, "train", "bars", *OPTIONS, *words)[0] == 0
    code, out, err = run(capfd, "evaluate", loss)
    assert code == 0, err
    assert "recall@1" in out and "mAP" in out


def test_numpy_torch_and_the_exported_file_give_the_same_vectors(trained, capfd):
    pytest.importorskip("torch", reason="torch is not installed")
    assert run(capfd, "export", trained, "--output=bars.onnx")[0] == 0
    assert run(capfd, "embed", trained, "bars/d", "--output=numpy.npz")[0] == 0
    assert run(capfd, "embed", trained, "bars/d", "--output=torch.npz", "--engine=torch")[0] == 0
    code, out, _ = run(capfd, "embed", "bars.onnx", "bars/d", "--output=onnx.npz")
    assert code == 0 and out == "onnx.npz: 16 vectors of 6 numbers\n"
    ours, torch, onnx = (np.load(f"{name}.npz")["vectors"] for name in ("numpy", "torch", "onnx"))
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(torch, ours, atol=1e-4)  # the bound of the task
    np.testing.assert_allclose(onnx, ours, atol=1e-4)


def test_the_most_alike_are_those_of_brute_force_whether_embedded_before_or_now(trained, capfd):
    assert run(capfd, "embed", trained, "bars", "--output=bars.npz", "-q")[0] == 0
    kept = np.load("bars.npz")
    sources = kept["sources"].tolist()
    at = sources.index("bars/d/03.png")
    shares = kept["vectors"].astype(float) @ kept["vectors"][at].astype(float)
    order = [sources[place] for place in np.argsort(-shares, kind="stable") if place != at]
    for gallery in ("bars.npz", "bars"):
        words = (f"--gallery={gallery}", "--top=4", "--json", "-q", "--output=alike")
        code, out, err = run(capfd, "similar", trained, "bars/d/03.png", *words)
        assert code == 0, err
        (result,) = json.loads(out)["results"]
        assert [found["source"] for found in result["alike"]] == order[:4]
        assert result["alike"][0]["cosine"] == pytest.approx(np.sort(shares)[-2], abs=1e-6)
    assert Path("alike/contact-sheet.png").stat().st_size > 1000
    code, out, _ = run(capfd, "similar", trained, "bars/d/03.png", "--gallery=bars.npz", "--top=2")
    assert [line.split()[0] for line in out.splitlines()] == ["query", "bars/d/03.png", "bars/d/03.png"]


def test_a_sheet_of_many_queries_shows_the_first(trained, capfd, monkeypatch):
    shown = []
    monkeypatch.setattr(contact_sheet, "draw_contact_sheet", lambda path, tiles, **more: shown.append((tiles, more)))
    words = ("--gallery=bars", "-q", "--output=alike")
    assert run(capfd, "similar", trained, "bars", *words, "--top=5")[0] == 0
    tiles, more = shown[0]
    assert len(tiles) == 48 and more["breaks"] == set(range(0, 48, 6)) and "of the first 8 of 80" in more["note"]
    assert run(capfd, "similar", trained, "bars/a/00.png", *words, "--top=60")[0] == 0
    tiles, more = shown[1]
    assert len(tiles) == 48 and more["breaks"] == {0} and more["note"] == "the query first"


def test_new_identities_are_scored_too(trained, capfd, tmp_path):
    for name in "xy":
        (tmp_path / "new" / name).mkdir(parents=True)
        for number in range(4):
            Path(tmp_path / "new" / name / f"{number}.png").write_bytes(
                Path(f"bars/{'d' if name == 'x' else 'e'}/{number:02}.png").read_bytes()
            )
    code, out, err = run(capfd, "evaluate", trained, str(tmp_path / "new"), "--json")
    assert code == 0, err
    assert json.loads(out)["names"] == ["a", "b", "c", "d", "e", "x", "y"]


def test_csv_is_for_people(trained, capfd):
    assert run(capfd, "embed", trained, "bars/e", "--output=e.csv")[0] == 0
    head, first, *_ = Path("e.csv").read_text().splitlines()
    assert head == "picture,1,2,3,4,5,6" and first.startswith("bars/e/00.png,")


def test_a_picture_that_cannot_be_read_is_left_out_and_told(trained, capfd, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    code, out, err = run(capfd, "embed", trained, str(tmp_path / "bad.png"), "bars/d", "--output=some.npz")
    assert code == 5 and "bad.png" in err and "16 vectors" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("train", "bars", "--hold-out-classes=d,e"), 2, "Classification knows no others"),
        (("train", "bars", "--task=Embedding", "--hold-out-classes=d,f"), 2, "no such class"),
        (("train", "bars", "--task=Embedding", "--mixup=0.2"), 2, "mixes classes, which Embedding has none of"),
        (("train", "bars", "--task=Embedding", "--loss=Huber"), 2, "is no loss of Embedding"),
        (("train", "bars", "--loss=Triplet"), 2, "is no loss of Classification"),
        (("train", "bars", "--task=Embedding", "--max-minibatch-size=8"), 2, "more than the 8 that it may have"),
        (("train", "bars", "--task=Embedding", "--hold-out-classes=d,e", "--fold=1/3"), 2, "leave one of them out"),
        (("embed", "triplet", "bars", "--output=v.txt"), 2, "neither .npz nor .csv"),
        (("embed", "nobody", "bars", "--output=v.npz"), 5, "no such run, and no ONNX model"),
        (("embed", "triplet", "nowhere", "--output=v.npz"), 5, "no such file, folder or dataset"),
        (("similar", "triplet", "bars/d/00.png", "--gallery=broken.npz"), 5, "is no file of vectors"),
        (("similar", "triplet", "bars/d/00.png", "--gallery=short.npz"), 5, "vectors of 3 numbers"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(words, code, said, trained, capfd):
    Path("broken.npz").write_bytes(b"PK\x03\x04 and then nothing")
    np.savez("short.npz", vectors=np.ones((2, 3), np.float32), sources=np.array(["a", "b"]), model=np.array("m"))
    got, _, err = run(capfd, *words)
    assert (got, said in err) == (code, True), err
    assert "Traceback" not in err


def test_a_run_that_gives_no_vectors_says_so(capfd):
    words = ("--model=OneLayer", "--grayscale", "--resize=8", "--epochs=1", "-q", "--exp-id=classes")
    assert run(capfd, "train", "bars", *words)[0] == 0
    code, _, err = run(capfd, "embed", "classes", "bars/d", "--output=v.npz")
    assert code == 5 and "gives no vectors" in err


@pytest.mark.parametrize("loss", ["Triplet", "ArcFace"])
def test_its_gradients_are_checked_without_training(loss, capfd):
    code, out, err = run(capfd, "check", "--model=OneLayer", "--task=Embedding", f"--loss={loss}")
    assert code == 0, err
    assert f"{loss} " in out and "FAILED" not in out
