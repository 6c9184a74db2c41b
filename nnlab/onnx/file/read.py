"""Reading a model: from a path or bytes to a view whose values are all there; what is not sound is said in one line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, TensorProto, inliner

from nnlab.core.errors import DataError
from nnlab.onnx.file.older import brought_to
from nnlab.onnx.file.soundness import check_functions, check_graph
from nnlab.onnx.file.tensors import claimed_bytes, claimed_values, external_path, read_bytes, stored_bytes
from nnlab.onnx.file.views import ModelView, ValueView
from nnlab.onnx.limits import MEMORY_VARIABLE, memory_limit
from nnlab.onnx.places import one_line, placed

OLDEST_OPSET, NEWEST_OPSET = 7, int(onnx.defs.onnx_opset_version())
"""Of ONNX's own operators: before, broadcasting had another meaning. Older files are brought up to it."""

NEWEST_OF: Mapping[str, int] = dict(
    zip(
        ("", "ai.onnx.ml", "ai.onnx.preview.training"), (NEWEST_OPSET, *onnx.helper.VERSION_TABLE[-1][3:5]), strict=True
    )
)
"""By domain."""

LARGEST_FILE = 2**31
"""Protobuf's own limit, in bytes; larger models keep their values in other files."""


def read_model(path: str | Path) -> ModelView:
    """The model of a file.

    Raises:  DataError: when there is no file, it is not ONNX, is cut off, claims more than it holds, keeps values
             outside its folder, or asks for operators older or newer than nnlab knows.
    """
    file = Path(path)
    data = read_bytes(file, where=str(path), at_most=LARGEST_FILE, what="no ONNX file is larger than 2 GiB")
    return model_of(data, where=str(path), file=file)


def model_of(data: bytes, *, where: str = "the model", file: Path | None = None) -> ModelView:
    """The model of these bytes; values in other files are looked for beside `file` (None: there may be none)."""
    if not data:
        raise DataError("is empty, not ONNX", where=where)
    proto = ModelProto()
    try:
        proto.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        raise DataError(f"is not ONNX, or is cut off ({one_line(error)})", where=where) from None
    return checked(proto, where=where, file=file)


def checked(proto: ModelProto, *, where: str = "the model", file: Path | None = None) -> ModelView:
    """A view of a model, its values fetched and its claims held against what is there. Raises DataError: as above."""
    with placed(where):
        if not proto.HasField("graph") or not (proto.graph.node or proto.graph.output):
            raise DataError("is not ONNX (it has no graph)")
        if not proto.graph.output:
            raise DataError("its graph gives nothing (it has no outputs)")
        _check_opsets(proto)
        check_graph(proto.graph)
        view = ModelView(_inlined(brought_to(proto, OLDEST_OPSET)), where=where)
        budget = memory_limit()
        for tensor in tensors_in(view.proto.graph):
            budget -= _check(tensor, file, budget)
        for value in (*view.proto.graph.input, *view.proto.graph.output):
            ValueView.of(value)
        return view


def _inlined(proto: ModelProto) -> ModelProto:
    """The model with its own functions put in where they are called."""
    if not proto.functions:
        return proto
    check_functions(proto)
    try:
        whole = inliner.inline_local_functions(proto)
    except Exception as error:  # whatever onnx says of functions that are no functions
        raise DataError(f"its functions cannot be put in where they are called ({one_line(error)})") from error
    check_graph(whole.graph)
    return whole


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


def _check(tensor: TensorProto, file: Path | None, budget: int) -> int:
    """A tensor's claims against its bytes; its values are fetched where another file has them. How many they are."""
    if not isinstance(tensor.name, str):
        raise DataError(f"a tensor's name is no UTF-8 text: {tensor.name!r}")
    where = f"tensor {tensor.name or '(without a name)'}"
    if any(size < 0 for size in tensor.dims):
        raise DataError(f"has a shape of {list(tensor.dims)}", where=where)
    claimed = claimed_values(tensor)
    if tensor.data_type == TensorProto.STRING:
        if claimed != len(tensor.string_data):
            raise DataError(f"claims {claimed:,} texts and brings {len(tensor.string_data):,}", where=where)
        return stored_bytes(tensor)
    size = claimed_bytes(tensor, where)
    if size > budget:
        what = f"claims {size / 2**30:,.1f} GiB of values; all of them may take {memory_limit() / 2**30:,.1f} GiB"
        raise DataError(what, where=where, hint=f"set {MEMORY_VARIABLE}")
    if tensor.data_location == TensorProto.EXTERNAL:
        _fetch(tensor, file, where, size)
    if claimed > max(64, 4 * stored_bytes(tensor)):  # four values to a byte at most (int2)
        raise DataError(f"claims {claimed:,} values and brings {stored_bytes(tensor):,} bytes", where=where)
    return size


def _fetch(tensor: TensorProto, file: Path | None, where: str, claimed: int) -> None:
    if file is None:
        raise DataError("keeps its values in another file", where=where, hint="give the model as a path")
    path, offset, size = external_path(tensor, file)
    where = f"{where}: {path.name}"
    if size is not None and size != claimed:
        raise DataError(f"says that its values take {size:,} bytes; its shape needs {claimed:,}", where=where)
    data = read_bytes(path, where=where, offset=offset, length=claimed)
    if len(data) < claimed:
        raise DataError(f"its values are cut off ({len(data):,} of {claimed:,} bytes)", where=where)
    tensor.raw_data = data
    tensor.data_location = TensorProto.DEFAULT
    del tensor.external_data[:]


def _check_opsets(proto: ModelProto) -> None:
    asked: dict[str, int] = {}
    for entry in proto.opset_import:
        if not isinstance(entry.domain, str):
            raise DataError(f"a domain's name is no UTF-8 text: {entry.domain!r}")
        domain = "" if entry.domain == "ai.onnx" else entry.domain
        if asked.setdefault(domain, entry.version) != entry.version:
            raise DataError(f"asks for two versions of the domain {domain or 'ai.onnx'}")
        newest = NEWEST_OF.get(domain, 2**31 - 1)
        if not 1 <= entry.version <= newest:
            known = f"nnlab knows 1 to {newest}" if domain in NEWEST_OF else "there is no such version"
            hint = "convert it with onnx.version_converter" if domain == "" else None
            of = f" of {domain}" if domain else ""
            raise DataError(f"asks for operators{of} of version {entry.version}; {known}", hint=hint)
    if "" not in asked and any(node.domain in {"", "ai.onnx"} for node in proto.graph.node):
        raise DataError("does not say which version of ONNX's operators it means (opset_import)")
