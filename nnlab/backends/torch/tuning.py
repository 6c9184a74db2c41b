"""Ways to work that torch is told of: `--tuning` (backends/tuning.py)."""

from collections.abc import Mapping
from typing import Any

import torch

from nnlab.backends.base import Engine
from nnlab.backends.torch.optimizers import FUSED, Form
from nnlab.backends.tuning import OF_CUDA
from nnlab.core.errors import MissingError, UsageError

FORMS: Mapping[str, Form] = {"loop": {"foreach": False, "fused": False}, "foreach": {"foreach": True}}
"""How the optimizer goes over the weights, where it is told."""

MODES = ("reduce-overhead", "max-autotune")
"""Of torch.compile, besides its default."""


def require_tuning(engine: Engine, device: torch.device) -> None:
    """Raises UsageError: two ways exclude each other, or one is of --compile.  MissingError: it is for CUDA."""
    for these in (tuple(FORMS), MODES):
        named = [name for name in engine.tuning if name in these]
        if len(named) > 1:
            what, hint = f"{' and '.join(named)} exclude each other", "leave one of them out"
            raise UsageError(what, where="--tuning", hint=hint)
    compiled = [name for name in engine.tuning if name in MODES]
    if compiled and not engine.compile:
        raise UsageError(f"{compiled[0]} is a way to compile", where="--tuning", hint="add --compile, or leave it out")
    elsewhere = [name for name in engine.tuning if name in OF_CUDA]
    if elsewhere and device.type != "cuda":
        raise MissingError(f"{elsewhere[0]} is for a CUDA device", where="--tuning", hint="leave it out")


def form_of(engine: Engine) -> Form:
    """How the optimizer goes over the weights."""
    return next((FORMS[name] for name in engine.tuning if name in FORMS), FUSED)


def compile_options(engine: Engine) -> dict[str, Any]:
    """What torch.compile is told besides what it compiles."""
    mode = next((name for name in engine.tuning if name in MODES), None)
    return {} if mode is None else {"mode": mode}


def tell_device(engine: Engine) -> None:
    """Sets what torch knows for the whole process, where it is asked for."""
    if "cudnn-benchmark" in engine.tuning:
        torch.backends.cudnn.benchmark = True
    if "tf32" in engine.tuning:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True


def laid_out(x: torch.Tensor, engine: Engine) -> torch.Tensor:
    """Images as their memory is asked for: their last axis is the channels' all the same."""
    if x.ndim < 4 or "channels-first" not in engine.tuning:
        return x
    return x.movedim(-1, 1).contiguous().movedim(1, -1)


def switch_off(name: str) -> None:
    """Tells torch to leave off what it does not do: rungs of published ladders that have no effect."""
    if name == "anomaly_off":
        torch.autograd.set_detect_anomaly(False)
    else:
        torch.autograd.profiler.profile(False).__enter__()
