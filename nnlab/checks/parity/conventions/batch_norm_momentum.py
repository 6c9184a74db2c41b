"""Whether BatchNorm's momentum is the share that is kept or the share that is taken."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.layers.batch_norm import BatchNorm

USUAL = {0.9: "torch and ONNX", 0.99: "Keras and Flax"}


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class BatchNormMomentum(Convention):
    """Whether BatchNorm's momentum is the share of the running statistics that is kept, or that is taken.

    running = momentum running + (1 - momentum) seen        nnlab, ONNX, TensorFlow, Keras, Flax
    running = (1 - momentum) running + momentum seen        torch

    The share that is kept by default: 0.9 in torch (whose momentum is 0.1) and ONNX, 0.99 in Keras and Flax. Training
    does not see it; scores do, first those of the first epochs.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a BatchNorm."""
        momenta = {layer.momentum for layer in subject.layers(BatchNorm)}
        if momenta - {0.5}:
            yield (
                "momentum is the share that is taken, as torch has it",
                subject.with_layer(BatchNorm, lambda layer: replace(layer, momentum=1 - layer.momentum)),
            )
        for momentum, who in USUAL.items():
            if momenta - {momentum}:
                yield (
                    f"{momentum:g} is kept, the default of {who}",
                    subject.with_layer(BatchNorm, lambda layer, momentum=momentum: replace(layer, momentum=momentum)),  # type: ignore[misc]
                )
