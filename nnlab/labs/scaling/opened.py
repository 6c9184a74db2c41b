"""Test, scored once, for the network that was chosen on dev."""

import json
from dataclasses import dataclass

from nnlab.core.reading import parsed, read_text
from nnlab.experiment.evaluation.subject import own_partition
from nnlab.experiment.trained import trained_run
from nnlab.kernels.threads import at_most_threads
from nnlab.labs.scaling.candidates import Candidate
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.files import to_json
from nnlab.tracking.openings import record_opening
from nnlab.training.scoring import Judgement, score

TEST = "test.json"


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
    kept = _kept(folder)
    if kept is not None and (kept.name, len(kept.figures)) == (chosen.name, len(chosen.rows)):
        return kept
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
    folder.write(TEST, to_json({"name": made.name, "figures": figures, "samples": samples}, indent=2) + "\n")
    return made


def _kept(folder: StudyFolder) -> Opened | None:
    try:
        found = parsed(json.loads, read_text(folder.folder / TEST))
        return Opened(str(found["name"]), tuple(map(float, found["figures"])), int(found["samples"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
