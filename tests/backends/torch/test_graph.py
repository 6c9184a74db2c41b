"""TorchGraph: the definition's nodes, in its order, over tensors of the same names."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.torch.graph import TorchGraph  # noqa: E402
from nnlab.core.context import Context  # noqa: E402
from nnlab.core.errors import UsageError  # noqa: E402
from nnlab.core.heads import OUTPUT  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.layers.add import Add  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.concat import Concat  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.dropout import Dropout  # noqa: E402
from nnlab.layers.group_norm import GroupNorm  # noqa: E402
from nnlab.layers.layer_norm import LayerNorm  # noqa: E402
from nnlab.layers.pad import Pad  # noqa: E402
from nnlab.layers.prelu import PReLU  # noqa: E402
from nnlab.layers.reshape import Reshape  # noqa: E402
from nnlab.layers.resize import Resize  # noqa: E402
from nnlab.layers.stochastic_depth import StochasticDepth  # noqa: E402
from nnlab.layers.tanh import Tanh  # noqa: E402
from nnlab.models.graph import Graph  # noqa: E402
from nnlab.testing.batches import forward  # noqa: E402

STEP = Rng(0).at("step", 3)


def branched() -> Graph:
    graph = Graph(emits="logits")
    graph.add("stem", Dense(units=4))
    graph.add("norm", BatchNorm())
    graph.add("drop", Dropout(rate=0.3))
    graph.add("left", Tanh(), "norm")
    graph.add("sum", Add(), "left", "drop", "norm")
    graph.add("both", Concat(), "sum", "left")
    graph.add("head", Dense(units=2, bias=False))
    return graph.build((3,), rng=Rng(0), dtype=np.float64)


def of_images() -> Graph:
    """What layers compute of shapes and places is constant to a compiler, what they draw is handed to it."""
    graph = Graph(emits="logits")
    for name, layer in (
        ("pad", Pad(padding=(1, -1, 2, 0), mode="reflect")),
        ("edge", Pad(mode="edge")),
        ("cubic", Resize(scale=(1.5, 0.5), mode="cubic", coordinates="asymmetric")),
        ("corners", Resize(size=(3, 5), coordinates="align_corners")),
        ("bilinear", Resize(size=(5, 3), mode="bilinear")),
        ("nearest", Resize(size=4)),
        ("group", GroupNorm(groups=2)),
        ("channels", Dropout(channels=True)),
        ("depth", StochasticDepth()),
        ("layer", LayerNorm()),
        ("slope", PReLU()),
        ("reshape", Reshape(shape=(2, -1))),
    ):
        graph.add(name, layer)
    return graph.build((6, 5, 4), rng=Rng(0), dtype=np.float64)


@pytest.mark.parametrize("training", [True, False])
def test_layers_of_images_are_one_graph_to_a_compiler(training):
    graph = of_images()
    translated, _ = on_torch(graph)
    x = Rng(2).generator().standard_normal((6, *graph.in_shape))
    once = torch.compile(translated.outputs, backend="eager", fullgraph=True)
    ctx = Context(training=training, rng=STEP)
    y = once(torch.from_numpy(x), translated.drawn(ctx, len(x)))[OUTPUT]
    expected, _ = forward(graph, x, Context(training=training, rng=STEP))
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-11, atol=1e-13)


def on_torch(graph: Graph) -> tuple[TorchGraph, dict]:
    values = {name: torch.from_numpy(value) for name, value in graph.state().items()}
    for parameter in graph.parameters:
        values[parameter.name].requires_grad_()
    return TorchGraph(graph, values), values


X = Rng(1).generator().standard_normal((6, 3))


@pytest.mark.parametrize("training", [True, False])
def test_every_node_gives_what_the_definition_gives(training):
    graph = branched()
    translated, _ = on_torch(graph)
    heads, outputs = translated.forward(torch.from_numpy(X), Context(training=training, rng=STEP))
    expected, tape = graph.forward(X, Context(training=training, rng=STEP), keep=True)
    assert outputs.keys() == tape.outputs.keys()
    for name, output in tape.outputs.items():
        np.testing.assert_allclose(outputs[name].detach().numpy(), output, rtol=1e-13, atol=1e-15, err_msg=name)
    np.testing.assert_allclose(heads[OUTPUT].detach().numpy(), expected[OUTPUT], rtol=1e-13, atol=1e-15)


def test_from_a_node_on_only_what_depends_on_it_runs_again():
    translated, values = on_torch(branched())
    x = torch.from_numpy(X)
    with torch.no_grad():
        _, outputs = translated.forward(x, Context(training=True, rng=STEP))
        values["head.weight"] += 0.5
        ran: list[str] = []
        watched = Context(training=True, rng=STEP, watch=lambda node, what, array: ran.append(node))
        y = translated.forward_from("head", outputs, watched)[OUTPUT]
        assert ran == ["head"]
        assert torch.equal(y, translated.outputs(x, Context(training=True, rng=STEP))[OUTPUT])
        values["norm.gamma"] += 0.5
        ran.clear()
        y = translated.forward_from("norm", outputs, watched)[OUTPUT]
        assert set(ran) == {"norm", "drop", "left", "sum", "both", "head"}
        assert torch.equal(y, translated.outputs(x, Context(training=True, rng=STEP))[OUTPUT])


def test_what_is_shown_hands_on_no_gradient():
    translated, _ = on_torch(branched())
    heads, outputs = translated.shown(torch.from_numpy(X), Context(training=True, rng=STEP))
    assert heads[OUTPUT].requires_grad and not any(output.requires_grad for output in outputs.values())


def test_masks_drawn_before_a_pass_are_those_drawn_in_it():
    translated, _ = on_torch(branched())
    ctx = Context(training=True, rng=STEP)
    drawn = translated.drawn(ctx, len(X))
    assert set(drawn.drawn) == {"drop"} and drawn.watch is None
    inside = translated.outputs(torch.from_numpy(X), Context(training=True, rng=STEP))[OUTPUT]
    assert torch.equal(translated.outputs(torch.from_numpy(X), drawn)[OUTPUT], inside)
    assert not translated.drawn(Context(training=False), len(X)).drawn


def test_a_layer_without_a_translation_is_named():
    graph = Graph(emits="logits")
    graph.add("mine", type("Mine", (Tanh,), {})())
    graph.build((3,), rng=Rng(0), dtype=np.float64)
    with pytest.raises(UsageError, match="layer Mine has no translation to torch"):
        on_torch(graph)
