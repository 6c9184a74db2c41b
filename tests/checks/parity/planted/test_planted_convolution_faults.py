"""Faults planted in convolutions on either side: `nnlab compare` names the tensor, the step and whose fault it is."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="there is nothing to compare with")

from torch.nn import functional as F  # noqa: E402

from nnlab.backends.torch.layers import TORCH_LAYERS  # noqa: E402
from nnlab.checks.parity.result import GRAVE  # noqa: E402
from nnlab.experiment.compare import compare  # noqa: E402
from nnlab.experiment.config import resolve  # noqa: E402
from nnlab.experiment.sources import from_flags  # noqa: E402
from nnlab.kernels.images import columns, winograd  # noqa: E402
from nnlab.layers import conv2d  # noqa: E402
from nnlab.layers.conv2d import Conv2d  # noqa: E402

OPTIONS = {
    "dataset": "blobs",
    "resize": (9, 7),
    "model": "SmallCnn",
    "widths": (4, 4),
    "batch_norm": False,
    "max_minibatch_size": 9,
    "epochs": 1,
    "threads": 1,
    "device": "cpu",
}


@pytest.fixture
def first(blobs):
    """The first convention or bug that a comparison of a small convolutional network finds, if any."""

    def find(**options):
        said = {"datasets_path": str(blobs), **OPTIONS, **options}
        found = compare(resolve(from_flags(said)), ("numpy", "torch"))
        return next((one for one in found.divergences if one.kind in GRAVE), None)

    return find


def wrong_entry(dtype):
    """A wrong entry of B: the gradient is that of what is computed."""
    b = winograd.B.T.copy()
    b[0, 2] = -4
    return tuple(np.kron(matrix, matrix).astype(dtype) for matrix in (b, winograd.G, winograd.A.T))


def transposed(w, groups):
    """Height and width of the kernel exchanged."""
    return [w.transpose(1, 0, 2, 3).reshape(-1, w.shape[3])]


def over_other_axes(dy):
    """The bias gradient, of rows of another shape."""
    return dy.reshape(dy.shape[-1], -1).sum(axis=1)


FAULTS_HERE = [
    ("winograd", winograd, "kronecker", wrong_entry, "conv_1 forward"),
    ("columns", columns, "_matrices", transposed, "conv_1 forward"),
    ("columns", conv2d, "column_sums", over_other_axes, "conv_2 gradient bias"),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("form", "place", "name", "fault", "tensor"), FAULTS_HERE, ids=["B", "kernel", "bias"])
def test_fault_in_the_hand_written_engine(monkeypatch, first, dtype, form, place, name, fault, tensor):
    assert first(convolution=form, dtype=dtype) is None
    monkeypatch.setattr(place, name, fault)
    found = first(convolution=form, dtype=dtype)
    assert (found.tensor, found.step, found.kind) == (tensor, 1, "bug"), found
    # what stands in for both is the definition: where a quicker form alone is wrong, it is not torch that parts
    assert found.says.startswith("numpy" if form == "winograd" else "torch"), found.says


def padded_first(layer, own, x, *, ctx):
    """The image one row lower than it is."""
    image = F.pad(x.permute(0, 3, 1, 2), (1, 1, 2, 0))
    return F.conv2d(image, own["weight"].permute(3, 2, 0, 1), own.get("bias")).permute(0, 2, 3, 1)


def turned(layer, own, x, *, ctx):
    """A convolution, where a correlation is meant."""
    weight = own["weight"].flip(0, 1).permute(3, 2, 0, 1)
    return F.conv2d(x.permute(0, 3, 1, 2), weight, own.get("bias"), padding=1).permute(0, 2, 3, 1)


def no_gradient_of_the_bias(layer, own, x, *, ctx):
    bias = own["bias"].detach()
    return F.conv2d(x.permute(0, 3, 1, 2), own["weight"].permute(3, 2, 0, 1), bias, padding=1).permute(0, 2, 3, 1)


@pytest.mark.parametrize(
    ("fault", "tensor"),
    [
        (padded_first, "conv_1 forward"),
        (turned, "conv_1 forward"),
        (no_gradient_of_the_bias, "conv_2 gradient bias"),
    ],
)
def test_fault_in_a_translation(monkeypatch, first, fault, tensor):
    monkeypatch.setitem(TORCH_LAYERS._table, Conv2d, fault)
    found = first(convolution="winograd")
    assert (found.tensor, found.step, found.kind) == (tensor, 1, "bug"), found
    assert found.says.startswith("torch")
