"""TorchLearner: steps that learn, scores that disturb nothing, chance that belongs to the step."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.base import Engine  # noqa: E402
from nnlab.checks.gradients import check_gradients  # noqa: E402
from nnlab.core.errors import CheckError, MissingError, ShapeError, UsageError  # noqa: E402
from nnlab.core.heads import OUTPUT  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.layers.add import Add  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.dropout import Dropout  # noqa: E402
from nnlab.layers.flatten import Flatten  # noqa: E402
from nnlab.layers.leaky_relu import LeakyReLU  # noqa: E402
from nnlab.layers.softmax import Softmax  # noqa: E402
from nnlab.layers.stochastic_depth import StochasticDepth  # noqa: E402
from nnlab.models.graph import Graph  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.models.one_layer import OneLayer  # noqa: E402

CPU = {"device": "cpu", "threads": 1}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("model", [None, OneLayer(), NLayers(layers=(8, 8), batch_norm=False, activation="Tanh")])
def test_steps_reduce_the_loss_and_the_classes_are_learnt(make, batch, learn, model, dtype):
    who = make(model=model, dtype=dtype, learning_rate=0.03)
    losses = learn(who, batch(dtype=dtype), 80)
    assert losses[-1] < 0.3 * losses[0]
    data = batch(seed=6)
    assert np.mean(who.predict(data.inputs)[OUTPUT].argmax(1) == data.targets[OUTPUT].value.argmax(1)) > 0.9
    assert all(value.dtype == dtype for value in who.state().values())


def test_a_step_gives_what_numpys_gives(make, batch):
    found, expected = (
        make(backend, weight_decay=0.1).learn(batch(), rng=Rng(0), epoch=0, epochs=1) for backend in ("torch", "numpy")
    )
    assert found.loss == pytest.approx(expected.loss, rel=1e-13)
    assert found.penalty == pytest.approx(expected.penalty, rel=1e-13)
    assert (found.outputs[OUTPUT].shape, found.outputs[OUTPUT].dtype) == ((24, 3), np.float64)
    np.testing.assert_allclose(found.outputs[OUTPUT], expected.outputs[OUTPUT], rtol=1e-12)
    assert set(found.seconds) == set(expected.seconds) and min(found.seconds.values()) > 0


def test_what_a_step_gave_outlives_the_next(make, batch, learn):
    who = make()
    first = who.learn(batch(), rng=Rng(0), epoch=0, epochs=9).outputs[OUTPUT]
    kept = first.copy()
    learn(who, batch(), 3)
    who.evaluate(batch())
    np.testing.assert_array_equal(first, kept)


def test_evaluate_and_predict_and_probe_change_nothing(make, batch, assert_same):
    plain, busy = make(weight_decay=0.01), make(weight_decay=0.01)
    data, other = batch(), batch(samples=7, seed=8)
    for i in range(6):
        rng = Rng(0).at("step", i)
        before = busy.state()
        busy.evaluate(other)
        busy.predict(other.inputs)[OUTPUT]
        busy.probe(data, rng=rng).gradients()
        assert_same(before, busy.state())
        one, two = (who.learn(data, rng=rng, epoch=0, epochs=1) for who in (plain, busy))
        assert (one.loss, one.penalty) == (two.loss, two.penalty)
        np.testing.assert_array_equal(one.outputs[OUTPUT], two.outputs[OUTPUT])
    assert_same(plain.state(), busy.state())
    assert_same(plain.optimizer_state(), busy.optimizer_state())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_watching_and_checking_in_the_middle_of_a_step_changes_no_bit(make, batch, learn, assert_same, dtype):
    plain, busy = make(dtype=dtype), make(dtype=dtype)
    data, other = batch(dtype=dtype), batch(samples=40, seed=8, dtype=dtype)

    def interrupt(node, what, array):
        busy.evaluate(other)
        busy.probe(other, rng=Rng(0)).gradients()

    assert learn(plain, data, 3) == learn(busy, data, 3, watch=interrupt)
    assert_same(plain.state(), busy.state())


def test_before_the_update_statistics_have_moved_and_weights_have_not(make, batch):
    who = make()
    before = who.state()
    who.backprop(batch(), rng=Rng(0))
    between = who.state()
    who.update(epoch=0, epochs=1)
    after = who.state()
    for parameter in who.definition.parameters:
        np.testing.assert_array_equal(between[parameter.name], before[parameter.name])
        assert not np.array_equal(after[parameter.name], before[parameter.name])
    for buffer in who.definition.buffers:
        np.testing.assert_array_equal(between[buffer.name], after[buffer.name])
        assert not np.array_equal(between[buffer.name], before[buffer.name])


@pytest.mark.parametrize("moment", ["forward", "loss", "backward", "gradient weight"])
def test_a_step_that_a_check_ends_leaves_the_model_as_it_was(make, batch, assert_same, moment):
    who = make()
    before = who.state()

    def stop(node, what, array):
        if what == moment and node in ("softmax", "dense_1", "CrossEntropy"):
            raise CheckError("enough")

    with pytest.raises(CheckError, match="enough"):
        who.learn(batch(), rng=Rng(0), epoch=0, epochs=1, watch=stop)
    assert_same(before, who.state())
    fresh = make()
    one, two = (each.learn(batch(), rng=Rng(0), epoch=0, epochs=1) for each in (who, fresh))
    assert one.loss == two.loss
    assert_same(fresh.state(), who.state())


def test_inputs_that_may_only_be_read_or_are_integers_or_strided_are_taken(make, batch):
    data, who = batch(), make()
    expected = who.predict(data.inputs)[OUTPUT]
    locked = data.inputs.copy()
    locked.flags.writeable = False
    np.testing.assert_array_equal(who.predict(locked)[OUTPUT], expected)
    np.testing.assert_array_equal(who.predict(np.repeat(data.inputs, 2, axis=0)[::2])[OUTPUT], expected)
    assert who.predict((data.inputs > 0.5).astype(np.uint8))[OUTPUT].dtype == np.float64
    who.learn(replace(data, inputs=locked), rng=Rng(0), epoch=0, epochs=1)
    np.testing.assert_array_equal(locked, data.inputs)


def test_samples_of_another_shape_and_a_single_one_are_refused_as_by_numpy(make, batch):
    said = {}
    for backend in ("numpy", "torch"):
        who = make(backend)
        with pytest.raises(ShapeError) as shape:
            who.predict(np.zeros((2, 5, 4, 1)))[OUTPUT]
        with pytest.raises(ShapeError) as lonely:
            who.learn(batch(samples=1), rng=Rng(0), epoch=0, epochs=1)
        said[backend] = (str(shape.value), str(lonely.value))
    assert said["torch"] == said["numpy"]


def test_state_is_a_copy_and_a_wrong_one_is_refused(make, batch, learn):
    who = make()
    kept = who.state()
    learn(who, batch(), 1)
    assert not np.array_equal(kept["dense_1.weight"], who.state()["dense_1.weight"])
    with pytest.raises(UsageError, match=r"dense_1.weight"):
        make(model=OneLayer()).load_state({**kept, "output.bias": np.zeros(3)} | {"output.weight": np.zeros((20, 3))})


def test_count_readers_device_and_backend_are_said(make):
    who = make(model=OneLayer())
    assert who.readers() == make("numpy", model=OneLayer()).readers()
    assert (who.parameter_count, who.device, who.backend) == (63, "cpu", "torch")


def test_values_that_overflow_raise_no_warning(make, batch, learn):
    model = NLayers(layers=(50,), batch_norm=False, fused=True)
    who, data = make(model=model, dtype=np.float32, learning_rate=1e38), batch(dtype=np.float32)
    learn(who, replace(data, inputs=data.inputs * np.float32(1e38)), 3)
    assert not np.isfinite(who.evaluate(data).outputs[OUTPUT]).all()


@pytest.mark.parametrize("model", [None, NLayers(layers=(8,), fused=True, batch_norm=False)])
def test_amp_trains_close_to_float32(make, batch, learn, model):
    """Products in bfloat16 keep 8 bits: a loss is right to a hundredth or two."""
    exact, quick = (
        make(model=model, dtype=np.float32, engine=Engine(amp=amp, **CPU), learning_rate=0.03) for amp in (False, True)
    )
    one, two = (learn(who, batch(dtype=np.float32), 40, watch=lambda *told: None) for who in (exact, quick))
    assert one != two and two[-1] < 0.5 * two[0]
    np.testing.assert_allclose(two[:5], one[:5], rtol=0.03)
    assert all(value.dtype == np.float32 for value in quick.state().values())
    assert quick.predict(batch().inputs)[OUTPUT].dtype == np.float32
    assert not check_gradients(quick.probe(batch(), rng=Rng(0)), Rng(1)).failed


@pytest.mark.parametrize(
    ("options", "error"),
    [({"amp": True}, UsageError), ({"device": "cuda"}, MissingError)],
)
def test_what_cannot_be_is_refused_at_once(make, monkeypatch, options, error):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(error):
        make(engine=Engine(**options))


class OfImages:
    """Layers that draw numbers of other shapes than their input's, before a multilayer perceptron."""

    def graph(self, in_shape, heads):
        graph = Graph()
        graph.add("channels", Dropout(rate=0.2, channels=True))
        graph.add("depth", StochasticDepth(rate=0.3))
        graph.add("sum", Add(), "depth", "input")
        for name, layer in (
            ("flatten", Flatten()),
            ("dense_1", Dense(units=12, bias=False)),
            ("norm", BatchNorm()),
            ("activation", LeakyReLU()),
            ("dropout", Dropout(rate=0.2)),
            ("output", Dense(units=3)),
            ("softmax", Softmax()),
        ):
            graph.add(name, layer)
        return graph


def test_a_compiled_network_goes_on_when_its_statistics_settle(make, batch, learn, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function: function)  # what it is given is what matters here
    plain, compiled = (make(model=OfImages(), engine=Engine(**CPU, compile=on)) for on in (False, True))
    for who in (plain, compiled):
        learn(who, batch(), 2)
        who.settle(["norm"])
        kept = who.state()["norm.running_mean"].copy()
        learn(who, batch(), 2)
        np.testing.assert_array_equal(who.state()["norm.running_mean"], kept)
    for name, value in plain.state().items():
        np.testing.assert_array_equal(compiled.state()[name], value, err_msg=name)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")  # by torch's compiler itself
def test_compiled_it_does_the_same_watched_or_not_in_batches_of_any_size(
    make, batch, assert_same, tmp_path, monkeypatch
):
    if not any(shutil.which(name) for name in ("g++", "clang++")):
        pytest.skip("no C++ compiler")
    monkeypatch.chdir(tmp_path)
    plain, compiled, watched = (make(model=OfImages(), engine=Engine(**CPU, compile=on)) for on in (False, True, True))
    seen = set()
    for i in range(6):
        data, rng = batch(samples=24 if i % 2 else 17, seed=i), Rng(0).at("step", i)
        one, two = (who.learn(data, rng=rng, epoch=0, epochs=1).loss for who in (plain, compiled))
        three = watched.learn(data, rng=rng, epoch=0, epochs=1, watch=lambda *told: seen.add(told[:2])).loss
        assert two == three == pytest.approx(one, rel=1e-12)
    assert_same(compiled.state(), watched.state())
    for name, value in plain.state().items():
        np.testing.assert_allclose(compiled.state()[name], value, rtol=1e-11, atol=1e-13, err_msg=name)
    nodes = {node.name for node in plain.definition.nodes}
    assert {node for node, what in seen if what == "forward"} == nodes
    assert ("CrossEntropy", "loss") in seen and ("dense_1", "gradient weight") in seen
    assert compiled.evaluate(batch(7)).loss == pytest.approx(plain.evaluate(batch(7)).loss, rel=1e-12)
    assert not check_gradients(compiled.probe(batch(), rng=Rng(0)), Rng(1)).failed
    assert list(tmp_path.iterdir()) == []  # what the compiler keeps is not left where one stands


@pytest.mark.parametrize("fused", [False, True])
def test_each_sample_s_loss_is_that_of_the_hand_written_step(make, batch, fused):
    model = NLayers(layers=(8,), fused=fused)
    data, (one, other) = batch(), (make(backend=backend, model=model) for backend in ("torch", "numpy"))
    found = one.evaluate(data, each=True)
    assert found.each.shape == (len(data),)
    np.testing.assert_allclose(found.each, other.evaluate(data, each=True).each, rtol=1e-10)  # float64
    assert found.each.mean() == pytest.approx(found.loss, rel=1e-10)
    assert one.evaluate(data).each is None
