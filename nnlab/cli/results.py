"""What stdout gets when a run ends: its scores as text, and a table that compares several."""

import statistics
import tomllib
from collections.abc import Sequence
from typing import Any

from nnlab.core.printing import printable
from nnlab.data.left_out import left_out_line
from nnlab.data.pipeline import survey
from nnlab.experiment.build import graph
from nnlab.experiment.config import Experiment
from nnlab.experiment.run import Outcome
from nnlab.models.describe import describe, layer_text

PARTITIONS = ("training", "dev", "test")

CHECKED_TOGETHER = {
    form: f" (along directions that move all parameters of a {form[:-1]}: more would take over "
    "--gradient-checks-budget of the run)"
    for form in ("layers", "kinds")
}


def result_text(outcome: Outcome, *, verbose: bool = False) -> str:
    """A run in a few lines: what it was, its scores, how it went, where its folder is."""
    summary, experiment = outcome.summary, outcome.experiment
    title = f"{experiment.run.exp_id}: {_title(experiment)} on {experiment.data.dataset}"
    engine = f"{experiment.run.backend}, {experiment.run.dtype}, {experiment.data.data_loader}"
    lines = [f"{title}  ({_count(summary['parameters'], 'parameter')}, {engine})", ""]
    scores = [(name, score) for name in PARTITIONS if (score := summary[name])]
    if scores:
        lines.append(f"  {'':<9} {'loss':>9} {'accuracy':>9} {'samples':>8}")
    for name, score in scores:
        lines.append(f"  {name:<9} {_loss(score):>9} {score['accuracy']:>9.1%} {score['samples']:>8}")
    lines += [*([""] if scores else []), f"  {_how_it_went(summary, experiment)}", f"  {_what_it_cost(summary)}"]
    if checks := _what_was_checked(summary, experiment):
        lines.append(f"  {checks}")
    if verbose:
        phases = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in summary["phases_s"].items())
        lines.append(f"  phases: {phases}")
    lines.append(f"  run folder: {outcome.folder}")
    return "\n".join(map(printable, lines)) + "\n"


def _loss(score: Any) -> str:
    return "-" if score["loss"] is None else f"{score['loss']:.4g}"


def _title(experiment: Experiment) -> str:
    layers = getattr(experiment.model, "layers", None)
    shown = f"({','.join(map(str, layers))})" if layers is not None else ""
    return f"{experiment.chosen['model']}{shown} with {experiment.chosen['optimizer']}"


def _how_it_went(summary: Any, experiment: Experiment) -> str:
    ran, wanted, best = summary["epochs_run"], experiment.run.epochs, summary["best_epoch"]
    words = [f"{ran} of {_count(wanted, 'epoch')}"]
    if summary["stopped"] != "finished":
        words[0] += f" ({summary['stopped']})"
    if resumed := summary["resumed_from"]:
        words[0] += f", {resumed['epoch']} of them from {resumed['run']}"
    if best is not None:
        words.append(f"best weights from epoch {best}, which the scores are of")
    stop = summary["early_stop_epoch"]
    if stop is not None and summary["stopped"] != "early":
        words.append(f"early stopping would have stopped at epoch {stop}")
    return " · ".join(words)


def _what_it_cost(summary: Any) -> str:
    words = [f"{summary['elapsed_s']:.2f} s", f"images in {summary['load_s']:.2f} s"]
    if summary["peak_memory_mb"] is not None:
        words.append(f"{summary['peak_memory_mb']:.0f} MiB at most")
    return " · ".join(words)


def _what_was_checked(summary: Any, experiment: Experiment) -> str:
    words, gradients = [], summary["gradient_checks"]
    if gradients["run"]:
        verdict = f"{gradients['failed']} failed" if gradients["failed"] else "all right"
        checks = _count(gradients["run"], "gradient check")
        checks += CHECKED_TOGETHER.get(gradients.get("form"), "")
        words.append(f"{checks}, {verdict}, distance at most {gradients['worst_distance']:.1e}")
    if (lag := summary["batch_norm"]) and lag["worst"]:
        words.append(_what_lags(lag["worst"], experiment))
    if unstable := summary["instability_checks"]["unstable"]:
        words.append(f"instability in {_count(unstable, 'step')}")
    if summary["skipped_images"]:
        names = ", ".join(image["source"] for image in summary["skipped_images"][:3])
        more = "" if len(summary["skipped_images"]) <= 3 else ", ..."
        words.append(f"{_count(len(summary['skipped_images']), 'bad image')} skipped ({names}{more})")
    return " · ".join(words)


def _what_lags(worst: Any, experiment: Experiment) -> str:
    """What BatchNorm's running statistics cost, with both figures, and what to type."""
    on_output = experiment.sections["model"].get("output_batch_norm")
    mend = "--no-output-batch-norm" if on_output else "--batch-norm-momentum=0.5 or --no-batch-norm"
    running, own = (f"{worst[key]:.1%}" for key in ("running_accuracy", "batch_accuracy"))
    figures = f"{running} of dev is right with them, {own} with a batch's own"
    return f"BatchNorm's running statistics lag behind: in epoch {worst['epoch']} {figures}; type {mend}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def comparison(outcomes: Sequence[Outcome]) -> str:
    """Several runs side by side, and over repetitions of one experiment the mean and the spread."""
    width = max(len("experiment"), *(len(outcome.experiment.run.exp_id) for outcome in outcomes))
    head = f"{'experiment':<{width}}  {'model':<9} {'optimizer':<17} {'epochs':>6}  "
    lines = [head + "  ".join(f"{name:>8}" for name in PARTITIONS) + "   seconds"]
    for outcome in outcomes:
        chosen, summary = outcome.experiment.chosen, outcome.summary
        row = f"{outcome.experiment.run.exp_id:<{width}}  {chosen['model']:<9} {chosen['optimizer']:<17} "
        row += f"{summary['epochs_run']:>6}  " + "  ".join(_accuracy(summary[name]) for name in PARTITIONS)
        lines.append(row + f"  {summary['elapsed_s']:>8.2f}")
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(_but_for_seeds(outcome.experiment), []).append(outcome)
    for group in groups.values():
        lines += _spread(group, of="" if len(groups) == 1 else f"{group[0].experiment.run.exp_id} ({len(group)} runs) ")
    return "\n".join(lines) + "\n"


def _but_for_seeds(experiment: Experiment) -> str:
    """Equal for repetitions of one experiment."""
    seeds_and_names = {"exp_id", "runs_dir", "model_seed", "dataset_seed"}
    return repr(
        [
            (section, key, value)
            for section, values in experiment.sections.items()
            for key, value in values.items()
            if key not in seeds_and_names
        ]
        + sorted(experiment.chosen.items())
    )


def _spread(group: Sequence[Outcome], *, of: str) -> list[str]:
    lines = []
    for name in PARTITIONS:
        values = [outcome.summary[name]["accuracy"] for outcome in group if outcome.summary[name]]
        if len(values) > 1:
            mean, spread = statistics.mean(values), statistics.stdev(values)
            low, high = min(values), max(values)
            shown = f"mean {mean:.1%}, standard deviation {spread:.1%}, {low:.1%} to {high:.1%}"
            lines.append(f"{of}{name} accuracy: {shown}")
    return lines


def _accuracy(score: Any) -> str:
    return f"{score['accuracy']:>8.1%}" if score else f"{'-':>8}"


def plan(experiment: Experiment) -> str:
    """What a run would do, for --dry-run: the resolved configuration, the samples, the network layer by layer."""
    found = survey(experiment.data)
    counts = ", ".join(f"{name} {count}" for name, count in found.sizes.items())
    samples = f"{len(found.classes)} classes; samples: {counts}"
    if line := left_out_line(found.left_out):
        samples += f"\n{line}"
    network = describe(graph(experiment, found))
    return f"{experiment.to_toml()}\n{samples}\n\n{network}\n"


def plan_document(experiment: Experiment) -> dict[str, Any]:
    """The same for --dry-run --json."""
    found = survey(experiment.data)
    network = graph(experiment, found)
    return {
        "id": experiment.run.exp_id,
        "config": tomllib.loads(experiment.to_toml()),
        "classes": list(found.classes),
        "samples": dict(found.sizes),
        "left_out": list(found.left_out),
        "layers": [{"name": node.name, "layer": layer_text(node.layer)} for node in network.nodes],
        "parameters": network.parameter_count,
    }
