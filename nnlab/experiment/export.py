"""A run becomes an ONNX file, which is held against the run before it is written."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import __version__
from nnlab.core.errors import DataError, MissingError, UsageError
from nnlab.core.quoting import quoted
from nnlab.core.types import Array
from nnlab.experiment.trained import Trained, trained_run
from nnlab.metrics.base import Metric
from nnlab.models.learner import Learner
from nnlab.tracking.files import to_json, write_whole, writing
from nnlab.tracking.openings import record_opening

if TYPE_CHECKING:
    from nnlab.experiment.export_samples import Samples, Tested
    from nnlab.onnx.inference.by_task import TaskReading
    from nnlab.onnx.write.export import Form, Model
    from nnlab.onnx.write.outputs import Written
    from nnlab.onnx.write.verify import Verified

LOG = logging.getLogger("nnlab.export")

NAME = "model.onnx"
"""The file in the run folder where no other is asked for."""


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Options:  operators: how many nodes of each.  samples_from: what it was verified on, in words.
              test: the judging figure of the test partition, the run's own and the file's; None where the data is gone.
              judge, figure: the metric that it is of, and its name in files.  outputs: what each is, in words.
              quantized: how the ranges of its codes were found, in words; None of a file without.
              example: samples as the file takes them, from where it was verified.
    """

    path: Path
    opset: int
    operators: Mapping[str, int]
    verified: "Verified"
    samples_from: str
    test: "Tested | None"
    judge: Metric
    figure: str = "accuracy"
    outputs: Mapping[str, str] = field(default_factory=dict)
    quantized: str | None = None
    example: Array | None = None

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "schema_version": 1,
            "path": str(self.path),
            "opset": self.opset,
            "operators": dict(self.operators),
            "outputs": dict(self.outputs),
            "max_abs_difference": self.verified.worst,
            "verified_on": list(self.verified.engines),
            "differences": dict(self.verified.engines),
            "not_verified_on": dict(self.verified.lacking),
            "bound": self.verified.bound,
            "samples": self.verified.samples,
            "samples_from": self.samples_from,
            f"test_{self.figure}": None if self.test is None else {"run": self.test.run, "file": self.test.file},
            **({} if self.quantized is None else {"quantized": self._quantized()}),
        }

    def _quantized(self) -> dict[str, Any]:
        tested = self.test
        difference = None if tested is None else tested.difference
        return {
            "ranges": self.quantized,
            "file_bytes": self.path.stat().st_size,
            "lost": None if tested is None else tested.lost,
            "won": None if tested is None else tested.won,
            "mcnemar_p": None if difference is None else difference.p,
        }


def export(
    path: str | Path,
    form: "Form",
    *,
    preprocess: bool = False,
    output: str | Path | None = None,
    quantize: bool = False,
    calibration: int = 200,
) -> Exported:
    """Writes a run's best weights as an ONNX model, once every engine gives what the run gives.

    Options:  preprocess: put the preparation of images in front of the network, as far as operators can do it.
              quantize: codes of 8 bits, as a run that was trained with --quantize has them in any case.
              calibration: how many training pictures tell the ranges of a run that was not.
              output: the file, or a folder; None: model.onnx in the run folder.
    Raises:   DataError: no run, or no weights in it.  UsageError: what cannot be written in this form.
              ComparisonError: when an engine differs; nothing is written then.
    """
    import dataclasses

    from nnlab.experiment.export_quantized import coded
    from nnlab.experiment.export_samples import samples_for
    from nnlab.onnx.inference.by_task import TaskReading
    from nnlab.onnx.write.decodings import decoding_of
    from nnlab.onnx.write.export import written
    from nnlab.onnx.write.preparation import Preparation

    trained = trained_run(path)
    target = target_of(trained, output)
    task = trained.experiment.task
    split = Preparation.of(trained.experiment.data, trained.scaling)
    form = dataclasses.replace(form, preparation=split if preprocess else None)
    decoding = decoding_of(task)
    source, network, how = coded(trained, calibration, asked=quantize)
    made = written(network, form, None if decoding is None else (task, decoding))
    model, reading = made.proto, TaskReading.of(task, made)
    describe(model, trained, inside=preprocess)
    outputs = describe_outputs(model, made, reading)
    _say_what_stays_outside(split, inside=preprocess)
    samples = samples_for(trained, form, model)
    verified = _verified(model, reading, _learner(source), samples, "int8" if how else samples.dtype)
    test = samples.test_figures(_learner(trained), model, reading, bound=None if how else verified.bound)
    if test is not None:
        own = {trained.experiment.figure: test.run}
        record_opening(trained.run.folder, f"nnlab export {quoted(path)}", samples.tests, own)
    opset, operators = write_model(target, model)
    experiment = trained.experiment
    judge, figure = experiment.accuracy, experiment.figure
    return Exported(
        target, opset, operators, verified, samples.origin, test, judge, figure, outputs, how, samples.given
    )


def write_model(target: Path, model: "Model") -> tuple[int, Mapping[str, int]]:
    """Writes the file; its opset, and how many nodes it has of each operator. Raises RunError: it cannot be written."""
    with writing(target, hint="free some space, or write elsewhere with --output"):
        target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, model.SerializeToString())
    opset = next(o.version for o in model.opset_import if o.domain in {"", "ai.onnx"})
    return int(opset), dict(sorted(Counter(node.op_type for node in model.graph.node).items()))


def _learner(trained: Trained) -> Learner:
    """Of the run's backend, or the hand-written one where that is not installed."""
    backend = trained.experiment.run.backend
    try:
        return trained.learner()
    except MissingError as error:
        LOG.warning("the run was trained on %s, which is not there (%s): held against numpy", backend, error.what)
    trained.experiment.run.backend = "numpy"
    return trained.learner()


def target_of(trained: Trained, output: str | Path | None, name: str = NAME, elsewhere: str | None = None) -> Path:
    """Where to write.

    Options:  name: of the file in the run's folder.  elsewhere: in another folder; None: the run's exp-id.
    Raises:   UsageError: for the file that the run itself starts from.
    """
    given = Path(output) if output is not None else trained.run.folder / name
    target = given / (elsewhere or f"{trained.experiment.run.exp_id}.onnx") if given.is_dir() else given
    for source in _sources(trained):
        if source.exists() and target.exists() and target.samefile(source):
            raise UsageError("is the file that the run starts from", where=f"--output={output}", hint="choose another")
    return target


def _sources(trained: Trained) -> Iterator[Path]:
    """The file of an imported network: the run's own copy, and where it was read from, as config.toml repeats it."""
    from nnlab.onnx.catalogue.files import find_model

    yield from (Path(path) for node in trained.network.nodes if (path := getattr(node.layer, "path", None)))
    options = trained.run.config.get("model", {})  # the experiment's model is the run's copy
    if "onnx_model" in options:
        with suppress(DataError):  # it may be gone
            yield find_model(str(options["onnx_model"]), str(options.get("models_path", "models")))


def _verified(
    model: "Model", reading: "TaskReading", learner: Learner, samples: "Samples", precision: str
) -> "Verified":
    """Every head against the run's, on every engine, and what the file makes of them against what the task does."""
    from nnlab.onnx.write.verify import BOUNDS, Wanted, verify

    said = learner.predict(samples.inputs)
    names = [output.name for output in model.graph.output]

    def judge(outputs: Sequence[Array]) -> str | None:
        return reading.wrong(dict(zip(names, outputs, strict=True)), BOUNDS[samples.dtype])

    wanted = [Wanted(said[head], logits=output.logits) for head, output in reading.heads.items()]
    verified = verify(model, samples.given, *wanted, dtype=precision, judge=judge)
    for name, why in verified.lacking.items():
        LOG.info("not verified on %s: %s", name, why)
    return verified


def preparation_of(trained: Trained, *, inside: bool) -> dict[str, Any]:
    """How pictures are prepared for a file, as metadata say it. Options:  inside: whether the file does its part."""
    from nnlab.onnx.write.preparation import Preparation

    data = trained.experiment.data
    split = Preparation.of(data, trained.scaling)
    height, width, _ = split.shape
    steps = [(step, False) for step in split.outside] + [(step, inside) for step in split.inside]
    return {
        "width": width,
        "height": height,
        "steps": [{"name": type(step).__name__, **step.options(), "inside": within} for step, within in steps],
        **({"input_range": list(data.input_range)} if data.ranged else {"scaling": trained.scaling.record}),
        "scaled_inside": inside,
        "layout": "NHWC, uint8" if inside else "NHWC, flattened" if len(trained.network.in_shape) == 1 else "NCHW",
    }


def describe(model: "Model", trained: Trained, *, inside: bool) -> None:
    """What using the file needs, in its metadata."""
    found = {
        trained.experiment.task.naming: to_json(list(trained.names)),
        "preprocessing": to_json(preparation_of(trained, inside=inside)),
        "nnlab_version": __version__,
        "run": trained.run.name,
    }
    for key, value in found.items():
        model.metadata_props.add(key=key, value=value)
    model.graph.name = trained.experiment.run.exp_id


def describe_outputs(model: "Model", made: "Written", reading: "TaskReading") -> Mapping[str, str]:
    """What the outputs are, in words and for the task that reads them. Gives the words."""
    from nnlab.onnx.inference.by_task import OUTPUTS_KEY, TASK_KEY

    heads = {out.name: f"{'logits' if out.logits else 'what the run says'}, {name}" for name, out in made.heads.items()}
    about = heads | {declared.name: declared.about for declared in made.decoded}
    model.metadata_props.add(key=OUTPUTS_KEY, value=to_json(about))
    model.metadata_props.add(key=TASK_KEY, value=to_json(reading.record()))
    return about


def _say_what_stays_outside(split: Any, *, inside: bool) -> None:
    if not inside:
        return
    names = ", ".join(type(step).__name__ for step in split.outside)
    height, width, channels = split.shape
    LOG.info(
        "%s stay outside: the file takes %d x %d x %d pixels, uint8, which they give", names, height, width, channels
    )
