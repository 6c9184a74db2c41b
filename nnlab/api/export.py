"""`run.export`: the options of `nnlab export` as keywords."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.experiment.export import Exported, export
from nnlab.onnx.write.export import Form

FORM = ("opset", "dtype", "softmax", "fold_batch_norm", "decode")
ALSO = "with_preprocessing"


def exported(folder: Path, output: str | None, options: Mapping[str, Any]) -> Exported:
    """The file that was written. Raises as `export` does; UsageError: an unknown option."""
    for name in options:
        if name not in (*FORM, ALSO):
            raise UsageError("no such option", where=name, hint=advice(name, [*FORM, ALSO]))
    form = Form(**{name: options[name] for name in FORM if name in options})
    return export(folder, form, preprocess=bool(options.get(ALSO)), output=output)
