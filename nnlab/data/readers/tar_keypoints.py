"""Points in tar shards: `0001.jpg` and `0001.json` beside each other."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Points, Truth
from nnlab.data.readers.base import READERS
from nnlab.data.readers.keypoints_csv import never_seen, outside
from nnlab.data.readers.shared.beside import Said
from nnlab.data.readers.shared.partners import partners_of
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.shard_keys import POINTS
from nnlab.data.readers.shared.shard_members import InShards, ShardMembers
from nnlab.data.readers.shared.sizes import size_of
from nnlab.data.readers.shared.strict_json import json_number


@READERS.register
@dataclass(kw_only=True, eq=False)
class TarKeypoints(InShards):
    """Points of `KEY.jpg` in `KEY.json` of the same tar shard: `{"points": {"nose": [x, y], "tail": null}}`.

    x and y are in pixels, (0, 0) the upper left corner of the picture. A point that is hidden is null, is left out, or
    has a third number of 0. Points are those that any picture names, in the order in which they come.
    """

    about: ClassVar[str] = "points in tar shards"
    truth: ClassVar[type[Truth] | None] = Points
    lacks: ClassVar[str] = "has no points in KEY.json"
    kind: ClassVar[str] = "points"

    swap: tuple[str, ...] = option((), "points that change places where a picture is mirrored, as LEFT:RIGHT")

    def said(self, files: PictureFiles) -> Said:
        """The points of each picture, and all that is wrong."""
        assert isinstance(files, ShardMembers)
        said, given = Said(), dict[str, tuple[str, dict[str, Any]]]()
        for picture, path, each in files.said(POINTS):
            said.named.add(picture)
            if isinstance(each, Exception) or not isinstance(each, dict):
                what = str(each) if isinstance(each, Exception) else "has to hold points by their names"
                said.faults.append(DataError(what, where=printable(path)))
            else:
                given[picture] = printable(path), each
        names = tuple(dict.fromkeys(name for _, each in given.values() for name in each))
        said.names = tuple(map(printable, names))
        partners = partners_of(self.swap, said.names) if names else None
        for picture, (where, each) in given.items():
            try:
                points = _points(names, each)
            except ValueError as fault:
                said.faults.append(DataError(str(fault), where=where))
                continue
            beyond = outside(points, said.names, size_of(files.all[picture]))
            said.faults += (DataError(what, where=where) for what in beyond)
            said.truths[picture] = points if partners is None else replace(points, partners=partners)
        if not said.faults:
            where = printable(files.folder)
            said.faults += (DataError(what, where=where) for what in never_seen(said.names, said.truths.values()))
        return said


def _points(names: tuple[str, ...], given: dict[str, Any]) -> Points:
    """Those of a picture.  Raises ValueError: one has no place."""
    places, seen = np.zeros((len(names), 2)), np.zeros(len(names), bool)
    for at, name in enumerate(names):
        said = given.get(name)
        if said is None:
            continue
        numbers = [json_number(value) for value in said] if isinstance(said, list) else []
        if len(numbers) not in (2, 3) or None in numbers or (len(numbers) == 3 and numbers[2] not in (0, 1, 2)):
            raise ValueError(f"{printable(name)} has to be x, y, and perhaps 0, 1 or 2 for whether it can be seen")
        if len(numbers) == 2 or numbers[2]:
            places[at], seen[at] = numbers[:2], True
    return Points(places, seen)
