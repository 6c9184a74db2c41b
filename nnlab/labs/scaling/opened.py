"""Test, scored once, for the network that was chosen on dev."""

from dataclasses import asdict, dataclass

from nnlab.experiment.evaluation.subject import own_partition
from nnlab.experiment.trained import trained_run
from nnlab.kernels.threads import at_most_threads
from nnlab.labs.opened_once import keep, kept
from nnlab.labs.scaling.candidates import Candidate
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.openings import record_opening
from nnlab.training.scoring import Judgement, score


@dataclass(frozen=True)
class Opened:
    """What test says.  Options:  figures: by repeat."""

    name: str
    figures: tuple[float, ...]
    samples: int


def opened(chosen: Candidate, folder: StudyFolder) -> Opened | None:
    """Scores every repeat of the chosen one on test; a folder whose choice is still the same is not scored again.

    Each run's openings.jsonl tells it. None where there is no test partition.

    Raises:  DataError: a run is gone, or its dataset has changed.
    """
    cells = [str(row["identity"]) for row in chosen.rows]
    if (said := kept(folder, cells)) is not None:
        return Opened(chosen.name, tuple(said["figures"]), int(said["samples"]))
    figures, samples = [], 0
    for result in chosen.results:
        trained = trained_run(folder.folder / str(result["run"]), device="auto")
        with at_most_threads(trained.experiment.run.threads):
            if not trained.experiment.data.partitions["test"]:
                return None
            subject = own_partition(trained, "test")
            found = score(
                trained.learner(), subject.samples.batches(), Judgement(subject.task, trained.experiment.figures)
            )
        samples = found.samples
        figures.append(found.figure)
        record_opening(trained.run.folder, "nnlab scale search", samples, {"loss": found.loss, **found.figures})
    made = Opened(chosen.name, tuple(figures), samples)
    keep(folder, cells, asdict(made))
    return made
