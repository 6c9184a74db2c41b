"""Sets above --data-memory, as users type it: the same runs, byte for byte, and a line where the disk has no room."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.data.shards.kept import folder_of_shards

SMALL = (
    "--dataset=shapes", "--filter-dataset=0-59", "--resize=16,16", "--epochs=1", "--max-minibatch-size=16", "--quiet",
    "--gradient-checks=off", "--threads=1", "--learning-rate=0.01", "--no-display-graphs",
)  # fmt: skip
NET = ("--model=SmallCnn", "--widths=4,4")
TINY = "--data-memory=4K"  # 60 pictures of 16 x 16 take 46,080 bytes


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.chdir(repository)


def trained(runs: Path, *words: str) -> Path:
    assert main(["train", *SMALL, f"--runs-dir={runs}", *words]) == 0
    return (runs / "latest").resolve()


def bits(run: Path) -> dict[str, bytes]:
    """What a run has learnt and answered, and what it was learnt from."""
    found = {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.glob("weights/*"))}
    return found | {"predictions.jsonl": (run / "predictions.jsonl").read_bytes()}


@pytest.mark.parametrize(
    "words",
    [
        (*NET, "--augment=Rotate:max_degrees=20", "--nbr-clones=2", "--input-scaling=mean-std"),
        (*NET, "--backend=torch", "--mixup=0.2"),
        ("--task=Segmentation", "--model=UNet", "--base=2", "--depth=2"),
    ],
    ids=["numpy", "torch", "masks"],
)
def test_the_same_bits_from_memory_and_from_disk(tmp_path: Path, words: tuple[str, ...]) -> None:
    if "torch" in str(words):
        pytest.importorskip("torch")
    on_disk = bits(trained(tmp_path / "disk", *words, TINY))
    (entry,) = folder_of_shards().iterdir()
    assert (entry / "pixels-000").stat().st_size == 60 * 16 * 16 * 3
    assert (entry / "masks-000").exists() == ("--task=Segmentation" in words)
    in_memory = bits(trained(tmp_path / "memory", *words, "--no-disk-cache"))
    assert in_memory.keys() == on_disk.keys() and len(in_memory) > 2
    for name, content in in_memory.items():
        assert content == on_disk[name], name


def test_arrays_that_are_larger_than_memory_teach_the_same(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    x, y = generator.integers(0, 256, (60, 16, 16, 3), dtype=np.uint8), np.arange(60) % 3
    for name, save in (("stored", np.savez), ("packed", np.savez_compressed)):
        save(tmp_path / f"{name}.npz", x=x, y=y)
        words = (*SMALL[2:], *NET, str(tmp_path / f"{name}.npz"))
        found = []
        for where, memory in (("disk", TINY), ("memory", "--data-memory=1G")):
            assert main(["train", *words, memory, f"--runs-dir={tmp_path / name / where}"]) == 0
            found.append(bits((tmp_path / name / where / "latest").resolve()))
        assert found[0] == found[1] and len(found[0]) > 2


def test_gone_on_with_and_used_from_disk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Resumed, scored, of folds, on other pictures: by a run whose set lies on disk as by any."""
    held, part = trained(tmp_path / "held", *NET), trained(tmp_path / "part", *NET)
    for run, memory in ((held, "1G"), (part, "4K")):
        assert main(["train", f"--resume={run}", "--epochs=2", f"--data-memory={memory}", "--quiet"]) == 0
    assert bits(part) == bits(held) and len(list(folder_of_shards().iterdir())) == 1
    capfd.readouterr()
    said = []
    for run in (held, part):
        assert main(["evaluate", str(run), "--json"]) == 0
        said.append(json.loads(capfd.readouterr().out))
    assert said[0]["score"] == said[1]["score"]
    assert main(["evaluate", str(part), "datasets/shapes", "--json"]) == 0
    assert main(["infer", f"--run={part}", "datasets/shapes/images/0000.png", "--json"]) == 0
    assert main(["train", *SMALL, *NET, f"--runs-dir={tmp_path / 'folds'}", "--folds=3", TINY]) == 0


def test_nothing_is_kept_where_nothing_is_to_be_kept(tmp_path: Path) -> None:
    run = bits(trained(tmp_path / "runs", *NET, TINY, "--no-disk-cache"))
    assert list(folder_of_shards().iterdir()) == []
    assert run == bits(trained(tmp_path / "memory", *NET))


def test_a_set_on_disk_is_read_into_memory_where_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bits(trained(tmp_path / "disk", *NET, TINY))
    monkeypatch.setattr("nnlab.data.images.vips.Vips.decode", lambda *_, **__: pytest.fail("was decoded"))
    assert bits(trained(tmp_path / "memory", *NET)) == first


def test_a_damaged_set_is_prepared_anew(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = bits(trained(tmp_path / "first", *NET, TINY))
    (entry,) = folder_of_shards().iterdir()
    with (entry / "pixels-000").open("r+b") as pixels:
        pixels.truncate(40_000)
    capfd.readouterr()
    assert bits(trained(tmp_path / "second", *NET, TINY)) == first
    err = capfd.readouterr().err
    assert "cannot be used (damaged: the checksum of its pixels is wrong); images are prepared anew" in err
    assert bits(trained(tmp_path / "third", *NET, TINY)) == first
    assert "anew" not in capfd.readouterr().err


def test_a_full_disk_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert main(["train", *SMALL, *NET, TINY, f"--runs-dir={tmp_path}"]) == 1
    err = capfd.readouterr().err
    (line,) = [line for line in err.splitlines() if "no place" in line]
    assert "no place for 46,080 bytes of prepared pictures (No space left on device" in line
    assert "NNLAB_CACHE_DIR" in line and "--data-memory" in line and "Traceback" not in err
    assert list(folder_of_shards().iterdir()) == []  # nothing half-written


def test_a_disk_that_fills_while_it_is_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "pwrite", full)
    assert main(["train", *SMALL, *NET, TINY, f"--runs-dir={tmp_path}"]) == 1
    assert capfd.readouterr().err.count("No space left on device") == 1
    assert list(folder_of_shards().iterdir()) == []


def test_a_cache_that_is_no_folder_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path / "file"))
    assert main(["train", *SMALL, *NET, TINY, f"--runs-dir={tmp_path / 'runs'}"]) == 1
    assert "no place for 46,080 bytes" in capfd.readouterr().err


def test_what_is_no_amount_is_said_with_the_other_mistakes(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *SMALL, "--data-memory=lots", "--filter-dataset=x"]) == 2
    err = capfd.readouterr().err
    assert "--data-memory" in err and "512M, 2G or 50%" in err and "--filter-dataset" in err
