"""What was compared, for the folder and the page of a comparison."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class About:
    """What was compared and how it ended.

    Options:  config: the text of config.toml.  typed: the command line.  tolerance: how far apart two tensors may be.
              interrupted: whether it was stopped before its last step.  environment: as environment.json has it.
    """

    exp_id: str
    config: str
    typed: str
    tolerance: float
    seconds: float = 0.0
    interrupted: bool = False
    environment: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The configuration by section."""
        return tomllib.loads(self.config)

    @property
    def model(self) -> str:
        """The model in a few letters: NLayers(16,8)."""
        model = self.settings.get("model", {})
        layers = model.get("layers")
        return str(model.get("name", "?")) + (f"({','.join(map(str, layers))})" if layers is not None else "")

    @property
    def optimizer(self) -> str:
        """The update rule and its rate."""
        found = self.settings.get("optimizer", {})
        return f"{found.get('name', '?')}, learning rate {found.get('learning_rate', '?')}"

    @property
    def dataset(self) -> str:
        """The dataset and how it was batched."""
        found = self.settings.get("data", {})
        return f"{found.get('dataset', '?')}, minibatches of at most {found.get('max_minibatch_size', '?')}"
