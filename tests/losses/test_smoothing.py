import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.smoothing import smoothed
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy

LOGITS = np.array([[2.0, *[0.0] * 9]])


@pytest.mark.parametrize(("share", "wanted"), [(0.1, 0.9766138010382246), (0.0, 0.7966138010382246)])
def test_golden_values(share, wanted):
    loss, _ = SoftmaxCrossEntropy(label_smoothing=share)(LOGITS, Target(np.eye(10)[:1]), Context())
    assert loss == pytest.approx(wanted, rel=1e-14)


def test_it_is_torchs():
    torch = pytest.importorskip("torch", reason="torch's own is what this is held against")
    generator = np.random.default_rng(0)
    z, labels = generator.standard_normal((6, 4)), generator.integers(4, size=6)
    logits = torch.tensor(z, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(logits, torch.tensor(labels), label_smoothing=0.2)
    theirs.backward()
    loss, dz = SoftmaxCrossEntropy(label_smoothing=0.2)(z, Target(np.eye(4)[labels]), Context())
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(dz, logits.grad.numpy(), rtol=1e-12, atol=1e-16)


def test_rows_still_add_up_to_one_and_nothing_is_copied_without():
    y = np.eye(5)
    np.testing.assert_allclose(smoothed(y, 0.3, Context()).sum(axis=1), 1, rtol=1e-15)
    assert smoothed(y, 0.0, Context()) is y


def test_the_form_for_logits_keeps_it():
    assert CrossEntropy(label_smoothing=0.1).of("logits").options() == {"label_smoothing": 0.1}
