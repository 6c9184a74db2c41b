"""TreeEnsembleClassifier of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.labels import as_float, chosen
from nnlab.onnx.ops.post_transform import ML, of_one_score, transformed
from nnlab.onnx.ops.tree_attributes import TreeAttributes, numbers, summed


@OPERATORS.register("TreeEnsembleClassifier", since=(1, 3, 5), domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class TreeEnsembleClassifier(TreeAttributes):
    """scores = sum over the trees of what the leaf of x says of each class, and the label of the largest

    Of two classes of which the leaves speak of one alone, the second is chosen where the score is above 1/2, or, if
    some weight is below 0, above 0; if it is the first of which they speak, that score counts as the second's.

    Shapes:  x: (batch, features); labels: (batch,); scores: (batch, classes)
    Options:  class_*: the weights of the leaves, each with its tree, node and class.
    Source:  Breiman, "Random forests", 2001; Friedman, "Greedy function approximation", 2001.
    """

    class_ids: tuple[int, ...] = ()
    class_nodeids: tuple[int, ...] = ()
    class_treeids: tuple[int, ...] = ()
    class_weights: tuple[float, ...] = ()
    class_weights_as_tensor: Array | None = None
    classlabels_int64s: tuple[int, ...] = ()
    classlabels_strings: tuple[str, ...] = ()

    def forward(self, x: Array) -> tuple[Array, ...]:
        """labels and scores"""
        classes = len(self.classlabels_strings or self.classlabels_int64s)
        weights = numbers(self.class_weights, self.class_weights_as_tensor)
        at = self.trees.leaves(as_float(x))
        table = self.table(self.class_treeids, self.class_nodeids, self.class_ids, weights, classes)
        scores = summed(table[at]).astype(np.float32)
        alone = classes == 2 and len(set(self.class_ids)) == 1
        base = numbers(self.base_values, self.base_values_as_tensor).astype(np.float32)
        if len(base) == classes or (alone and self.class_ids[0] == 0 and len(base) == 1):
            scores += base if len(base) == classes else [base[0], 0]
        mixed = bool((weights < 0).any())
        if alone:
            places = (scores[:, self.class_ids[0]] > (0 if mixed else 0.5)).astype(int)
        else:
            places = scores.argmax(axis=1)
        if alone and self.class_ids[0] == 0:
            scores = of_one_score(scores[:, :1], self.post_transform, opposite=mixed)
        else:
            scores = transformed(scores, self.post_transform)
        labels = chosen(places, self.classlabels_int64s, self.classlabels_strings)
        return (labels, scores.astype(np.float32))[: self.outputs]
