"""Which samples a process has, and that chance belongs to the sample."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.torch.layers.chance import uniform  # noqa: E402
from nnlab.backends.torch.parallel.own_pass import ShardContext  # noqa: E402
from nnlab.backends.torch.parallel.shards import Shard  # noqa: E402
from nnlab.core.context import Context  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize("samples", [7, 8, 31, 64])
def test_every_sample_has_one_process(samples: int, size: int) -> None:
    shards = [Shard.of(samples, rank, size) for rank in range(size)]
    rows = np.concatenate([shard.cut(np.arange(samples)) for shard in shards])
    np.testing.assert_array_equal(rows, np.arange(samples))
    assert max(map(len, shards)) - min(map(len, shards)) <= 1
    assert all(len(shard) and shard.share == 1 and not shard.whole for shard in shards)


def test_of_fewer_samples_than_processes_each_has_all_and_one_counts() -> None:
    shards = [Shard.of(2, rank, 3) for rank in range(3)]
    assert all(shard.whole and len(shard) == 2 for shard in shards)
    assert [shard.share for shard in shards] == [1, 0, 0]


@pytest.mark.parametrize("places", [(5,), (4, 3, 3), ()], ids=str)
def test_a_sample_draws_what_it_would_draw_in_one_process(places: tuple[int, ...]) -> None:
    whole = uniform((31, *places), Context(training=True, rng=Rng(5), node="dropout_1"))
    drawn = []
    for rank in range(4):
        shard = Shard.of(31, rank, 4)
        ctx = ShardContext(training=True, rng=Rng(5), node="dropout_1", shard=shard, team=None)  # type: ignore[arg-type]
        drawn.append(uniform((len(shard), *places), ctx))
    assert whole.dtype == drawn[0].dtype == torch.float32
    np.testing.assert_array_equal(torch.cat(drawn), whole)
