"""One line on a terminal that says how far something is."""

import sys


class CountedLine:
    """What is done of what there is to do, written over itself.  Options:  doing: what: `drawing shapes`."""

    def __init__(self, doing: str):
        self.doing = doing

    def __call__(self, done: int, count: int) -> None:
        """Says it anew; the last ends the line."""
        end = "\n" if done == count else ""
        print(f"\r{self.doing}: {done:,} of {count:,}", end=end, file=sys.stderr, flush=True)
