"""Rungs of onnxruntime: how much it rearranges the graph, threads, bound memory, integers; and changes of the graph."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, load

from nnlab.core.errors import MissingError
from nnlab.core.machine import usable_cores
from nnlab.core.types import Array
from nnlab.onnx.apart.sessions import ERRORS_ONLY, EXACT_SUMS, require_onnxruntime
from nnlab.onnx.rungs.base import Files, Ready, Run, Rung
from nnlab.onnx.rungs.gone import operators
from nnlab.onnx.rungs.graph import CHANGES, up_to

LEVELS = {"off": "ORT_DISABLE_ALL", "basic": "ORT_ENABLE_BASIC", "extended": "ORT_ENABLE_EXTENDED",
          "layout": "ORT_ENABLE_LAYOUT", "all": "ORT_ENABLE_ALL"}  # fmt: skip
"""Of graph optimisation, by onnxruntime's names."""


def session(model: Path, level: str, threads: int, optimised: Path | None = None) -> Any:
    """A session of a file. Options:  optimised: where the graph is written that it makes of it."""
    library = require_onnxruntime()
    options = library.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = ERRORS_ONLY
    options.add_session_config_entry(*EXACT_SUMS)
    options.graph_optimization_level = getattr(library.GraphOptimizationLevel, LEVELS[level])
    if optimised is not None:
        options.optimized_model_filepath = str(optimised)
    return library.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def optimised(model: Path, level: str, folder: Path) -> Path:
    """The graph that onnxruntime makes of a file at a level, as a file."""
    path = folder / f"{model.stem}-{level}.onnx"
    if not path.exists():
        session(model, level, 1, path)
    return path


def runs(made: Any) -> Run:
    """All outputs of a session for a batch."""
    name = made.get_inputs()[0].name
    return lambda x: made.run(None, {name: x})


def _at(level: str) -> Callable[[Files], Ready]:
    def opened(files: Files) -> Ready:
        nodes = operators(load(optimised(files.model, level, files.folder)))
        return Ready(runs(session(files.model, level, files.threads)), files.model, nodes)

    return opened


def _saved(files: Files) -> Ready:
    path = optimised(files.model, "all", files.folder)
    return Ready(runs(session(path, "off", files.threads)), path, operators(load(path)))


def _threads(files: Files) -> Ready:
    return Ready(runs(session(files.model, "all", usable_cores())), files.model)


def _bound(files: Files) -> Ready:
    """Inputs and outputs stay where they are: memory is bound once for each shape of input."""
    made = session(files.model, "all", files.threads)
    (name,), outputs = [value.name for value in made.get_inputs()], [value.name for value in made.get_outputs()]
    library = require_onnxruntime()
    kept: dict[tuple[int, ...], tuple[Any, Any]] = {}

    def run(x: Array) -> Sequence[Array]:
        if x.shape not in kept:
            binding, held = made.io_binding(), library.OrtValue.ortvalue_from_numpy(x)
            binding.bind_ortvalue_input(name, held)
            for output in outputs:
                binding.bind_output(output)
            kept[x.shape] = binding, held
        binding, held = kept[x.shape]
        held.update_inplace(np.ascontiguousarray(x))
        made.run_with_iobinding(binding)
        return list(binding.copy_outputs_to_cpu())

    return Ready(run, files.model)


def _int8(kind: str) -> Callable[[Files], Ready]:
    def opened(files: Files) -> Ready:
        path = files.int8[kind]
        return Ready(runs(session(path, "all", files.threads)), path, operators(load(path)))

    return opened


def changed(files: Files, change: str) -> Path:
    """The file after all changes up to this one; written once."""
    path = files.folder / f"graph-{change}.onnx"
    if not path.exists():
        path.write_bytes(up_to(load(files.model), change).SerializeToString())
    return path


def _graph(change: str) -> Callable[[Files], Ready]:
    def opened(files: Files) -> Ready:
        path = changed(files, change)
        model: ModelProto = load(path)
        bare = change == "softmax"
        if bare and len(load(changed(files, "batch-norm")).graph.node) == len(model.graph.node):
            raise MissingError("the file ends in no softmax that could be removed")
        return Ready(runs(session(path, "off", files.threads)), path, operators(model), logits=bare)

    return opened


TITLES: Mapping[str, str] = {
    "identities": "Identity and Dropout removed",
    "transposes": "Transposes that undo each other removed",
    "constants": "constants folded",
    "batch-norm": "BatchNorm folded",
    "softmax": "softmax removed (logits; probabilities made after)",
}

REFERENCE = Rung("onnxruntime-off", "onnxruntime", "as exported, optimisation off", _at("off"))

RUNGS = (
    Rung("onnxruntime-basic", "onnxruntime", "optimisation basic", _at("basic"), "onnxruntime-off"),
    Rung("onnxruntime-extended", "onnxruntime", "optimisation extended", _at("extended"), "onnxruntime-basic"),
    Rung("onnxruntime-layout", "onnxruntime", "optimisation layout", _at("layout"), "onnxruntime-extended"),
    Rung("onnxruntime-all", "onnxruntime", "optimisation all", _at("all"), "onnxruntime-layout"),
    Rung("onnxruntime-saved", "onnxruntime", "its optimised file, optimisation off", _saved, "onnxruntime-all"),
    Rung("onnxruntime-threads", "onnxruntime", "all cores", _threads, "onnxruntime-all", spins=True),
    Rung("onnxruntime-bound", "onnxruntime", "inputs and outputs bound (IO binding)", _bound, "onnxruntime-all"),
    Rung("int8-dynamic", "onnxruntime", "int8, ranges of each call", _int8("dynamic"), "onnxruntime-all", "int8"),
    Rung(
        "int8-per-tensor",
        "onnxruntime",
        "int8, calibrated, a scale for each weight (S8S8)",
        _int8("per-tensor"),
        "onnxruntime-all",
        "int8",
    ),
    Rung(
        "int8-per-channel",
        "onnxruntime",
        "int8, calibrated, a scale for each output (S8S8)",
        _int8("per-channel"),
        "int8-per-tensor",
        "int8",
    ),
    Rung(
        "int8-u8s8", "onnxruntime", "int8, values uint8, weights int8 (U8S8)", _int8("u8s8"), "int8-per-channel", "int8"
    ),
    *(
        Rung(f"graph-{name}", "graph", title, _graph(name), f"graph-{before}" if before else "onnxruntime-off")
        for (name, title), before in zip(TITLES.items(), ["", *list(CHANGES)[:-1]], strict=True)
    ),
)
