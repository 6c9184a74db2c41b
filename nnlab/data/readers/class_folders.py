"""Class folders: the folder that an image lies in is its class."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.registry import nearest
from nnlab.core.truth import Label, Truth
from nnlab.data.layout import Entry, entries, has_images, is_folder, partition_folders
from nnlab.data.left_out import NAMED, left_out_line, strangers
from nnlab.data.names import has_pictures, is_video
from nnlab.data.readers.base import READERS, Reader, recognised
from nnlab.data.source import Sample, Source
from nnlab.data.videos.container import BadVideo
from nnlab.data.videos.moments import EVERY, moments
from nnlab.data.walk import files_within

if TYPE_CHECKING:
    from nnlab.data.options import DataOptions


@dataclass(frozen=True)
class _Deep:
    """A file in a folder within a class's.  Options:  inner: its path within the class's folder."""

    path: str
    name: str
    inner: str


File = Entry | _Deep
"""A file of a class."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class ClassFolders(Reader):
    """A folder of images for each class: `<class>/<image>`, or `train/<class>/<image>` and so on.

    Of a video, frames at even distances are the images; they are one group, which no split parts.
    """

    about: ClassVar[str] = "class folders"
    truth: ClassVar[type[Truth] | None] = Label

    nested: bool = option(False, "whether images may lie in folders within those of their classes")
    video_slices_sec: float = option(EVERY, "seconds between the frames that are taken from a video", above=0)

    def going_by(self, options: "DataOptions") -> "ClassFolders":
        """Folders in those of the classes are groups, where there are groups."""
        return replace(self, nested=options.group_by is not None, video_slices_sec=options.video_slices_sec)

    def find(self, folder: Path) -> Source:
        """The classes and their files.

        Hidden entries, and files whose names are not those of images or videos, are passed over. Links are followed.

        Raises:  DataError: when there are no classes, or a class has no images to learn from.
                 MissingError: for a video, where nothing reads it.
        """
        partitions = partition_folders(folder, nested=self.nested)
        if partitions:
            return self._partitioned(folder, partitions)
        others: list[File] = []
        classes = list(_classes(folder, others, nested=self.nested))
        samples = list(self._samples(classes, [name for name, _ in classes]))
        names = tuple(name for name, _ in classes)
        return Source(folder, names, tuple(samples), left_out=_left_out(folder, others))

    def _partitioned(self, folder: Path, partitions: dict[str, Path]) -> Source:
        """A dataset whose partitions are folders; its classes are those that there are to learn from."""
        classes: list[str] = []
        samples: list[Sample] = []
        others: list[File] = []
        for partition, path in partitions.items():
            found = list(_classes(path, others, may_lack=partition != "training", nested=self.nested))
            classes = classes or [name for name, _ in found]
            _refuse_unknown_classes([name for name, _ in found], classes, path, partitions["training"])
            within = f"{printable(path.name)}/"
            samples += self._samples(found, classes, within=within, partition=partition, first=len(samples))
        names = {partition: printable(path.name) for partition, path in partitions.items()}
        return Source(folder, tuple(classes), tuple(samples), names, _left_out(folder, others))

    def _moments(self, path: Path) -> tuple[float, ...]:
        """When the frames of a video are shown; of one that cannot be read a first one, which says why when it is."""
        try:
            return moments(path, self.video_slices_sec)
        except BadVideo:
            return (0.0,)

    def _samples(
        self,
        found: Sequence[tuple[str, list[File]]],
        classes: Sequence[str],
        *,
        within: str = "",
        partition: str | None = None,
        first: int = 0,
    ) -> Iterator[Sample]:
        """Options:  within: how paths within the dataset begin.  first: the number of the first."""
        number = count(first)
        for name, images in found:
            label = Label(classes.index(name))
            for image in images:
                path, source = Path(image.path), f"{within}{name}/{printable(_inner(image))}"
                if not is_video(image.name):
                    yield Sample(next(number), path, source, label, partition)
                    continue
                for place, moment in enumerate(self._moments(path)):
                    frame = f"{source}#{place}"
                    yield Sample(next(number), path, frame, label, partition, group=source, moment=moment)


def _left_out(folder: Path, others: Sequence[File]) -> tuple[str, ...]:
    """Files that nobody reads, by their paths within the dataset."""
    names = set(strangers(entry.name for entry in others))
    return tuple(printable(Path(entry.path).relative_to(folder)) for entry in others if entry.name in names)


def _inner(file: File) -> str:
    """The path within the folder of the class."""
    return file.inner if isinstance(file, _Deep) else file.name


def _deep(folder: Path) -> list[_Deep]:
    """All files in a class's folder and the folders in it."""
    return [_Deep(str(path), path.name, path.relative_to(folder).as_posix()) for path in files_within(folder)]


def _classes(
    folder: Path, others: list[File], *, may_lack: bool = False, nested: bool = False
) -> Iterator[tuple[str, list[File]]]:
    """Every class folder's name and images.

    Options:  others: files that are left out are added: images beside the classes, and what is no image in one.
              may_lack: leave out classes without images (of a partition that is not learnt from).
              nested: whether images in folders within a class's are of the class.
    """
    empty = True
    for entry in entries(folder):
        if not is_folder(entry):
            others += [entry] if has_pictures(entry.name) else []
            continue
        empty, children = False, entries(Path(entry.path))
        files: list[File] = [child for child in children if not is_folder(child) or has_pictures(child.name)]
        if nested:
            files = list(_deep(Path(entry.path)))
        images = [file for file in files if has_pictures(file.name)]
        others += [file for file in files if not has_pictures(file.name)]
        if may_lack and not images and not _deeper(children):
            continue
        if not (nested and images):
            _refuse_folders_within(Path(entry.path), children, bool(images))
        yield printable(entry.name), images
    if empty:
        reason = "has images but no class folders" if has_images(folder) else _why_none(entries(folder))
        parent = folder.absolute().parent
        one_of_several = has_images(folder) and len(list(filter(_is_class, entries(parent)))) > 1
        hint = f"if it is a class of {parent.name}, type: nnlab train {shlex.quote(printable(parent))}"
        other = "put each class's images in a folder of its name"
        if reader := recognised(folder):
            other = f"it has {reader.about}: choose a task that learns those"
        raise DataError(reason, where=printable(folder), hint=hint if one_of_several else other)


def _why_none(there: Sequence[Entry]) -> str:
    """What a folder is, of which nothing is a class and nothing an image."""
    files = list(strangers(entry.name for entry in there))
    if not files:
        return "is empty: it has no class folders"
    named = ", ".join(map(printable, files[:NAMED])) + (", ..." if len(files) > NAMED else "")
    return f"has no class folders, and of its files ({named}) none is a picture that nnlab reads"


def _is_class(entry: Entry) -> bool:
    return is_folder(entry) and has_images(Path(entry.path))


def _refuse_unknown_classes(names: Sequence[str], classes: Sequence[str], path: Path, training: Path) -> None:
    """Raises DataError: for classes that there is nothing to learn of, all in one line."""
    unknown = [name for name in names if name not in classes]
    if not unknown:
        return
    near = nearest(unknown[0], list(classes))
    also = f" (nor of {', '.join(unknown[1:5])}{', ...' if len(unknown) > 5 else ''})" if unknown[1:] else ""
    hint = f"is it {near[0]}? rename the folder, " if near else "add some, "
    raise DataError(
        f"{printable(training.name)}/ has no images of this class{also}",
        where=printable(path / unknown[0]),
        hint=f"{hint}or hide it by a name that starts with a dot",
    )


def _refuse_folders_within(folder: Path, children: Sequence[Entry], has_images: bool) -> None:
    """A class is one folder deep: images that lie deeper are named, never left out in silence.

    Raises:  DataError: when a class has no images, or has images in folders within it.
    """
    deeper = _deeper(children)
    if deeper and has_images:
        raise DataError(
            "images lie in a folder within a class's folder",
            where=printable(Path(deeper[0].path)),
            hint="move them up into the class's folder, hide the folder by a name that starts with a dot, or, if each "
            "of its folders is a group that belongs together, add --group-by=folder",
        )
    if deeper:
        raise DataError(
            f"its images lie in folders within it ({', '.join(printable(e.name) for e in deeper[:4])})",
            where=printable(folder),
            hint="if each of them is a group that belongs together, add --group-by=folder; "
            f"if it is itself a dataset, type: nnlab train {shlex.quote(printable(folder))}",
        )
    if not has_images:
        others = left_out_line([printable(child.name) for child in children if not is_folder(child)])
        raise DataError(
            f"class folder with no images (PNG, JPEG, WebP, TIFF, ..., or videos){f'; {others}' if others else ''}",
            where=printable(folder),
            hint="add images or remove the folder",
        )


def _deeper(children: Sequence[Entry]) -> list[Entry]:
    """The folders among what a class's folder holds that have images."""
    within = [entry for entry in children if not has_pictures(entry.name) and is_folder(entry)]
    return [entry for entry in within if any(has_pictures(child.name) for child in entries(Path(entry.path)))]
