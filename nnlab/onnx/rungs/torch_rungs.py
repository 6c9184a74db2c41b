"""Rungs of torch: what it costs to forget how a network answers, and what torch makes of one that is told."""

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from onnx import load

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.read import model_of
from nnlab.onnx.rungs.base import Files, Ready, Run, Rung
from nnlab.onnx.rungs.gone import operators
from nnlab.onnx.rungs.ort_rungs import changed

Context = Callable[[], AbstractContextManager[Any]]
Made = Callable[[Any, Any], Any]
"""Called with a module and an example, it gives what is run."""


def _rung(
    within: Callable[[Any], Context], *, folded: bool = True, make: Made = lambda module, x: module, last: bool = False,
    **module: bool,
) -> Callable[[Files], Ready]:  # fmt: skip
    """Options:  within: given torch, the context that calls are made in.  folded: whether BatchNorm is.
    last: whether memory has the channels last.  module: options of PlanModule.
    """

    def opened(files: Files) -> Ready:
        ENGINES["torch"].require()
        import importlib

        torch = importlib.import_module("torch")
        own = importlib.import_module("nnlab.onnx.torch_ops.module")
        own.use_threads(files.threads)
        path = changed(files, "batch-norm") if folded else files.model
        network = own.PlanModule(model_of(path.read_bytes()), **module)
        network.train(bool(module.get("trains")))
        context = within(torch)
        example = _tensor(torch, files.example, last)
        if last:
            network.to(memory_format=torch.channels_last)
        with warnings.catch_warnings(), context():
            warnings.simplefilter("ignore")  # of tracing: what it says of constants is held by the parity gate
            ready = make(network, example)
        return Ready(_runs(torch, ready, context, last), path, operators(load(path)))

    return opened


def _tensor(torch: Any, x: Array, last: bool) -> Any:
    tensor = torch.from_numpy(np.ascontiguousarray(x))
    return tensor.to(memory_format=torch.channels_last) if last and tensor.ndim == 4 else tensor


def _runs(torch: Any, ready: Any, context: Context, last: bool) -> Run:
    def run(x: Array) -> Sequence[Array]:
        with context():
            outputs = ready(_tensor(torch, x, last))
        return [y.detach().float().numpy() if y.is_floating_point() else y.detach().numpy() for y in outputs]

    return run


def _with_gradients(torch: Any) -> Context:
    return nullcontext


def _no_grad(torch: Any) -> Context:
    return torch.no_grad  # type: ignore[no-any-return]


def _inference(torch: Any) -> Context:
    return torch.inference_mode  # type: ignore[no-any-return]


def _bfloat16(torch: Any) -> Context:
    class Both:
        def __enter__(self) -> None:
            self.one, self.other = torch.inference_mode(), torch.autocast("cpu", torch.bfloat16)
            self.one.__enter__()
            self.other.__enter__()

        def __exit__(self, *error: Any) -> None:
            self.other.__exit__(*error)
            self.one.__exit__(*error)

    return Both


def _traced(frozen: bool) -> Made:
    def make(module: Any, x: Any) -> Any:
        import importlib

        return importlib.import_module("nnlab.onnx.torch_ops.module").traced(module, x, frozen=frozen)

    return make


def _compiled(module: Any, x: Any) -> Any:
    import importlib

    torch = importlib.import_module("torch")
    made = torch.compile(module)
    made(x)
    return made


def _int8(files: Files) -> Ready:
    """The file of 8 bits on nnlab's torch engine, which computes what it says in float32."""
    path: Path = files.int8["u8s8"]
    loaded = ENGINES["torch"].load(model_of(path.read_bytes()), threads=files.threads)
    name = loaded.view.graph.inputs[0].name
    return Ready(lambda x: [np.asarray(y) for y in loaded.run({name: x})], path, operators(load(path)))


RUNGS = (
    Rung("torch-training", "torch", "training mode, with gradients (a trap)",
         _rung(_with_gradients, folded=False, learns=True, trains=True), trap=True),
    Rung("torch-eval", "torch", "eval(), gradients still kept", _rung(_with_gradients, folded=False, learns=True),
         "torch-training"),
    Rung("torch-no-grad", "torch", "no_grad()", _rung(_no_grad, folded=False), "torch-eval"),
    Rung("torch-inference", "torch", "inference_mode()", _rung(_inference, folded=False), "torch-no-grad"),
    Rung("torch-folded", "torch", "BatchNorm folded, Transposes cancelled", _rung(_inference), "torch-inference"),
    Rung("torch-channels-last", "torch", "channels last in memory", _rung(_inference, last=True), "torch-folded"),
    Rung("torch-traced", "torch", "traced, not frozen", _rung(_no_grad, make=_traced(False)), "torch-folded"),
    Rung("torch-frozen", "torch", "traced and frozen", _rung(_no_grad, make=_traced(True)), "torch-traced"),
    Rung("torch-compiled", "torch", "compiled", _rung(_no_grad, make=_compiled), "torch-folded", any_batch=False,
         once=True, needs="compile"),
    Rung("torch-bfloat16", "torch", "bfloat16 autocast", _rung(_bfloat16), "torch-folded", "half"),
    Rung("torch-int8", "torch", "int8 simulated (U8S8)", _int8, "torch-folded", "int8"),
)  # fmt: skip
