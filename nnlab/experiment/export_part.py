"""A part of a run's network as an ONNX file of its own: an encoder, a decoder."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import __version__
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.registry import did_you_mean, nearest
from nnlab.experiment.trained import Trained, trained_run
from nnlab.models.graph import INPUT, Graph
from nnlab.models.parts import Part, part_of
from nnlab.tracking.files import to_json

if TYPE_CHECKING:
    from nnlab.experiment.export import Exported
    from nnlab.onnx.write.export import Form


def export_part(path: str | Path, name: str, form: "Form", *, output: str | Path | None = None) -> "Exported":
    """Writes a part of a run's network, once every engine gives what it gives in the run.

    The part that begins with the input takes samples as the whole file does; another what the part before it gives, and
    is held against what the whole network says: parts joined again are the whole.

    Options:  name: of the part.  output: as for `export`; None: NAME.onnx in the run folder.
    Raises:   as `export`; UsageError: a network without such a part.
    """
    from nnlab.experiment.export import Exported, target_of, write_model
    from nnlab.experiment.export_samples import samples_for
    from nnlab.onnx.write.export import written
    from nnlab.onnx.write.verify import Wanted, verify

    trained = trained_run(path)
    part = _part(trained, name)
    target = target_of(trained, output, f"{name}.onnx", f"{trained.experiment.run.exp_id}-{name}.onnx")
    own = part_of(trained.network, part)
    model = written(own, form).proto
    _describe(model, trained, own, name, part)
    samples = samples_for(trained, form, model)
    given, inputs = samples.given, samples.inputs
    if part.start != INPUT:
        inputs = _said(part_of(trained.network, Part(INPUT, part.start)), inputs)
        given = np.ascontiguousarray(inputs.transpose(0, 3, 1, 2) if inputs.ndim == 4 else inputs, samples.dtype)
    ends = [head for head, outlet in trained.network.heads.items() if outlet.node == part.end]
    expected = trained.learner().predict(samples.inputs)[ends[0]] if ends else _said(own, inputs)
    verified = verify(model, given, Wanted(expected), dtype=samples.dtype)
    opset, operators = write_model(target, model)
    judge = trained.experiment.accuracy
    outputs = {model.graph.output[0].name: _sizes(trained, own)}
    return Exported(target, opset, operators, verified, samples.origin, None, judge, outputs=outputs)


def _part(trained: Trained, name: str) -> Part:
    parts = trained.experiment.model.parts(trained.network)
    if name in parts:
        return parts[name]
    model = trained.experiment.chosen["model"]
    if not parts:
        raise UsageError(f"{model} is of one piece", where=f"--part={name}", hint="leave it out for the whole")
    near = nearest(name, list(parts)) or list(parts)
    raise UsageError(f"{model} has no such part", where=f"--part={name}", hint=did_you_mean(near))


def _said(network: Graph, x: Any) -> Any:
    return network.outputs(x, Context())[OUTPUT]


def _sizes(trained: Trained, part: Graph) -> str:
    """What a part takes and gives of a picture, in numbers and bytes."""
    size = part.dtype.itemsize
    pixels = prod(trained.network.in_shape)
    before, after = prod(part.in_shape), prod(part.out_shape)
    taken = f"{pixels:,} bytes of pixels" if before == pixels else f"{before * size:,} bytes ({before:,} numbers)"
    given = f"{after:,} bytes of pixels" if after == pixels else f"{after * size:,} bytes ({after:,} numbers)"
    return f"{taken} in, {given} out"


def _describe(model: Any, trained: Trained, network: Graph, name: str, part: Part) -> None:
    """What using the file needs, in its metadata: how pictures are prepared, where it takes some."""
    from nnlab.experiment.export import preparation_of

    found = {"part": name, "nnlab_version": __version__, "run": trained.run.name}
    if part.start == INPUT:
        found["preprocessing"] = to_json(preparation_of(trained, inside=False))
    if len(network.out_shape) == 1 and network.out_shape != trained.network.in_shape:
        found["values"] = to_json([f"{part.end}_{place}" for place in range(1, network.out_shape[0] + 1)])
    for key, value in found.items():
        model.metadata_props.add(key=key, value=value)
    model.graph.name = f"{trained.experiment.run.exp_id}-{name}"
