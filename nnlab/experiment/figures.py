"""The figures that a run reports besides those of its task."""

from collections.abc import Iterator, Sequence

from nnlab.core.errors import Mistakes, NnlabError, UsageError
from nnlab.data.steps.written import component_of
from nnlab.metrics.base import METRICS, Metric
from nnlab.tasks.base import Task


def further(texts: Sequence[str]) -> list[Metric]:
    """The metrics that are written so: `F1`, `TopK:k=3`.

    Raises:  UsageError or Mistakes: there is none, or not with these options.
    """
    return [_metric(text) for text in texts]


def _metric(text: str) -> Metric:
    try:
        made: Metric = component_of(text, METRICS)
    except Mistakes as errors:
        raise Mistakes([_placed(error, text) for error in errors.mistakes]) from None
    except UsageError as error:
        raise _placed(error, text) from None
    return made


def _placed(error: NnlabError, text: str) -> UsageError:
    return UsageError(error.what, where=f"--metrics={text}", hint=error.hint)


def metric_mistakes(texts: Sequence[str], task: Task) -> Iterator[NnlabError]:
    """What of `--metrics` is no metric, or none of this task."""
    for text in texts:
        try:
            metric = _metric(text)
        except Mistakes as errors:
            yield from errors.mistakes
            continue
        except NnlabError as error:
            yield error
            continue
        if metric.judges is not task.answer:
            yield no_metric_of(task, metric, f"--metrics={text}", chosen=False)


def no_metric_of(task: Task, metric: Metric, where: str, *, chosen: bool) -> UsageError:
    """Said of one that judges other truths, or that is to choose weights and ranks nothing."""
    others = [each.__name__ for each in METRICS if each.judges is task.answer and (each.ranks or not chosen)]
    hint = f"choose {' or '.join(others)}" if others else None
    if metric.judges is task.answer:
        return UsageError("does not say which of two figures is better", where=where, hint=hint)
    return UsageError(f"is no metric of {type(task).__name__}", where=where, hint=hint)
