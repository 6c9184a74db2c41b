"""Reading a model: from a path or bytes to a view whose values are all there; what is not sound is said in one line."""

from collections.abc import Iterator
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, TensorProto, inliner

from nnlab.core.errors import DataError
from nnlab.onnx.tensors import claimed_values, dtype_of, external_path, stored_bytes
from nnlab.onnx.views import ModelView

OLDEST_OPSET, NEWEST_OPSET = 7, int(onnx.defs.onnx_opset_version())
"""Of ONNX's own operators: older ones changed the meaning of broadcasting."""

LARGEST_BYTES = 8 * 2**30
"""Of one tensor's values: more than any machine that nnlab is for would hold."""


def read_model(path: str | Path) -> ModelView:
    """The model of a file.

    Raises:  DataError: when there is no file, it is not ONNX, is cut off, claims more than it holds, keeps values
             outside its folder, or asks for operators older or newer than nnlab knows.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=str(path), hint="check the path") from None
    return model_of(data, where=str(path), folder=file.parent)


def model_of(data: bytes, *, where: str = "the model", folder: Path | None = None) -> ModelView:
    """The model of these bytes; values in other files are looked for in `folder` (None: there may be none)."""
    proto = ModelProto()
    try:
        proto.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        raise DataError(f"is not ONNX, or is cut off ({error})", where=where) from None
    return checked(proto, where=where, folder=folder)


def checked(proto: ModelProto, *, where: str = "the model", folder: Path | None = None) -> ModelView:
    """A view of a model, its values fetched and its claims held against what is there. Raises DataError: as above."""
    try:
        if not proto.HasField("graph") or not (proto.graph.node or proto.graph.output):
            raise DataError("is not ONNX (it has no graph)")
        if proto.functions:
            proto = inliner.inline_local_functions(proto)
        for tensor in tensors_in(proto.graph):
            _check(tensor, folder)
        view = ModelView(proto)
        _check_opsets(view)
    except DataError as error:
        place = f"{where}: {error.where}" if error.where else where
        raise DataError(error.what, where=place, hint=error.hint) from None
    return view


def tensors_in(graph: GraphProto) -> Iterator[TensorProto]:
    """Every stored tensor of a graph, those in attributes and inner graphs as well."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (*([attribute.t] if attribute.HasField("t") else []), *attribute.tensors)
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from tensors_in(inner)


def _check(tensor: TensorProto, folder: Path | None) -> None:
    """A tensor's claims against its bytes; its values are fetched where another file has them."""
    where = f"tensor {tensor.name or '(without a name)'}"
    if tensor.data_type == TensorProto.STRING:
        return
    width = max(1, dtype_of(tensor.data_type).itemsize)
    claimed = claimed_values(tensor)
    if claimed * width > LARGEST_BYTES:
        raise DataError(f"claims {claimed * width / 2**30:,.0f} GiB of values", where=where)
    if tensor.data_location == TensorProto.EXTERNAL:
        _fetch(tensor, folder, where)
    if claimed > max(64, 2 * stored_bytes(tensor)):  # two values to a byte at most (int4)
        raise DataError(f"claims {claimed:,} values and brings {stored_bytes(tensor):,} bytes", where=where)


def _fetch(tensor: TensorProto, folder: Path | None, where: str) -> None:
    if folder is None:
        raise DataError("keeps its values in another file", where=where, hint="give the model as a path")
    path, offset, size = external_path(tensor, folder)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(-1 if size is None else size)
    except OSError as error:
        raise DataError(f"its values cannot be read ({error.strerror})", where=f"{where}: {path.name}") from None
    if size is not None and len(data) < size:
        raise DataError(f"its values are cut off ({len(data):,} of {size:,} bytes)", where=f"{where}: {path.name}")
    tensor.raw_data = data
    tensor.data_location = TensorProto.DEFAULT
    del tensor.external_data[:]


def _check_opsets(view: ModelView) -> None:
    asked = view.opsets.get("")
    if asked is not None and not OLDEST_OPSET <= asked <= NEWEST_OPSET:
        raise DataError(
            f"asks for operators of version {asked}; nnlab knows {OLDEST_OPSET} to {NEWEST_OPSET}",
            hint="convert it with onnx.version_converter",
        )
