"""Run folders that were damaged, by accident or on purpose: every command that reads one ends in one line, or works.

A small share runs with the tests. The whole of it, so many damages by seed:

    .venv/bin/python tests/campaigns/test_damaged_runs.py 2000 1
"""

import contextlib
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.errors import DataError
from nnlab.tracking.weights import read_weights, write_weights

FILES = ("config.toml", "weights/best.safetensors", "state/checkpoint.safetensors", "state/state.json", "summary.json",
         "metrics.jsonl", "checks.jsonl", "layers.jsonl", "tracked.jsonl", "minibatches.jsonl",
         "environment.json")  # fmt: skip
SAFETENSORS = tuple(name for name in FILES if name.endswith(".safetensors"))

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**63, 2**63 - 1, 10**400, float("nan"), "", "x", "\x00\x1b[2J", [], [[]], [None], {},
    {"a": {}}, [-1, 2], ["a"] * 3, "../../etc", [2**40, 2**40],
)  # fmt: skip
"""What a field is given instead of its own."""

SECONDS = 120
"""A command that takes longer waits for something that never comes."""


def train(datasets: Path, runs: Path) -> Path:
    """The run that is damaged."""
    args = (f"--datasets-path={datasets}", "--dataset=blobs", "--resize=6,6", "--model=NLayers", "--layers=4",
            "--epochs=2", "--max-minibatch-size=10", f"--runs-dir={runs}", "--track-layer=dense_1,2",
            "--dump-minibatches", "--gradient-checks-interval=1", "--quiet", "--no-disk-cache")  # fmt: skip
    assert main(["train", *args]) == 0
    return (runs / "latest").resolve()


def damage(run: Path, chance: random.Random) -> str:
    """Damages one file of a run, and says how."""
    name = chance.choice(FILES)
    path = run / name
    kinds: list[Callable[[Path, random.Random], str]] = [flipped, cut, replaced, garbled]
    kinds += [retyped] * 6
    how = chance.choice(kinds)(path, chance)
    return f"{name}: {how}"


def flipped(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    bit = chance.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return f"bit {bit} flipped"


def cut(path: Path, chance: random.Random) -> str:
    content = path.read_bytes()
    length = chance.randrange(len(content))
    path.write_bytes(content[:length])
    return f"cut after {length} bytes"


def replaced(path: Path, chance: random.Random) -> str:
    path.unlink()
    kind = chance.choice(["pipe", "folder", "device", "link to itself", "link to nothing", "nothing", "large"])
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "large":
        with path.open("wb") as file:
            file.truncate(1 << 40)
    elif kind != "nothing":
        path.symlink_to({"device": "/dev/zero", "link to itself": path.name}.get(kind, "/nowhere/at/all"))
    return f"a {kind} in its place"


def garbled(path: Path, chance: random.Random) -> str:
    content = chance.choice([b"", b"\x00" * 100, b"[" * 100_000, b"\xff\xfe\x00", b"{}\n", b"[]\n", b"null\n", b"7\n",
                             b'{"epoch": 1}\n', b"a = 1\n", b"[run]\nepochs = 99\n"])  # fmt: skip
    path.write_bytes(content)
    return f"replaced by {content[:20]!r}"


def retyped(path: Path, chance: random.Random) -> str:
    """One field becomes another value, or is gone; checksums are right all the same, as on purpose."""
    if path.suffix == ".safetensors":
        tensors, about = read_weights(path)
        if chance.random() < 0.4:
            return _retyped_tensor(path, tensors, about, chance)
        how = _retyped(about, chance)
        write_weights(path, tensors, about)
        return how
    lines = path.suffix == ".jsonl"
    if path.suffix == ".toml":
        table = tomllib.loads(path.read_text())
        how = _retyped(table, chance)
        path.write_text(_toml(table))
        return how
    documents = [json.loads(line) for line in (path.read_text().splitlines() if lines else [path.read_text()])]
    how = _retyped(chance.choice(documents), chance)
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return how


def _retyped(table: dict[str, Any], chance: random.Random) -> str:
    key = chance.choice(sorted(table))
    if isinstance(table[key], dict) and table[key] and chance.random() < 0.8:
        return f"{key}." + _retyped(table[key], chance)
    if chance.random() < 0.2:
        del table[key]
        return f"{key} is gone"
    table[key] = chance.choice(VALUES)
    return f"{key} becomes {table[key]!r:.30}"


def _retyped_tensor(path: Path, tensors: dict[str, Any], about: dict[str, Any], chance: random.Random) -> str:
    name = chance.choice(sorted(tensors))
    array = tensors.pop(name)
    ways = {
        "is gone": None,
        "is renamed": array,
        "has another dtype": array.astype(chance.choice([np.int8, np.float16, np.uint64, np.bool_])),
        "has another shape": np.zeros((3, *array.shape), array.dtype),
        "is a number": np.float64(np.nan),
        "is empty": array.reshape(-1)[:0],
    }
    how = chance.choice(list(ways))
    if ways[how] is not None:
        tensors[f"{name}x" if how == "is renamed" else name] = np.asarray(ways[how])
    write_weights(path, tensors, about)
    return f"{name} {how}"


def _toml(table: dict[str, Any]) -> str:
    """TOML as far as it goes: what it cannot say is left out."""
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    text = "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in table.items() if key not in tables and _plain(value)
    )
    for key, value in tables.items():
        text += f"[{json.dumps(key)}]\n" + "".join(
            f"{json.dumps(name)} = {json.dumps(item)}\n" for name, item in value.items() if _plain(item)
        )
    return text


def _plain(value: Any) -> bool:
    return value is not None and "null" not in json.dumps(value) and "{" not in json.dumps(value)


COMMANDS: dict[str, Callable[[Path, Path], list[str]]] = {
    "resume": lambda run, picture: ["train", f"--resume={run}", "--epochs=3", f"--runs-dir={run.parent / 'new'}", "-q"],
    "infer": lambda run, picture: ["infer", f"--run={run}", str(picture)],
    "export": lambda run, picture: ["export", str(run), f"--output={run.parent / 'out.onnx'}"],
    "weights": lambda run, picture: [
        "train", f"--config={run / 'config.toml'}", f"--weights={run}", "--epochs=1", "-q", "--gradient-checks=off",
        f"--runs-dir={run.parent / 'new'}"],
}  # fmt: skip


class TooLong(Exception):
    """A command waits for something that never comes."""


def trial(run: Path, picture: Path, seed: int) -> str | None:
    """Damages a copy of a run and lets a command read it. What is wrong with how it ended, None when nothing is."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "run"
        shutil.copytree(run, copy)
        how = damage(copy, chance)
        name = chance.choice(list(COMMANDS))
        told = f"seed {seed}: {how}; {name}: "
        said = io.StringIO()
        signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(SECONDS)
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                code = main(COMMANDS[name](copy, picture))
        except BaseException as error:
            return told + f"{type(error).__name__}: {str(error)[:200]}"
        finally:
            signal.alarm(0)
    errors = [line for line in said.getvalue().splitlines() if line.startswith("nnlab: error: ")]
    if "Traceback" in said.getvalue() or bool(errors) != bool(code) or code not in {0, 1, 2, 5}:
        return told + f"exit {code}: {said.getvalue()[-300:]}"
    return None


def _too_long(signum: int, frame: object) -> None:
    raise TooLong


@pytest.fixture(scope="module")
def run(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(blobs, tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_run_ends_in_a_line_or_not_at_all(run: Path, blobs: Path, seed: int) -> None:
    before = signal.getsignal(signal.SIGALRM)
    try:
        assert trial(run, next((blobs / "blobs" / "red").iterdir()), seed) is None
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", SAFETENSORS)
def test_a_flipped_bit_is_never_trained_on(run: Path, tmp_path: Path, name: str) -> None:
    whole = (run / name).read_bytes()
    path = tmp_path / "damaged.safetensors"
    for seed in range(40):
        path.write_bytes(whole)
        how = flipped(path, random.Random(seed))
        with pytest.raises(DataError):
            read_weights(path)
            pytest.fail(how)


def campaign(count: int, first: int) -> Iterator[str]:
    """What went wrong in so many trials."""
    with tempfile.TemporaryDirectory() as folder:
        datasets = Path(os.environ.get("CAMPAIGN_DATASETS", "datasets")).resolve()
        if not (datasets / "blobs").is_dir():
            assert main(["data", "make", "colors", f"--output={folder}/blobs", "--images=24"]) == 0
            datasets = Path(folder)
        made = train(datasets, Path(folder) / "runs")
        picture = next(path for path in (datasets / "blobs").rglob("*.png"))
        for seed in range(first, first + count):
            if (wrong := trial(made, picture, seed)) is not None:
                yield wrong


if __name__ == "__main__":
    found = 0
    for line in campaign(int(sys.argv[1]), int(sys.argv[2])):
        found += 1
        print(line, flush=True)
    print(f"{found} of {sys.argv[1]} ended otherwise than in a line")
    sys.exit(bool(found))
