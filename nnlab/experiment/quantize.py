"""A run, or an ONNX file, as a file of 8 bits: calibrated on training pictures, its damage shown, judged on test."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import ComparisonError, DataError, UsageError
from nnlab.core.types import Array
from nnlab.experiment.answering.subject import Answered, Subject, filled
from nnlab.experiment.export import write_model
from nnlab.experiment.export_quantized import FEWEST
from nnlab.metrics.significance import Difference, mcnemar
from nnlab.tracking.openings import record_opening

if TYPE_CHECKING:
    from nnlab.onnx.write.export import Model
    from nnlab.onnx.write.quantized.coding import Codes
    from nnlab.onnx.write.quantized.damage import Damage
    from nnlab.onnx.write.quantized.ranges import Method, Observed

LOG = logging.getLogger("nnlab.export")

NAME = "int8.onnx"
"""The file in a run's folder where no other is asked for."""

TRIED = 64
"""Calibration pictures that the damage of values is told by, and that engines are held against one another on."""


@dataclass(frozen=True, eq=False)
class Quantised:
    """A float model, and what became of it.

    Options:  model: of 8 bits.  plain: the float one with BatchNorm folded, of operators that codes can be among.
              seen: the ranges, and how many pictures told them.  opset: where it was brought to; None where it was new
              enough.
    """

    subject: Subject
    model: "Model"
    plain: "Model"
    codes: "Codes"
    method: "Method"
    seen: "Observed"
    engine: str
    opset: int | None


@dataclass(frozen=True, eq=False)
class QuantisedFile:
    """A file that was written.

    Options:  damages: the worst first.  engines: how far each was from nnlab's own on calibration pictures.
              float_answers, answers: of the test pictures; None where they are not judged.
    """

    made: Quantised
    path: Path
    operators: Mapping[str, int]
    float_bytes: int
    damages: Sequence["Damage"]
    engines: Mapping[str, float]
    float_answers: Answered | None
    answers: Answered | None

    @property
    def difference(self) -> tuple[int, int, Difference] | None:
        """How many test pictures were lost and won, and whether chance explains it; None where that is not known."""
        return parted(self.float_answers, self.answers)

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        made, difference = self.made, self.difference
        tested = made.subject.test
        return {
            "schema_version": 1,
            "path": str(self.path),
            "source": made.subject.name,
            "method": made.method,
            "codes": asdict(made.codes),
            "calibration_pictures": made.seen.pictures,
            "calibration_from": None if made.subject.training is None else made.subject.training.origin,
            "converted_to_opset": made.opset,
            "operators": dict(self.operators),
            "bytes": {"float": self.float_bytes, "int8": self.path.stat().st_size},
            "engines": dict(self.engines),
            f"test_{made.subject.figure}": {
                "float": None if self.float_answers is None else self.float_answers.figure,
                "int8": None if self.answers is None else self.answers.figure,
                "samples": None if tested is None else len(tested.sources),
                "chance": made.subject.chance(),
                "why_not": made.subject.why_not or None,
            },
            "lost": None if difference is None else difference[0],
            "won": None if difference is None else difference[1],
            "mcnemar_p": None if difference is None else difference[2].p,
            "damage": [asdict(damage) for damage in self.damages],
        }


def parted(first: Answered | None, second: Answered | None) -> tuple[int, int, Difference] | None:
    """Pictures that only the first, only the second is right about, and McNemar's test; None where that is unknown."""
    if first is None or second is None or first.hits is None or second.hits is None or not len(first.hits):
        return None
    lost, won = int((first.hits & ~second.hits).sum()), int((second.hits & ~first.hits).sum())
    return lost, won, mcnemar(lost, won, len(first.hits))


def quantised(subject: Subject, codes: "Codes", *, method: "Method", pictures: int, threads: int = 0) -> Quantised:
    """The model of 8 bits: BatchNorm folded, ranges by training pictures, weights by their largest magnitude.

    Raises:  UsageError: it is quantised already, or there is nothing to quantise.  DataError: no training pictures.
    """
    from nnlab.onnx.write.quantized.coding import coded, recent
    from nnlab.onnx.write.quantized.places import refuse_quantised, values
    from nnlab.onnx.write.quantized.ranges import Watch, observed

    refuse_quantised(subject.model, subject.name)
    if subject.training is None:
        raise DataError("has no training pictures to calibrate on", where=subject.name)
    plain = recent(folded(subject.model))
    own, opset = _opset(subject.model), _opset(plain)
    if own != opset:
        LOG.warning("%s: of operators of version %d, brought to %d, which codes need", subject.name, own, opset)
    names = values(plain)
    engine = quickest_engine()
    watch = Watch.of(plain, names, engine=engine, threads=threads)
    seen = observed(subject.calibration(pictures), names, method, watch)
    if seen.pictures < FEWEST:
        line = "ranges of %d training pictures may miss what others show; --calibration=200 takes more"
        LOG.warning(line, seen.pictures)
    model = coded(plain, seen.ranges, codes)
    return Quantised(subject, model, plain, codes, method, seen, engine, None if own == opset else opset)


def folded(model: "Model") -> "Model":
    """A copy without Transposes that undo each other, what is made of weights alone stored, every BatchNorm folded."""
    from nnlab.onnx.rungs.graph import batch_norms_folded, constants_folded, without_transposes

    plain = without_transposes(model)
    with suppress(DataError):  # operators that nnlab does not compute itself: then weights stay as they came
        plain = constants_folded(plain)
    return batch_norms_folded(plain)


def quickest_engine() -> str:
    """onnxruntime where it is installed, else nnlab's own."""
    from nnlab.core.errors import MissingError
    from nnlab.onnx.backends.engines import ENGINES

    try:
        ENGINES["onnxruntime"].require()
    except MissingError:
        return "numpy"
    return "onnxruntime"


def write(made: Quantised, output: Path, *, threads: int = 0, command: str = "nnlab quantize") -> QuantisedFile:
    """Writes the file, once every engine gives the same for it; tells the damage and what the test pictures say.

    Raises:  ComparisonError: an engine computes something else: nothing is written then.
    """
    subject = made.subject
    engines = agreement(made)
    damages = damaged(made, threads=threads)
    _, operators = write_model(output, made.model)
    answers = [subject.answered(runner(model, made.engine, threads)) for model in (subject.model, made.model)]
    if answers[1] is not None and subject.folder is not None and subject.test is not None:
        record_opening(subject.folder, command, len(subject.test.sources), {subject.figure: answers[1].figure})
    size = subject.model.ByteSize()
    return QuantisedFile(made, output, operators, size, damages, engines, answers[0], answers[1])


def runner(model: "Model", engine: str, threads: int = 0) -> Callable[[Array], Sequence[Array]]:
    """A model on an engine, all its outputs for a batch."""
    from nnlab.onnx.backends.engines import ENGINES, using
    from nnlab.onnx.file.read import model_of

    view = model_of(model.SerializeToString())
    loaded = ENGINES[engine].load(view, threads=threads)
    name = view.graph.inputs[0].name

    def run(x: Array) -> Sequence[Array]:
        with using(engine, threads):
            return [np.asarray(y) for y in loaded.run({name: x})]

    return run


def agreement(made: Quantised) -> dict[str, float]:
    """How far each engine is from nnlab's own on calibration pictures, by the first output's size.

    Raises:  ComparisonError: by more than `verify` allows files of 8 bits.
    """
    from nnlab.onnx.write.verify import Wanted, verify

    x = next(iter(made.subject.calibration(TRIED)()))
    batch = made.subject.batch
    own = filled(runner(made.model, "numpy"), x, batch)
    if batch is not None and len(x) < batch:
        return {}
    first = np.asarray(own[0])
    if first.dtype.kind != "f":
        return {}
    size = max(1.0, float(np.abs(first).max(initial=0)))
    try:
        found = verify(made.model, x, Wanted(first), dtype="int8").engines
    except ComparisonError as error:
        raise ComparisonError(error.what, where="quantize", hint="nothing was written") from error
    return {name: value / size for name, value in found.items()}


def damaged(made: Quantised, *, threads: int = 0) -> list["Damage"]:
    """What rounding does to each weight and each value, the worst first."""
    from nnlab.onnx.write.quantized.coding import ENDING
    from nnlab.onnx.write.quantized.damage import of_values, of_weights, worst_first
    from nnlab.onnx.write.quantized.ranges import Watch

    names = tuple(made.seen.ranges)
    written = {name for node in made.model.graph.node for name in node.output}
    rounded = [f"{name}{ENDING}" for name in names if f"{name}{ENDING}" in written]
    watches = [
        Watch.of(made.plain, names, engine=made.engine, threads=threads),
        Watch.of(made.model, rounded, engine=made.engine, threads=threads),
    ]
    few = min(TRIED, made.seen.pictures)
    found = of_values(made.seen.ranges, made.subject.calibration(few)(), *watches)
    return worst_first([*of_weights(made.plain, made.codes), *found])


def target_of(subject: Subject, output: str | None) -> Path:
    """Where the file goes: said, else into the run's folder, else beside the file as NAME-int8.onnx.

    Raises:  UsageError: that is the file itself.
    """
    given = Path(output) if output is not None else subject.folder
    if given is None:
        source = Path(subject.name)
        given = source.with_name(f"{source.stem}-{NAME}") if source.suffix else Path(f"{source.name}-{NAME}")
    target = given / NAME if given.is_dir() else given
    if target.exists() and Path(subject.name).is_file() and target.samefile(subject.name):
        raise UsageError("is the file that is quantised", where=f"--output={output}", hint="choose another")
    return target


def _opset(model: "Model") -> int:
    return next((int(o.version) for o in model.opset_import if o.domain in {"", "ai.onnx"}), 0)
