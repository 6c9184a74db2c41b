"""MelWeightMatrix."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import (
    OPERATORS,
    Operator,
    Values,
)
from nnlab.onnx.ops.sizes import ints


@OPERATORS.register("MelWeightMatrix", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class MelWeightMatrix(Operator):
    """What turns frequencies into bands of equal width on the mel scale: a triangle a band.

    mel(f) = 2595 log10(1 + f / 700);  a triangle rises from the centre of the band before and falls to that of the next

    Shapes:  y: (dft_length // 2 + 1, num_mel_bins)
    """

    output_datatype: int = 1

    def forward(
        self,
        num_mel_bins: Array,
        dft_length: Array,
        sample_rate: Array,
        lower_edge_hertz: Array,
        upper_edge_hertz: Array,
    ) -> Array:
        """y"""
        bands, length = int(num_mel_bins.item()), int(dft_length.item())
        edges = (lower_edge_hertz.item(), upper_edge_hertz.item())
        lowest, highest = (2595 * math.log10(1 + hertz / 700) for hertz in edges)
        mels = lowest + np.arange(bands + 2) * (highest - lowest) / (bands + 2)
        corners = ((length + 1) * 700 * np.expm1(mels / 2595 * math.log(10)) // int(sample_rate.item())).astype(int)
        left, centre, right = (corners[begin : begin + bands] for begin in range(3))
        bins = np.arange(length // 2 + 1)[:, None]
        rising = np.where((bins >= left) & (bins <= centre), (bins - left) / np.maximum(centre - left, 1), 0)
        rising = np.where((left == centre) & (bins == centre), 1, rising)
        falling = (bins >= centre) & (bins < right)
        y = np.where(falling, (right - bins) / np.maximum(right - centre, 1), rising)
        return y.astype(dtype_of(self.output_datatype))

    def most_elements(self, inputs: Values) -> float:
        """Bins times half a spectrum."""
        return ints(inputs[0])[0] * ints(inputs[1])[0]
