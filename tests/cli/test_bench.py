"""`nnlab bench` as users type it. No test asserts a time."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.experiment.bench.peers import PEERS

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=3", "--model=NLayers", "--layers=8", "--threads=1")
CONTRACT = {
    "backend", "data_loader", "dtype", "epochs", "load_s", "train_s", "epoch_ms", "peak_memory_mb", "dev_accuracy",
}  # fmt: skip


class Nnlab:
    """Runs the command line in this process, in a folder of its own."""

    def __init__(self, capfd: pytest.CaptureFixture[str], datasets: Path):
        self._capfd, self._datasets = capfd, datasets

    def __call__(self, *args: str) -> tuple[int, str, str]:
        code = main(["bench", f"--datasets-path={self._datasets}", *args])
        said = self._capfd.readouterr()
        return code, said.out, said.err


@pytest.fixture
def bench(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nnlab:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))  # some torches make it when imported
    (tmp_path / "temporary").mkdir()
    return Nnlab(capfd, blobs)


def finite_or_null(value: Any) -> bool:
    return json.loads(json.dumps(value, allow_nan=False)) == value


def test_measures_backends_and_leaves_a_folder(torch_installed: None, bench: Nnlab, tmp_path: Path) -> None:
    Path("runs").mkdir()
    Path("runs/latest").symlink_to("a-run")
    code, out, err = bench(*SMALL, "--data-loader=Vips", "--json", "--chart=copy.png")
    assert code == 0, err
    document = json.loads(out)
    assert document["schema_version"] == 1
    assert not document["f14"]
    rows = document["rows"]
    assert [row["backend"] for row in rows] == ["numpy", "torch"]
    for row in rows:
        hold_row(row)
        assert (row["gradient_checks"], row["instability_checks"]) == ("off", "off")
    assert rows[0]["dev_accuracy"] == rows[1]["dev_accuracy"]  # the same weights, the same batches
    assert rows[0]["peak_memory_mb"] < rows[1]["peak_memory_mb"]  # it has not imported torch
    (folder,) = Path("runs").glob("*-main-bench-*")
    assert {path.name for path in folder.iterdir()} == {"bench.json", "chart.png", "config.toml", "environment.json"}
    assert json.loads((folder / "bench.json").read_text()) == document
    assert tomllib.loads((folder / "config.toml").read_text())["model"]["layers"] == [8]
    assert json.loads((folder / "environment.json").read_text())["processor"]
    assert Path("copy.png").read_bytes() == (folder / "chart.png").read_bytes()
    assert Path("runs/latest").readlink() == Path("a-run")
    assert list((tmp_path / "temporary").iterdir()) == []


def hold_row(row: dict[str, Any]) -> None:
    """What is true of every row of a cell that has not failed."""
    assert set(row) >= CONTRACT
    assert finite_or_null(row)
    assert (row["data_loader"], row["dtype"], row["epochs"], row["error"]) == ("Vips", "float32", 3, None)
    assert (row["warmup_epochs"], row["measured_epochs"]) == (1, 2)
    assert row["device"] in {"cpu", "cuda"}
    assert row["load_s"] > 0 and row["train_s"] > 0 and row["cpu_ms"] > 0
    assert 0 < row["epoch_ms_q1"] <= row["epoch_ms"] <= row["epoch_ms_q3"]
    assert 20 < row["peak_memory_mb"] < 4000
    assert 0 <= row["dev_accuracy"] <= 1


def test_peers_train_beside(torch_installed: None, bench: Nnlab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.experiment.bench.plan.PEERS", (PEERS[0], PEERS[2]))  # importing torch takes seconds
    code, out, err = bench(*SMALL, "--data-loader=Vips", "--backend=numpy", "--gradient-checks=warning", "--peers")
    assert code == 0, err
    assert "\nsklearn: ReLU in place of LeakyReLU, no BatchNorm\n" in out
    assert "\nan epoch takes, of that of sklearn: numpy · Vips " in out
    assert "\nan epoch takes, of that of torch loop, fused: numpy · Vips " in out
    assert "gradient checks: warning, instability checks: off" in out
    (folder,) = Path("runs").glob("*-main-bench-*")
    document = json.loads((folder / "bench.json").read_text())
    for row in document["rows"]:
        hold_row(row)
    assert [row["backend"] for row in document["rows"]] == ["numpy", "sklearn", "torch loop, fused"]
    assert [row["gradient_checks"] for row in document["rows"]] == ["warning", "off", "off"]
    assert "scikit-learn" in document["machine"]["packages"]


def test_shows_a_table_and_progress_in_plain_lines(bench: Nnlab) -> None:
    code, out, err = bench(*SMALL, "--backend=numpy", "--repeats=2")
    assert code == 0, err
    lines = out.splitlines()
    assert " ".join(lines[0].split()) == "backend images load s train s epoch ms quartiles ratio cpu ms MiB dev"
    assert [line.split()[:2] for line in lines[1:3]] == [["numpy", "Vips"], ["numpy", "ImageMagick"]]
    assert "every cell ran 2 times" in out
    assert "gradient checks: off" in out
    assert "the reference system" not in out
    assert "images: numpy · Vips" in err and "epochs 12/12" in err and "benchmark folder: runs" in err
    assert "\x1b" not in out + err


def test_a_cell_that_fails_is_said_and_the_others_go_on(bench: Nnlab) -> None:
    code, out, err = bench(*SMALL, "--data-loader=Vips", "--compile", "--backends=numpy", "--quiet", "--json",
                           "-e", *SMALL, "--exp-id=well", f"--datasets-path={bench._datasets}")  # fmt: skip
    assert code == 2
    failed, *others = json.loads(out)["rows"]
    assert failed["epoch_ms"] is None and failed["exit_code"] == 2 and "no compile" in failed["error"]
    assert [row["error"] for row in others] == [None, None]
    assert "nnlab: error: numpy · Vips: --compile: the numpy backend has no compile" in err
    assert sorted(path.name for path in next(Path("runs").glob("*bench*")).glob("*.toml")) == [
        "config-well.toml", "config.toml",
    ]  # fmt: skip


def test_a_missing_library_fails_its_row_with_6(bench: Nnlab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    missing = "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')\n"
    (tmp_path / "broken" / "torch.py").write_text(missing)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    monkeypatch.setattr("nnlab.experiment.bench.plan.PEERS", PEERS[2:])
    code, out, err = bench(*SMALL, "--data-loader=Vips", "--json", "--quiet", "--peers")
    assert code == 6
    well, failed, peer = json.loads(out)["rows"]
    assert (peer["backend"], peer["exit_code"]) == ("torch loop, fused", 6)
    assert (well["backend"], well["error"]) == ("numpy", None)
    assert "torch is not installed; type: " in failed["error"]
    assert "torch is not installed; type: " in err


def test_all_cells_failing_leaves_a_folder_without_a_chart(bench: Nnlab) -> None:
    code, out, _ = bench(*SMALL, "--backend=numpy", "--data-loader=Vips", "--compile", "--quiet")
    assert code == 2
    assert "failed" in out
    assert {path.name for path in next(Path("runs").glob("*bench*")).iterdir()} == {
        "bench.json", "config.toml", "environment.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--backends=numpi,torhc",), ["unknown backend 'numpi'; did you mean numpy?", "did you mean torch?"]),
        (("--data-loaders=Vip",), ["--data-loaders: unknown", "did you mean Vips?"]),
        (("--backend=torch", "--backends=numpy"), ["--backends: --backend says it already"]),
        (("--model=NLayersTorch", "--backends=numpy"), ["--backends: a component's name says it already"]),
        (("--data-loader=Vips", "--data-loaders=Vips"), ["--data-loader says it already"]),
        (("--epochz=3", "-e", "--modle=NLayers"), ["--epochz: no such option; did you mean --epochs", "--modle"]),
        (("--repeats=0",), ["--repeats: must be a whole number of at least 1"]),
        (("--chart=c.jpg",), ["--chart: must be a PNG file"]),
        (("--chart=nowhere/c.png",), ["no such folder; make nowhere first"]),
        (("--track-layer=dense_1,2",), ["--track-layer: has no part in a benchmark"]),
        (("--dataset=blobs", "--model=NLayers", "--layers=0"), ["--layers: must be at least 1"]),
    ],
)
def test_mistakes_are_said_before_any_work(bench: Nnlab, args: tuple[str, ...], said: list[str]) -> None:
    code, out, err = bench(*args)
    assert (code, out) == (2, "")
    assert all(words in err for words in said)
    assert "images" not in err
    assert not Path("runs").exists()


def test_a_dataset_that_is_not_there_is_5(bench: Nnlab) -> None:
    code, _, err = bench("--dataset=blob")
    assert code == 5
    assert "did you mean blobs?" in err


@pytest.mark.parametrize(
    ("args", "cells"),
    [
        ((), ["numpy · Vips", "numpy · ImageMagick", "torch · Vips", "torch · ImageMagick"]),
        (("--backend=torch",), ["torch · Vips", "torch · ImageMagick"]),
        (("--accuracy=ClassesTorch", "--data-loader=Vips"), ["torch · Vips"]),
        (("--backends=torch,torch", "--data-loaders=image-magick"), ["torch · ImageMagick"]),
    ],
)
def test_a_dry_run_lists_the_cells(bench: Nnlab, args: tuple[str, ...], cells: list[str]) -> None:
    code, out, _ = bench(*SMALL, *args, "--dry-run")
    assert code == 0
    assert out.splitlines() == [f"main · {cell} · float32 · 3 epochs x 1" for cell in cells]
    assert not Path("runs").exists()


def test_without_settings_it_is_the_references_benchmark(
    repository: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    assert main(["bench", "--dry-run"]) == 0
    said = capfd.readouterr()
    assert said.out.splitlines()[0] == "main · numpy · Vips · float32 · 100 epochs x 1"
    assert said.err == ""  # 110x110 stands above the dataset's own recommendation of 32x32
    assert main(["bench", "--dry-run", "--epochs=7", "-e", "--exp-id=own", "--layers=8", "--model=NLayers"]) == 0
    said = capfd.readouterr()
    assert "main · numpy · Vips · float32 · 7 epochs x 1" in said.out
    assert "own · torch · ImageMagick · float32 · 100 epochs x 1" in said.out
    assert "numbers: prepared as its makers recommend (trim=true resize=32,32" in said.err


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_every_cell_and_leaves_nothing(
    blobs: Path, tmp_path: Path, signum: signal.Signals, code: int
) -> None:
    if signal.getsignal(signum) == signal.SIG_IGN:
        pytest.skip("these tests were started in the background of a shell, where Ctrl-C is ignored by all")
    (tmp_path / "temporary").mkdir()
    command = [sys.executable, "-m", "nnlab", "bench", f"--datasets-path={blobs}", *SMALL, "--epochs=1000000",
               "--backend=numpy", "--runs-dir=runs"]  # fmt: skip
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None and process.stdout is not None
        said = ""
        while "epochs " not in said:  # all cells are there, and train
            said = process.stderr.readline()
            assert said, "it ended by itself"
        cells = children(process.pid)
        assert len(cells) == 2
        process.send_signal(signum)
        assert process.wait(timeout=60) == code
        assert "nnlab: error: interrupted" in process.stderr.read()
        assert process.stdout.read() == ""
    until = time.monotonic() + 20
    while any(Path(f"/proc/{cell}").exists() for cell in cells) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(Path(f"/proc/{cell}").exists() for cell in cells)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "runs").exists()


def children(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children()]
