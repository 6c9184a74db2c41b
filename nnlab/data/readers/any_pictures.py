"""Any pictures: what is true of each is the picture itself."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nnlab.core.errors import DataError
from nnlab.core.pictures import Itself
from nnlab.core.printing import printable
from nnlab.core.truth import Truth
from nnlab.data.layout import holds_classes
from nnlab.data.readers.base import READERS, Reader, recognised
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.source import Sample, Source

if TYPE_CHECKING:
    from nnlab.data.options import DataOptions

NAME = "pixels"
"""What truths speak of."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class AnyPictures(Reader):
    """The pictures of any set: of class folders, of arrays, of a set with tables or masks, or of a plain folder.

    Where another reader knows the set, they are its pictures in its order, dealt to partitions as they are for it; what
    it says of them is not asked. Of a plain folder they are all pictures in it and in the folders in it, of which
    `train/`, `val/` and `test/` are partitions.
    """

    about: ClassVar[str] = "pictures"
    truth: ClassVar[type[Truth] | None] = Itself

    def __post_init__(self) -> None:
        super().__post_init__()
        self._going_by: DataOptions | None = None

    def going_by(self, options: "DataOptions") -> "AnyPictures":
        """With what the options say of finding samples, for the reader that knows the set."""
        found = AnyPictures()
        found._going_by = options
        return found

    def find(self, folder: Path) -> Source:
        """Raises DataError: when there are no pictures, or the set is not laid out as its own reader wants it."""
        own = recognised(folder)
        if own is None:
            files = PictureFiles.of(folder)
            if not (folder.is_dir() and holds_classes(folder)) or _is_plain(files):
                return _plain(folder, files)
            own = ClassFolders()
        own = own.of_pictures()
        found = (own if self._going_by is None else own.going_by(self._going_by)).find(folder)
        strata = {sample.truth.stratum for sample in found.samples}
        known = {at: Itself(found.names[at] if found.labelled and isinstance(at, int) else at) for at in strata}
        samples = tuple(replace(sample, truth=known[sample.truth.stratum]) for sample in found.samples)
        return replace(found, names=(NAME,), samples=samples)


def _is_plain(files: PictureFiles) -> bool:
    """Whether pictures lie in no class's folder: some in the folder itself, or in those of partitions."""
    depths = {name.count("/") for name in files.pictures}
    return 0 in depths or (1 in depths and bool(files.partitions(files.pictures)))


def _plain(folder: Path, files: PictureFiles) -> Source:
    """Every picture, of no class."""
    partitions = files.partitions(files.pictures)
    if not files.pictures:
        hint = "name a folder of pictures, of class folders, of arrays (.npz, idx, CIFAR), or of tar shards"
        raise DataError("has no pictures (PNG, JPEG, WebP, TIFF, ...)", where=printable(folder), hint=hint)
    truth, samples = Itself(), list[Sample]()
    order = partitions.items() if partitions else [(None, "")]
    for partition, top in order:
        for name, path in files.pictures.items():
            if name.startswith(f"{top}/" if top else ""):
                samples.append(Sample(len(samples), path, printable(name), truth, partition))
    return Source(folder, (NAME,), tuple(samples), {name: printable(top) for name, top in partitions.items()})
