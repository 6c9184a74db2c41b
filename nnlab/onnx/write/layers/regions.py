"""Regions of a map."""

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.layers.roi_align import RoIAlign
from nnlab.layers.windows import sides
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place

HALF_PIXEL = 16
"""The version of ONNX's operators since which regions can lie where they do here."""


@ONNX_LAYERS.register(RoIAlign)
def roi_align(layer: RoIAlign, place: Place, x: str, regions: str) -> str:
    """RoiAlign of all regions of all samples in a row, each with the number of its sample."""
    building = place.building
    if building.opset < HALF_PIXEL:
        what = f"RoIAlign has no operator in version {building.opset}, where regions lie half an element off"
        raise UsageError(what, where="--opset", hint=f"use {HALF_PIXEL} or later")
    count, (rows, columns) = place.shapes[1][0], sides(layer.size)

    def whole(part: str, *numbers: int) -> str:
        return building.store(f"{place.node}/{part}", np.array(numbers), np.int64)

    flat = place.add("Reshape", regions, whole("row", -1, 4), part="regions")
    begin, one = (
        building.store(f"{place.node}/{part}", np.array(number), np.int64) for part, number in (("0", 0), ("1", 1))
    )
    batch = place.add("Gather", place.add("Shape", regions, part="shape"), begin, part="batch", axis=0)
    numbers = place.add("Range", begin, batch, one, part="samples")
    column = place.add("Unsqueeze", numbers, whole("last", 1), part="samples/column")
    wide = place.add("Expand", column, whole("per", 1, count), part="samples/wide")
    samples = place.add("Reshape", wide, whole("flat", -1), part="samples/flat")
    y = place.add(
        "RoiAlign", place.channels_first(x), flat, samples, part="aligned",
        output_height=rows, output_width=columns, sampling_ratio=layer.points, spatial_scale=layer.scale,
        mode="avg", coordinate_transformation_mode="half_pixel",
    )  # fmt: skip
    each = place.add("Reshape", y, whole("parts", -1, count, place.shapes[0][-1], rows, columns), part="each")
    return place.add("Transpose", each, perm=[0, 1, 3, 4, 2])
