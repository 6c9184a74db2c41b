"""Regions of a map: values by hand, and as the ONNX operator has them."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.roi_align import RoIAlign
from nnlab.models.values import DrawnValues
from nnlab.onnx.backends.engines import ENGINES


def aligned(layer: RoIAlign, x: Array, regions: Array) -> Array:
    layer.build(x.shape[1:], regions.shape[1:], new=DrawnValues("layer", Rng(0), np.dtype(x.dtype)))
    return layer.forward(x, regions, ctx=Context())[0]


def test_a_ramp_is_its_value_in_the_middle_of_each_bin() -> None:
    rows, columns = np.mgrid[:8, :10].astype(float)
    x = np.stack([rows, columns], axis=-1)[None]
    y = aligned(RoIAlign(size=(2, 3), points=2), x, np.array([[[2.0, 1.0, 8.0, 5.0]]]))
    assert y.shape == (1, 1, 2, 3, 2)
    # bins of 2 x 2 pixels; an element's value stands in its middle, half a pixel from its edge
    np.testing.assert_allclose(y[0, 0, :, 0, 0], np.array([2.0, 4.0]) - 0.5)
    np.testing.assert_allclose(y[0, 0, 0, :, 1], np.array([3.0, 5.0, 7.0]) - 0.5)


def test_regions_are_in_pixels_of_the_image_that_the_map_is_of() -> None:
    x = np.random.default_rng(0).standard_normal((1, 6, 6, 2))
    region = np.array([[[1.0, 2.0, 4.5, 5.0]]])
    small = aligned(RoIAlign(size=3), x, region)
    np.testing.assert_array_equal(aligned(RoIAlign(size=3, scale=0.25), x, 4 * region), small)


def test_what_lies_beyond_the_map_is_nothing() -> None:
    x = np.ones((1, 4, 4, 1))
    y = aligned(RoIAlign(size=2, points=1), x, np.array([[[-20.0, -20, -10, -10], [-1, -1, 1, 1], [0, 0, 4, 4]]]))
    assert not y[0, 0].any()
    assert (y[0, 1:] == 1).all()  # up to an element beyond the edge it is that of the edge


@pytest.mark.parametrize("engine", ["numpy", "torch", "onnxruntime"])
def test_as_the_onnx_operator_has_it(engine: str) -> None:
    if engine != "numpy":
        pytest.importorskip(engine)
    chance = np.random.default_rng(5)
    x = chance.standard_normal((2, 7, 9, 3)).astype(np.float32)
    low = chance.uniform(-2, 20, (2, 4, 2))
    regions = np.concatenate([low, low + chance.uniform(0.5, 20, (2, 4, 2))], axis=-1).astype(np.float32)
    y = aligned(RoIAlign(size=(3, 2), scale=0.5, points=2), x, regions)
    node = helper.make_node("RoiAlign", ["x", "rois", "samples"], ["y"], output_height=3, output_width=2,
                            sampling_ratio=2, spatial_scale=0.5)  # fmt: skip
    inputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in (
        ("x", TensorProto.FLOAT), ("rois", TensorProto.FLOAT), ("samples", TensorProto.INT64))]  # fmt: skip
    graph = helper.make_graph([node], "regions", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    given = [np.ascontiguousarray(x.transpose(0, 3, 1, 2)), regions.reshape(-1, 4), np.repeat(np.arange(2), 4)]
    (found,) = ENGINES[engine].backend.prepare(model).run(given)
    np.testing.assert_allclose(
        found.reshape(2, 4, 3, 3, 2).transpose(0, 1, 3, 4, 2), y, rtol=1e-5, atol=1e-5
    )  # float32


def test_the_gradient_of_a_region_moves_it_onto_what_is_brighter() -> None:
    rows, columns = np.mgrid[:9, :9]
    x = -((rows - 6.0) ** 2 + (columns - 3.0) ** 2)[None, ..., None]  # the brightest at 3, 6
    layer, region = RoIAlign(size=1, points=1), np.array([[[3.2, 3.1, 5.2, 5.1]]])
    layer.build(x.shape[1:], region.shape[1:], new=DrawnValues("layer", Rng(0), np.dtype(x.dtype)))
    for _ in range(300):
        y, cache = layer.forward(x, region, ctx=Context())
        region = region + 0.05 * layer.backward(np.ones_like(y), cache, Context())[1]
    middle = (region[0, 0, :2] + region[0, 0, 2:]) / 2
    assert np.abs(middle - np.array([3.5, 6.5])).max() < 0.2


def test_other_inputs_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"takes a map .* and regions .* got \(5, 5, 2\) and \(3,\)"):
        RoIAlign().build((5, 5, 2), (3,), new=DrawnValues("layer", Rng(0), np.dtype(float)))
