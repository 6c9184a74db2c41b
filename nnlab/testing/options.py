"""What the options of any component must do: be explained, survive saving, survive printing."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.component import Component, make, options_of


def check_options(cls: type[Component], options: Mapping[str, Any]) -> None:
    """Makes one, saves its options, makes it again from them and from its repr, and compares.

    Raises:  AssertionError: naming the option that is lost, changed or not explained.
    """
    assert (cls.__doc__ or "").strip(), f"{cls.__name__} has no docstring"
    for offered in options_of(cls):
        assert offered.help.strip(), f"{cls.__name__}.{offered.name} has no help text"
    component = make(cls, options)
    saved = component.options()
    for name, value in options.items():
        assert name in saved, f"{cls.__name__} forgets its option {name}"
        assert saved[name] == value, f"{cls.__name__}.{name} was given {value!r} and keeps {saved[name]!r}"
    again = make(cls, saved).options()
    assert again == saved, f"{cls.__name__} made from its own options {saved} has {again}"
    try:
        printed = eval(repr(component), {cls.__name__: cls})
    except Exception as error:
        raise AssertionError(f"{component!r} is not Python that makes it again ({error}); hide inner fields") from error
    assert printed.options() == saved, f"{component!r} makes another component, with {printed.options()}"
