"""Through a code and back, in every form; its parts joined are the whole."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.models.auto_encoder import AutoEncoder
from nnlab.models.graph import INPUT
from nnlab.models.parts import Part, part_of

FORMS = [
    ({"code": 3, "hidden": (9, 5)}, (24,)),
    ({"code": 3, "hidden": (9, 5)}, (4, 3, 2)),
    ({"code": 3, "hidden": ()}, (4, 3, 2)),
    ({"code": 3, "hidden": (), "maps": (4, 6), "batch_norm": True}, (7, 5, 2)),
    ({"code": 3, "hidden": (9,), "maps": (4,)}, (8, 6, 1)),
]


def head_for(shape):
    return Head(shape, "values") if len(shape) == 1 else Head((None, None, shape[-1]), "values", stride=1)


@pytest.mark.parametrize(("options", "shape"), FORMS, ids=str)
def test_it_gives_what_it_is_given_and_its_parts_joined_are_the_whole(options, shape):
    model = AutoEncoder(**options)
    graph = model.graph(shape, {OUTPUT: head_for(shape)}).build(shape, rng=Rng(0), dtype=np.float64)
    assert graph.out_shapes == {OUTPUT: shape} and graph.shapes["code"] == (3,)
    parts = {name: part_of(graph, part) for name, part in model.parts(graph).items()}
    assert parts.keys() == {"encoder", "decoder"}
    x = np.random.default_rng(0).random((5, *shape))
    whole = graph.outputs(x, Context())[OUTPUT]
    code = parts["encoder"].outputs(x, Context())[OUTPUT]
    assert code.shape == (5, 3)
    np.testing.assert_array_equal(parts["decoder"].outputs(code, Context())[OUTPUT], whole)
    own = [*parts["encoder"].parameters, *parts["decoder"].parameters]
    assert sum(p.value.size for p in own) == sum(p.value.size for p in graph.parameters)
    assert not any(np.shares_memory(p.value, q.value) for p in own for q in graph.parameters)


def test_the_dense_form_is_the_one_of_the_paper():
    graph = AutoEncoder(code=16).graph((784,), {OUTPUT: Head((784,), "values")})
    graph.build((784,), rng=None, dtype=np.float32)
    weights = [parameter.value.shape for parameter in graph.parameters if parameter.value.ndim == 2]
    assert weights == [(784, 256), (256, 16), (16, 256), (256, 784)]
    assert AutoEncoder(code=16).note(graph) == (
        "a code of 16 numbers: 784 bytes of pixels in, 64 of float32 out, 12.2 to 1"
    )


def test_a_head_of_a_row_reads_the_code():
    graph = AutoEncoder(code=3, hidden=(4,)).graph((6,), {"class": Head((2,)), "picture": Head((6,), "values")})
    graph.build((6,), rng=Rng(0), dtype=np.float32)
    assert graph.out_shapes == {"class": (2,), "picture": (6,)}
    assert next(node.inputs for node in graph.nodes if node.name == "class") == ("code",)
    rows = AutoEncoder(code=3).graph((6,), {OUTPUT: Head((2,))}).build((6,), rng=None, dtype=np.float32)
    assert AutoEncoder(code=3).parts(rows).keys() == {"encoder"}


def test_what_cannot_be_is_said():
    with pytest.raises(UsageError, match="its convolutions take images"):
        AutoEncoder(maps=(4,)).graph((6,), {OUTPUT: Head((6,), "values")})
    graph = AutoEncoder(code=3).graph((6,), {OUTPUT: Head((6,), "values")}).build((6,), rng=None, dtype=np.float32)
    with pytest.raises(UsageError, match="is no node"):
        part_of(graph, Part(INPUT, "coda"))
    with pytest.raises(UsageError, match="needs the input besides what 'output' gives"):
        part_of(graph, Part("output", "code"))
