"""`run.export`: the options of `nnlab export` as keywords."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.experiment.export import Exported, export
from nnlab.onnx.write.export import Form

FORM = ("opset", "dtype", "softmax", "fold_batch_norm", "decode", "weight_codes")
ALSO = ("with_preprocessing", "quantize", "calibration")


def exported(folder: Path, output: str | None, options: Mapping[str, Any]) -> Exported:
    """The file that was written. Raises as `export` does; UsageError: an unknown option."""
    for name in options:
        if name not in (*FORM, *ALSO):
            raise UsageError("no such option", where=name, hint=advice(name, [*FORM, *ALSO]))
    form = Form(**{name: options[name] for name in FORM if name in options})
    quantize, pictures = options.get("quantize"), options.get("calibration", 200)
    if quantize not in (None, "int8"):
        raise UsageError(f"must be int8, or None for the run's own, got {quantize!r}", where="quantize")
    if not isinstance(pictures, int) or pictures < 1:
        raise UsageError(f"must be a number of pictures from 1 on, got {pictures!r}", where="calibration")
    preprocess = bool(options.get("with_preprocessing"))
    return export(
        folder, form, preprocess=preprocess, output=output, quantize=quantize is not None, calibration=pictures
    )
