"""The helper process: reads calls from stdin and writes what came of them to stdout, until stdin ends."""

import os
import signal
import sys

from nnlab.core.errors import NnlabError
from nnlab.onnx.apart.helper import receive, send
from nnlab.onnx.apart.tasks import TASKS
from nnlab.onnx.places import one_line


def main() -> None:
    """Answers calls."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked; it closes the pipe
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints is no answer
    while True:
        try:
            task, values = receive(calls)
        except EOFError:
            return
        try:
            send(answers, ("gave", TASKS[task](*values)))
        except NnlabError as error:
            send(answers, ("raised", error))
        except BrokenPipeError:
            return
        except Exception as error:  # of any library
            send(answers, ("raised", RuntimeError(one_line(error) or type(error).__name__)))


if __name__ == "__main__":
    main()
    sys.exit(0)
