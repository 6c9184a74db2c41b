"""A reconstruction's pictures."""

from collections.abc import Mapping, Sequence

from nnlab.core.pictures import Pictures
from nnlab.core.types import Array
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings.base import DECODINGS, Decoding, Given
from nnlab.tasks.base import Task
from nnlab.tasks.reconstruction import Reconstruction


class ReconstructionDecoding(Decoding):
    """pictures = sigmoid(output), of a network that gives log-odds; of another the output is the picture."""

    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        """One output, where the head's is not the picture itself."""
        (y,) = heads.values()
        if not (isinstance(task, Reconstruction) and task.log_odds):
            return ()
        pictures = building.add("Sigmoid", y.name, name="pictures")
        return [Declared(pictures, building.dtype, y.shape, about="the picture, 0 for black and 1 for white")]

    def answers(self, task: Task, outputs: Mapping[str, Array]) -> Pictures:
        """Themselves."""
        return Pictures(outputs["pictures"])


DECODINGS.register(Reconstruction)(ReconstructionDecoding())
