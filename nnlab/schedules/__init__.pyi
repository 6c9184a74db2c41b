"""How the learning rate moves over steps and epochs: one schedule per file."""

from nnlab.schedules.base import SCHEDULES as SCHEDULES
from nnlab.schedules.base import Schedule as Schedule
from nnlab.schedules.constant import Constant as Constant
from nnlab.schedules.cosine import Cosine as Cosine
from nnlab.schedules.cosine_restarts import CosineRestarts as CosineRestarts
from nnlab.schedules.exponential_decay import ExponentialDecay as ExponentialDecay
from nnlab.schedules.one_cycle import OneCycle as OneCycle
from nnlab.schedules.polynomial import Polynomial as Polynomial
from nnlab.schedules.step import Step as Step
from nnlab.schedules.triangular import Triangular as Triangular
from nnlab.schedules.warmup import Warmup as Warmup
