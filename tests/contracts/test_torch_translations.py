"""Every component that nnlab ships has its translation to torch; `nnlab components` says so without looking."""

from typing import Any

import pytest

from nnlab.backends.base import BACKENDS
from nnlab.cli.components import KINDS
from nnlab.core.registry import Registry
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS

pytestmark = pytest.mark.usefixtures("torch_installed")

EVERY = [(registry, cls) for registry in KINDS for cls in registry if cls.__module__.startswith("nnlab.")]


@pytest.mark.parametrize(("registry", "cls"), EVERY, ids=lambda value: getattr(value, "__name__", ""))
def test_every_built_in_is_translated(registry: Registry[Any], cls: type) -> None:
    from nnlab.backends.torch.translated import is_translated

    assert is_translated(cls), f"{registry.kind} {cls.__name__} lacks its translation (nnlab/backends/torch)"
    assert BACKENDS.get("torch").has(cls)


@pytest.mark.parametrize("registry", [LAYERS, LOSSES, OPTIMIZERS, MODELS], ids=lambda registry: registry.kind)
def test_a_subclass_of_another_package_is_not(registry: Registry[Any]) -> None:
    """It may compute something else, so it needs a translation of its own; models are as good as their layers."""
    from nnlab.backends.torch.translated import is_translated

    for base in registry:
        other = type(f"My{base.__name__}", (base,), {"__module__": "my_package"})
        expected = registry is MODELS
        assert is_translated(other) is expected, base.__name__
        assert BACKENDS.get("torch").has(other) is expected


def test_a_model_with_a_layer_that_is_not_translated_is_not() -> None:
    from nnlab.backends.torch.translated import is_translated
    from nnlab.layers.relu import ReLU
    from nnlab.models.one_layer import OneLayer

    class Strange(ReLU):
        pass

    class Odd(OneLayer):
        def graph(self, in_shape, heads):
            graph = super().graph(in_shape, heads)
            graph.add("strange", Strange())
            return graph

    assert not is_translated(Odd)
