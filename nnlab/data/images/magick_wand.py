"""ImageMagick's C interface: its functions, and one MagickWand."""

import atexit
import ctypes
import functools
import os
from typing import Any

from nnlab.core.errors import MissingError
from nnlab.data.images.base import Colour
from nnlab.data.images.magick_limits import Complaint, failure

INSTALL = (
    "apt-get install libmagickwand-6.q16-6 (Debian, Ubuntu), dnf install ImageMagick-libs, or brew install imagemagick"
)


class _Note(ctypes.Structure):
    """The start of ImageMagick's ExceptionInfo."""

    _fields_ = (
        ("severity", ctypes.c_int),
        ("error_number", ctypes.c_int),
        ("reason", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
    )


def _plain(said: str) -> str:
    """What it says without the place in ImageMagick's own source."""
    return said.split(" `")[0].split(" @ ")[0].strip()


class _Magick:
    """The library's functions, and the values of its enumerations in the version that is installed."""

    def __init__(self) -> None:
        os.environ.setdefault("MAGICK_THREAD_LIMIT", "1")  # one thread an image: the pool runs several images
        try:
            import wand.image
            import wand.resource
            import wand.version
            from wand.api import libmagick
            from wand.api import library as functions
        except (ImportError, OSError) as error:
            raise MissingError("ImageMagick's library is not installed", hint=f"install it: {INSTALL}") from error
        wand.resource.genesis()
        atexit.register(self.close)  # after wand's own, so run before it
        self.call, self.core = functions, libmagick
        functions.GetImageFromMagickWand.argtypes, functions.GetImageFromMagickWand.restype = (
            [ctypes.c_void_p],
            ctypes.c_void_p,
        )
        if hasattr(libmagick, "GetImageException"):
            libmagick.AcquireExceptionInfo.restype = ctypes.POINTER(_Note)
            libmagick.GetImageException.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Note)]
            libmagick.DestroyExceptionInfo.argtypes = [ctypes.POINTER(_Note)]
            libmagick.DestroyExceptionInfo.restype = ctypes.c_void_p
        self.version = str(wand.version.MAGICK_VERSION)
        self.char = wand.image.STORAGE_TYPES.index("char")
        self.lanczos = wand.image.FILTER_TYPES.index("lanczos")
        self.catrom = wand.image.FILTER_TYPES.index("catrom")
        self.flatten = wand.image.IMAGE_LAYER_METHOD.index("flatten")
        self.srgb = wand.image.COLORSPACE_TYPES.index("srgb")
        self.closed = False

    def image_complaint(self, handle: int) -> Complaint:
        """What ImageMagick 6 notes on the image instead of saying it (a JPEG that ends too early)."""
        if not hasattr(self.core, "GetImageException"):
            return Complaint()
        image = self.call.GetImageFromMagickWand(handle)
        if not image:
            return Complaint()
        note = self.core.AcquireExceptionInfo()
        self.core.GetImageException(image, note)
        said = Complaint(note.contents.severity, _plain((note.contents.reason or b"").decode("utf-8", "replace")))
        self.core.DestroyExceptionInfo(note)
        return said if said.is_serious else Complaint()

    def close(self) -> None:
        """The library is about to be taken down: what is still held then must not be freed after it."""
        self.closed = True


@functools.cache
def library() -> _Magick:
    """The library, started once. Raises MissingError: when it is not installed."""
    return _Magick()


class Wand:
    """One MagickWand, freed with this object."""

    __slots__ = ("handle",)

    def __init__(self, handle: int | None = None):
        self.handle = handle or library().call.NewMagickWand()

    def __del__(self) -> None:
        if not library().closed:
            library().call.DestroyMagickWand(self.handle)

    def do(self, function: str, *args: Any) -> None:
        """Calls a MagickWand function that answers whether it succeeded.

        Raises:  DataError: with its reason.  ResourceError: when memory or room in its cache is wanting.
        """
        if not getattr(library().call, function)(self.handle, *args):
            raise failure(self.complaint(), function)

    def complaint(self) -> Complaint:
        """What the library last complained of, lost pixels included."""
        magick = library().call
        severity = ctypes.c_int()
        text = magick.MagickGetException(self.handle, ctypes.byref(severity))
        said = ctypes.string_at(text).decode("utf-8", "replace") if text else ""
        magick.MagickRelinquishMemory(text)
        found = Complaint(severity.value, _plain(said))
        return found if found.is_serious else library().image_complaint(self.handle)

    def derived(self, function: str, *args: Any) -> "Wand":
        """The wand that a MagickWand function makes of this one. Raises as `do`: when there is no image in it."""
        made = getattr(library().call, function)(self.handle, *args)
        if not made:
            raise failure(self.complaint(), function)
        wand = Wand(made)
        if not library().call.MagickGetNumberImages(wand.handle):
            raise failure(wand.complaint(), function)
        return wand

    def set_background(self, colour: Colour) -> None:
        """The colour that canvases grow with."""
        magick = library().call
        red, green, blue, *alpha = colour * 3 if len(colour) == 1 else colour
        pixel = magick.NewPixelWand()
        name = f"rgba({red},{green},{blue},{(alpha[0] if alpha else 255) / 255})"
        magick.PixelSetColor(pixel, name.encode())
        self.do("MagickSetImageBackgroundColor", pixel)
        magick.DestroyPixelWand(pixel)
