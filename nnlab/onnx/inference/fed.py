"""How a known model is fed, as settings of the data that it is trained on."""

import json
from collections.abc import Mapping
from typing import Any

from nnlab.data.scaling import IMAGENET_MEAN, IMAGENET_STD
from nnlab.onnx.catalogue.catalogue import entry_of
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.inference.preprocessing import EXPORTED_KEY
from nnlab.onnx.inference.recipe import metadata


def data_settings(view: ModelView, name: str) -> Mapping[str, Any]:
    """What the file's own metadata, else the catalogue, says of scaling and colours; empty where neither does.

    A mean and std that are not ImageNet's are left out: those of the training samples are as near.

    Options:  name: by which the catalogue knows it.
    """
    try:
        exported = json.loads(metadata(view).get(EXPORTED_KEY, "{}"))
        if "input_range" in exported:
            low, high = map(float, exported["input_range"])
            return _ranged(low, high)
    except (ValueError, TypeError):  # of another program's making
        return {}
    entry = entry_of(name)
    if entry is None or exported:
        return {}
    known = entry.preprocessing
    colours = {"grayscale": True} if known.get("channels") == "grey" else {}
    mean, std = tuple(known.get("mean", ())), tuple(known.get("std", ()))
    if not mean and not std:
        return {**_ranged(*known.get("range", (0.0, 1.0))), **colours}
    return {"input_scaling": "imagenet"} if (mean, std) == (IMAGENET_MEAN, IMAGENET_STD) else colours


def _ranged(low: float, high: float) -> dict[str, Any]:
    return {"input_scaling": "0..1"} if (low, high) == (0, 1) else {"input_range": (low, high)}
