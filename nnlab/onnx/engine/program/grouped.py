"""A convolution in groups: each reads its channels, and writes its maps, as if it stood alone.

Shapes:  x: (batch, height, width, channels); w: (maps, channels / groups, kernel height, kernel width)
         y: (batch, *out, maps)
"""

from dataclasses import replace

from nnlab.core.types import Array
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.columns import by_columns
from nnlab.onnx.engine.program.finish import Finish
from nnlab.onnx.engine.program.site import Call, Site
from nnlab.onnx.engine.program.work import one_by_one, pieces_of, spread


def by_group(site: Site, x: Array, w: Array, window: Window, y: Array, finish: Finish) -> Call:
    """The call that writes y."""
    groups, alone = window.groups, replace(window, groups=1)
    channels, maps = w.shape[1], len(w) // groups
    calls = []
    for group in range(groups):
        own_x, own_y = x[..., group * channels : (group + 1) * channels], slice(group * maps, (group + 1) * maps)
        own_site = replace(site, key=(site.key, group))
        calls.append(by_columns(own_site, own_x, w[own_y], alone, y[..., own_y], finish.maps(own_y)))
    products = y.size * w[0].size
    if pieces_of(products // groups) > 1:  # each is on threads by itself
        return one_by_one(calls)
    return spread(calls, worth=pieces_of(products) > 1)
