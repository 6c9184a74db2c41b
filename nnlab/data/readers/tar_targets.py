"""Numbers in tar shards: `0001.jpg` and `0001.json` beside each other."""

from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Truth, Values
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.beside import Said
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.shard_keys import VALUES
from nnlab.data.readers.shared.shard_members import InShards, ShardMembers
from nnlab.data.readers.shared.strict_json import json_number


@READERS.register
@dataclass(kw_only=True, eq=False)
class TarTargets(InShards):
    """Numbers of `KEY.jpg` in `KEY.json` of the same tar shard: `{"targets": {"angle": -3.5}}`. Every picture has the
    same names.
    """

    about: ClassVar[str] = "numbers in tar shards"
    truth: ClassVar[type[Truth] | None] = Values
    lacks: ClassVar[str] = "has no targets in KEY.json"
    kind: ClassVar[str] = "values"

    def said(self, files: PictureFiles) -> Said:
        """The numbers of each picture, and all that is wrong."""
        assert isinstance(files, ShardMembers)
        said, names, rows = Said(), tuple[str, ...](), dict[str, tuple[float, ...]]()
        for picture, path, each in files.said(VALUES):
            said.named.add(picture)
            try:
                if isinstance(each, Exception):
                    raise ValueError(str(each))
                names = names or _named(each)
                rows[picture] = _numbers(names, each)
            except ValueError as fault:
                said.faults.append(DataError(str(fault), where=printable(path)))
        said.names = tuple(map(printable, names))
        said.truths |= {picture: Values(row) for picture, row in rows.items()}
        for name, column in zip(said.names, zip(*rows.values(), strict=True), strict=False):
            if len(column) > 1 and len(set(column)) == 1 and not said.faults:
                what = f"{name} is {column[0]:g} in every picture: there is nothing to learn"
                said.faults.append(DataError(what, where=printable(files.folder)))
        return said


def _named(given: Any) -> tuple[str, ...]:
    if not isinstance(given, dict) or not given:
        raise ValueError("targets have to be numbers by their names")
    return tuple(given)


def _numbers(names: tuple[str, ...], given: Any) -> tuple[float, ...]:
    """A picture's, in the order of the names.  Raises ValueError: it has others, or one is no number."""
    if set(_named(given)) != set(names):
        others = ", ".join(sorted(set(given) ^ set(names)))
        raise ValueError(f"has other targets than the first picture: {printable(others)}")
    found = [json_number(given[name]) for name in names]
    if None in found:
        name = names[found.index(None)]
        raise ValueError(f"{printable(name)} is {printable(repr(given[name])[:40])}, which is no finite number")
    return tuple(number for number in found if number is not None)
