"""`python -m nnlab` is the `nnlab` command."""

import sys

from nnlab.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
