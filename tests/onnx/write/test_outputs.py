"""Where a softmax stands, or cannot."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.rng import Rng
from nnlab.models.n_layers import NLayers
from nnlab.onnx.write.export import Form, written


def test_one_is_refused_behind_vectors_and_cosines_as_behind_values():
    heads = {"vector": Head((4,), "vectors"), "names": Head((3,), "cosines", of="vector")}
    graph = NLayers(layers=(5,)).graph((6,), heads).build((6,), rng=Rng(0), dtype=np.float32)
    for wanted in (None, False):
        assert not any(node.op_type == "Softmax" for node in written(graph, Form(softmax=wanted)).proto.graph.node)
    with pytest.raises(UsageError, match="--softmax: the network gives vectors and cosines, of which a softmax would"):
        written(graph, Form(softmax=True))
