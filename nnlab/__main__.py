"""The `nnlab` command, also as `python -m nnlab`."""

import gc
import os
import sys

IDLE_SPIN = "8"
"""For how long OpenBLAS's threads spin after a product, as a power of two of clock ticks, before they sleep. By default
(26) they burn tens of milliseconds after every product of a training step, as much processor time as the step's own."""

NEW_OBJECTS = 100_000
"""After how many more objects Python looks for circles among them; by default 700. Imports make tens of thousands, and
all stay: to look through them took a sixteenth of what `nnlab infer` took. It is not set back for long trainings, whose
epochs leave no circles (tests/experiment/test_circles.py)."""


def run() -> int:
    """The exit code of the command line. Ctrl-C counts from the first import on, so they are made here."""
    gc.set_threshold(NEW_OBJECTS)
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", IDLE_SPIN)  # read once, when NumPy is imported
    try:
        from nnlab.cli.main import main

        return main()
    except KeyboardInterrupt:
        print("nnlab: error: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
