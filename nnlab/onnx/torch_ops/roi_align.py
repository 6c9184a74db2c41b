"""RoiAlign on torch."""

import torch

from nnlab.onnx.ops.roi_align import RoiAlign
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(RoiAlign)
def roi_align(operator: RoiAlign, x: torch.Tensor, rois: torch.Tensor, batch_indices: torch.Tensor) -> torch.Tensor:
    """The same matrices, or candidates, as on NumPy; torch itself has no regions of interest."""
    like = x.detach().numpy()
    regions = []
    for roi, sample in zip(rois.detach().numpy(), batch_indices.tolist(), strict=True):
        if operator.mode == "avg":
            a, b = (torch.from_numpy(matrix) for matrix in operator.matrices(roi, like))
            regions.append(a @ x[sample] @ b.T)
        else:
            places, weights = (torch.from_numpy(part) for part in operator.candidates(roi, like))
            met = x[sample].flatten(1)[:, places] * weights
            regions.append(met.max(dim=-1).values if met.shape[-1] else met.sum(dim=-1))
    if not regions:
        return x.new_zeros((0, x.shape[1], operator.output_height, operator.output_width))
    return torch.stack(regions)
