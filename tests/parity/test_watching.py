"""What a watch is shown, what the checks say, and when: the same words on both backends."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.checks.finite import FiniteWatch
from nnlab.checks.gradients import check_gradients
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.kernels.product import add_product
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.models.n_layers import NLayers

STEP = Rng(0).at("step", 1)


@pytest.mark.parametrize("fused", [False, True])
def test_both_show_the_same_tensors(both, batch, fused):
    seen = {}
    for backend, who in both(NLayers(layers=(12, 9), dropout_rate=0.2, fused=fused)).items():
        events = seen[backend] = {}

        def watch(node, what, array, events=events):
            assert (node, what) not in events
            events[node, what] = array.copy()

        who.learn(batch(), rng=STEP, epoch=0, epochs=1, watch=watch)
    one, two = seen["numpy"], seen["torch"]
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert (two[key].shape, two[key].dtype) == (value.shape, value.dtype), key
        limit = 1e-13 * np.abs(value).max()  # some hundred terms, summed in another order
        np.testing.assert_allclose(two[key], value, rtol=0, atol=limit, err_msg=str(key))
    passes = [[key for key in events if key[1] in ("forward", "logarithm")] for events in (one, two)]
    assert passes[0] == passes[1]
    back = [[key for key in events if key[1] in ("loss", "backward")] for events in (one, two)]
    assert back[0] == back[1]


def spoil_input(who, data):
    data.inputs[3, 1] = np.nan


def spoil_weight(who, data):
    state = who.state()
    state["dense_2.weight"][2, 4] = np.inf
    who.load_state(state)


def spoil_target(who, data):
    data.targets[OUTPUT].value[2, 0] = np.nan


def saturate(who, data):
    state = who.state()
    state["output_batch_norm.gamma"][:] = 1e4
    who.load_state(state)


def overflow_backwards(who, data):
    """So far from the target that the loss's gradient is just finite, and BatchNorm's is not."""
    state = who.state()
    state["output_batch_norm.gamma"][:] = 1e3
    state["output.weight"] *= 0
    who.load_state(state)
    data.targets[OUTPUT].value[:] *= 1e306


@pytest.mark.parametrize(
    "spoil", [spoil_input, spoil_weight, spoil_target, saturate, overflow_backwards], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_unstable_is_said_in_the_same_words(both, batch, spoil, dtype):
    if dtype == np.float32 and spoil is overflow_backwards:
        pytest.skip("its sizes are float64's")
    said = {}
    for backend, who in both(dtype=dtype).items():
        data = batch(dtype=dtype)
        data = replace(data, inputs=data.inputs.copy())
        spoil(who, data)
        watch = FiniteWatch(data, who.readers())
        with np.errstate(all="ignore"):
            who.learn(data, rng=STEP, epoch=0, epochs=1, watch=watch)
        assert watch.found is not None, backend
        said[backend] = (watch.found.node, str(watch.found))
    assert said["torch"] == said["numpy"]


def wrong_dense(kind):
    """A mistake in Dense, as each engine may have it: (for NumPy, for torch)."""
    from nnlab.backends.torch.layers.linear import dense

    right = Dense.backward

    def backward(self, dy, cache, ctx):
        if kind == "weight gradient doubled":
            add_product(self.weight, cache.T, dy)
        dxs = right(self, dy, cache, ctx)
        if kind == "input gradient lost":
            return tuple(None if dx is None else np.zeros_like(dx) for dx in dxs)
        return dxs

    def translated(layer, own, x, *, ctx):
        if kind == "input gradient lost":
            return dense(layer, own, x.detach(), ctx=ctx)
        weight = own["weight"]
        return dense(layer, {**own, "weight": 2 * weight - weight.detach()}, x, ctx=ctx)

    return backward, translated


@pytest.mark.parametrize("kind", ["weight gradient doubled", "input gradient lost"])
def test_a_wrong_gradient_has_the_same_verdict(both, batch, monkeypatch, kind):
    from nnlab.backends.torch.layers import TORCH_LAYERS

    backward, translated = wrong_dense(kind)
    monkeypatch.setattr(Dense, "backward", backward)
    monkeypatch.setitem(TORCH_LAYERS._table, Dense, translated)
    found = {}
    for backend, who in both(NLayers(layers=(12, 9), activation="Tanh")).items():
        report = check_gradients(who.probe(batch(), rng=STEP), Rng(1))
        found[backend] = {verdict.parameter: verdict for verdict in report.verdicts}
    verdicts = {backend: {name: v.verdict for name, v in each.items()} for backend, each in found.items()}
    assert verdicts["torch"] == verdicts["numpy"]
    assert verdicts["torch"]["dense_1.weight"] == "bug"
    for name, one in found["numpy"].items():
        if one.verdict == "bug":
            assert found["torch"][name].distance == pytest.approx(one.distance, abs=1e-6), name


def test_right_gradients_have_the_same_verdicts_corners_included(both, batch):
    """All-zero weights leave every unit on the corner of its activation."""
    for zero in (False, True):
        verdicts = []
        for who in both(NLayers(layers=(12,), batch_norm=False, activation="ReLU")).values():
            if zero:
                who.load_state({name: np.zeros_like(value) for name, value in who.state().items()})
            report = check_gradients(who.probe(batch(), rng=STEP), Rng(1))
            verdicts.append({verdict.parameter: verdict.verdict for verdict in report.verdicts})
        assert verdicts[0] == verdicts[1] and "bug" not in verdicts[0].values()


def test_the_layers_that_are_taken_for_granted_here_are_in_the_network(both):
    layers = {type(node.layer) for node in both()["torch"].definition.nodes}
    assert {Dense, Dropout, LeakyReLU} <= layers
