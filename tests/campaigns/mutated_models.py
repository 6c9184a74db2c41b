"""Mutated models through the importer and both engines, in a process of their own with bounds on memory and time.

    mutated_models.py --minutes=15 --seed=1 --models=../shared/data/onnx    until the time is over
    mutated_models.py --count=100 --seed=7 --small                       so many, as the tests do
    mutated_models.py --show=1234 --seed=1                   one again, with its traceback

A finding is whatever is no DataError of one line: another exception, a process that dies, one that does not end.
Model N of a seed is always the same one, given the same starting models.
"""

import argparse
import math
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from mutations import built, mutated  # beside this script
from watching import Trial, campaign

MEMORY = 2**28
"""Bytes that a model may make by nnlab's own guard, besides what the process holds; it is bound itself at some more."""

SECONDS = 20.0
"""For one model on both engines; the machine may be busy."""


def corpus(*, small: bool, folder: Path | None) -> list[bytes]:
    """The models that mutation begins with: ours, those of the onnx package, those of a folder."""
    data = Path(onnx.__file__).parent / "backend" / "test" / "data"
    files = sorted(data.glob("*/*/model.onnx")) + (sorted(folder.glob("*/*.onnx")) if folder else [])
    stored = [file.read_bytes() for file in files if file.stat().st_size < 300_000]
    if small:
        return built() + stored
    from onnx.backend.test.loader import load_model_tests

    node = [case.model.SerializeToString() for case in load_model_tests(kind="node") if case.model is not None]
    return built() + stored + [model for model in node if len(model) < 20_000]


def model_number(number: int, seed: int, models: list[bytes]) -> tuple[bytes, random.Random]:
    """Mutated model N of a seed."""
    rng = random.Random(f"{seed}/{number}")
    return mutated(rng.choice(models), rng), rng


def tried(data: bytes, rng: random.Random) -> str:
    """Reads and runs a model on both engines. What came of it; raises whatever is a finding."""
    from nnlab.core.errors import DataError
    from nnlab.onnx.engine.execute import NumpyModel
    from nnlab.onnx.file.read import model_of
    from nnlab.onnx.limits import held_bytes, limited
    from nnlab.onnx.ops.base import NoGradientError

    said = []
    with limited(memory=held_bytes() + MEMORY, turns=2000):
        try:
            view = model_of(data, where="fuzz.onnx", file=Path(__file__))
            inputs = {value.name: given(value, rng) for value in view.graph.inputs}
        except DataError as error:
            return checked_line(error)
        for engine in [NumpyModel, *torch_engine()]:
            try:
                model = engine(view)
                outputs = model.run(inputs)
                said.append("ran")
                if rng.random() < 0.3 and all(isinstance(y, np.ndarray) and y.size < 10_000 for y in outputs):
                    weights = [np.ones_like(y) if y.dtype.kind == "f" else None for y in outputs]
                    model.gradients(inputs, weights)
            except NoGradientError:
                pass
            except DataError as error:
                said.append(checked_line(error))
    return " / ".join(said)


def torch_engine() -> list[Any]:
    """The class, where torch is installed."""
    try:
        from nnlab.onnx.torch_ops.execute import TorchModel
    except ImportError:
        return []
    return [TorchModel]


def checked_line(error: Exception) -> str:
    """Its text. Raises AssertionError: when that is not one line, or names no place."""
    text = str(error)
    assert len(text.splitlines()) == 1, text
    assert len(text) < 3000, f"{len(text)} characters"
    assert text.startswith("fuzz.onnx"), text
    return "unforeseen" if "is not a sound model" in text else "refused"


def given(value: Any, rng: random.Random) -> Any:
    """Something for an input, mostly as it is declared."""
    if not value.is_tensor:
        return [np.ones((2, 2), np.float32)]
    shape = [size if isinstance(size, int) else rng.randrange(4) for size in value.shape or ()]
    if math.prod(max(size, 1) for size in shape) > 1e6:
        shape = [min(size, 9) for size in shape[:6]]
    if np.dtype(value.dtype or np.float32).kind in "OUT":
        return np.full(shape, "x", object)
    numbers = np.random.default_rng(rng.randrange(2**32)).integers(-2, 4, shape)
    return numbers.astype(value.dtype or np.float32)


def main() -> int:
    """Runs; exit 1 when something was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="begin with few models")
    parser.add_argument("--models", type=Path)
    return campaign(parser, prepare, seconds=SECONDS)


def prepare(options: argparse.Namespace) -> Trial:
    """The trial of a number."""
    models = corpus(small=options.small, folder=options.models)
    return lambda number, seed: tried(*model_number(number, seed, models))


if __name__ == "__main__":
    sys.exit(main())
