"""Translations with one mistake each: the public check has to say where."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.torch.layers import TORCH_LAYERS  # noqa: E402
from nnlab.backends.torch.layers.linear import dense  # noqa: E402
from nnlab.backends.torch.layers.norms import batch_norm  # noqa: E402
from nnlab.backends.torch.losses import TORCH_LOSSES  # noqa: E402
from nnlab.backends.torch.optimizers import TORCH_RULES, TorchRule  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.dropout import Dropout  # noqa: E402
from nnlab.layers.leaky_relu import LeakyReLU  # noqa: E402
from nnlab.layers.tanh import Tanh  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.losses.mean_squared_error import MeanSquaredError  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.adam_w import AdamW  # noqa: E402
from nnlab.optimizers.rms_prop import RMSProp  # noqa: E402
from nnlab.testing import check_translations  # noqa: E402


def wrong_gradient(layer, own, x, *, ctx):
    return dense(layer, own, 2 * x - x.detach(), ctx=ctx)


def forgotten_bias(layer, own, x, *, ctx):
    return x @ own["weight"]


def detached(layer, own, x, *, ctx):
    return dense(layer, {name: value.detach() for name, value in own.items()}, x, ctx=ctx)


def torchs_momentum(layer, own, x, *, ctx):
    return batch_norm(BatchNorm(momentum=1 - layer.momentum, epsilon=layer.epsilon), own, x, ctx=ctx)


def never_in_training(layer, own, x, *, ctx):
    return batch_norm(layer, own, x, ctx=type(ctx)(training=False))


def other_mask(layer, own, x, *, ctx):
    return torch.nn.functional.dropout(x, layer.rate, ctx.training)


def single(layer, own, x, *, ctx):
    return torch.tanh(x.float()).to(x.dtype)


def double(layer, own, x, *, ctx):
    return torch.tanh(x.double())


def other_alpha(layer, own, x, *, ctx):
    return torch.nn.functional.leaky_relu(x)


@pytest.mark.parametrize(
    ("cls", "translation", "message"),
    [
        (Dense, wrong_gradient, "Dense: float64, training, .*: x1 is .* away"),
        (Dense, forgotten_bias, "y is .* away"),
        (Dense, detached, "weight is .* away"),
        (BatchNorm, torchs_momentum, "training, .*running_mean is .* away"),
        (BatchNorm, never_in_training, "training, .*y is .* away"),
        (Dropout, other_mask, "training, .*y is .* away"),
        (Tanh, single, "float64, .*y is .* away"),
        (Tanh, double, "float32, .*y is float64, not float32"),
        (LeakyReLU, other_alpha, "alpha.: 0.3.*y is .* away"),
    ],
)
def test_a_layers_is_named(monkeypatch, cls, translation, message):
    monkeypatch.setitem(TORCH_LAYERS._table, cls, translation)
    with pytest.raises(AssertionError, match=message):
        check_translations(cls)


def clamped(loss, p, target):
    """The logarithm is kept finite, and so is lost the gradient where it was not."""
    losses = -(target.value * p.clamp(min=torch.finfo(p.dtype).tiny).log()).sum(-1)
    return losses.mean() if target.weight is None else target.mean(losses)


@pytest.mark.parametrize(
    ("cls", "translation", "message"),
    [
        (MeanSquaredError, lambda loss, p, target: (p - target.value).square().sum(), "loss is .* away"),
        (CrossEntropy, lambda loss, p, target: -(target.value * (p + 1e-8).log()).sum() / len(p), "loss is .* away"),
        (CrossEntropy, clamped, "sure mistakes: gradient is .* away"),
    ],
)
def test_a_losss_is_named(monkeypatch, cls, translation, message):
    monkeypatch.setitem(TORCH_LOSSES._table, cls, translation)
    with pytest.raises(AssertionError, match=message):
        check_translations(cls)


@pytest.mark.parametrize(
    ("cls", "make", "slots", "message"),
    [
        (Adam, lambda r, g, f: torch.optim.Adam(g, lr=0, eps=1e-6), {"m": "exp_avg", "v": "exp_avg_sq"}, "away"),
        (Adam, lambda r, g, f: torch.optim.Adam(g, lr=0, eps=1e-8), {"m": "exp_avg"}, "/v is only on one side"),
        (AdamW, lambda r, g, f: torch.optim.Adam(g, lr=0), {"m": "exp_avg", "v": "exp_avg_sq"}, "weight_decay"),
        (RMSProp, lambda r, g, f: torch.optim.RMSprop(g, lr=0), {"v": "square_avg"}, "away"),
    ],
)
def test_an_update_rules_is_named(monkeypatch, cls, make, slots, message):
    monkeypatch.setitem(TORCH_RULES._table, cls, TorchRule(make, slots))
    with pytest.raises(AssertionError, match=message):
        check_translations(cls)


def test_one_that_lacks_is_named():
    mine = type("Mine", (Tanh,), {})
    with pytest.raises(AssertionError, match="Mine: layer Mine has no translation to torch"):
        check_translations(mine)


def test_numpy_has_nothing_to_translate():
    with pytest.raises(AssertionError, match="on numpy components are what they are"):
        check_translations(Tanh, backend="numpy")


def test_where_torch_is_missing_that_is_said():
    program = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'torch': raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "from nnlab.core.errors import MissingError\n"
        "from nnlab.layers.tanh import Tanh\n"
        "from nnlab.testing import check_translations\n"
        "try: check_translations(Tanh)\n"
        "except MissingError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "torch is not installed" in done.stdout and "pip install" in done.stdout
