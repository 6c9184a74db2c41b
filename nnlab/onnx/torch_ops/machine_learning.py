"""The operators of ai.onnx.ml on torch: by hand, since they have no gradient and many are of texts."""

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.post_transform import ML
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy

for cls in OPERATORS:
    if cls.domain == ML and cls.__module__.startswith("nnlab."):
        TORCH_OPERATORS.register(cls)(by_numpy)
