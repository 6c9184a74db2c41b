"""A file that `nnlab export` wrote says what its outputs are to a task: they are read as the run reads them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import make
from nnlab.core.errors import DataError, NnlabError
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.onnx.write.decodings.agreement import disagreement
from nnlab.onnx.write.decodings.base import decoding_of
from nnlab.onnx.write.outputs import HeadOutput, Written
from nnlab.onnx.write.verify import as_said
from nnlab.tasks.base import TASKS, Task

TASK_KEY, OUTPUTS_KEY = "task", "outputs"
"""Where the metadata say it, for nnlab and in words."""

SAY = "say what it gives: --output-name=NAME --kind=labels, mask, class-map, objects or numbers"
"""What helps where that is not true."""


@dataclass(frozen=True, eq=False)
class TaskReading:
    """What a file's outputs are to a task.

    Options:  heads: the output of each head.  decoded: the outputs that say what the task makes of them; none where
              the file leaves that to its reader.
    """

    task: Task
    heads: Mapping[str, HeadOutput]
    decoded: Sequence[str] = ()

    @classmethod
    def of(cls, task: Task, written: Written) -> "TaskReading":
        """That of a model that was written."""
        return cls(task, written.heads, tuple(declared.name for declared in written.decoded))

    def from_heads(self, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        """The task's own reading of the heads. Options:  outputs: of the file, by name."""
        said = {head: as_said(outputs[out.name], logits=out.logits) for head, out in self.heads.items()}
        return self.task.answers(said)

    def answers(self, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        """What is said of each sample: what the file makes of the heads, where it does."""
        decoding = decoding_of(self.task) if self.decoded else None
        if decoding is None:
            return self.from_heads(outputs)
        return decoding.answers(self.task, {name: outputs[name] for name in self.decoded})

    def wrong(self, outputs: Mapping[str, Array], bound: float) -> str | None:
        """What is wrong with what the file makes of its own heads; None for nothing."""
        if not self.decoded:
            return None
        return disagreement(self.answers(outputs), self.from_heads(outputs), bound)

    def record(self) -> dict[str, Any]:
        """What the metadata say."""
        return {
            "name": type(self.task).__name__,
            "options": self.task.options(),
            "record": dict(self.task.record),
            "heads": {name: {"output": out.name, "logits": out.logits} for name, out in self.heads.items()},
            "decoded": list(self.decoded),
        }


def reading_of(metadata: Mapping[str, str], outputs: Sequence[str]) -> TaskReading | None:
    """What a file's metadata say; None where they say nothing of a task that is here.

    Options:  outputs: the names of those that the file has.
    Raises:   DataError: when it cannot be understood, or the file has other outputs.
    """
    if TASK_KEY not in metadata:
        return None
    try:
        said = json.loads(metadata[TASK_KEY])
        if said["name"] not in TASKS:
            return None
        task: Task = make(TASKS.get(said["name"]), said["options"]).restored(said["record"])
        heads = {str(name): HeadOutput(str(out["output"]), bool(out["logits"])) for name, out in said["heads"].items()}
        decoded = tuple(map(str, said["decoded"]))
        if lost := {*decoded, *(out.name for out in heads.values())} - {*outputs}:
            raise ValueError(f"the file has no output {', '.join(sorted(lost))}")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, NnlabError) as error:
        raise DataError(f"cannot be understood ({error})", where=f"metadata {TASK_KEY}", hint=SAY) from error
    return TaskReading(task, heads, decoded)
