"""MaxRoiPool on torch."""

import torch

from nnlab.onnx.ops.max_roi_pool import MaxRoiPool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(MaxRoiPool)
def max_roi_pool(operator: MaxRoiPool, x: torch.Tensor, rois: torch.Tensor) -> torch.Tensor:
    """The largest of each bin, 0 in an empty one."""
    empty, bins = x.new_zeros(x.shape[1]), []
    for _, sample, _, where in operator.bins(rois.detach().numpy(), x.detach().numpy()):
        met = x[sample][where].flatten(1)
        bins.append(met.max(dim=1).values if met.shape[1] else empty)
    if not bins:
        return x.new_zeros((0, x.shape[1], *operator.pooled_shape))
    return torch.stack(bins).reshape(len(rois), *operator.pooled_shape, x.shape[1]).movedim(-1, 1)
