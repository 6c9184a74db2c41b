"""Cells on the workers of a Dask cluster, on this machine or on many."""

from collections.abc import Sequence

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import ENGINES, Engine, Rows, Watcher
from nnlab.labs.engines.cluster import cluster_at
from nnlab.labs.engines.scheduler import checked
from nnlab.labs.engines.turn import Turn
from nnlab.labs.study_folder import StudyFolder


@ENGINES.register
class Dask(Engine):
    """As many cells at once as the cluster's workers have threads; each is a process of its own there as here.

    A worker needs nnlab in the same version, and the data under the same path (or by name, where they ship with it):
    before it trains it works out anew what the cell means there. What it made comes back whole, so that nothing is
    shared but the scheduler. A worker that dies is Dask's to replace, and its cell is begun on another. After Ctrl-C
    workers leave their cells where they can be gone on with, and send that; it goes along when they are begun again.
    """

    is_elsewhere = True

    def ready(self, cells: Sequence[Cell]) -> None:
        """Looks at the cluster."""
        super().ready(cells)
        threads = max((cell.cores for cell in cells), default=1)
        with cluster_at(checked(self.options.address)) as cluster:
            cluster.refuse_unfit(threads)

    def rows(self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher) -> Rows:
        """As they end; a cell that would not fit any more is passed over for one that may."""
        with cluster_at(checked(self.options.address)) as cluster:
            yield from Turn(self.options, cluster, study, budget, watcher).rows(cells)
