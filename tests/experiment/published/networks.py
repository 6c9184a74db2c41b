"""ResNets and MobileNetV2 in plain torch, their modules named as torchvision's."""

from typing import Any

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """Basic, or with expansion 4 a bottleneck."""

    def __init__(self, channels: int, maps: int, stride: int, expansion: int):
        super().__init__()
        wide = maps * expansion
        kernels = [(channels, maps, 1, 1), (maps, maps, 3, stride), (maps, wide, 1, 1)]
        if expansion == 1:
            kernels = [(channels, maps, 3, stride), (maps, maps, 3, 1)]
        self.units = len(kernels)
        for i, (before, after, kernel, step) in enumerate(kernels, start=1):
            setattr(self, f"conv{i}", nn.Conv2d(before, after, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(after))
        self.downsample: Any = None
        if stride > 1 or channels != wide:
            self.downsample = nn.Sequential(nn.Conv2d(channels, wide, 1, stride, bias=False), nn.BatchNorm2d(wide))

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for i in range(1, self.units + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = y.relu() if i < self.units else y
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet(nn.Module):
    """A ResNet."""

    def __init__(self, depths: tuple[int, ...], expansion: int = 1, classes: int = 1000):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        channels = 64
        for stage, blocks in enumerate(depths, start=1):
            row = []
            for number in range(blocks):
                maps = 32 * 2**stage
                row.append(Block(channels, maps, 2 if stage > 1 and number == 0 else 1, expansion))
                channels = maps * expansion
            setattr(self, f"layer{stage}", nn.Sequential(*row))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, 1)
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(x.mean((2, 3)))  # type: ignore[no-any-return]


def _unit(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU6())


class Inverted(nn.Module):
    """An inverted bottleneck."""

    def __init__(self, channels: int, maps: int, stride: int, expansion: int):
        super().__init__()
        wide = channels * expansion
        expand = [_unit(channels, wide, 1)] if expansion > 1 else []
        project = [nn.Conv2d(wide, maps, 1, bias=False), nn.BatchNorm2d(maps)]
        self.conv = nn.Sequential(*expand, _unit(wide, wide, 3, stride, wide), *project)
        self.adds = stride == 1 and channels == maps

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.adds else self.conv(x)  # type: ignore[no-any-return]


class MobileNetV2(nn.Module):
    """MobileNetV2."""

    def __init__(self, classes: int = 1000):
        super().__init__()
        rows, channels = [_unit(3, 32, 3, 2)], 32
        for expansion, maps, blocks, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ):  # fmt: skip
            for number in range(blocks):
                rows.append(Inverted(channels, maps, stride if number == 0 else 1, expansion))  # type: ignore[arg-type]
                channels = maps
        self.features = nn.Sequential(*rows, _unit(channels, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3)))  # type: ignore[no-any-return]


def resnet18(classes: int = 1000) -> ResNet:
    """Two blocks a stage."""
    return ResNet((2, 2, 2, 2), classes=classes)


def resnet50(classes: int = 1000) -> ResNet:
    """Bottlenecks."""
    return ResNet((3, 4, 6, 3), 4, classes)


def drawn(network: nn.Module) -> nn.Module:
    """With weights and statistics that are those of no fresh network, in evaluation mode and float64."""
    chance = torch.Generator().manual_seed(0)
    network = network.double().eval()
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=chance, dtype=value.dtype) + 0.5)
        elif value.ndim == 1 and value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=chance, dtype=value.dtype) * 0.4 + (0.8 * ("weight" in name)))
    return network
