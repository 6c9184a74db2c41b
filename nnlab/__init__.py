"""nnlab: a laboratory for neural networks on small computer-vision tasks.

    import nnlab

    run = nnlab.train("numbers", model="NLayers", epochs=20)
    run.predict("digit.png")

What it offers is imported when it is first asked for; docs/python.md shows all of it.
"""

from nnlab.core.lazily import lazily

__version__ = "0.1.0.dev0"

ROOMS = (
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "schedules",
    "sklearn",
    "tasks",
    "testing",
)
"""Packages that are got as attributes: nnlab.layers.Dense."""

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Arrays": "nnlab.data.own_arrays",
        "Graph": "nnlab.models.graph",
        "Interrupted": "nnlab.api.train",
        "NnlabError": "nnlab.core.errors",
        "NnlabWarning": "nnlab.api.spoken",
        "Rng": "nnlab.core.rng",
        "Run": "nnlab.api.run",
        "check": "nnlab.api.check",
        "compare": "nnlab.api.compare",
        "load": "nnlab.api.run",
        "settings": "nnlab.api.settings",
        "train": "nnlab.api.train",
    },
    rooms=ROOMS,
)
