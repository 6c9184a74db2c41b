"""The losses: one per file, the mean over the batch and its gradient."""

from nnlab.losses.base import LOSSES as LOSSES
from nnlab.losses.base import Loss as Loss
from nnlab.losses.base import Term as Term
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy as BinaryCrossEntropy
from nnlab.losses.contrastive import Contrastive as Contrastive
from nnlab.losses.cross_entropy import CrossEntropy as CrossEntropy
from nnlab.losses.dice import Dice as Dice
from nnlab.losses.dice import SoftmaxDice as SoftmaxDice
from nnlab.losses.focal import Focal as Focal
from nnlab.losses.gaussian_focal import GaussianFocal as GaussianFocal
from nnlab.losses.generalized_iou import GeneralizedIoU as GeneralizedIoU
from nnlab.losses.margins import ArcFace as ArcFace
from nnlab.losses.margins import CosFace as CosFace
from nnlab.losses.mean_squared_error import MeanSquaredError as MeanSquaredError
from nnlab.losses.robust import Huber as Huber
from nnlab.losses.robust import MeanAbsoluteError as MeanAbsoluteError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy as SoftmaxCrossEntropy
from nnlab.losses.triplet import Triplet as Triplet
