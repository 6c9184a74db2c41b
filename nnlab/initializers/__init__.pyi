"""How the values of a new parameter are drawn: one initializer per file."""

from nnlab.initializers.base import INITIALIZERS as INITIALIZERS
from nnlab.initializers.base import Initializer as Initializer
from nnlab.initializers.glorot_normal import GlorotNormal as GlorotNormal
from nnlab.initializers.glorot_uniform import GlorotUniform as GlorotUniform
from nnlab.initializers.kaiming import Kaiming as Kaiming
from nnlab.initializers.one import One as One
from nnlab.initializers.rand import Rand as Rand
from nnlab.initializers.zero import Zero as Zero
