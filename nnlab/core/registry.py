"""Components by name: built-ins by decorator, other people's by entry point, both loaded on demand."""

import difflib
import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from nnlab.core.errors import UsageError
from nnlab.core.printing import printable

T = TypeVar("T")


def entry_points(group: str) -> Iterable[Any]:
    """What other packages offer. Imported when asked for: it takes a while, and what has a file here needs none."""
    from importlib import metadata

    return metadata.entry_points(group=group)


def normalised(name: str) -> str:
    """A name as it is matched: case, `-` and `_` do not count (`n-layers` is `NLayers`)."""
    return name.replace("-", "").replace("_", "").lower()


def nearest(name: str, names: list[str], count: int = 3) -> list[str]:
    """The names most like `name`, best first; matching ignores case, `-` and `_`."""
    by_key = {normalised(candidate): candidate for candidate in names}
    keys = difflib.get_close_matches(normalised(name), list(by_key), n=count, cutoff=0.6)
    return [by_key[key] for key in keys]


def did_you_mean(names: Iterable[str]) -> str:
    """The hint that offers these."""
    return f"did you mean {' or '.join(names)}?"


def advice(name: str, names: list[str], meant: Sequence[str] = ()) -> str:
    """What to say to who typed a name that there is not: what is meant or near, else all that there is."""
    near = list(meant) or nearest(name, names)
    return did_you_mean(near) if near else f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"


class Loading:
    """What imports components, called whenever they are asked for, and done once.

    Threads that come meanwhile do it too, for what is there is not yet all. (A lock could wait for ever: imports have
    locks of their own.) A module that asks while it is itself imported gets what is there.
    """

    def __init__(self, imports: Callable[[], None]):
        self.done = False
        self._imports = imports
        self._threads: set[int] = set()

    def __call__(self) -> None:
        """Imports them, if they are not yet there."""
        own = threading.get_ident()
        if self.done or own in self._threads:
            return
        self._threads.add(own)
        try:
            self._imports()
            self.done = True
        finally:
            self._threads.discard(own)


class Registry(Generic[T]):
    """The components of one kind.

    Options:  kind: what one is called in messages ("optimizer").
              package: the package whose modules register the built-ins when they are imported; also the
                  entry-point group in which other packages offer theirs ("nnlab.optimizers").
    """

    def __init__(self, kind: str, package: str):
        self.kind, self.package = kind, package
        self._classes: dict[str, type[T]] = {}
        self._load = Loading(self._import_all)

    def register(self, cls: type[T]) -> type[T]:
        """Class decorator: offers `cls` under its own name. Raises UsageError: if the name is taken."""
        key = normalised(cls.__name__)
        known = self._classes.get(key)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise UsageError(
                f"two {self.kind}s are named {cls.__name__}: {known.__module__} and {cls.__module__}",
                hint="rename one, or uninstall the package that brings it",
            )
        self._classes[key] = cls
        return cls

    def get(self, name: str) -> type[T]:
        """The class of that name. Raises UsageError: with the nearest names, if there is none."""
        found = self._named(name)
        if found is None:
            hint = advice(name, self.names(), self.meant_by(name))
            raise UsageError(f"unknown {self.kind} {printable(name)!r}", hint=hint)
        return found

    def meant_by(self, name: str) -> list[str]:
        """The components that are called so elsewhere (`SGD` is Constant or Momentum)."""
        words = {cls.__name__: getattr(cls, "also_called", ()) for cls in self}
        return [own for own, others in words.items() if normalised(name) in map(normalised, others)]

    def name_of(self, name: str) -> str:
        """A name as its class is written (`n-layers` is `NLayers`)."""
        return self.get(name).__name__

    def names(self) -> list[str]:
        """Every name, sorted."""
        return sorted(cls.__name__ for cls in self)

    def __iter__(self) -> Iterator[type[T]]:
        self._load()
        return iter(sorted(self._classes.values(), key=lambda cls: cls.__name__))

    def __contains__(self, name: str) -> bool:
        return self._named(name) is not None

    def _named(self, name: str) -> type[T] | None:
        """The class of that name, its own file alone imported where it is a built-in; None where there is none."""
        key = normalised(name)
        if key not in self._classes and not self._load.done:
            package = importlib.import_module(self.package)
            own = [module for module in pkgutil.iter_modules(package.__path__) if normalised(module.name) == key]
            for module in own:  # a file is named after its class
                importlib.import_module(f"{self.package}.{module.name}")
            if key not in self._classes:
                self._load()
        return self._classes.get(key)

    def _import_all(self) -> None:
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__, f"{self.package}."):
            importlib.import_module(module.name)
        for point in entry_points(group=self.package):
            try:
                offered = point.load()
            except Exception as error:  # importing another package may raise anything
                raise UsageError(
                    f"cannot load the {self.kind} {point.name} ({error})",
                    where=f"entry point {point.value}",
                    hint="repair or uninstall the package that offers it",
                ) from error
            self.register(offered)
