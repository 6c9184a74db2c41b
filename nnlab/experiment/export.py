"""A run becomes an ONNX file, which is held against the run before it is written."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import __version__
from nnlab.core.errors import DataError, MissingError, UsageError
from nnlab.core.heads import OUTPUT
from nnlab.experiment.trained import Trained, trained_run
from nnlab.metrics.base import Metric
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.tracking.files import to_json, write_whole, writing
from nnlab.tracking.openings import record_opening

if TYPE_CHECKING:
    from nnlab.onnx.write.export import Form, Model
    from nnlab.onnx.write.verify import Verified

LOG = logging.getLogger("nnlab.export")

NAME = "model.onnx"
"""The file in the run folder where no other is asked for."""


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Options:  operators: how many nodes of each.  samples_from: what it was verified on, in words.
              test: the judging figure of the test partition, the run's own and the file's; None where the data is gone.
              judge, figure: the metric that it is of, and its name in files.
    """

    path: Path
    opset: int
    operators: Mapping[str, int]
    verified: "Verified"
    samples_from: str
    test: tuple[float, float] | None
    judge: Metric
    figure: str = "accuracy"

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "schema_version": 1,
            "path": str(self.path),
            "opset": self.opset,
            "operators": dict(self.operators),
            "max_abs_difference": self.verified.worst,
            "verified_on": list(self.verified.engines),
            "differences": dict(self.verified.engines),
            "not_verified_on": dict(self.verified.lacking),
            "bound": self.verified.bound,
            "samples": self.verified.samples,
            "samples_from": self.samples_from,
            f"test_{self.figure}": None if self.test is None else {"run": self.test[0], "file": self.test[1]},
        }


def export(path: str | Path, form: "Form", *, preprocess: bool = False, output: str | Path | None = None) -> Exported:
    """Writes a run's best weights as an ONNX model, once every engine gives what the run gives.

    Options:  preprocess: put the preparation of images in front of the network, as far as operators can do it.
              output: the file, or a folder; None: model.onnx in the run folder.
    Raises:   DataError: no run, or no weights in it.  UsageError: what cannot be written in this form.
              ComparisonError: when an engine differs; nothing is written then.
    """
    import dataclasses

    from nnlab.experiment.export_samples import samples_for
    from nnlab.onnx.write.export import to_onnx
    from nnlab.onnx.write.preparation import Preparation
    from nnlab.onnx.write.verify import verify

    trained = trained_run(path)
    target = _target(trained, output)
    split = Preparation.of(trained.experiment.data, trained.scaling)
    form = dataclasses.replace(form, preparation=split if preprocess else None)
    model = to_onnx(trained.network, form)
    _describe(model, trained, split, inside=preprocess)
    _say_what_stays_outside(split, inside=preprocess)
    learner = _learner(trained)
    samples = samples_for(trained, form, model)
    logits = _emits_logits(trained.network, form)
    expected = learner.predict(samples.inputs)[OUTPUT]
    verified = verify(model, samples.given, expected, dtype=samples.dtype, logits=logits)
    test = samples.test_figures(learner, model, logits=logits, bound=verified.bound)
    if test is not None:
        own = {trained.experiment.figure: test[0]}
        record_opening(trained.run.folder, f"nnlab export {path}", samples.tests, own)
    for name, why in verified.lacking.items():
        LOG.info("not verified on %s: %s", name, why)
    with writing(target, hint="free some space, or write elsewhere with --output"):
        target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, model.SerializeToString())
    opset = next(o.version for o in model.opset_import if o.domain in {"", "ai.onnx"})
    operators = dict(sorted(Counter(node.op_type for node in model.graph.node).items()))
    experiment = trained.experiment
    return Exported(
        target, int(opset), operators, verified, samples.origin, test, experiment.accuracy, experiment.figure
    )


def _learner(trained: Trained) -> Learner:
    """Of the run's backend, or the hand-written one where that is not installed."""
    backend = trained.experiment.run.backend
    try:
        return trained.learner()
    except MissingError as error:
        LOG.warning("the run was trained on %s, which is not there (%s): held against numpy", backend, error.what)
    trained.experiment.run.backend = "numpy"
    return trained.learner()


def _target(trained: Trained, output: str | Path | None) -> Path:
    """Raises UsageError: for the file that the run itself starts from."""
    given = Path(output) if output is not None else trained.run.folder / NAME
    target = given / f"{trained.experiment.run.exp_id}.onnx" if given.is_dir() else given
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


def _emits_logits(network: Graph, form: "Form") -> bool:
    emitted = network.outlet.emits
    return emitted != "values" and (emitted == "logits" if form.softmax is None else not form.softmax)


def _describe(model: "Model", trained: Trained, split: Any, *, inside: bool) -> None:
    """What using the file needs, in its metadata."""
    data = trained.experiment.data
    ranged = data.ranged
    height, width, _ = split.shape
    steps = [(step, False) for step in split.outside] + [(step, inside) for step in split.inside]
    preparation = {
        "width": width,
        "height": height,
        "steps": [{"name": type(step).__name__, **step.options(), "inside": within} for step, within in steps],
        **({"input_range": list(data.input_range)} if ranged else {"scaling": trained.scaling.record}),
        "scaled_inside": inside,
        "layout": "NHWC, uint8" if inside else "NHWC, flattened" if len(trained.network.in_shape) == 1 else "NCHW",
    }
    found = {
        trained.experiment.task.naming: to_json(list(trained.names)),
        "preprocessing": to_json(preparation),
        "nnlab_version": __version__,
        "run": trained.run.name,
    }
    for key, value in found.items():
        model.metadata_props.add(key=key, value=value)
    model.graph.name = trained.experiment.run.exp_id


def _say_what_stays_outside(split: Any, *, inside: bool) -> None:
    if not inside:
        return
    names = ", ".join(type(step).__name__ for step in split.outside)
    height, width, channels = split.shape
    LOG.info(
        "%s stay outside: the file takes %d x %d x %d pixels, uint8, which they give", names, height, width, channels
    )
