"""`nnlab scale search`: its plan: a network, and what several factors make of it, each with several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.experiment.build import outlined
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.grown import counting, grows
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.plan import Plan
from nnlab.labs.scaling.grid import ALONE, Point, alone, grid_of
from nnlab.labs.studies.protocol import protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, varied
from nnlab.models.growth import Factors, Grown, Seed, grown_rows

LAB, SECTION, BASE = "scale-search", "scale", "base"

MEANT = {"model": "MBConvNet", "batch_norm_momentum": 0.9}
"""What is meant where nothing is said: short runs have no time for a momentum of 0.99."""


@dataclass(frozen=True)
class Search:
    """What is asked of a search.

    Options:  grid: as it was written.  target: what a point ought to cost.  tolerance: how far, as a share, it may be
              off and still be compared as an equal.
    """

    grid: str
    repeats: int
    target: float = 2.0
    tolerance: float = 0.1


@dataclass(frozen=True)
class Grid:
    """The base, and every point, as the plan has them.  Options:  rows: their figures, by the names of their cells."""

    search: Search
    rows: dict[str, Grown]

    def is_equal(self, name: str) -> bool:
        """Whether what a point costs is near enough to the target to be compared with others of it."""
        return name != BASE and abs(self.rows[name].ratio / self.search.target - 1) <= self.search.tolerance


def search_plan(search: Search, flags: SettingsSource, *others: SettingsSource) -> tuple[Plan, Grid, Sequence[str]]:
    """The plan, its figures, and what a user should be told.

    Options:  flags, others: settings of every cell, the strongest first.
    Raises:   NnlabError: all that is wrong with them; a dataset that has fewer training samples than a minibatch.
    """
    points = [] if search.grid == ALONE else grid_of(search.grid, search.target, search.tolerance)
    if mistakes := refuse_needless(flags, {}):
        raise mistakes[0]
    weakest = protocol(MEANT)
    base = resolve(flags, *others, weakest)
    require_batch(base)
    model, (counted, _) = grows(base), counting(base, None, with_data=True)
    seed, notes = Seed(model, base.data.resize, counted), list[str]()
    if search.grid == ALONE:
        points, notes = alone(seed, search.target)
    grid = Grid(search, _figures(seed, points))
    found = varied(_variations(base, points), search.repeats, flags, *others, weakest)
    cells = tuple(replace(cell, kind="Grown") for cell in found.cells)
    options = {"grid": search.grid, "repeats": search.repeats, "target": search.target, "tolerance": search.tolerance}
    return Plan(LAB, SECTION, options, base.settings, cells), grid, [*found.notes, *notes]


def require_batch(experiment: Experiment) -> None:
    """Raises DataError: where there are fewer training samples than a minibatch has, or nothing to choose by."""
    outline = outlined(experiment)
    have, most = outline.sizes["training"], experiment.data.max_minibatch_size
    where = printable(outline.source.folder)
    if have < most:
        what = f"has {have} training samples, fewer than a minibatch of {most}"
        raise DataError(what, where=where, hint=f"add --max-minibatch-size={max(2, have // 4)}, or more pictures")
    if not outline.sizes["dev"]:
        raise DataError("has no dev partition, by which factors are chosen", where=where, hint="see --partitions")


def _variations(base: Experiment, points: Sequence[Point]) -> list[Variation]:
    """The base and every point; test is not opened by their trainings."""
    model, size = grows(base), base.data.resize
    every = [Variation(BASE, {"eval_test": False})]
    for point in points:
        larger, sides = point.factors.grown(model, size, 1)
        own = {"model.width": larger.width, "model.depth": larger.depth, "resize": sides}
        every.append(Variation(point.name, {**own, "eval_test": False}))
    return every


def _figures(seed: Seed, points: Sequence[Point]) -> dict[str, Grown]:
    found = {BASE: grown_rows(seed, Factors(1, 1, 1), [0])[0]}
    return found | {point.name: grown_rows(seed, point.factors, [1])[0] for point in points}
