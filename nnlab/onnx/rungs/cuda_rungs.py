"""Rungs that need a CUDA device and onnxruntime for it."""

from collections.abc import Callable
from typing import Any

from nnlab.core.errors import MissingError
from nnlab.onnx.apart.sessions import ERRORS_ONLY, require_onnxruntime
from nnlab.onnx.rungs.base import Files, Ready, Rung
from nnlab.onnx.rungs.ort_rungs import runs


def _on(provider: str, **options: Any) -> Callable[[Files], Ready]:
    def opened(files: Files) -> Ready:
        library = require_onnxruntime()
        if provider not in library.get_available_providers():
            what = f"this onnxruntime has no {provider}"
            raise MissingError(
                what, where="CUDA", hint="it comes with onnxruntime-gpu, for machines with such a device"
            )
        how = library.SessionOptions()
        how.log_severity_level = ERRORS_ONLY
        made = library.InferenceSession(str(files.model), how, providers=[(provider, options)])
        return Ready(runs(made), files.model)

    return opened


RUNGS = (
    Rung("cuda", "onnxruntime", "CUDA", _on("CUDAExecutionProvider"), "onnxruntime-all", "half", needs="cuda"),
    Rung("tensorrt", "onnxruntime", "TensorRT", _on("TensorrtExecutionProvider"), "cuda", "half", needs="cuda"),
    Rung("tensorrt-float16", "onnxruntime", "TensorRT in float16",
         _on("TensorrtExecutionProvider", trt_fp16_enable=True), "tensorrt", "half", needs="cuda"),
)  # fmt: skip
