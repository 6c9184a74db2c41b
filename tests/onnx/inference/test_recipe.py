"""How a model is fed: who says it counts, and what is seen from its input."""

import json
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import DataError, Mistakes, UsageError
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.inference.exported import ExportedFeed
from nnlab.onnx.inference.preprocessing import Preprocessing
from nnlab.onnx.inference.recipe import Said, recipe_of


def model(*shape: Any, kind: int = TensorProto.FLOAT, inputs: int = 1, **metadata: str) -> ModelView:
    names = [f"x{number}" for number in range(inputs)]
    proto = helper.make_model(
        helper.make_graph(
            [helper.make_node("Identity", ["x0"], ["y"])],
            "tiny",
            [helper.make_tensor_value_info(name, kind, shape) for name in names],
            [helper.make_tensor_value_info("y", kind, shape)],
        ),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    helper.set_model_props(proto, metadata)
    return checked(proto)


def fed(view: ModelView, name: str = "unknown", **flags: Any) -> Preprocessing:
    feed = recipe_of(view, name, flags).feed
    assert isinstance(feed, Preprocessing)
    return feed


@pytest.mark.parametrize(
    ("shape", "size", "channels", "layout"),
    [
        ((1, 3, 20, 30), (30, 20), "rgb", "NCHW"),
        (("N", 1, 28, 28), (28, 28), "grey", "NCHW"),
        ((None, 20, 30, 3), (30, 20), "rgb", "NHWC"),
        ((1, 20, 30, 1), (30, 20), "grey", "NHWC"),
        ((1, 784), (28, 28), "grey", "flat"),
        ((1, 784, 1), (28, 28), "grey", "flat"),
        ((1, 3072), (32, 32), "rgb", "flat"),
        ((1, 1, 1, 784), (28, 28), "grey", "flat"),
    ],
)
def test_the_input_shows_size_colours_and_layout(
    shape: tuple[Any, ...], size: tuple[int, int], channels: str, layout: str
) -> None:
    found = fed(model(*shape))
    assert (found.resize, found.channels, found.layout) == (size, channels, layout)


def test_pixels_are_given_as_they_are_to_an_input_of_whole_numbers() -> None:
    assert fed(model(1, 4, 4, 3, kind=TensorProto.UINT8)).range == (0.0, 255.0)


def test_the_catalogue_stands_above_what_is_seen_and_flags_above_the_catalogue() -> None:
    view = model(1, 3, 320, 320)
    assert fed(view, "u2netp").divide_by_maximum
    assert fed(view, "u2netp").mean == (0.485, 0.456, 0.406)
    said = fed(view, "u2netp", mean="0.5", range="-1,1")
    assert (said.mean, said.range, said.divide_by_maximum) == ((0.5,), (-1.0, 1.0), True)
    assert recipe_of(view, "u2netp", {}).kind == "mask"
    assert recipe_of(view, "unknown", {}).kind is None


def test_labels_are_those_that_were_said_then_the_files_own_then_the_catalogues() -> None:
    view = model(1, 1, 28, 28, classes=json.dumps(["zero", "one"]))
    assert recipe_of(view, "mnist-8", {}, Said(labels=["a"])).labels == ("a",)
    assert recipe_of(view, "mnist-8", {}).labels == ("zero", "one")
    assert recipe_of(model(1, 1, 28, 28), "mnist-8", {}).labels[:2] == ("0", "1")
    assert recipe_of(model(1, 1, 28, 28, classes="not json"), "unknown", {}).labels == ()


def test_what_export_wrote_counts_unless_a_flag_says_otherwise() -> None:
    said = {"steps": [{"name": "Resize", "size": [4, 4], "inside": False}], "input_range": [0, 1]}
    view = model(1, 3, 4, 4, preprocessing=json.dumps(said | {"scaled_inside": False, "layout": "NCHW"}))
    assert isinstance(recipe_of(view, "unknown", {}).feed, ExportedFeed)
    assert isinstance(recipe_of(view, "unknown", {"range": "0,255"}).feed, Preprocessing)


def test_flags_that_do_not_fit_the_model_are_named() -> None:
    with pytest.raises(UsageError, match="--resize: the model takes 1 x 3 x 8 x 8 and pictures are made 1 x 3 x 4 x 4"):
        recipe_of(model(1, 3, 8, 8), "unknown", {"resize": "4,4"})
    with pytest.raises(Mistakes, match="--mean: must be a number") as caught:
        recipe_of(model(1, 3, 8, 8), "unknown", {"mean": "a", "channels": "rbg"})
    assert "--channels" in str(caught.value)


def test_a_model_under_a_known_name_that_takes_something_else_is_no_usage_error() -> None:
    with pytest.raises(DataError, match="takes 1 x 3 x 8 x 8"):
        recipe_of(model(1, 3, 8, 8), "u2net", {})


def test_a_model_of_several_inputs_takes_no_pictures() -> None:
    with pytest.raises(DataError, match=r"takes 2 inputs \(x0, x1\)"):
        recipe_of(model(1, 3, 8, 8, inputs=2), "unknown", {})


def test_the_default_of_an_unknown_input_is_the_preprocessings_own() -> None:
    assert fed(model(None, 3, None, None)).resize == Preprocessing().resize
    assert np.prod(fed(model("N", 3, "H", "W"), resize="5,6").shape) == 90


def test_what_the_user_says_of_the_output_comes_before_the_task_of_the_file_whatever_the_names() -> None:
    said = {"name": "Classification", "options": {}, "record": {}, "decoded": [],
            "heads": {"output": {"output": "y", "logits": False}}}  # fmt: skip
    view = model("N", 3, 8, 8, task=json.dumps(said))
    assert recipe_of(view, "unknown", {}).task is not None
    view.proto.graph.output[0].name = view.proto.graph.node[0].output[0] = "labels"
    named = checked(view.proto)
    with pytest.raises(DataError, match="the file has no output y"):
        recipe_of(named, "unknown", {})
    assert recipe_of(named, "unknown", {}, Said(kind="labels", output="labels")).task is None


@pytest.mark.parametrize("key", ["task", "preprocessing"])
def test_metadata_nested_without_end_is_an_error_of_the_file(key: str) -> None:
    with pytest.raises(DataError, match=f"metadata {key}: cannot be understood"):
        recipe_of(model("N", 3, 8, 8, **{key: "[" * 100_000}), "unknown", {})
    assert recipe_of(model("N", 3, 8, 8, classes="[" * 100_000), "unknown", {}).labels == ()
