"""The `nnlab` command, also as `python -m nnlab`."""

import sys


def run() -> int:
    """The exit code of the command line. Ctrl-C counts from the first import on, so they are made here."""
    try:
        from nnlab.cli.main import main

        return main()
    except KeyboardInterrupt:
        print("nnlab: error: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(run())
