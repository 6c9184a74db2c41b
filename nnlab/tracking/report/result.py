"""What came of a run, above all else: its result in a sentence, how it ended, what to beware of."""

from collections.abc import Iterator, Mapping

from nnlab.tracking.pages.page import card, facts
from nnlab.tracking.report.cost import seconds
from nnlab.tracking.report.overshoot import overshoot_words
from nnlab.tracking.report.readings.base import Reading
from nnlab.tracking.report.recorded import Recorded, figure_keys, number, table_of, words

ENDS = {
    "finished": "It ran to its last epoch",
    "early": "Early stopping ended it",
    "budget": "It ended when its time was up",
    "interrupted": "It was interrupted",
    "failed": "It failed",
}


def result(recorded: Recorded, reading: Reading) -> str:
    """A card, then the facts."""
    return _card(recorded, reading) + facts(dict(_facts(recorded)))


def _card(recorded: Recorded, reading: Reading) -> str:
    summary, best = recorded.summary, recorded.best
    warnings = list(_warnings(recorded))
    if best is None:
        return card(*_without_end(recorded), *warnings, tone="bad" if summary else "fair")
    name, score = best
    keys = figure_keys(score)
    word = f"{recorded.shown(keys[0], number(score, keys[0]))} on {name}" if keys else "Trained"
    tone = "bad" if summary.get("stopped") == "failed" else "warn" if warnings else "good"
    return card(word, reading.result(), _ended(recorded), *_past_its_best(recorded), *warnings, tone=tone)


def _without_end(recorded: Recorded) -> tuple[str, str]:
    """A run that was not scored."""
    epochs = len(recorded.epochs)
    done = f"{epochs} of {words(recorded.setting('run', 'epochs'))} epochs are over"
    if recorded.summary:
        return "No result", f"{_ended(recorded)} Nothing was scored; {done}."
    last = recorded.epochs[max(recorded.epochs)] if recorded.epochs else {}
    row: Mapping[str, object] = last.get("dev") or last.get("training") or {}
    figures = [f"{recorded.title(key)} {recorded.shown(key, number(row, key))}" for key in figure_keys(row)[:1]]
    where = f" The last one gave {figures[0]} on {words(row.get('partition'))}." if figures else ""
    return "Not at its end", f"It still trains, or was killed: {done}.{where}"


def _ended(recorded: Recorded) -> str:
    summary = recorded.summary
    said = ENDS.get(str(summary.get("stopped")), "It ended")
    error = f": {words(summary['error'], 400)}" if summary.get("error") else ""
    if reason := table_of(summary, "budget").get("reason"):
        error += f": {words(reason, 400)}"
    best, stop = summary.get("best_epoch"), summary.get("early_stop_epoch")
    of_best = f" The weights are those of epoch {best} of {summary.get('epochs_run')}." if best else ""
    of_stop = f" Dev has not improved since: early stopping would have ended it at epoch {stop}." if stop else ""
    return f"{said}{error}.{of_best}{of_stop if summary.get('stopped') != 'early' else ''}"


def _warnings(recorded: Recorded) -> Iterator[str]:
    summary = recorded.summary
    if recorded.best and recorded.best[1].get("no_better_than_guessing"):
        yield "That is no better than guessing: its interval holds the level of chance."
    if (failed := number(summary, "gradient_checks", "failed")) > 0:
        yield f"Gradient checks found {failed:.0f} parameters wrong."
    if (unstable := number(summary, "instability_checks", "unstable")) > 0:
        yield f"In {unstable:.0f} steps values were not finite."
    if (events := number(summary, "divergence", "events")) > 0:
        back = number(summary, "divergence", "rollbacks")
        went = f", and went back {back:.0f} times at half the learning rate" if back > 0 else ""
        yield f"Training diverged {events:.0f} times{went} (checks.jsonl says where)."
    skipped = summary.get("skipped_images")
    if isinstance(skipped, list) and skipped:
        reason = skipped[0].get("reason") if isinstance(skipped[0], Mapping) else None
        yield f"{len(skipped)} pictures were left out, the first because: {words(reason)}."
    if recorded.run.config_changed:
        yield "config.toml was changed after the training: the settings below may not be those it was trained with."
    if often := len([row for row in recorded.openings if row.get("partition") == "test"]):
        times = "once" if often == 1 else f"{often} times"
        yield f"The test partition was scored {times} more since the training: choices after that know its figure."


def _apart(recorded: Recorded, difference: float) -> str:
    """A difference of two of the figures that judge: points of a share."""
    keys = figure_keys(recorded.best[1]) if recorded.best else []
    judge = recorded.judge(keys[0]) if keys else None
    return f"{100 * difference:.3g} points" if judge is not None and judge.is_share else f"{difference:.3g}"


def _facts(recorded: Recorded) -> Iterator[tuple[str, str]]:
    summary, environment = recorded.summary, recorded.run.environment
    run = recorded.config.get("run", {})
    for name in ("training", "dev", "test"):
        score = summary.get(name)
        if isinstance(score, Mapping) and (keys := figure_keys(score)):
            figure, loss = recorded.shown(keys[0], number(score, keys[0])), number(score, "loss")
            yield (
                f"{name}, {recorded.title(keys[0])}",
                f"{figure}, loss {loss:.4g}, {words(score.get('samples'))} samples",
            )
    bias, variance = number(summary, "avoidable_bias"), number(summary, "variance")
    if bias == bias:
        yield "Avoidable bias", f"{bias:.1%} of the training samples are wrong"
    if variance == variance:
        word = "better" if variance < 0 else "worse"
        yield "Variance", f"dev is {_apart(recorded, abs(variance))} {word} than training"
    parameters, each = number(summary, "parameters"), number(summary, "params_per_sample")
    if parameters == parameters:
        more = f", {_rounded(each)} for each training sample" if each == each else ""
        yield "Parameters", f"{parameters:,.0f}{more}"
    yield "Model", words(recorded.setting("model", "name"))
    yield "Data", words(recorded.setting("data", "dataset"))
    yield "Optimizer", _optimizer(recorded)
    yield (
        "Backend",
        f"{words(run.get('backend'))}, {words(run.get('dtype'))}, {words(summary.get('device') or run.get('device'))}",
    )
    yield "Seeds", f"model {words(run.get('model_seed'))}, dataset {words(recorded.setting('data', 'dataset_seed'))}"
    if (elapsed := number(summary, "elapsed_s")) == elapsed:
        yield "Time", f"{seconds(elapsed)}, {words(summary.get('epochs_run'))} epochs"
    resumed = summary.get("resumed_from")
    if isinstance(resumed, Mapping):
        yield "Goes on with", f"{words(resumed.get('run'))}, from epoch {words(resumed.get('epoch'))}"
    if summary.get("starts_from"):
        yield "Starts from", words(summary["starts_from"])
    if isinstance(own := environment.get("nnlab"), Mapping):
        yield "nnlab", words(own.get("version"))


def _past_its_best(recorded: Recorded) -> Iterator[str]:
    """Where it trained on past dev's least loss: that, and what became of the figure that judges."""
    if not (past := overshoot_words(recorded.summary)):
        return
    then, since = (number(recorded.summary, "overshoot", key) for key in ("figure", "figure_since"))
    keys = figure_keys(recorded.summary.get("dev") or {})[:1]
    if keys and then == then and since == since:
        title, before, after = recorded.title(keys[0]), *(recorded.shown(keys[0], value) for value in (then, since))
        past += f". Dev's {title} was {before} then, and {after} since"
    yield f"{past[0].upper()}{past[1:]}."


def _optimizer(recorded: Recorded) -> str:
    rate = number(recorded.config.get("optimizer", {}), "learning_rate")
    return words(recorded.setting("optimizer", "name")) + (f", rate {rate:g}" if rate == rate else "")


def _rounded(value: float) -> str:
    """To three digits, or to whole numbers: 1,648 rather than 1.65e+03."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
