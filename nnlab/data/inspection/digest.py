"""One digest of a dataset: of what its pictures are called, hold, are said to show, and are used for."""

import hashlib

from nnlab.data.inspection.inspected import Inspected


def dataset_digest(data: Inspected) -> str:
    """SHA-256 over a line for each sample, by path: path, SHA-256 of its content, its truth, its partition.

    It changes with any picture, name, label or split, and with nothing else: not with dates, places, or the order in
    which a folder lists its files.
    """
    whole = hashlib.sha256()
    for place in sorted(range(len(data)), key=data.source_of):
        words = (
            data.source_of(place),
            data.looks[place].digest.hex(),
            data.truth_of(place),
            data.partition_of[place] or "",
        )
        whole.update(("\0".join(words) + "\n").encode())
    return whole.hexdigest()
