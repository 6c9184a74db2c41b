"""A published study's own quantities beside ours: an accuracy that weighs batches alike, the whole script's time."""

from collections.abc import Sequence

from nnlab.labs.studies.line import Line

HEAD = ("test accuracy as the mean of batches", "whole-script s")


def batch_mean(hits: Sequence[bool], size: int) -> float:
    """The mean of the batches' shares of right answers, a short last batch counting as much as any: no accuracy.

    Of 100 and 14 answers, 64 and 13 right: (0.64 + 13/14) / 2 = 0.7843, and the accuracy is 77/114 = 0.6754.
    """
    batches = [hits[begin : begin + size] for begin in range(0, len(hits), size)]
    return sum(sum(batch) / len(batch) for batch in batches) / len(batches)


def cells(line: Line) -> list[str]:
    """What the study would have reported of a configuration: of its last run alone."""
    run, row = line.runs[-1], line.rows[-1]
    size = int(run.config["data"]["max_minibatch_size"])
    answers = [answer for answer in run.predictions if answer.get("partition") == "test"]
    hits = [answer["actual"] == answer["predicted"] for answer in answers if "predicted" in answer]
    share = f"{batch_mean(hits, size):.1%}" if hits else "-"
    return [share, f"{float(row['wall_s']):.1f}"]
