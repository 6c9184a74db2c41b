"""A graph says what it is, before it is built and after."""

from nnlab.core.rng import Rng
from nnlab.layers.add import Add
from nnlab.layers.dense import Dense
from nnlab.layers.relu import ReLU
from nnlab.models.graph import Graph


def graph() -> Graph:
    made = Graph(emits="logits")
    made.add("a", Dense(units=3))
    made.add("b", ReLU())
    made.add("<b>sum</b>", Add(), "a", "b")
    return made


def test_in_a_line() -> None:
    made = graph()
    assert repr(made) == "Graph(3 nodes, not built)"
    made.build((4,), rng=Rng(0), dtype="float32")
    assert repr(made) == "Graph(3 nodes, 4 -> 3, 15 parameters)"  # 4 x 3 weights, 3 biases
    assert repr(Graph()) == "Graph(0 nodes, not built)"


def test_in_a_notebook() -> None:
    made = graph()
    assert "Dense(units=3)" in made._repr_html_() and "parameters</th>" not in made._repr_html_()
    shown = made.build((4,), rng=Rng(0), dtype="float32")._repr_html_()
    assert "&lt;b&gt;sum&lt;/b&gt;" in shown and "<b>sum" not in shown
    assert ">15</td>" in shown and ">12</td>" in shown  # parameters, and multiply-adds: 4 x 3
    assert ">a, b</td>" in shown
