"""`nnlab train --track-layer` and `--dump-minibatches` as users type them."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_file

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=3", "--model=NLayers", "--layers=8", "--no-disk-cache")
CHANCE = ("--dropout=0.3", "--noise-intensity=0.1", "--rot-angle=10", "--nbr-clones=2", "--max-minibatch-size=20")
Train = Callable[..., tuple[int, str]]


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str]:
        code = main(["train", f"--datasets-path={blobs}", *SMALL, "--quiet", *args])
        return code, capfd.readouterr().err

    return run


def latest() -> Path:
    return Path("runs/latest").resolve()


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (latest() / name).read_text().splitlines()]


def test_watching_changes_nothing_and_costs_nothing_when_not_asked(train: Train) -> None:
    train(*CHANCE)
    plain = latest()
    assert not {path.name for path in plain.iterdir()} & {"tracked.jsonl", "minibatches.jsonl", "minibatches"}
    train(*CHANCE, "--track-layer=dense_1,8", "--track-layer=output,3", "--dump-minibatches")
    for name in ("weights/best.safetensors", "weights/last.safetensors", "predictions.jsonl"):
        assert (plain / name).read_bytes() == (latest() / name).read_bytes(), name


@pytest.mark.usefixtures("figures")
def test_units_are_followed_as_the_network_computes_them(train: Train) -> None:
    train("--track-layer", "dense_1,5", "--track-layer=output,3", "--no-batch-norm", "--track-layer=activation_1,2")
    assert tomllib.loads((latest() / "config.toml").read_text())["run"]["track_layer"] == [
        "dense_1,5", "output,3", "activation_1,2"]  # fmt: skip
    parts = build(resolve(from_file(latest() / "config.toml")))
    state, (batch,) = parts.learner.state(), parts.data.training.batches(1)
    outputs = batch.inputs.astype(np.float64) @ state["dense_1.weight"] + state["dense_1.bias"]
    first = [row for row in rows("tracked.jsonl") if row["epoch"] == 1 and row["layer"] == "dense_1"]
    assert [row["unit"] for row in first] == [0, 1, 2, 3, 4]
    # 1e-4: the network computes in float32, sums of 432 products
    assert [row["mean"] for row in first] == pytest.approx(outputs.mean(axis=0)[:5], rel=1e-4, abs=1e-5)
    assert [row["deviation"] for row in first] == pytest.approx(outputs.std(axis=0)[:5], rel=1e-4)
    norms = np.linalg.norm(state["dense_1.weight"].astype(np.float64), axis=0)
    assert [row["weight_norm"] for row in first] == pytest.approx(norms[:5], rel=1e-12)
    assert len(rows("tracked.jsonl")) == 3 * (5 + 3 + 2)
    assert {row["weight_norm"] for row in rows("tracked.jsonl") if row["layer"] == "activation_1"} == {None}
    for name in ("dense_1", "output", "activation_1"):
        with Image.open(latest() / "figures" / f"tracked-{name}.png") as picture:
            assert picture.height == 451 and picture.width > 800


def test_a_file_the_environment_and_set_say_it_too(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    train("--track-layer=dense_1,1", "--track-layer=output,2")
    first = rows("tracked.jsonl")
    saved = latest() / "config.toml"
    assert main(["train", f"--config={saved}", "--quiet"]) == 0
    assert rows("tracked.jsonl") == first
    train("--set", "track_layer=dense_1,1,output,2")
    assert rows("tracked.jsonl") == first
    monkeypatch.setenv("NNLAB_TRACK_LAYER", "dense_1,1,output,2")
    train()
    assert rows("tracked.jsonl") == first


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("dense1,5", "--track-layer=dense1,5: the network has no such layer; did you mean dense_1"),
        ("zzz,5", "its layers are dense_1, "),
        ("dense_1,9", "dense_1 has 8 units; type --track-layer=dense_1,8 for all"),
        ("dense_1", "--track-layer: must be NAME,UNITS with at least 1 unit, got 'dense_1'"),
        ("dense_1,0", "must be NAME,UNITS with at least 1 unit"),
        ("dense_1,x", "must be NAME,UNITS"),
        (",3", "must be NAME,UNITS"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_what_cannot_be_followed_is_said_before_training(
    train: Train, said: str, words: str, more: tuple[str, ...]
) -> None:
    code, err = train(f"--track-layer={said}", *more)
    assert (code, len(err.splitlines())) == (2, 1)
    assert words in err
    assert not Path("runs/latest").exists()


def test_two_wrong_layers_are_told_at_once(train: Train) -> None:
    code, err = train("--track-layer=dense_7,1", "--track-layer=output,99")
    assert (code, len(err.splitlines())) == (2, 2)


def test_minibatches_show_shuffling_and_augmentation(train: Train) -> None:
    train(*CHANCE, "--dump-minibatches")
    told = rows("minibatches.jsonl")
    assert [(row["epoch"], row["batch"]) for row in told] == [
        (epoch, batch) for epoch in (1, 2, 3) for batch in range(3)
    ]
    for row in told:
        assert [source.split("/")[0] for source in row["sources"]] == row["labels"]
    by_epoch = [[source for row in told if row["epoch"] == epoch for source in row["sources"]] for epoch in (1, 2)]
    assert by_epoch[0] != by_epoch[1]  # shuffled anew
    assert sorted(by_epoch[0]) == sorted(by_epoch[1])
    assert len(by_epoch[0]) == 50 and len(set(by_epoch[0])) == 25  # two clones of each
    names = sorted(path.name for path in (latest() / "minibatches").iterdir())
    assert names == [f"epoch-001-batch-00{batch}.png" for batch in (1, 2, 3)]


def test_a_picture_shows_what_the_network_is_given(train: Train) -> None:
    train("--dump-minibatches", "--noise-intensity=0.2", "--epochs=1")
    parts = build(resolve(from_file(latest() / "config.toml")))
    (batch,) = parts.data.training.batches(1)
    sheet = np.asarray(Image.open(latest() / "minibatches" / "epoch-001-batch-001.png").convert("RGB"))
    shown = np.round(np.asarray(batch.inputs).reshape(-1, 12, 12, 3)[0] * 255).astype(np.uint8)
    big = np.repeat(np.repeat(shown, 8, axis=0), 8, axis=1)  # 12 pixels, by 8, are more than 90
    found = np.flatnonzero((sheet == big[0, 0]).all(axis=-1))
    corners = [divmod(int(place), sheet.shape[1]) for place in found]
    assert any(np.array_equal(sheet[y : y + 96, x : x + 96], big) for y, x in corners)


@pytest.mark.usefixtures("figures")
def test_resumed_both_go_on_and_the_figure_is_whole(train: Train, capfd: pytest.CaptureFixture[str]) -> None:
    watching = ("--track-layer=dense_1,2", "--dump-minibatches")
    train(*CHANCE, *watching, "--epochs=4", "--runs-dir=whole")
    whole = Path("whole/latest").resolve()
    train(*CHANCE, *watching, "--epochs=2")
    assert main(["train", "--resume=runs/latest", "--epochs=4", "--quiet"]) == 0
    for name in ("tracked.jsonl", "minibatches.jsonl", "figures/tracked-dense_1.png"):
        assert (whole / name).read_bytes() == (latest() / name).read_bytes(), name
    assert {path.name.split("-batch")[0] for path in (latest() / "minibatches").iterdir()} == {"epoch-003"}
