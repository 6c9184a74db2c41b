"""What stands for a component in another engine: tables keyed by the exact class."""

import importlib
from collections.abc import Callable
from pkgutil import iter_modules
from typing import Generic, TypeVar

from nnlab.core.errors import UsageError
from nnlab.core.registry import Loading, entry_points

T = TypeVar("T")


class Translations(Generic[T]):
    """One kind of component as another engine has it.

        @TORCH_LAYERS.register(Dense)
        def dense(layer, own, x, *, ctx): ...

        TORCH_LAYERS.of(Dense)

    A subclass is not what it derives from: it may compute something else, so it has a translation of its own or none.

    Options:  kind: what is translated ("layer").  engine: into what ("torch").
              group: of the entry points through which other packages offer theirs ("nnlab.<engine>"): each names a
              module, which is imported on demand and registers what it has.
              package: whose modules register what nnlab itself has, where nobody else imports them.
    """

    def __init__(self, kind: str, engine: str, group: str = "", package: str = ""):
        self.kind, self.engine, self.group, self.package = kind, engine, group or f"nnlab.{engine}", package
        self._table: dict[type, T] = {}
        self._load = Loading(self._import_all)

    def register(self, cls: type) -> Callable[[T], T]:
        """Decorator: what it is put on stands for `cls`. Raises UsageError: if something else does already."""

        def offered(translation: T) -> T:
            if cls in self._table:
                raise UsageError(f"{self.kind} {cls.__name__} has two translations to {self.engine}")
            self._table[cls] = translation
            return translation

        return offered

    def of(self, cls: type) -> T:
        """What stands for this very class. Raises UsageError: if nothing does."""
        if cls not in self:
            raise UsageError(
                f"{self.kind} {cls.__name__} has no translation to {self.engine}",
                hint=f"register one ({cls.__module__}), or use --backend=numpy",
            )
        return self._table[cls]

    def __contains__(self, cls: type) -> bool:
        if cls not in self._table:
            self._load()
        return cls in self._table

    def _import_all(self) -> None:
        if self.package:
            for module in iter_modules(importlib.import_module(self.package).__path__):
                importlib.import_module(f"{self.package}.{module.name}")
        for point in entry_points(group=self.group):
            importlib.import_module(point.module)
