"""Components and their options."""

from dataclasses import dataclass

import pytest

from nnlab.core.component import Component, Option, make, option, options_of, required, type_name
from nnlab.core.errors import Mistakes, UsageError


@dataclass(kw_only=True, eq=False)
class Oven(Component):
    """An oven."""

    degrees: float = option(180.0, "heat", low=0, below=300)
    racks: tuple[int, ...] = option((1, 2), "racks in use", low=1)
    mode: str = option("fan", "how it heats", choices=("fan", "grill"))
    timer: float | None = option(None, "minutes", above=0)
    extras: dict[str, float] = option({"steam": 0.5}, "whatever else")
    not_an_option: int = 3


def test_options_are_the_fields_that_were_declared_so() -> None:
    assert [offered.name for offered in options_of(Oven)] == ["degrees", "racks", "mode", "timer", "extras"]
    assert options_of(Oven)[0].help == "heat"
    assert [offered.shown_default for offered in options_of(Oven)] == ["180.0", "1,2", "fan", "None", '{"steam": 0.5}']


def test_every_instance_has_its_own_mutable_default() -> None:
    first, second = Oven(), Oven()
    first.extras["steam"] = 0.0
    assert second.extras == {"steam": 0.5}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"degrees": -1.0}, "Oven.degrees: must be at least 0, got -1.0"),
        ({"degrees": 300.0}, "Oven.degrees: must be below 300, got 300.0"),
        ({"degrees": float("nan")}, "Oven.degrees: must be a finite number, got nan"),
        ({"degrees": float("inf")}, "finite"),
        ({"racks": (1, 0)}, "Oven.racks: must be at least 1, got 0"),
        ({"racks": (-(10**400),)}, "Oven.racks: must be at least 1, got -1000"),  # no float is as large
        ({"mode": "gril"}, "Oven.mode: 'gril' is not one of its values; did you mean grill"),
        ({"timer": 0.0}, "Oven.timer: must be above 0, got 0.0"),
    ],
)
def test_a_value_outside_its_limits_is_refused_when_made(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Oven(**options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=words):
        make(Oven, options)


def test_make_takes_text_and_any_spelling() -> None:
    oven = make(Oven, {"DEGREES": "200", "racks": "3", "timer": "none", "extras": '{"steam": 1}'})
    assert oven.options() == {"degrees": 200.0, "racks": (3,), "mode": "fan", "timer": None, "extras": {"steam": 1}}


def test_make_reports_all_mistakes_at_once() -> None:
    with pytest.raises(Mistakes) as caught:
        make(Oven, {"degree": "1", "racks": "x", "mode": "boil"})
    lines = str(caught.value).splitlines()
    assert lines[0] == "degree: Oven has no such option; did you mean degrees?"
    assert "Oven.racks: must be a whole number, got 'x'" in lines[1]
    assert "Oven.mode" in lines[2]


def test_options_make_the_same_component_again() -> None:
    oven = Oven(degrees=20.0, racks=(4,), mode="grill")
    assert make(Oven, oven.options()).options() == oven.options()
    assert repr(oven).startswith("Oven(degrees=20.0")


@pytest.mark.parametrize(("kind", "name"), [(int, "int"), (float | None, "float"), (tuple[int, ...], "int,...")])
def test_types_are_named_for_help(kind: object, name: str) -> None:
    assert type_name(kind) == name


@dataclass(kw_only=True, eq=False)
class Shelf(Component):
    """Somewhere to put things."""

    width: int = required("how wide it is", low=1)


def test_a_required_option_is_shown_and_asked_for() -> None:
    (width,) = options_of(Shelf)
    assert (width.required, width.default, width.shown_default) == (True, None, "required")
    assert make(Shelf, {"Width": "3"}).options() == {"width": 3}
    with pytest.raises(UsageError, match=r"Shelf\.width: has to be given"):
        make(Shelf, {})
    with pytest.raises(UsageError, match=r"Shelf\.width: must be at least 1"):
        Shelf(width=0)


def test_a_count_that_nothing_could_hold_is_refused_and_a_seed_is_not():
    counts = Option(name="layers", type=tuple[int, ...], default=(), help="", low=1)
    assert counts.fault((4, 2**63 - 1)) == "must be at most 2,147,483,647, got 9223372036854775807"
    assert counts.fault((4, 2**31 - 1)) is None
    assert Option(name="seed", type=int, default=0, help="").fault(10**30) is None
    assert Option(name="most", type=int, default=0, help="", low=1, high=2**40).fault(2**35) is None
