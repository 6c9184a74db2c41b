"""How well runs see pictures that something has happened to: the accuracy on test, value by value, as a table.

    python docs/experiments/robustness.py plain='runs/*-plain*' jpeg=RUN,RUN --step Jpeg:quality={} --values 95 75 50

What `nnlab data robustness` scores, of runs that differ in their seeds alone: their mean and standard deviation. The
step is any of the augmentation (Blur:sigma={}, Noise:intensity={}); its chance is the same for all runs.
"""

import shlex
import statistics
import sys
from collections.abc import Sequence

from drawing import arguments, runs_of

from nnlab.core.errors import NnlabError
from nnlab.experiment.robustness import Asked, robustness


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = arguments(__doc__ or "", draws=False)
    parser.add_argument("--step", required=True, metavar="NAME:OPTION={}", help="what happens to each picture")
    parser.add_argument("--values", nargs="+", required=True, metavar="VALUE", help="what stands for {}")
    parser.add_argument("series", nargs="+", metavar="SERIES=RUN,...", help="runs, a line of the table each")
    said = parser.parse_args()
    own = [said.step.replace("{}", value) for value in said.values]
    asked = Asked(most=sys.maxsize, kinds=(), own=own, command=shlex.join(["python", *sys.argv]))
    print(f"| {said.step} | runs | as it is | " + " | ".join(said.values) + " |\n" + "|---" * (len(own) + 3) + "|")
    for item in said.series:
        name, _, patterns = item.partition("=")
        runs = [str(run.folder) for run in runs_of(parser, patterns.split(","))]
        try:
            found = robustness(runs, asked)
        except NnlabError as error:
            parser.error(str(error))
        columns = zip(*([score and score.figure for score in run.figures] for run in found.runs), strict=True)
        print(f"| {name} | {len(runs)} | " + " | ".join(map(told, columns)) + " |")


def told(shares: Sequence[float | None]) -> str:
    """In percent the mean, and with several the standard deviation; "-" where a step cannot be done."""
    values = [100 * share for share in shares if share is not None]
    if not values:
        return "-"
    mean = statistics.fmean(values)
    return f"{mean:.1f} ± {statistics.stdev(values):.1f}" if len(values) > 1 else f"{mean:.1f}"


if __name__ == "__main__":
    main()
