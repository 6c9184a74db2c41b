"""A component is a keyword-only dataclass whose fields are its options.

The command line's flags, the saved configuration and the repr all come from these fields:

    @OPTIMIZERS.register
    @dataclass(kw_only=True, eq=False)
    class Momentum(Optimizer):
        decay: float = option(0.9, "share of the velocity that is kept each step", low=0, below=1)
"""

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.core.converters import convert, mapping, pair
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.folders import at_home
from nnlab.core.registry import advice, did_you_mean, nearest, normalised

MOST = 2**31 - 1
"""The greatest of a whole number that counts something (that has a least one) where nothing else is said."""

ALSO_CALLED: dict[str, str] = {
    "cuda": "gpu cuda:0 nvidia",
    "float32": "fp32 f32 single float",
    "float64": "fp64 f64 double",
    "mean-std": "standard standardize standardise zscore z-score standardscaler",
    "range": "minmax min-max none 0-1",
    "area": "box inter_area average",
    "bilinear": "linear triangle inter_linear",
    "cubic": "catrom inter_cubic",
    "letterbox": "pad contain fit",
    "crop": "cover center center_crop fill",
    "stretch": "squash resize none",
    "off": "no none false never",
}
"""What values of options are called elsewhere: told to who types it, of an option that has the value."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a component: what a flag, a config key and a field have in common.

    Options:  low, high: least and greatest value allowed.  above, below: the same, the bound itself not allowed.
              choices: the values allowed; None for any.
              required: whether it has to be given; its default is then None.
              metavar: how a value is written, for help texts ("NAME,UNITS"); None says its type.
              path: whether it may be a path, in which `~` is the home folder.
              pair: whether it is a width and a height, which may also be written 32x32, or 32 for both.
              keys: of a mapping, in the order of bare numbers: 0.7,0.15,0.15.
              ordered: whether it is a range, LOW,HIGH; one number stands for both.
              neutral: the value, of each of its parts, with which a step of the augmentation leaves images as they
                  are: a strength below 1 moves the option towards it. None: a strength does not change it.
    """

    name: str
    type: Any
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[Any, ...] | None = None
    required: bool = False
    metavar: str | None = None
    path: bool = False
    pair: bool = False
    keys: tuple[str, ...] = ()
    ordered: bool = False
    neutral: float | None = None

    @property
    def shown_default(self) -> str:
        """The default as a user would type it; "required" where there is none."""
        if self.required:
            return "required"
        if isinstance(self.default, bool):
            return "on" if self.default else "off"
        if isinstance(self.default, tuple):
            return ",".join(map(str, self.default)) or "none"
        return json.dumps(self.default) if isinstance(self.default, dict) else str(self.default)

    def converted(self, raw: Any) -> Any:
        """A value of the option's type, of what a flag, a file or a variable says.

        Raises:  ValueError: in words for a user.  UsageError: `~` where no home folder is known.
        """
        if self.pair:
            raw = pair(raw)
        if self.keys:
            raw = mapping(raw, self.keys)
        if self.ordered and (isinstance(raw, (int, float)) or (isinstance(raw, str) and "," not in raw)):
            raw = (raw, raw)
        value = convert(raw, self.type)
        return at_home(value) if self.path and value is not None else value

    def fault(self, value: Any) -> str | None:
        """Why `value` is not allowed, or None when it is."""
        for item in value if isinstance(value, tuple) else (value,):
            if self.choices is not None and item not in self.choices:
                choices = [str(choice) for choice in self.choices]
                meant = [choice for choice in choices if str(item).lower() in ALSO_CALLED.get(choice, "").split()]
                return f"{item!r} is not one of its values; {advice(str(item), choices, meant)}"
            if isinstance(item, bool) or not isinstance(item, (int, float)):
                continue
            if isinstance(item, float) and not math.isfinite(item):  # a whole number may be too large to ask
                return f"must be a finite number, got {item}"
            if self.low is not None and item < self.low:
                return f"must be at least {self.low:g}, got {item}"
            if self.low is not None and self.high is None and isinstance(item, int) and item > MOST:
                return f"must be at most {MOST:,}, got {item}"
            if self.high is not None and item > self.high:
                return f"must be at most {self.high:g}, got {item}"
            if self.above is not None and item <= self.above:
                return f"must be above {self.above:g}, got {item}"
            if self.below is not None and item >= self.below:
                return f"must be below {self.below:g}, got {item}"
        if self.ordered and value[0] > value[1]:
            return f"must be LOW,HIGH, the lower first, got {value[0]},{value[1]}"
        return None


def option(default: Any, help: str, **limits: Any) -> Any:
    """A dataclass field that is a component's option; `limits` are Option's (low, high, above, below, choices)."""
    metadata = {"help": help, **limits}
    if isinstance(default, dict):  # mutable: every instance gets its own
        return dataclasses.field(default_factory=lambda: dict(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def required(help: str, **limits: Any) -> Any:
    """An option without a default: whoever makes the component has to give it (`units`)."""
    return dataclasses.field(metadata={"help": help, "required": True, **limits})


def options_of(cls: type) -> tuple[Option, ...]:
    """The options of a component class, in the order of its fields."""
    return _options_of(cls)


@functools.cache  # a class's fields stay as they are, and reading their types takes a while
def _options_of(cls: type) -> tuple[Option, ...]:
    if not dataclasses.is_dataclass(cls):
        return ()
    hints = typing.get_type_hints(cls)
    return tuple(
        Option(
            name=field.name,
            type=hints[field.name],
            default=_default_of(field),
            **{**_words_of(hints[field.name]), **field.metadata},
        )
        for field in dataclasses.fields(cls)
        if field.init and "help" in field.metadata
    )


def changed(component: object) -> dict[str, Any]:
    """The options of a component that differ from their defaults, by name."""
    found = {
        offered.name: (getattr(component, offered.name), offered.default) for offered in options_of(type(component))
    }
    return {name: value for name, (value, default) in found.items() if value != default}


def _words_of(kind: Any) -> dict[str, Any]:
    """The words that a Literal allows, or one that may be None, are the option's choices."""
    if typing.get_origin(kind) is typing.Union:  # Python's own `|` of other types is types.UnionType
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    return {"choices": typing.get_args(kind)} if typing.get_origin(kind) is typing.Literal else {}


def _default_of(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


@dataclass(kw_only=True, eq=False)
class Component:
    """What every pluggable part is: named by its class, configured by its fields, checked when it is made.

    Options:  also_called: what it, or what one looks for and finds in it, is called elsewhere: told to who writes it.
    """

    also_called: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for offered in options_of(type(self)):
            value = getattr(self, offered.name)
            fault = offered.fault(value) if value is not None else None
            if fault:
                raise UsageError(fault, where=f"{type(self).__name__}.{offered.name}")

    def options(self) -> dict[str, Any]:
        """Every option and its value, as the saved configuration writes them."""
        return {offered.name: getattr(self, offered.name) for offered in options_of(type(self))}


def make(cls: type, options: Mapping[str, Any]) -> Any:
    """A component from options that may still be text (from a flag, a file or an environment variable).

    Raises:  Mistakes: every unknown option and every value of the wrong type or outside its limits, at once.
    """
    known = {normalised(offered.name): offered for offered in options_of(cls)}
    mistakes: list[NnlabError] = []
    values: dict[str, Any] = {}
    for name, raw in options.items():
        offered = known.get(normalised(name))
        if offered is None:
            near = nearest(name, [other.name for other in known.values()])
            hint = did_you_mean(near) if near else f"it has {', '.join(o.name for o in known.values()) or 'none'}"
            mistakes.append(UsageError(f"{cls.__name__} has no such option", where=name, hint=hint))
            continue
        try:
            values[offered.name] = offered.converted(raw)
        except UsageError as error:
            mistakes.append(error)
            continue
        except ValueError as error:
            mistakes.append(UsageError(str(error), where=f"{cls.__name__}.{offered.name}"))
            continue
        fault = offered.fault(values[offered.name]) if values[offered.name] is not None else None
        if fault:
            mistakes.append(UsageError(fault, where=f"{cls.__name__}.{offered.name}"))
    for offered in known.values():
        if offered.required and not any(normalised(name) == normalised(offered.name) for name in options):
            mistakes.append(UsageError("has to be given", where=f"{cls.__name__}.{offered.name}"))
    if mistakes:
        raise as_one(mistakes)
    return cls(**values)


def type_name(kind: Any) -> str:
    """A type as help texts show it: `float`, `int,...`, `text`."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return type_name(next(part for part in typing.get_args(kind) if part is not type(None)))
    if typing.get_origin(kind) is tuple:
        return ",".join("..." if part is Ellipsis else type_name(part) for part in typing.get_args(kind))
    if typing.get_origin(kind) is dict:
        return "json"
    return "text" if kind is str else str(getattr(kind, "__name__", kind))
