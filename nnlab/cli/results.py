"""What stdout gets when a run ends: its scores as text, and a table that compares several."""

import tomllib
from collections.abc import Iterator
from typing import Any

from nnlab.cli.figures_text import baseline_lines, columns, figures_row
from nnlab.cli.phases import phase_table
from nnlab.core.printing import printable
from nnlab.data.left_out import left_out_line
from nnlab.data.options import PARTITIONS
from nnlab.experiment.build import graph, outlined
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.run import Outcome
from nnlab.losses.penalty import SMALL
from nnlab.models.describe import describe
from nnlab.models.in_short import layer_text
from nnlab.tracking.report.overshoot import overshoot_words
from nnlab.tracking.report.report import REPORT
from nnlab.tracking.step_times import StepTimes

GUESSING = "no better than guessing"
"""Said of a share of right answers whose interval holds what naming the largest class gives."""

CHECKED_TOGETHER = {
    form: f" (along {along}: more would take over --gradient-checks-budget of the run)"
    for form, along in (
        ("layers", "directions that move a layer's parameters together"),
        ("kinds", "directions that move all parameters of a kind together"),
        ("network", "one direction that moves all parameters"),
    )
}


def result_text(outcome: Outcome, *, verbose: bool = False) -> str:
    """A run in a few lines: what it was, its scores, how it went, where its folder is."""
    summary, experiment = outcome.summary, outcome.experiment
    title = f"{experiment.run.exp_id}: {_title(experiment)} on {experiment.data.dataset}"
    engine = f"{experiment.run.backend}, {experiment.run.dtype}, {experiment.data.data_loader}"
    lines = [f"{title}  ({_count(summary['parameters'], 'parameter')}, {engine})"]
    lines += [f"  {summary['note']}", ""] if summary.get("note") else [""]
    scores = list(_scores(summary, experiment))
    lines += [
        *scores,
        *baseline_lines(summary.get("baselines"), experiment.figures),
        *([""] if scores else []),
        f"  {_how_it_went(summary, experiment)}",
        f"  {_what_it_cost(summary)}",
    ]
    if advice := summary["waiting"]["advice"]:
        lines.append(f"  {advice}")
    if checks := _what_was_checked(summary, experiment):
        lines.append(f"  {checks}")
    if verbose:
        phases = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in summary["phases_s"].items())
        lines.append(f"  phases: {phases}")
        if steps := StepTimes.read(summary["step_times"]):
            lines.append(f"  steps: {steps.words}")
    if experiment.run.profiling:
        lines += ["", *phase_table(summary), ""]
    page = outcome.folder / REPORT
    lines.append(f"  run folder: {outcome.folder}" + (f"  (its page: {page.name})" if page.exists() else ""))
    return "\n".join(map(printable, lines)) + "\n"


def _scores(summary: Any, experiment: Experiment) -> Iterator[str]:
    """The scores as a table; a share with its interval of 95% and how often the best guess is right."""
    figures = experiment.figures
    widths, head = columns(figures)
    there = [(name, score) for name in PARTITIONS if (score := summary[name])]
    judged = any("interval" in score for _, score in there)
    if there:
        yield f"  {'':<9} {'loss':>9}{head} {'samples':>8}" + (
            f"  {'95% interval':<14} {'chance':>7}" if judged else ""
        )
    for name, score in there:
        row = f"  {name:<9} {_loss(score):>9}"
        row += figures_row(score, figures, widths) + f" {score['samples']:>8}"
        if "interval" in score:
            low, high = score["interval"]
            row += f"  {f'{low:.1%}-{high:.1%}':<14} {score['chance']:>7.1%}"
            row += f"  {GUESSING}" if score["no_better_than_guessing"] else ""
        yield row
    for name, found in (summary.get("intervals") or {}).items():
        known = {key: found[key] for key in figures if key in found}
        words = (f"{figures[key].figure_title} {low:.4g} to {high:.4g}" for key, (low, high) in known.items())
        yield f"  95% interval of {name}: {', '.join(words)}"


def _loss(score: Any) -> str:
    return "-" if score["loss"] is None else f"{score['loss']:.4g}"


def _title(experiment: Experiment) -> str:
    layers = getattr(experiment.model, "layers", None)
    shown = f"({','.join(map(str, layers))})" if layers is not None else ""
    return f"{experiment.chosen['model']}{shown} with {experiment.chosen['optimizer']}"


def _how_it_went(summary: Any, experiment: Experiment) -> str:
    ran, wanted, best = summary["epochs_run"], experiment.run.epochs, summary["best_epoch"]
    reason = f": {said}" if (said := summary.get("budget", {}).get("reason")) else ""
    words = [f"{ran} of {_count(wanted, 'epoch')}"]
    if summary["stopped"] != "finished":
        words[0] += f" ({summary['stopped']}{reason})"
    if resumed := summary["resumed_from"]:
        words[0] += f", {resumed['epoch']} of them from {resumed['run']}"
    if best is not None:
        words.append(f"best weights from epoch {best}, which the scores are of")
    if experiment.optimizer.ema:
        words[-1] += f" (averaged, --ema={experiment.optimizer.ema:g})" if best is not None else ""
    if experiment.optimizer.l1:
        words.append(f"{summary['small_weights']['share']:.1%} of the weights are below {SMALL:g}")
    stop = summary["early_stop_epoch"]
    if stop is not None and summary["stopped"] != "early":
        words.append(f"early stopping would have stopped at epoch {stop}")
    if past := overshoot_words(summary):
        words.append(past)
    return " · ".join(words)


def _what_it_cost(summary: Any) -> str:
    words = [f"{summary['elapsed_s']:.2f} s", f"images in {summary['load_s']:.2f} s"]
    words.append(f"{summary['waiting']['share']:.0%} of training waited for data")
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
        words.append(_what_lags(summary, lag["worst"], experiment))
    if unstable := summary["instability_checks"]["unstable"]:
        words.append(f"instability in {_count(unstable, 'step')}")
    if events := summary["divergence"]["events"]:
        back = summary["divergence"]["rollbacks"]
        words.append(f"diverged {_count(events, 'time')}" + (f", went back {_count(back, 'time')}" if back else ""))
    if summary["skipped_images"]:
        names = ", ".join(image["source"] for image in summary["skipped_images"][:3])
        more = "" if len(summary["skipped_images"]) <= 3 else ", ..."
        words.append(f"{_count(len(summary['skipped_images']), 'bad image')} skipped ({names}{more})")
    return " · ".join(words)


def _what_lags(summary: Any, worst: Any, experiment: Experiment) -> str:
    """What BatchNorm's running statistics cost, with both figures, and what to type."""
    training = summary["training"] or {"samples": 0}
    one_step = training["samples"] * experiment.data.nbr_clones <= experiment.data.max_minibatch_size
    model = experiment.sections["model"]
    mend = "--batch-norm-momentum=0.5" + (" or --no-batch-norm" if "batch_norm" in model else "")
    if one_step:  # an epoch: as many epochs as steps until they have followed
        mend = "--batch-norm-momentum=0.5, or train for more epochs"
    elif model.get("output_batch_norm"):
        mend = "--no-output-batch-norm"
    mend = f"--batch-norm-statistics=precise, or {mend}"
    running, own = (f"{worst[key]:.1%}" for key in ("running_accuracy", "batch_accuracy"))
    figures = f"{running} of dev is right with them, {own} with a batch's own"
    return f"BatchNorm's running statistics lag behind: in epoch {worst['epoch']} {figures}; type {mend}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plan(experiment: Experiment) -> str:
    """What a run would do, for --dry-run: the resolved configuration, the samples, the network layer by layer.

    Raises:  NnlabError: what the run would raise before it reads a picture.
    """
    found = outlined(experiment)
    counts = ", ".join(f"{name} {count}" for name, count in found.sizes.items())
    samples = f"{experiment.task.amount(found.names)}; samples: {counts}"
    if line := left_out_line(found.left_out):
        samples += f"\n{line}"
    network = describe(graph(experiment, found))
    return f"{experiment.to_toml()}\n{samples}\n\n{network}\n\n{_rates_text(experiment)}\n"


def _rates(experiment: Experiment) -> list[float]:
    """The learning rate of every epoch."""
    return [experiment.optimizer.rate(epoch, experiment.run.epochs) for epoch in range(experiment.run.epochs)]


def _rates_text(experiment: Experiment) -> str:
    """The same as lines; epochs in a row that have the same rate share one."""
    runs: list[tuple[int, int, float]] = []
    for epoch, rate in enumerate(_rates(experiment), start=1):
        first = runs.pop()[0] if runs and runs[-1][2] == rate else epoch
        runs.append((first, epoch, rate))
    return "learning rate by epoch:\n" + "\n".join(
        f"  {first if first == last else f'{first}-{last}':>9}  {rate:.6g}" for first, last, rate in runs
    )


def plan_document(experiment: Experiment) -> dict[str, Any]:
    """The same for --dry-run --json."""
    found = outlined(experiment)
    network = graph(experiment, found)
    return {
        "id": experiment.run.exp_id,
        "config": tomllib.loads(experiment.to_toml()),
        experiment.task.naming: list(found.names),
        "samples": dict(found.sizes),
        "left_out": list(found.left_out),
        "layers": [{"name": node.name, "layer": layer_text(node.layer)} for node in network.nodes],
        "parameters": network.parameter_count,
        "learning_rates": _rates(experiment),
    }
