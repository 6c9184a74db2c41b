"""What a file with codes of 8 bits asks of its form."""

from nnlab.core.errors import UsageError

OLDEST_CODED = 13
"""Where DequantizeLinear takes a scale for every place on an axis."""


def refuse_uncodable(dtype: str | None, opset: int) -> None:
    """Raises UsageError: for a precision or a version that codes of 8 bits cannot be with."""
    if dtype not in (None, "float32"):
        raise UsageError("weights and values are int8", where=f"--dtype={dtype}", hint="leave it out")
    if opset < OLDEST_CODED:
        what = f"a scale for every output needs operators of version {OLDEST_CODED}"
        raise UsageError(what, where=f"--opset={opset}", hint="leave it out")
