"""What was chosen on dev, scored on test, once: beside the run as it is, and the same tuning at the run's own size."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.kernels.threads import at_most_threads
from nnlab.labs.kinds.tuned import WEIGHTS, opened
from nnlab.labs.opened_once import keep, kept
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.said import about_statistics, first_line, shown_share
from nnlab.labs.resolution.scored import Against, Scored, against
from nnlab.labs.resolution.sizes import named
from nnlab.labs.resolution.subject import Size, Subject
from nnlab.labs.resolution.tune import Tune, TunedLine
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.openings import record_opening
from nnlab.tracking.weights import read_weights


@dataclass(frozen=True, eq=False)
class Conclusion:
    """Scores of test, by the names of lines.

    Options:  tune: what was chosen, and from what.  left: cells that have not run: until then nothing is chosen.
    """

    tune: Tune
    scores: Mapping[str, Scored]
    left: int = 0

    def of(self, line: TunedLine | None) -> Scored | None:
        """That of a line."""
        return None if line is None else self.scores.get(line.name)

    def held(self, first: TunedLine | None, second: TunedLine | None) -> Against | None:
        """The second against the first; None where one of them was not scored."""
        one, other = self.of(first), self.of(second)
        return None if one is None or other is None else against(one, other)

    def document(self) -> dict[str, Any]:
        """As JSON: the figures, and what is said of them."""
        tune = self.tune
        pairs = {"against_the_run": (tune.base, tune.chosen), "against_own_size": (tune.control, tune.chosen)}
        held = {name: self.held(*pair) for name, pair in pairs.items()}
        return {
            "chosen": tune.chosen.name,
            "scores": {n: {**s.figures, "loss": s.loss, "samples": s.samples} for n, s in self.scores.items()},
            **{name: found and found.document() for name, found in held.items()},
        }

    def sentences(self) -> list[str]:
        """What the lab says."""
        tune = self.tune
        lines = {
            line.name: (line.running.figure, None if line.precise is None else line.precise.figure)
            for line in tune.lines
        }
        said = [first_line(tune.subject, tune.suggested), *self._chosen(), *self._control()]
        said.append("Every tensor that a way to tune must not touch is byte-identical afterwards.")
        return said + about_statistics(lines, tune.judge)

    def _chosen(self) -> list[str]:
        tune = self.tune
        base, chosen, shown = tune.base, tune.chosen, tune.judge.shown
        if self.left:
            return [f"Best on dev so far: {chosen.name}; test stays closed until the {self.left} cells left have run."]
        if base is None or chosen is base:
            return ["On dev nothing is better than the run as it is, so test was not opened."] if base else []
        held, one, other = self.held(base, chosen), self.of(base), self.of(chosen)
        if held is None or one is None or other is None:
            return [f"Chosen on dev: {chosen.name}; there is no test partition to judge it by."]
        words = (
            f"Chosen on dev: {chosen.name}. On test, once: {shown(other.figure)} on {other.samples:,} pictures against "
        )
        words += f"{shown(one.figure)} of the run as it is{shown_share(held)}: {held.word}"
        return [words + (" whether it is better." if held.word == "cannot tell" else ".")]

    def _control(self) -> list[str]:
        """How much of the gain the same tuning takes at the run's own size."""
        tune = self.tune
        base, chosen, control, own = tune.base, tune.chosen, tune.control, named(tune.subject.size)
        if base is None or chosen is base or self.left:
            return []
        if chosen.size == tune.subject.size:
            if len({line.size for line in tune.lines}) < 2:
                return []
            return [f"It is at the run's own size, {own}: on dev no other size adds anything to tuning."]
        scores, held = [self.of(line) for line in (base, control, chosen)], self.held(control, chosen)
        if control is None or held is None or control is base or any(score is None for score in scores):
            return []
        before, same, after = (score.figure for score in scores if score is not None)
        shown, gain = tune.judge.shown, after - before
        words = f"The same tuning at the run's own size, {own}, comes to {shown(same)}"
        if gain and (same - before) / gain > 0:
            words += f": tuning at the training size alone takes {min(1.0, (same - before) / gain):.0%} of the gain"
        ends = {
            "cannot tell": "cannot tell whether the other size adds to it",
            "better": "the other size adds to it",
            "worse": "the other size takes from it",
        }
        return [f"{words}; {ends[held.word]}{shown_share(held)}."]


def tested(tune: Tune, plan: Plan, folder: StudyFolder, *, left: int = 0) -> Conclusion:
    """Scores what was chosen, and what it is held against. A folder whose choice is still the same is not scored again.

    The run's openings.jsonl tells that its test was looked at.

    Options:  left: cells that have not run: one of them may be what is chosen, so test is not opened yet.
    """
    subject, chosen = tune.subject, tune.chosen
    if left or tune.base is None or chosen is tune.base or not subject.outline.sizes["test"]:
        return Conclusion(tune, {}, left)
    lines = [line for line in (tune.base, tune.control, chosen) if line is not None]
    cells = {cell.name: cell for cell in plan.cells}
    own = [cells[line.name].identity for line in lines]
    if (said := kept(folder, own)) is not None:
        return Conclusion(tune, {name: Scored.read(one) for name, one in said["scores"].items()})
    with at_most_threads(subject.trained.experiment.run.threads):
        scores = {line.name: _scored(subject, line.size, folder.place(cells[line.name]) / WEIGHTS) for line in lines}
    keep(folder, own, {"chosen": chosen.name, "scores": {name: score.document() for name, score in scores.items()}})
    found = scores[chosen.name]
    seen = {"loss": found.loss, **found.figures}
    record_opening(subject.trained.run.folder, f"nnlab resolution tune ({chosen.name})", found.samples, seen)
    return Conclusion(tune, scores)


def _scored(subject: Subject, size: Size, weights: Path) -> Scored:
    data, task = subject.data(size)
    state, _ = read_weights(weights)
    return Scored.of(opened(subject, state, task), data.test.at_most(subject.most(size)), subject.judgement(task))
