"""What a program gives as data: a dataset's name, a path, or arrays."""

import os
from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.data.own_arrays import Arrays, offer
from nnlab.experiment.sources import SettingsSource

Data = str | os.PathLike[str] | Arrays
"""A dataset's name, the path of a folder or a file, or arrays."""


def with_data(settings: Mapping[str, Any], data: Any) -> tuple[dict[str, Any], list[SettingsSource]]:
    """The keywords with the dataset among them, and what the data itself says below all that anybody does.

    Raises:  UsageError: what is no data, or data that is said twice.
    """
    said = dict(settings)
    if data is None:
        data = said.pop("dataset", None)
    elif "dataset" in said:
        raise UsageError("is said twice", where="dataset", hint="pass the data first, or as dataset=, not both")
    if data is None:
        return said, []
    if not isinstance(data, (str, os.PathLike, Arrays)):
        hint = "pass a dataset's name, a path, or nnlab.Arrays(x, y)"
        raise UsageError(f"is a {type(data).__name__}", where="data", hint=hint)
    if not isinstance(data, Arrays):
        return {**said, "dataset": data}, []
    own = {"task": "Regression"} if data.is_regression else {}
    return {**said, "dataset": offer(data)}, [SettingsSource("recommendation", own, name="nnlab.Arrays")]
