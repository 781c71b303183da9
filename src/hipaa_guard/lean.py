"""Dataclasses and regular expressions that cost little until they are used, for modules that every scan imports.

The standard library generates and compiles six methods for each dataclass, this module only ``__init__``. A scan
creates some eighty of these classes before it reads anything, which took a fifth of its time.
"""

from __future__ import annotations

import re
from dataclasses import (  # type: ignore[attr-defined]
    _FIELD,
    MISSING,
    Field,
    FrozenInstanceError,
    field,
)
from inspect import get_annotations
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ("dataclass", "regex")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - the same for type checkers
    from re import compile as regex
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, init: bool = True
    ) -> Any:
        """As `dataclasses.dataclass`, with these of its options."""
        if cls is None:
            return lambda cls: _made(cls, frozen=frozen, slots=slots, eq=eq, init=init)
        return _made(cls, frozen=frozen, slots=slots, eq=eq, init=init)

    class regex:  # noqa: N801 - it stands for `re.compile`
        """As `re.compile`, but compiled at its first use."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._given = text, flags

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)
            return found


def _made(cls: type, *, frozen: bool, slots: bool, eq: bool, init: bool) -> type:
    fields = _fields(cls)
    cls.__dataclass_fields__ = fields  # type: ignore[attr-defined]
    matched = tuple(each.name for each in fields.values() if each.init)
    methods: dict[str, Any] = {"__repr__": _repr, "__match_args__": matched}
    if init:
        methods["__init__"] = _init(cls, fields, frozen=frozen)
    if eq:
        key = _key([each.name for each in fields.values() if each.compare])
        methods |= {"__eq__": _equals(key), "__hash__": (lambda self: hash(key(self))) if frozen else None}
    if frozen:
        methods |= {"__setattr__": _frozen, "__delattr__": _frozen}
    if frozen and slots:
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    for name, method in methods.items():
        if name not in cls.__dict__ or (name == "__hash__" and cls.__dict__[name] is None):
            setattr(cls, name, method)
    return _slotted(cls, fields) if slots else cls


def _fields(cls: type) -> dict[str, Field[Any]]:
    """The fields of its base classes, and its own."""
    found: dict[str, Field[Any]] = {}
    for base in cls.__mro__[-1:0:-1]:
        found.update(base.__dict__.get("__dataclass_fields__", {}))
    for name, type_ in get_annotations(cls).items():
        if str(type_).startswith("ClassVar"):
            continue
        default = cls.__dict__.get(name, MISSING)
        each: Field[Any] = default if isinstance(default, Field) else field(default=default)
        each.name, each.type = name, type_
        each._field_type = _FIELD  # type: ignore[attr-defined]  # noqa: SLF001 - `fields` and `replace` look for it
        if default is each and each.default is MISSING:
            delattr(cls, name)
        elif default is each:
            setattr(cls, name, each.default)
        found[name] = each
    return found


def _init(cls: type, fields: dict[str, Field[Any]], *, frozen: bool) -> Any:
    names: dict[str, Any] = {"_put": object.__setattr__, "_MISSING": MISSING}
    parameters, body = ["self"], []
    for name, each in fields.items():
        value = name
        if each.default_factory is not MISSING:
            names[f"_new_{name}"] = each.default_factory
            value = f"_new_{name}() if {name} is _MISSING else {name}" if each.init else f"_new_{name}()"
            default = "=_MISSING"
        elif each.default is not MISSING:
            names[f"_of_{name}"] = each.default
            value = name if each.init else f"_of_{name}"
            default = f"=_of_{name}"
        elif each.init:
            default = ""
        else:
            continue
        if each.init:
            parameters.append(name + default)
        body.append(f" _put(self, {name!r}, {value})" if frozen else f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or [" pass"]), names)  # noqa: S102 - as `dataclasses` does
    made = names["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return made


def _slotted(cls: type, fields: dict[str, Field[Any]]) -> type:
    """The class created anew, as slots cannot be added to an existing class."""
    inherited = {name for base in cls.__mro__[1:] for name in base.__dict__.get("__slots__", ())}
    body = dict(cls.__dict__)
    for name in (*fields, "__dict__", "__weakref__"):
        body.pop(name, None)
    body["__slots__"] = tuple(name for name in fields if name not in inherited)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _key(names: list[str]) -> Any:
    """A function that returns the compared fields of an object as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda it: (getattr(it, names[0]),)) if names else (lambda _: ())


def _equals(key: Any) -> Any:
    def equals(self: Any, other: Any) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _repr(self: Any) -> str:
    values = (f"{name}={getattr(self, name)!r}" for name, each in self.__dataclass_fields__.items() if each.repr)
    return f"{self.__class__.__qualname__}({', '.join(values)})"


def _frozen(self: Any, name: str, *_: Any) -> None:
    raise FrozenInstanceError(f"{name} of a {self.__class__.__qualname__} cannot be changed")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__dataclass_fields__]


def _restore(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)
