"""Where torch computes: the device, its threads, and the way to it and back."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch

from nnlab.backends.base import Engine
from nnlab.core.errors import MissingError, UsageError
from nnlab.core.machine import usable_cores
from nnlab.core.types import Array

CPU: Final = torch.device("cpu")


def device_of(engine: Engine) -> torch.device:
    """The device that is asked for; "auto" takes a CUDA device where there is one.

    Raises:  MissingError: when an explicit wish cannot be met.
    """
    if engine.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if engine.device == "cuda" and not torch.cuda.is_available():
        build = "this torch is built without CUDA" if torch.version.cuda is None else "torch finds no CUDA device"
        raise MissingError(build, where="--device=cuda", hint="type --device=cpu, or see `nnlab doctor`")
    return torch.device(engine.device)


def environment_of(device: torch.device) -> dict[str, Any]:
    """What a run on this device is to remember of it."""
    found: dict[str, Any] = {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
    if device.type == "cuda":
        found |= {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
        found["device_name"] = torch.cuda.get_device_name(device)
    return found


def use_threads(engine: Engine) -> None:
    """Has torch's operators use so many threads. Torch knows one number for the whole process."""
    torch.set_num_threads(engine.threads or usable_cores())


def refuse_amp(engine: Engine, dtype: np.dtype[Any]) -> None:
    """Raises UsageError: when products in bfloat16 are asked for in a float64 model, which wants more digits."""
    if engine.amp and dtype == np.float64:
        raise UsageError("is for float32 models", where="--amp", hint="leave it out, or --dtype=float32")


def require_compiler(engine: Engine) -> None:
    """Raises MissingError: when --compile is asked for and there is no C++ compiler, which torch.compile looks for."""
    if not engine.compile:
        return
    wanted = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "cl" if os.name == "nt" else "g++")
    if shutil.which(wanted) is None:
        hint = "type: sudo apt-get install g++ (or name another in CXX), or leave out --compile"
        raise MissingError(f"torch finds no C++ compiler ({wanted})", where="--compile", hint=hint)


def tensor_of(array: Array, device: torch.device) -> torch.Tensor:
    """An array as a tensor: on the processor the same memory, elsewhere a copy."""
    if not array.flags.writeable:
        array = array.copy()  # torch knows no memory that may only be read
    return torch.from_numpy(array).to(device)


def column_major(tensor: torch.Tensor) -> torch.Tensor:
    """A matrix with its columns in a row in memory; any other tensor as it is. The values stay where they are.

    Torch's own layers keep their weights so: measured, the product that gives dW then takes a tenth less time.
    """
    return tensor.t().contiguous().t() if tensor.ndim == 2 else tensor


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, torch's operators use one thread. On a few samples more of them only wait for each other: a gradient
    check took 2.7 times the processor time with two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def array_of(tensor: torch.Tensor) -> Array:
    """A tensor as an array: on the processor the same memory, elsewhere a copy; bfloat16 as float32."""
    kept = tensor.detach().cpu()
    array: Array = (kept.float() if kept.dtype == torch.bfloat16 else kept).numpy()
    return array
