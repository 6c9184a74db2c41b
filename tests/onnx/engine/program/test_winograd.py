"""Winograd's form in a program: chosen in float32 where it pays, within its bound of what float64 gives."""

import numpy as np
import pytest
from onnx import parser

from nnlab.core.types import Array
from nnlab.kernels.window import Window
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.program.winograd import pays
from nnlab.onnx.file.read import checked

BOUND = 1e-4
"""Of the largest value: what kernels/images/winograd.py states."""


def model(dtype: type, pads: tuple[int, ...]) -> NumpyModel:
    """A convolution with bias, a sum with another branch and Relu, of 32 channels to 40 maps."""
    name = {np.float32: "float", np.float64: "double"}[dtype]
    proto = parser.parse_model(f"""<ir_version: 8, opset_import: ["" : 13]> g
        ({name}[N, 32, H, W] x, {name}[N, 40, P, Q] z) => ({name}[N, 40, P, Q] y)
        {{ c = Conv <pads = [{", ".join(map(str, pads))}]> (x, w, b)  s = Add(c, z)  y = Relu(s) }}""")
    rng = np.random.default_rng(3)
    for key, shape in {"w": (40, 32, 3, 3), "b": (40,)}.items():
        value = rng.uniform(-1, 1, shape).astype(dtype)
        proto.graph.initializer.add(
            name=key, dims=shape, data_type={"double": 11, "float": 1}[name], raw_data=value.tobytes()
        )
    return NumpyModel(checked(proto))


def forms(made: NumpyModel) -> set[object]:
    return {form for _, form in made.programs.laid}


@pytest.mark.parametrize(
    ("shape", "pads"),
    [((1, 32, 24, 24), (1, 1, 1, 1)), ((2, 32, 17, 30), (0, 2, 1, 0)), ((1, 32, 150, 150), (1, 1, 1, 1))],
)
def test_what_follows_is_done_to_each_band(shape: tuple[int, ...], pads: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, shape)
    z = rng.uniform(-1, 1, (shape[0], 40, shape[2] + pads[0] + pads[2] - 2, shape[3] + pads[1] + pads[3] - 2))
    exact, fast = model(np.float64, pads), model(np.float32, pads)
    constants = {name: value.astype(np.float64) for name, value in fast.plan.constants.items()}
    (wanted,) = exact.plan.run(numpy_compute, {**constants, "x": x, "z": z})
    ys: list[Array] = []
    for _ in range(2):
        ys += fast.run({"x": x.astype(np.float32), "z": z.astype(np.float32)})
    assert forms(fast) == {"winograd"}
    np.testing.assert_array_equal(ys[0], ys[1])
    assert np.abs(ys[0] - wanted).max() < BOUND * np.abs(wanted).max()
    (y,) = exact.run({"x": x, "z": z})
    (own,) = exact.plan.run(numpy_compute, {**exact.plan.constants, "x": x, "z": z})
    assert forms(exact) == {("columns", True)}
    np.testing.assert_allclose(y, own, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("channels", "maps", "side", "wanted"),
    [(64, 64, 56, True), (16, 64, 56, False), (64, 16, 56, False), (64, 64, 8, False), (512, 512, 14, False)],
)
def test_it_pays_for_many_channels_maps_and_tiles(channels: int, maps: int, side: int, wanted: bool) -> None:
    x, y = np.zeros((1, side, side, channels), np.float32), np.zeros((1, side, side, maps), np.float32)
    w = np.zeros((maps, channels, 3, 3), np.float32)
    one = ((1, 1), (1, 1))
    assert pays(x, w, Window((3, 3), (1, 1), (1, 1), one), y) is wanted
    assert not pays(x, w, Window((3, 3), (2, 2), (1, 1), one), y)
    assert not pays(x.astype(np.float64), w.astype(np.float64), Window((3, 3), (1, 1), (1, 1), one), y)
