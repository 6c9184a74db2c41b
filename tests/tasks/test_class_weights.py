import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from nnlab.core.context import Context
from nnlab.core.errors import DataError, UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.truths import Labels
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.tasks.class_weights import class_weights, parsed
from nnlab.tasks.classification import Classification

NAMES = ("bird", "cat", "dog")
LABELS = np.array([0, 1, 1, 2, 2, 2, 2, 2])


def test_balanced_is_scikit_learns():
    expected = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    np.testing.assert_allclose(class_weights("balanced", NAMES, LABELS), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("said", "weights"),
    [
        ("1,2,0.5", [1, 2, 0.5]),
        ((1, 2, 0.5), [1, 2, 0.5]),
        (" dog = 3 , bird=0", [0, 1, 3]),
        ({"dog": 3.0}, [1, 1, 3]),
        (None, None),
    ],
)
def test_numbers_in_order_or_by_name(said, weights):
    found = class_weights(parsed(said), NAMES, LABELS)
    assert weights == (None if found is None else found.tolist())


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("cats=2", "no such class"),
        ("1,2", "is 2 numbers, and the dataset has 3 classes"),
        ("-1,1,1", "at least 0 and finite, got -1"),
        ("nan,1,1", "at least 0 and finite"),
        ("cat=2,1", "must be balanced"),
        ("equal", "must be balanced"),
        ("cat=1,cat=2", "twice"),
        ("0,0,0", "no training sample that counts"),
        ({"cat": "x"}, "must be balanced"),
    ],
)
def test_what_is_wrong_with_them_is_said(said, says):
    with pytest.raises(UsageError, match=says):
        class_weights(parsed(said), NAMES, LABELS)


def test_balanced_needs_a_training_sample_of_every_class():
    with pytest.raises(DataError, match="no training sample is of bird"):
        class_weights("balanced", NAMES, np.array([1, 2]))


def test_the_loss_is_torchs_weighted_mean():
    torch = pytest.importorskip("torch", reason="torch's own is what this is held against")
    generator = np.random.default_rng(0)
    task = Classification(class_weights="0.5,3,1.25").fitted(NAMES, Labels(LABELS))
    z = generator.standard_normal((8, 3))
    target = task.targets(Labels(LABELS), {OUTPUT: (3,)})[OUTPUT].astype(np.float64)
    logits = torch.tensor(z, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(
        logits, torch.tensor(LABELS), weight=torch.tensor([0.5, 3.0, 1.25], dtype=torch.float64)
    )
    theirs.backward()
    loss, dz = SoftmaxCrossEntropy()(z, target, Context())
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(dz, logits.grad.numpy(), rtol=1e-12, atol=1e-16)


def test_fitting_leaves_the_task_alone_and_is_recorded():
    task = Classification(class_weights="balanced")
    fitted = task.fitted(NAMES, Labels(LABELS))
    assert task.weights is None and task.record == {}
    assert fitted.record == {"class_weights": {"bird": 8 / 3, "cat": 8 / 6, "dog": 8 / 15}}
    assert fitted.options() == task.options()
