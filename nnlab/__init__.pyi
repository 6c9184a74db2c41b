"""nnlab: a laboratory for neural networks on small computer-vision tasks."""

from nnlab import initializers as initializers
from nnlab import layers as layers
from nnlab import losses as losses
from nnlab import metrics as metrics
from nnlab import models as models
from nnlab import optimizers as optimizers
from nnlab import schedules as schedules
from nnlab import sklearn as sklearn
from nnlab import tasks as tasks
from nnlab import testing as testing
from nnlab.api.check import check as check
from nnlab.api.compare import compare as compare
from nnlab.api.run import Run as Run
from nnlab.api.run import load as load
from nnlab.api.settings import settings as settings
from nnlab.api.spoken import NnlabWarning as NnlabWarning
from nnlab.api.train import Interrupted as Interrupted
from nnlab.api.train import train as train
from nnlab.core.errors import NnlabError as NnlabError
from nnlab.core.rng import Rng as Rng
from nnlab.data.own_arrays import Arrays as Arrays
from nnlab.models.graph import Graph as Graph

__version__: str
