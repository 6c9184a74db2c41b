"""Every registered model: it builds for images of any size or says which layer does not fit, learns alike on both
backends, and is written as ONNX."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from onnx import checker
from onnx.reference import ReferenceEvaluator

from nnlab.backends.base import BACKENDS
from nnlab.core.batch import Batch, Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import MODELS, Model
from nnlab.models.forms import forms
from nnlab.models.summary import summarised
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer

ODD = ((1, 1, 3), (2, 3, 1), (5, 5, 3), (13, 9, 3), (17, 31, 1), (33, 47, 3))


TRIES: list[Any] = [
    pytest.param(cls, options, id=f"{cls.__name__}-{number}")
    for cls in MODELS
    for number, options in enumerate(cls.examples())
]


@pytest.mark.parametrize(("cls", "options"), TRIES)
@pytest.mark.parametrize("head", [Head((4,)), Head((2,), "values", (2.0, 3.0), (1.0, 0.0)), Head((None, None, 3))])
def test_it_gives_what_is_asked_or_says_in_one_line_what_does_not_fit(
    cls: type[Model], options: Mapping[str, Any], head: Head
) -> None:
    for shape in ODD:
        try:
            network = make(cls, options).graph(shape, {OUTPUT: head}).build(shape, rng=None, dtype=np.float32)
        except UsageError as error:
            assert error.where and len(str(error).splitlines()) == 1
            continue
        assert head.fits(network.out_shape) and head.takes(network.outlet.emits)
        assert summarised(network).parameters > 0


@pytest.mark.parametrize(("cls", "options"), TRIES)
def test_it_can_be_told_what_it_takes_without_data(cls: type[Model], options: Mapping[str, Any]) -> None:
    model = make(cls, options)
    ranks = {len(shape) for shape in forms(model)}
    assert model.takes() == ("any" if len(ranks) > 1 else "images" if ranks == {3} else "vectors")


@pytest.mark.parametrize(("cls", "options"), TRIES)
def test_a_step_is_the_same_on_both_backends(cls: type[Model], options: Mapping[str, Any]) -> None:
    """In float64 they differ by rounding alone: sums of some hundred numbers, in other orders."""
    pytest.importorskip("torch")
    model, head = make(cls, options), Head((4,))
    shape = forms(model)[-1]
    generator, before = np.random.default_rng(0), None
    batch = Batch(generator.random((6, *shape)), {OUTPUT: Target(np.eye(4)[generator.integers(4, size=6)])})
    for backend in ("numpy", "torch"):
        network = model.graph(shape, {OUTPUT: head}).build(shape, rng=Rng(1), dtype=np.float64)
        learner = BACKENDS.get(backend).of(
            network, loss=CrossEntropy(), optimizer=Optimizer(Constant(), learning_rate=0.1)
        )
        learner.learn(batch, rng=Rng(2), epoch=0, epochs=1)
        found = {**learner.state(), "output": learner.predict(batch.inputs)[OUTPUT]}
        for name, value in found.items():
            np.testing.assert_allclose(value, (before or found)[name], rtol=1e-8, atol=1e-10, err_msg=name)
        before = found


@pytest.mark.parametrize(("cls", "options"), TRIES)
def test_as_onnx_it_gives_the_same(cls: type[Model], options: Mapping[str, Any]) -> None:
    shape = forms(make(cls, options))[-1]
    network = make(cls, options).graph(shape, {OUTPUT: Head((4,))}).build(shape, rng=Rng(1), dtype=np.float64)
    x = np.random.default_rng(0).random((3, *shape))
    written = to_onnx(network, Form())
    checker.check_model(written, full_check=True)
    given = x.transpose(0, 3, 1, 2) if len(written.graph.input[0].type.tensor_type.shape.dim) == 4 else x
    (y,) = ReferenceEvaluator(written).run(None, {written.graph.input[0].name: np.ascontiguousarray(given)})
    outputs, _ = network.forward(x, Context(training=False))
    np.testing.assert_allclose(y, outputs[OUTPUT], rtol=1e-6, atol=1e-8)  # attributes (a slope) are float32
