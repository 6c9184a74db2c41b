"""Small models, and changes of them: to fields of the message or to its bytes. Used by mutated_models.py."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from onnx import ModelProto, TensorProto, helper

NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    64,
    255,
    1000,
    65536,
    2**20,
    2**31 - 1,
    -(2**31),
    2**31,
    2**40,
    2**62,
    2**63 - 1,
    -(2**63),
)
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-30, 3e38, float("inf"), float("-inf"), float("nan"))


def built() -> list[bytes]:
    """Small models with what node tests do not have: external data, functions, loops, sparse values."""
    x, y = (helper.make_tensor_value_info(name, 1, [2, 3]) for name in "xy")
    w = helper.make_tensor("w", 1, [3, 3], list(range(9)))
    chain = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Relu", ["a"], ["y"])]
    double = helper.make_function(
        "own", "Twice", ["p"], ["q"], [helper.make_node("Add", ["p", "p"], ["q"])], [helper.make_opsetid("", 18)]
    )
    calls = [
        helper.make_node("Twice", ["x"], ["a"], domain="own"),
        helper.make_node("Twice", ["a"], ["y"], domain="own"),
    ]
    body = helper.make_graph(
        [helper.make_node("Identity", ["on"], ["still"]), helper.make_node("Add", ["v", "x"], ["u"])],
        "body",
        [helper.make_tensor_value_info("i", 7, []), helper.make_tensor_value_info("on", 9, []), _info("v")],
        [helper.make_tensor_value_info("still", 9, []), _info("u")],
    )
    loop = [helper.make_node("Loop", ["n", "", "x"], ["y"], body=body)]
    n = helper.make_tensor("n", 7, [], [3])
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("w", 1, [2], [1, 2]), helper.make_tensor("", 7, [2], [0, 8]), [3, 3]
    )
    outside = TensorProto(name="w", data_type=1, dims=[3, 3], data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value="../w.bin")
    graphs = [
        helper.make_graph(chain, "chain", [x], [y], [w]),
        helper.make_graph(chain, "sparse", [x], [y], sparse_initializer=[sparse]),
        helper.make_graph(chain, "outside", [x], [y], [outside]),
        helper.make_graph(loop, "loop", [x], [y], [n]),
    ]
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    models = [helper.make_model(graph, opset_imports=opsets[:1]) for graph in graphs]
    models.append(
        helper.make_model(helper.make_graph(calls, "calls", [x], [y]), functions=[double], opset_imports=opsets)
    )
    return [model.SerializeToString() for model in models]


def _info(name: str) -> Any:
    return helper.make_tensor_value_info(name, 1, None)


def mutated(model: bytes, rng: random.Random) -> bytes:
    """One to four changes, to fields of the message or to its bytes."""
    proto = ModelProto()
    proto.ParseFromString(model)
    for _ in range(rng.choice((1, 1, 2, 4))):
        with contextlib.suppress(ValueError, TypeError):  # a number that a field cannot hold
            change_field(proto, rng)
    data = proto.SerializePartialToString()
    return change_bytes(data, rng) if rng.random() < 0.25 else data


def change_field(root: Message, rng: random.Random) -> None:
    """One field of one message of the tree."""
    messages = list(tree(root))
    message = rng.choice(messages)
    field = rng.choice(message.DESCRIPTOR.fields)
    if rng.random() < 0.8 and message.ListFields():  # mostly one that is set
        field = rng.choice(message.ListFields())[0]
    name = field.name
    if field.is_repeated:
        change_list(getattr(message, name), field, rng, messages)
    elif field.message_type is not None:
        same = [other for other in messages if other.DESCRIPTOR is field.message_type]
        if rng.random() < 0.3 or not same:
            message.ClearField(name)
        else:
            copy = type(same[0])()
            copy.CopyFrom(rng.choice(same))
            getattr(message, name).CopyFrom(copy)
    elif rng.random() < 0.1:
        message.ClearField(name)
    else:
        setattr(message, name, other_value(getattr(message, name), rng, messages))


def change_list(values: Any, field: Any, rng: random.Random, messages: list[Message]) -> None:
    """A repeated field: an item taken out, doubled, moved or changed."""
    action = rng.choice(("delete", "double", "change", "shuffle", "clear", "add"))
    place = rng.randrange(len(values)) if values else 0
    if action == "clear":
        del values[:]
    elif field.message_type is not None:
        same = [other for other in messages if other.DESCRIPTOR is field.message_type]
        if values and action == "delete":
            del values[place]
        elif same and action in {"double", "add"}:
            copy = type(same[0])()
            copy.CopyFrom(rng.choice(same))
            values.append(copy)
        elif len(values) > 1:
            first, last = type(values[0])(), type(values[0])()
            first.CopyFrom(values[0])
            last.CopyFrom(values[-1])
            values[0].CopyFrom(last)
            values[-1].CopyFrom(first)
    else:
        kept = list(values)
        if action == "delete" and kept:
            del kept[place]
        elif action == "shuffle":
            rng.shuffle(kept)
        elif kept and action == "change":
            kept[place] = other_value(kept[place], rng, messages)
        else:
            kept.insert(place, kept[place] if kept else {9: "x", 12: b"x"}.get(field.type, rng.choice((0, 1, -1, 2))))
        values[:] = kept


def other_value(value: Any, rng: random.Random, messages: list[Message]) -> Any:
    """Another value of the same kind."""
    if isinstance(value, str):
        others = [text for m in messages for _, text in m.ListFields() if isinstance(text, str)]
        return rng.choice([*others, "", "x", "../../etc/passwd", "/dev/zero", "\0", "é" * 50])
    if isinstance(value, bytes):
        return change_bytes(value, rng)
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return rng.choice(FLOATS)
    return rng.choice((value + 1, value - 1, -value, value * 2, *rng.sample(NUMBERS, 4)))


def change_bytes(data: bytes, rng: random.Random) -> bytes:
    """Bits turned, an end cut off, a piece repeated or put elsewhere."""
    if not data:
        return bytes(rng.randrange(256) for _ in range(rng.randrange(9)))
    changed = bytearray(data)
    place, length = rng.randrange(len(data)), rng.randrange(1, 1 + min(64, len(data)))
    action = rng.randrange(4)
    if action == 0:
        for _ in range(rng.choice((1, 2, 8))):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif action == 1:
        del changed[place:]
    elif action == 2:
        del changed[place : place + length]
    else:
        changed[place:place] = changed[place : place + length]
    return bytes(changed)


def tree(message: Message) -> Iterator[Message]:
    """The message and all in it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for item in value if field.is_repeated else [value]:
                yield from tree(item)
