"""torchvision's names of weights, and whose they are.

Source:  torchvision's models/resnet.py and models/mobilenetv2.py: the attributes of their modules.
"""

import re
from collections.abc import Iterator, Mapping

from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.models.mobile_net_v2 import MobileNetV2
from nnlab.models.resnet import ResNet, ResNet18, ResNet34, ResNet50, ResNet101, ResNet152

FIELDS = {"gamma": "weight", "beta": "bias", "running_variance": "running_var"}
"""Fields that have another name; all others have the same."""

RES_BLOCK = re.compile(r"stage_(\d+)_(\d+)_(shortcut_)?(conv|batch_norm)(?:_(\d))?$")
MOBILE_BLOCK = re.compile(r"(stage_\d+_\d+_)(expand|depthwise|project)_(conv|batch_norm)$")
PART = {"conv": 0, "batch_norm": 1}

HEADS = ("fc", "classifier.1")
"""The last layer, of a thousand classes."""

FIRST = ("conv1.weight", "features.0.0.weight")
"""The layer that reads the picture."""

RES_NETS: tuple[type[ResNet], ...] = (ResNet18, ResNet34, ResNet50, ResNet101, ResNet152)


def their_field(own: str) -> str:
    """Their name of a field: "weight" for "gamma"."""
    return FIELDS.get(own, own)


def their_nodes(graph: Graph) -> Iterator[tuple[str, str]]:
    """The name of each node that has weights, and torchvision's, of a ResNet or MobileNetV2; heads left out."""
    nodes = [node.name for node in graph.nodes if graph.own_parameters(node.name)]
    mobile = any(MOBILE_BLOCK.match(name) for name in nodes)
    blocks = list(dict.fromkeys(match[1] for name in nodes if (match := MOBILE_BLOCK.match(name))))
    for name in nodes:
        if name in graph.heads:
            continue
        yield name, _of_mobile_net(name, blocks, nodes) if mobile else _of_resnet(name)


def _of_resnet(name: str) -> str:
    if match := RES_BLOCK.match(name):
        stage, number, shortcut, part, place = match.groups()
        block = f"layer{stage}.{int(number) - 1}"
        if shortcut:
            return f"{block}.downsample.{PART[part]}"
        return f"{block}.{'conv' if part == 'conv' else 'bn'}{place}"
    return {"stem_conv": "conv1", "stem_batch_norm": "bn1"}.get(name, name)


def _of_mobile_net(name: str, blocks: list[str], nodes: list[str]) -> str:
    """Block i is features.i.conv: an expansion where there is one, a depthwise unit, a convolution and its norm."""
    if match := MOBILE_BLOCK.match(name):
        block, unit, part = match.groups()
        wide = int(f"{block}expand_conv" in nodes)
        place = {
            "expand": f"0.{PART[part]}",
            "depthwise": f"{wide}.{PART[part]}",
            "project": f"{wide + 1 + PART[part]}",
        }[unit]
        return f"features.{blocks.index(block) + 1}.conv.{place}"
    end = len(blocks) + 1
    units = {"stem_conv": "0.0", "stem_batch_norm": "0.1", "head_conv": f"{end}.0", "head_batch_norm": f"{end}.1"}
    return f"features.{units[name]}" if name in units else name


def whose(state: Mapping[str, Array]) -> str | None:
    """The model that weights of these names are of; None for one that nnlab has not."""
    if "features.1.conv.0.0.weight" in state and "classifier.1.weight" in state:
        return MobileNetV2.__name__
    places = {(int(match[1]), int(match[2])) for name in state if (match := re.match(r"layer(\d)\.(\d+)\.", name))}
    if not places or "conv1.weight" not in state:
        return None
    depths = tuple(sum(stage == wanted for stage, _ in places) for wanted in (1, 2, 3, 4))
    expansion = 4 if "layer1.0.conv3.weight" in state else 1
    return next((m.__name__ for m in RES_NETS if (m.depths, m.expansion) == (depths, expansion)), None)
