"""A network that is always there to begin with: softmax regression as an ONNX model, made for given samples."""

import numpy as np

from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.core.types import Shape
from nnlab.models.one_layer import OneLayer
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.write.export import Form, to_onnx


def one_layer(in_shape: Shape, head: Head, seed: int = 0) -> ModelView:
    """OneLayer before training, its weights those that this model seed draws, in float64 as they are drawn."""
    network = OneLayer().graph(in_shape, {OUTPUT: head}).build(in_shape, rng=Rng(seed).at("weights"), dtype=np.float64)
    return checked(to_onnx(network, Form()), where="one_layer")
