"""How much a leaky ReLU leaks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.layers.leaky_relu import LeakyReLU

USUAL = {
    0.01: "torch, ONNX and JAX",
    0.1: "Darknet",
    0.2: "TensorFlow",
    0.3: "Keras",
}


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class LeakySlope(Convention):
    """How much a leaky ReLU leaks where nobody says it.

    alpha = 0.01        nnlab, torch, ONNX, JAX; the paper
    alpha = 0.1         Darknet (the detectors of the YOLO family)
    alpha = 0.2         TensorFlow (tf.nn.leaky_relu), generative adversarial networks
    alpha = 0.3         Keras (keras.layers.LeakyReLU)

    Source:  Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a LeakyReLU."""
        slopes = {layer.alpha for layer in subject.layers(LeakyReLU)}
        for alpha, who in USUAL.items():
            if slopes - {alpha}:
                yield (
                    f"alpha {alpha:g}, the default of {who}",
                    subject.with_layer(LeakyReLU, lambda layer, alpha=alpha: replace(layer, alpha=alpha)),  # type: ignore[misc]
                )
