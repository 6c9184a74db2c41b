from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW


def test_it_is_adam_but_for_the_decay(walk):
    options = {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-4}
    assert walk(AdamW(**options), [2, -1]) == walk(Adam(**options), [2, -1])
    assert AdamW.decoupled
    assert not Adam.decoupled
