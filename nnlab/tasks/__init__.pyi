"""Tasks: what is true of a picture, what a network has to give for it, and how that is read back."""

from nnlab.tasks.base import TASKS as TASKS
from nnlab.tasks.base import Task as Task
from nnlab.tasks.classification import Classification as Classification
from nnlab.tasks.detection import Detection as Detection
from nnlab.tasks.embedding import Embedding as Embedding
from nnlab.tasks.keypoints import Keypoints as Keypoints
from nnlab.tasks.reconstruction import Reconstruction as Reconstruction
from nnlab.tasks.regression import Regression as Regression
from nnlab.tasks.segmentation import Segmentation as Segmentation
