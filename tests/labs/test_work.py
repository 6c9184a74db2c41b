"""The process of a cell: what is wrong with it is told, whatever it is."""

import json
import subprocess

from nnlab.labs.worker import COMMAND


def test_a_process_that_cannot_begin_says_why() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(json.dumps({"cell": {"name": "a", "kind": "Train", "job": {}}}).encode() + b"\n")
        process.stdin.flush()  # and left open, as by a lab that waits
        said = process.stderr.read().decode()
        assert process.wait() == 1, said
    assert said.strip().endswith("KeyError: 'folder'")
