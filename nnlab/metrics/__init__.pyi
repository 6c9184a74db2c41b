"""Figures that are not minimised: accuracy, errors of numbers."""

from nnlab.metrics.average_precision import AveragePrecision as AveragePrecision
from nnlab.metrics.average_precision import CountError as CountError
from nnlab.metrics.average_precision import MeanAveragePrecision as MeanAveragePrecision
from nnlab.metrics.base import METRICS as METRICS
from nnlab.metrics.base import Metric as Metric
from nnlab.metrics.calibration_error import CalibrationError as CalibrationError
from nnlab.metrics.classes import Classes as Classes
from nnlab.metrics.counts import F1 as F1
from nnlab.metrics.counts import BalancedAccuracy as BalancedAccuracy
from nnlab.metrics.counts import MeanDice as MeanDice
from nnlab.metrics.counts import MeanIoU as MeanIoU
from nnlab.metrics.counts import PixelAccuracy as PixelAccuracy
from nnlab.metrics.counts import Precision as Precision
from nnlab.metrics.counts import Recall as Recall
from nnlab.metrics.pictures import PeakSignalToNoise as PeakSignalToNoise
from nnlab.metrics.pictures import PictureError as PictureError
from nnlab.metrics.residuals import R2 as R2
from nnlab.metrics.residuals import AbsoluteError as AbsoluteError
from nnlab.metrics.residuals import MeanError as MeanError
from nnlab.metrics.residuals import SquaredError as SquaredError
from nnlab.metrics.retrieval import RecallAt as RecallAt
from nnlab.metrics.retrieval import RetrievalPrecision as RetrievalPrecision
from nnlab.metrics.roc_auc import RocAuc as RocAuc
from nnlab.metrics.top_k import TopK as TopK
