"""docs/examples/plugin, installed as a person would install it, and used from the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

OWN_ALONE = """
import sys
from nnlab.checks import validate
from nnlab.cli.main import main
for name in ("LAYERS", "LOSSES", "OPTIMIZERS", "MODELS", "INITIALIZERS", "SCHEDULES"):
    setattr(validate, name, [cls for cls in getattr(validate, name) if cls.__module__.startswith("nnlab_example")])
sys.exit(main(sys.argv[1:]))
"""
"""`nnlab check` of what the package brings alone; all else has tests of its own, and takes minutes."""


@pytest.fixture(scope="module")
def nnlab(repository: Path, tmp_path_factory: pytest.TempPathFactory):
    """Runs nnlab with the package installed, somewhere; gives stdout."""
    site, here = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("here")
    source = repository / "docs" / "examples" / "plugin"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, f"--target={site}", str(source)], check=True, timeout=300, stdin=subprocess.DEVNULL)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def run(*words: str, python: Sequence[str] = ("-m", "nnlab")) -> str:
        command = [sys.executable, *python, *words]
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("train", "--dataset=colors", "--resize=6", "--augment=Flip:share=0.5", "--image-steps=Quantize:levels=8",
        "--model=Waist", "--waist=12", "--epochs=4", "--learning-rate=0.02", "--quiet")  # fmt: skip
    return run


def test_its_components_are_listed_with_their_options(nnlab) -> None:
    text = nnlab("components", "Flip", "Quantize", "Softsign", "Waist")
    assert all(word in text for word in ("Flip", "share", "Quantize", "levels", "Softsign", "Waist", "waist"))


def test_they_pass_every_check_on_torch_against_the_hand_written_ones(nnlab) -> None:
    document = json.loads(nnlab("check", "--backend=torch", "--json", python=("-c", OWN_ALONE)))
    assert document["failed"] == 0 and document["passed"] == len(document["results"]) < 5
    assert {"Softsign", "Waist"} <= {row["component"] for row in document["results"]}


def test_the_run_goes_on_says_what_it_sees_and_is_exported(nnlab) -> None:
    nnlab("train", "--resume=latest", "--epochs=5", "--quiet")
    assert 'augment = ["Flip:share=0.5"]' in nnlab("train", "--config=runs/latest/config.toml", "--dry-run")
    results = json.loads(nnlab("infer", "--run=latest", "colors", "--json"))["results"]
    assert len(results) > 10
    document = json.loads(nnlab("export", "latest", "--with-preprocessing", "--json", "--quiet"))
    assert document["operators"]["Softsign"] == 1
    assert document["max_abs_difference"] < 1e-5
