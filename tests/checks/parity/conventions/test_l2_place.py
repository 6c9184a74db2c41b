import numpy as np
import pytest

from nnlab.checks.parity.conventions.l2_place import L2Place
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.schedules.exponential_decay import ExponentialDecay

GRADIENTS = [np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([-1.0, 0.25])]
SETTINGS = {"learning_rate": 0.1, "weight_decay": 0.2}


def torchs(kind, clip=None, **options):
    torch = pytest.importorskip("torch", reason="torch's own weight_decay is what this is held against")
    weight = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, kind)([weight], lr=0.1, weight_decay=0.2, **options)
    ends = []
    for gradient in GRADIENTS:
        weight.grad = torch.from_numpy(gradient.copy())
        if clip is not None:
            torch.nn.utils.clip_grad_value_([weight], clip)
        optimizer.step()
        ends.append(weight.detach().numpy().copy())
    return ends


@pytest.mark.parametrize("clip", [None, 0.7])
def test_in_the_optimizer_as_torchs_adam(make, choice, walk, clip):
    subject = make(rule=Adam(), clip_value=clip, **SETTINGS)
    (optimizer,) = {v.optimizer for w, v in L2Place().variants(subject) if w.endswith("as torch's weight_decay")}
    np.testing.assert_allclose(walk(optimizer, np.ones(2), GRADIENTS), torchs("Adam", clip), rtol=1e-12)
    assert optimizer.penalty is None


def test_decoupled_as_torchs_adam_w(make, walk):
    subject = make(rule=Adam(), **SETTINGS)
    (optimizer,) = {v.optimizer for w, v in L2Place().variants(subject) if w == "decoupled, as AdamW's"}
    np.testing.assert_allclose(walk(optimizer, np.ones(2), GRADIENTS), torchs("AdamW"), rtol=1e-12)


def test_in_the_objective_as_adam_with_a_penalty(make, choice, walk):
    """What AdamW would be if it were Adam: nnlab's own Adam with its penalty."""
    optimizer = choice(L2Place, make(rule=AdamW(), **SETTINGS), "in the objective").optimizer
    plain = make(rule=Adam(), **SETTINGS).optimizer
    np.testing.assert_array_equal(walk(optimizer, np.ones(2), GRADIENTS), walk(plain, np.ones(2), GRADIENTS))


def test_decoupled_from_the_rate_shrinks_by_the_schedule_alone(make, choice, walk):
    subject = make(rule=AdamW(), schedule=ExponentialDecay(decay=0.5), **SETTINGS)
    optimizer = choice(L2Place, subject, "from the learning rate too").optimizer
    ends = walk(optimizer, np.ones(1), [np.zeros(1)] * 2, epochs=2)
    np.testing.assert_allclose(ends, [[0.8], [0.8 * 0.9]], rtol=1e-15)


def test_what_is_reported_has_no_gradient(make, walk):
    variants = dict(L2Place().variants(make(rule=Adam(), **SETTINGS)))
    for words, variant in variants.items():
        if "reports" not in words:
            continue
        silent = variants[words.removesuffix(", though the loss reports a penalty")].optimizer
        penalty = variant.optimizer.penalty
        assert silent.penalty is None and penalty is not None
        assert penalty.value(variant.graph.parameters) > 0
        ends = [walk(optimizer, np.ones(2), GRADIENTS) for optimizer in (silent, variant.optimizer)]
        np.testing.assert_array_equal(*ends)
