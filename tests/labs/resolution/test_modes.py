"""Ways to tune: which tensors each lets change."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.resolution.modes import mode_of, modes_of
from nnlab.models.graph import Graph
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.batches import one_head


def built(model: MBConvNet | SmallCnn, side: int = 16, classes: int = 3) -> Graph:
    return model.graph((side, side, 3), one_head(classes)).build((side, side, 3), rng=None, dtype=np.float32)


SMALL = built(SmallCnn(widths=(4, 6), global_pooling=True))
NORMS = {f"batch_norm_{i}.{name}" for i in (1, 2) for name in ("scale", "shift")}
BUFFERS = {f"batch_norm_{i}.running_{name}" for i in (1, 2) for name in ("mean", "variance")}


def test_what_each_lets_change() -> None:
    names = {parameter.name for parameter in SMALL.parameters}
    found = {mode.name: mode for mode in modes_of(["none", "statistics", "head", "norm+head", "all"], SMALL)}
    assert not found["none"].changing and not found["none"].trains
    assert found["statistics"].changing == BUFFERS and not found["statistics"].trains
    head = {"output.weight", "output.bias"}
    assert found["head"].learning == found["head"].changing == head
    norms = {name for name in names if name.startswith("batch_norm")}
    assert len(norms) == 4
    assert found["norm+head"].learning == head | norms and found["norm+head"].changing == head | norms | BUFFERS
    assert found["all"].learning == names and found["all"].changing == names | BUFFERS


def test_ens_stored_weights() -> None:
    """Head convolution 1,600, its BatchNorm 160, dense 82: 1,842 of 143,015 values move, as in its stored weights."""
    model = MBConvNet(preset="C", depth=1.2**4, width=1.05**4)
    network = built(model, 146, 2)
    sizes = {name: array.size for name, array in network.held().items()}
    assert sum(sizes.values()) == 143_015
    mode = mode_of("head_*+output", network)
    assert sum(sizes[name] for name in mode.changing) == 1_842
    parts = ("head_conv", "head_batch_norm", "output")
    assert [sum(sizes[n] for n in mode.changing if n.startswith(f"{part}.")) for part in parts] == [1_600, 160, 82]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["haed"], r"--modes=haed: the network has no nodes 'haed'; did you mean head"),
        (["norm+conv_9"], "the network has no nodes 'conv_9'; did you mean conv_"),
        (["pool_1"], "the network has nothing there that learns"),
    ],
)
def test_what_is_no_mode(words: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        modes_of(words, SMALL)


def test_a_network_without_norms() -> None:
    plain = built(SmallCnn(widths=(4,), batch_norm=False, global_pooling=True))
    with pytest.raises(UsageError) as error:
        modes_of(["statistics", "norm+head"], plain)
    assert str(error.value).count("the network has no BatchNorm") == 2
