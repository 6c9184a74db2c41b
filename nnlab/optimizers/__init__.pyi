"""The update rules, one per file, and the optimizer that drives them (base.py)."""

from nnlab.optimizers.adam import Adam as Adam
from nnlab.optimizers.adam_w import AdamW as AdamW
from nnlab.optimizers.base import OPTIMIZERS as OPTIMIZERS
from nnlab.optimizers.base import UpdateRule as UpdateRule
from nnlab.optimizers.constant import Constant as Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay as ExponentialDecay
from nnlab.optimizers.lion import Lion as Lion
from nnlab.optimizers.momentum import Momentum as Momentum
from nnlab.optimizers.rms_prop import RMSProp as RMSProp
