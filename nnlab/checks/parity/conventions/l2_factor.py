"""Whether the L2 penalty has a factor of one half."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class L2Factor(Convention):
    """Whether the L2 penalty has a factor of one half.

    weight_decay / 2 sum w^2,  dw += weight_decay w         nnlab, torch (weight_decay), scikit-learn, tf.nn.l2_loss
    weight_decay sum w^2,      dw += 2 weight_decay w       Keras (regularizers.L2)

    So the same number means twice the penalty in Keras. (scikit-learn divides by the samples of a batch besides.)
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """Where weight decay is a penalty."""
        optimizer = subject.optimizer
        if optimizer.weight_decay and not optimizer.rule.decoupled:
            yield (
                "no one half, the gradient is 2 weight_decay w, as Keras has it",
                subject.with_rule(weight_decay=2 * optimizer.weight_decay),
            )
