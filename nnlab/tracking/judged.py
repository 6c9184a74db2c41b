"""The figure that a run is judged by, as its files have it: also of runs of other versions, and of other packages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nnlab.core.errors import UsageError
from nnlab.metrics.base import METRICS, Metric
from nnlab.metrics.interval import wilson
from nnlab.tracking.fields import NUMBER
from nnlab.tracking.pages.linear_scale import Kind
from nnlab.tracking.run import Run


@dataclass(frozen=True)
class Judge:
    """A figure: its name in files, what it is called, which way is better, whether it is a share of right answers."""

    key: str
    title: str
    better: Literal["higher", "lower"] = "higher"
    is_share: bool = False
    metric: type[Metric] | None = None

    @property
    def scale(self) -> Kind:
        """On which it is drawn over the epochs."""
        return "share" if self.is_share else scale_of(self.metric)

    def shown(self, value: float | None) -> str:
        """A figure as it is printed; "-" where there is none."""
        if value is None:
            return "-"
        if self.metric is not None:
            return self.metric.shown(value)
        return f"{value:.1%}" if self.is_share else f"{value:.4g}"

    def interval(self, value: float | None, samples: float | None) -> tuple[float, float] | None:
        """Of 95%, of a share of so many samples (Wilson); None where there is none."""
        if not self.is_share or value is None or not samples or not 0 <= value <= 1:
            return None
        return wilson(value, int(samples))

    def apart(self, value: float) -> str:
        """A difference of two figures, with its sign: points of a share."""
        return f"{100 * value:+.1f} points" if self.is_share else f"{value:+.4g}"


def scale_of(metric: Metric | type[Metric] | None) -> Kind:
    """On which a metric's figure is drawn over the epochs; None: of one that is not here."""
    if metric is None:
        return "auto"
    return "share" if metric.is_share else "fraction" if metric.perfect() == 1 else "auto"


def judge_of(run: Run) -> Judge:
    """What chose the best weights of a run. Raises DataError: when its files are damaged."""
    summary = run.summary or {}
    scores = (score for name in ("dev", "training", "test") if (score := summary.get(name)))
    key = next(map(first_figure, scores), "") or (first_figure(run.metrics[0]) if run.metrics else "")
    name = str(section(run.config, "accuracy").get("name", ""))
    try:
        metric = METRICS.get(name)
    except UsageError:  # of a package that is not here
        title = str(summary.get("metric") or key)
        return Judge(key, title, is_share=key == "accuracy")
    title = str(summary.get("metric") or metric.shown_title())
    return Judge(key or metric.file_key(), title, metric.better, metric.is_share, metric)


def section(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A section of a configuration; nothing where it has none, or something else of that name."""
    found = config.get(name)
    return found if isinstance(found, Mapping) else {}


def number_of(value: Any) -> float | None:
    """A figure as a file has it; None where it is none."""
    return value if NUMBER.holds(value) else None


def first_figure(score: Mapping[str, Any]) -> str:
    """The name of the first figure of a score, or of a line of metrics.jsonl: it judges. Empty where there is none."""
    names = list(score)
    after = names[names.index("loss") + 1 :] if "loss" in names else []
    return next(iter(name for name in after[:1] if name != "samples"), "")
