"""A run as a program has it: what was trained, how it went, what it says of pictures."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nnlab.api.history import History
from nnlab.api.prediction import Prediction, Predictions
from nnlab.api.run_shown import html_of, text_of
from nnlab.api.spoken import spoken
from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.tracking.run import Run as Record
from nnlab.tracking.run import read_run

if TYPE_CHECKING:  # these take the longest to import, and a run is looked at more often than it is used
    from nnlab.api.data import Data
    from nnlab.api.evaluated import Evaluated
    from nnlab.api.explained import Explained
    from nnlab.data.own_arrays import Arrays
    from nnlab.experiment.export import Exported
    from nnlab.experiment.predict import RunPredictor
    from nnlab.models.graph import Graph


class Run:
    """A run folder: what `train` returns and `load` opens.

    What it tells is read from the folder when it is asked for, anew while the run has not ended. Two are equal when
    their folders are; one that is pickled is its folder's path. Several threads may use one at once.

    Options:  run: its folder, or a name as the command line takes it: `latest`, an exp-id, the beginning of either.
              arrays: what it learnt from, which has to stay at hand for what looks at its data.
    Raises:   DataError: no run there.  UsageError: a name that several runs have.
    """

    @spoken()
    def __init__(self, run: "str | os.PathLike[str] | Run" = "latest", *, arrays: "Arrays | None" = None):
        self._record = read_run(os.fsdecode(run))
        self._arrays = arrays
        self._predictor: tuple[int, RunPredictor] | None = None
        self._making = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where it is, absolute."""
        return self._record.folder

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._record.name

    @property
    def record(self) -> Record:
        """What the folder says, file by file (nnlab/tracking/run.py)."""
        if not self._has_ended():  # what was read a while ago may be old
            self._record = Record(self._record.folder)
        return self._record

    def _has_ended(self) -> bool:
        """Whether it wrote its end; a folder that is damaged may be mended."""
        try:
            return self._record.summary is not None
        except DataError:
            return False

    @property
    @spoken()
    def config(self) -> Mapping[str, Any]:
        """Every setting, by section: `run.config["optimizer"]["learning_rate"]`."""
        return self.record.config

    @property
    @spoken()
    def summary(self) -> Mapping[str, Any] | None:
        """How it ended, as summary.json says it: `run.summary["test"]["accuracy"]`; None while it trains."""
        return self.record.summary

    @property
    @spoken()
    def history(self) -> History:
        """Its epochs as columns."""
        return History.of(self.record.metrics)

    @property
    @spoken()
    def predictions(self) -> list[dict[str, Any]]:
        """What it said of each sample of dev and test: source, actual, predicted, confidence, ..."""
        return self.record.predictions

    @property
    @spoken()
    def checks(self) -> list[dict[str, Any]]:
        """What checks found while it trained."""
        return self.record.checks

    @property
    @spoken()
    def classes(self) -> tuple[str, ...]:
        """The names of its classes; none of a regression."""
        _, about = self._record.weights("best")
        return tuple(about.get("classes", ()))

    @spoken()
    def weights(self, which: Literal["best", "last"] = "best") -> dict[str, Array]:
        """Weights and running statistics by name."""
        return self._record.weights(which)[0]

    @spoken()
    def network(self) -> "Graph":
        """The network with its best weights. Another one each time: what is done to it stays out of the run."""
        from nnlab.experiment.trained import trained_run

        return trained_run(self.folder).network

    @spoken()
    def predict(self, pictures: Any) -> Prediction | Predictions:
        """What the best weights say of a picture, or of several.

        A picture is a path, an image of Pillow, or an array of (height, width) or (height, width, channels): uint8, or
        floating-point numbers of 0 to 1. Several are a list of these, a folder, or an array of (pictures, height,
        width) or (pictures, height, width, channels). They are prepared as in training. Of one the answer is one
        Prediction, of several Predictions, whose `labels` and `probabilities` are arrays.

        The network is read once and kept.

        Raises:  DataError: naming what is no picture, or a run without weights.
        """
        from nnlab.api.pictures import given
        from nnlab.api.warned import warned

        with warned():
            found, alone = given(pictures)
            predictor = self._predicting()
            made: list[Prediction] = []
            for first in range(0, len(found), predictor.batch):
                some = found[first : first + predictor.batch]
                answers = predictor.predict([each.decoded(predictor.library, predictor.wanted) for each in some])
                pairs = zip(answers, some, strict=True)
                made += [Prediction.of(answer, predictor.labels, each.source) for answer, each in pairs]
        return made[0] if alone else Predictions(tuple(made))

    def _predicting(self) -> "RunPredictor":
        """What predicts, made once in each process: a fork has no threads of its parent's."""
        with self._making:
            if self._predictor is None or self._predictor[0] != os.getpid():
                from nnlab.experiment.predict import run_predictor

                self._predictor = (os.getpid(), run_predictor(str(self.folder)))
            return self._predictor[1]

    @spoken()
    def explain(
        self, pictures: Any, *, method: str = "GradCam", asked: str | None = None, check: bool = True, **options: Any
    ) -> "Explained | list[Explained]":
        """Which places of a picture, or of each of several, the answer came from.

        Options:  pictures: as for `predict`.  method: GradCam, IntegratedGradients, Occlusion or all (docs/explain.md).
                  asked: the class, or the value, that is asked about; None: the one that it answers with.
                  check: whether each map is held against those of random weights.  options: those of the method.
        Raises:   UsageError: a network that the method cannot be asked of, a class that there is not.
                  DataError: naming what is no picture, or a run without weights.
        """
        from nnlab.api.explained import explained
        from nnlab.api.warned import warned

        with warned():
            return explained(self.folder, pictures, method, asked, options, check=check)

    @spoken()
    def evaluate(
        self, data: "Data | None" = None, *, partition: Literal["training", "dev", "test"] = "test", **settings: Any
    ) -> "Evaluated":
        """Scores the best weights on labelled pictures: figures with intervals, confusions, mistakes.

        Options:  data: a folder laid out as a dataset for the run's task, a dataset's name, or arrays; None: the run's
                  own dataset, whose test partition is thereby opened once more, as its openings.jsonl then tells.
                  partition: of the run's own dataset; of data that has partitions, that one.
                  settings: others than the run's, such as backend, data_loader, threads, skip_bad_images.
        Raises:   DataError: no weights, or pictures that it cannot be scored on.
        """
        from nnlab.api.data import with_data
        from nnlab.api.evaluated import Evaluated
        from nnlab.api.keywords import one_of, plain
        from nnlab.api.warned import warned
        from nnlab.data.options import PARTITIONS
        from nnlab.experiment.evaluation.evaluate import evaluate

        one_of(PARTITIONS, partition, "partition")

        said, _ = with_data(settings, data)
        dataset = said.pop("dataset", None)
        command = f"nnlab.load({self.name!r}).evaluate({'' if dataset is None else repr(plain(dataset))})"
        own = {name: plain(value) for name, value in said.items()}
        path = None if dataset is None else str(plain(dataset))
        with warned():
            return Evaluated(evaluate(self.folder, path, partition=partition, command=command, **own))

    @spoken()
    def export(self, output: str | os.PathLike[str] | None = None, **form: Any) -> "Exported":
        """Writes the best weights as an ONNX file, which every engine is held against first.

        Options:  output: the file, or a folder; None: model.onnx in the run folder.
                  form: with_preprocessing=True puts the pictures' preparation in front; opset, dtype, softmax and
                  fold_batch_norm as `nnlab export` has them; quantize="int8" and calibration=200
                  write codes of 8 bits.
        Raises:   ComparisonError: when an engine differs; nothing is written then.  UsageError: an unknown option.
        """
        from nnlab.api.export import exported
        from nnlab.api.warned import warned

        with warned():
            return exported(self.folder, None if output is None else os.fsdecode(output), form)

    @spoken()
    def report(self) -> Path:
        """Writes the run's page, report.html in its folder, anew, and returns where it is.

        Raises:  DataError: a damaged file.  RunError: when it cannot be written.
        """
        from nnlab.tracking.report.report import write_report

        return write_report(self.folder)

    def __fspath__(self) -> str:
        return str(self.folder)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.folder == other.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def __reduce__(self) -> tuple[type["Run"], tuple[str]]:
        return Run, (str(self.folder),)

    def __repr__(self) -> str:
        return text_of(self.record)

    def _repr_html_(self) -> str:
        """What a notebook shows: how it ended, its scores, its curves."""
        return html_of(self.record)


def load(run: str | os.PathLike[str] | Run = "latest") -> Run:
    """A run, as `train` returned it: by its folder, or by a name as the command line takes it.

    Raises:  DataError: no run there.  UsageError: a name that several runs have.
    """
    return Run(run)
