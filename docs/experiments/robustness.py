"""How well runs see pictures that something has happened to: the accuracy on test, value by value, as a table.

    python docs/experiments/robustness.py plain='runs/*-plain*' jpeg=RUN,RUN --step Jpeg:quality={} --values 95 75 50

Every picture of a run's test partition goes through the step with each value, then through the run's best weights. The
step is any of the augmentation (Blur:sigma={}, Noise:intensity={}); its chance is the same for all runs.
"""

import statistics

import numpy as np
from drawing import arguments, runs_of

from nnlab.core.rng import Rng
from nnlab.core.truths import labels_of
from nnlab.core.types import DTYPES, Array
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.pipeline import load
from nnlab.data.steps.base import RandomImageStep, carried
from nnlab.data.steps.written import random_step
from nnlab.experiment.trained import Trained, trained_run

BATCH = 64
"""Samples that are answered at once."""


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = arguments(__doc__ or "", draws=False)
    parser.add_argument("--step", required=True, metavar="NAME:OPTION={}", help="what happens to each picture")
    parser.add_argument("--values", nargs="+", required=True, metavar="VALUE", help="what stands for {}")
    parser.add_argument("series", nargs="+", metavar="SERIES=RUN,...", help="runs, a line of the table each")
    asked = parser.parse_args()
    steps = [None, *(random_step(asked.step.replace("{}", value)) for value in asked.values)]
    print(f"| {asked.step} | runs | as it is | " + " | ".join(asked.values) + " |\n" + "|---" * (len(steps) + 2) + "|")
    for item in asked.series:
        name, _, patterns = item.partition("=")
        runs = [trained_run(run.folder) for run in runs_of(parser, patterns.split(","))]
        rows = np.array([accuracies(run, steps) for run in runs])
        print(f"| {name} | {len(runs)} | " + " | ".join(told(column) for column in rows.T) + " |")


def accuracies(trained: Trained, steps: list[RandomImageStep | None]) -> list[float]:
    """In percent, after each of the steps; None for the pictures as they are."""
    options = trained.experiment.data
    library, learner = DATA_LOADERS.get(options.data_loader)(), trained.learner()
    test = load(options, scaling=trained.scaling).test
    labels = labels_of(test.truths)
    found = []
    for step in steps:
        pixels = np.stack([test.pixels(place) for place in range(len(test))])
        if step is not None:
            for place, truth in enumerate(test.truths):
                image, _ = carried(step, library.image(pixels[place]), truth, library, Rng(0).at("robustness", place))
                pixels[place] = library.pixels(image)
        x = encode_pixels(pixels, DTYPES[trained.experiment.run.dtype], options.flatten, scaling=trained.scaling)
        answers: list[Array] = []
        for first in range(0, len(x), BATCH):
            outputs = learner.predict(x[first : first + BATCH])
            answers.append(labels_of(trained.experiment.task.answers(outputs)))
        found.append(100 * float(np.mean(np.concatenate(answers) == labels)))
    return found


def told(values: Array) -> str:
    """The mean, and with several the standard deviation."""
    mean = statistics.fmean(values)
    return f"{mean:.1f} ± {statistics.stdev(values):.1f}" if len(values) > 1 else f"{mean:.1f}"


if __name__ == "__main__":
    main()
