"""Where a network rounds, and BatchNorm as part of weights that are rounded."""

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.kernels.quantize import channel_scales, weight_codes
from nnlab.layers.add import Add
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.elu import ELU
from nnlab.layers.flatten import Flatten
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.layers.relu import ReLU
from nnlab.models.base import MODELS, Model
from nnlab.models.folding import folded
from nnlab.models.forms import CLASSES, forms
from nnlab.models.graph import Graph
from nnlab.models.quantizing import observers, quantized, rounded_nodes, with_ranges
from nnlab.models.small_cnn import SmallCnn

REGISTERED = {"CentreNet", "MBConvNet", "MobileNetV2", "NLayers", "OneLayer", "ResNet18", "SmallCnn", "U2NetP", "UNet"}
"""Models of every kind of block; a larger ResNet has no other."""


def branched() -> Graph:
    """conv -> norm -> relu -> pool, and a sum of a convolution and what it read."""
    graph = Graph(emits="values")
    graph.add("conv", Conv2d(maps=3, bias=False))
    graph.add("norm", BatchNorm())
    graph.add("relu", ReLU())
    graph.add("pool", MaxPool2d())
    graph.add("more", Conv2d(maps=3))
    graph.add("sum", Add(), "more", "pool")
    graph.add("elu", ELU())
    graph.add("flat", Flatten())
    graph.add("output", Dense(units=2))
    return graph


def test_what_is_computed_together_and_what_values_are_chosen_from_is_rounded_once() -> None:
    # conv, norm and relu are one; the largest of rounded values are rounded; so are they in another shape; the output
    # stays as it is; a sum and a curve are values of their own
    assert list(rounded_nodes(branched())) == ["input", "relu", "more", "sum", "elu"]
    graph = quantized(branched())
    reads = {node.name: node.inputs for node in graph.nodes}
    assert reads["conv"] == ("input_int8",)
    assert reads["norm"] == ("conv",)
    assert reads["pool"] == ("relu_int8",)
    assert reads["sum"] == ("more_int8", "pool")
    assert reads["flat"] == ("elu_int8",)
    assert [node.name for node in graph.nodes if isinstance(node.layer, QuantizedWeights)] == ["conv", "more", "output"]
    assert graph.heads[OUTPUT].node == "output"


def test_nodes_may_be_added_before_what_they_read_and_a_name_that_is_none_is_said() -> None:
    graph = Graph(emits="values")
    graph.add("flat", Flatten(), "elu")
    graph.add("elu", ELU(), "input")
    graph.add("output", Dense(units=2), "flat")
    assert list(rounded_nodes(graph)) == ["input", "elu"]
    assert quantized(graph).build((2, 2, 1), rng=Rng(0), dtype=np.float64).out_shape == (2,)
    graph.add("more", Dense(units=2), "flatt")
    with pytest.raises(UsageError, match=r"node 'more': reads 'flatt', which is no node"):
        quantized(graph).build((2, 2, 1), rng=Rng(0), dtype=np.float64)


def test_weights_have_the_names_and_first_values_that_they_have_without() -> None:
    model, head = SmallCnn(widths=(3, 2)), {OUTPUT: Head((3,), "classes")}
    plain = model.graph((8, 8, 3), head).build((8, 8, 3), rng=Rng(5), dtype=np.float32)
    made = quantized(model.graph((8, 8, 3), head)).build((8, 8, 3), rng=Rng(5), dtype=np.float32)
    for name, value in plain.state().items():
        np.testing.assert_array_equal(made.state()[name], value)
    assert set(made.held()) - set(plain.held()) == {f"{name}.range" for name in observers(made)}


def test_several_heads_stay_heads() -> None:
    graph = Graph()
    graph.add("conv", Conv2d(maps=2))
    graph.add("relu", ReLU())
    graph.add("map", Conv2d(maps=1), "relu")
    graph.add("flat", Flatten(), "relu")
    graph.add("row", Dense(units=2), "flat")
    graph.head("maps", "map", emits="values")
    graph.head("rows", "row", emits="logits")
    made = quantized(graph).build((4, 4, 1), rng=Rng(0), dtype=np.float64)
    assert made.out_shapes == {"maps": (4, 4, 1), "rows": (2,)}
    assert made.heads["rows"].emits == "logits"


def test_a_network_without_weights_of_its_own_is_refused() -> None:
    graph = Graph(emits="values")
    graph.add("relu", ReLU())
    with pytest.raises(UsageError, match=r"--quantize=int8: has no convolution or dense layer to quantise"):
        quantized(graph)


def trained() -> tuple[Graph, np.ndarray]:
    """With scales of either sign and statistics off their first values, and what it may be given."""
    graph = quantized(branched()).build((6, 6, 2), rng=Rng(3), dtype=np.float64)
    chance = np.random.default_rng(0)
    state = graph.state()
    for name in ("norm.gamma", "norm.beta", "norm.running_mean"):
        state[name] = chance.standard_normal(3)
    state["norm.running_variance"] = chance.random(3) + 0.5
    for name in state:
        if name.endswith(".range"):
            state[name] = np.array([-3.0, 3.5])
    graph.load_state(state)
    return graph, chance.standard_normal((4, 6, 6, 2))


def test_folding_changes_no_code_but_its_sign_and_nothing_that_is_given() -> None:
    graph, x = trained()
    made = folded(graph)
    assert "norm" not in {node.name for node in made.nodes}
    before, after = (each.own("conv")["weight"].value for each in (graph, made))
    codes = [weight_codes(weight, channel_scales(weight, -1)) for weight in (before, after)]
    signs = np.sign(graph.own("norm")["gamma"].value)
    assert (signs < 0).any()
    np.testing.assert_array_equal(codes[1], codes[0] * signs)
    given = [each.outputs(x, Context())[OUTPUT] for each in (graph, made)]
    np.testing.assert_allclose(given[1], given[0], rtol=1e-12, atol=1e-12)  # sums in another order, no code flips here


def test_a_norm_that_is_not_all_that_reads_a_layer_stays() -> None:
    graph = Graph(emits="values")
    graph.add("conv", Conv2d(maps=2))
    graph.add("norm", BatchNorm())
    graph.add("sum", Add(), "conv", "norm")
    built = graph.build((4, 4, 1), rng=Rng(0), dtype=np.float64)
    assert [node.name for node in folded(built).nodes] == ["conv", "norm", "sum"]


def test_settled_nodes_run_as_in_evaluation_while_their_weights_learn() -> None:
    graph, x = trained()
    graph.settle(observers(graph) | {"norm"})
    graph.zero_grad()
    evaluated = graph.outputs(x, Context())[OUTPUT]
    outputs, tape = graph.forward(x, Context(training=True))
    np.testing.assert_array_equal(outputs[OUTPUT], evaluated)
    before = [buffer.value.copy() for buffer in graph.buffers]
    graph.observe(tape)
    for buffer, value in zip(graph.buffers, before, strict=True):
        np.testing.assert_array_equal(buffer.value, value)
    graph.backward({OUTPUT: np.ones_like(evaluated)}, tape, Context(training=True))
    assert graph.own("norm")["gamma"].grad.any()
    assert graph.astype(np.float32).is_still("norm")


def test_ranges_that_were_measured_make_a_trained_network_a_quantised_one() -> None:
    plain = branched().build((6, 6, 2), rng=Rng(3), dtype=np.float32)
    made = with_ranges(plain, {name: np.array([-1.0, 2.0]) for name in rounded_nodes(plain)})
    np.testing.assert_array_equal(made.own("conv")["weight"].value, plain.own("conv")["weight"].value)
    np.testing.assert_array_equal(made.own("sum_int8")["range"].value, np.float32([-1, 2]))


@pytest.mark.parametrize("cls", [cls for cls in MODELS if cls.__name__ in REGISTERED], ids=lambda cls: cls.__name__)
def test_any_model_is_quantised_learns_and_folds(cls: type[Model]) -> None:
    model, heads = make(cls, cls.examples()[0]), {OUTPUT: CLASSES}
    shape = list(forms(model))[-1]
    graph = quantized(model.graph(shape, heads)).build(shape, rng=Rng(0), dtype=np.float64)
    x, training = np.random.default_rng(0).random((3, *shape)), Context(training=True)
    outputs, tape = graph.forward(x, training)
    graph.observe(tape)
    graph.backward({OUTPUT: np.ones_like(outputs[OUTPUT])}, tape, training)
    made = folded(graph)
    assert not any(isinstance(node.layer, BatchNorm) for node in made.nodes)
    np.testing.assert_allclose(
        made.outputs(x, Context())[OUTPUT], graph.outputs(x, Context())[OUTPUT], rtol=1e-9, atol=1e-9
    )
