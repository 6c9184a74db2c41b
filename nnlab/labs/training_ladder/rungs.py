"""The rungs of the ladder: each a change of settings, on which engine, and whether it may change what is computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice

Settings = dict[str, Any]

BASES: Mapping[str, tuple[str, Settings]] = {
    "torch": (
        "zero",
        {
            "backend": "torch", "device": "cpu", "dtype": "float32", "threads": 1, "workers": 1, "disk_cache": True,
            "amp": False, "compile": False, "tuning": ("zero-grad", "loop", "channels-first"),
        },
    ),
    "numpy": (
        "float64",
        {
            "backend": "numpy", "device": "cpu", "dtype": "float64", "threads": 1, "workers": 1, "disk_cache": True,
            "amp": False, "compile": False, "tuning": (),
        },
    ),
}  # fmt: skip
"""By engine, the rung that the others are held against and its settings."""

AGAIN = "again"
"""The rung that is the first once more: how far apart the same is from itself (A/A)."""


@dataclass(frozen=True)
class Rung:
    """A rung.

    Options:  change: what it does to the settings.  about: in words, for people.
              keeps: whether it must not change what is computed, and is held to that.
              stacks: whether those above it stand on it.
              default: whether the engine does that anyway where nobody says otherwise.
    """

    name: str
    about: str
    change: Callable[[Settings], Settings] = dict
    keeps: bool = False
    stacks: bool = True
    default: bool = False

    @property
    def is_cuda(self) -> bool:
        """Whether it is of a CUDA device."""
        return self.name.startswith("cuda_")

    def on(self, settings: Mapping[str, Any]) -> Settings:
        """The settings with its change."""
        return self.change(dict(settings))


def _without(*names: str, plus: tuple[str, ...] = ()) -> Callable[[Settings], Settings]:
    def change(settings: Settings) -> Settings:
        kept = tuple(name for name in settings["tuning"] if name not in names)
        return {**settings, "tuning": (*kept, *plus)}

    return change


def _set(**values: Any) -> Callable[[Settings], Settings]:
    return lambda settings: {**settings, **values}


def _accumulated(settings: Settings) -> Settings:
    return {**settings, "accumulate": 2, "max_minibatch_size": max(1, settings["max_minibatch_size"] // 2)}


def _cuda(change: Callable[[Settings], Settings]) -> Callable[[Settings], Settings]:
    return lambda settings: {**change(settings), "device": "cuda"}


def _compiled(mode: str = "") -> Callable[[Settings], Settings]:
    return lambda settings: {**settings, "compile": True, "tuning": (*settings["tuning"], *([mode] if mode else []))}


TORCH = (
    Rung("none", "gradients are let go of, not zeroed", _without("zero-grad"), keeps=True, default=True),
    Rung("foreach", "weights updated together", _without("loop", plus=("foreach",)), keeps=True),
    Rung("fused", "weights updated in one pass over them", _without("loop", "foreach"), keeps=True, default=True),
    Rung("channels_last", "channels last in memory", _without("channels-first"), keeps=True, default=True),
    Rung("bf16", "products in bfloat16, in training and in scores", _set(amp=True)),
    Rung("compile", "the network compiled", _compiled()),
    Rung("threads=2", "two threads", _set(threads=2), keeps=True),
    Rung("threads=all", "a thread for each core", _set(threads=0), keeps=True, default=True),
    Rung("workers", "several threads make minibatches", _set(workers=0), keeps=True, default=True),
    Rung("no_cache", "pictures decoded by every process anew", _set(disk_cache=False), keeps=True, stacks=False),
    Rung("accumulate", "two halves of a minibatch make a step", _accumulated, stacks=False),
    Rung("checkpoint", "activations computed again", _without(plus=("checkpoint",)), keeps=True, stacks=False),
    Rung("no_conv_bias", "no bias before BatchNorm", keeps=True, stacks=False, default=True),
)

CUDA = (
    Rung("cuda_pinned", "pinned memory, copied while it computes", _cuda(_without(plus=("pinned",))), keeps=True),
    Rung("cuda_cudnn_benchmark", "cuDNN's quickest convolution", _cuda(_without(plus=("cudnn-benchmark",)))),
    Rung("cuda_tf32", "products with 10 bits", _cuda(_without(plus=("tf32",)))),
    Rung("cuda_fp16", "products in float16, the loss scaled", _cuda(dict)),
    Rung("cuda_bf16", "products in bfloat16", _cuda(_set(amp=True))),
    Rung("cuda_channels_last", "channels last in memory", _cuda(_without("channels-first")), keeps=True),
    Rung("cuda_fused", "weights updated in one pass", _cuda(_without("loop", "foreach")), keeps=True),
    Rung("cuda_compile", "the network compiled", _cuda(_compiled())),
    Rung("cuda_compile_reduce_overhead", "its launches recorded", _cuda(_compiled("reduce-overhead"))),
    Rung("cuda_compile_max_autotune", "several forms tried", _cuda(_compiled("max-autotune"))),
)

MAS = (
    Rung("anomaly_off", "torch's anomaly detection switched off: it is off", keeps=True, default=True, stacks=False),
    Rung("profiler_off", "torch's profiler switched off: it is off", keeps=True, default=True, stacks=False),
)
"""Rungs of published ladders that do nothing."""

NUMPY = (
    Rung("float32", "numbers of half the size", _set(dtype="float32"), default=True),
    Rung("threads=2", "two threads", _set(threads=2), keeps=True),
    Rung("threads=all", "a thread for each core", _set(threads=0), keeps=True, default=True),
    Rung("no_cache", "pictures decoded by every process anew", _set(disk_cache=False), keeps=True, stacks=False),
)

RUNGS: Mapping[str, tuple[Rung, ...]] = {"torch": TORCH, "numpy": NUMPY}

GROUPS = ("all", "mas", "cpu")
"""Words for several: all that there are but for those that do nothing, those with them, those of a processor."""


def chosen(names: Sequence[str], engines: Iterable[str]) -> dict[str, list[Rung]]:
    """By engine, the rungs of these names, in the ladder's order.

    Raises:  UsageError: there is none of a name on any of the engines, with the nearest.
    """
    found: dict[str, list[Rung]] = {}
    asked = {name.lower() for name in names}
    known = set(GROUPS)
    for engine in engines:
        offered = {"torch": (*TORCH, *CUDA, *MAS), "numpy": NUMPY}[engine]
        known |= {rung.name for rung in offered}
        found[engine] = [rung for rung in offered if rung.name in asked or asked & _groups(rung)]
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise UsageError(f"unknown rung {unknown[0]!r}", where="--rungs", hint=advice(unknown[0], sorted(known)))
    return {engine: rungs for engine, rungs in found.items() if rungs}


def _groups(rung: Rung) -> set[str]:
    if rung in MAS:
        return {"mas"}
    return {"all"} if rung in CUDA else {"all", "mas", "cpu"}
