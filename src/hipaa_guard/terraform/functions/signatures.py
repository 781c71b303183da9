"""Arguments of all functions: checked and converted; where one is unknown, the result of the call is too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from functools import partial

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass

from .context import CallContext, Function
from .conversion import list_of, to_bool, to_list, to_map, to_number, to_text
from .errors import FunctionError, FunctionLimitReached
from .unknowns import beyond_limit, bounded, derived, parts_of


class Sight(Enum):
    """The part of an argument that must be known before the function is called."""

    WHOLE = "nothing inside is unknown, and no list is incomplete"
    OUTSIDE = "the argument is known, its parts may not be"
    NONE = "the function deals with unknown arguments itself"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the conversion of its argument, whether null is allowed, and which part must be known."""

    convert: Callable[[Value], Value]
    sight: Sight = Sight.WHOLE
    nullable: bool = False

    @property
    def parts_may_be_unknown(self) -> Parameter:
        """The same parameter, for arguments with unknown parts."""
        return replace(self, sight=Sight.OUTSIDE)

    @property
    def may_be_unknown(self) -> Parameter:
        """The same parameter, for arguments that may be unknown."""
        return replace(self, sight=Sight.NONE)

    @property
    def or_null(self) -> Parameter:
        """The same parameter, for arguments that may be null."""
        return replace(self, nullable=True)


def anything(value: Value) -> Value:
    """Any value, as it is."""
    return value


TEXT = Parameter(to_text)
NUMBER = Parameter(to_number)
BOOL = Parameter(to_bool)
ANY = Parameter(anything)
LIST = Parameter(to_list)
MAP = Parameter(to_map)
TEXTS = Parameter(list_of(to_text))
BOOLS = Parameter(list_of(to_bool))


def call(body: Callable[..., Value], *parameters: Parameter, rest: Parameter | None = None, least: int = 0) -> Function:
    """A Terraform function, made from a Python function of the converted arguments.

    ``rest`` is the parameter of all further arguments; ``least`` is the least number of arguments.
    """
    return partial(_called, body, parameters, rest, least, False)


def call_with_context(body: Callable[..., Value], *parameters: Parameter, rest: Parameter | None = None) -> Function:
    """As `call`, for a Python function whose first argument is the context of the call."""
    return partial(_called, body, parameters, rest, 0, True)


def _called(  # noqa: PLR0917 - bound once, in the two functions above
    body: Callable[..., Value],
    parameters: tuple[Parameter, ...],
    rest: Parameter | None,
    least: int,
    contextual: bool,
    arguments: list[Value],
    context: CallContext,
) -> Value:
    if isinstance(arguments, Incomplete):  # f(incomplete...)
        return derived([arguments.unknown])
    paired = list(_paired(arguments, parameters, rest, least))
    try:
        converted = [_converted(value, parameter, position) for position, (value, parameter) in enumerate(paired)]
        unknown = [
            part for value, (_, parameter) in zip(converted, paired, strict=True) for part in _unseen(value, parameter)
        ]
        if unknown:
            return derived(unknown)
        return bounded(body(context, *converted) if contextual else body(*converted))
    except FunctionLimitReached as limit:
        return beyond_limit(str(limit))
    except RecursionError:
        return beyond_limit("a structure nested this deeply")


def _paired(
    arguments: list[Value], parameters: tuple[Parameter, ...], rest: Parameter | None, least: int
) -> Iterator[tuple[Value, Parameter]]:
    fewest = max(least, len(parameters))
    if len(arguments) < fewest:
        raise FunctionError(f"not enough arguments: {len(arguments)} given, {fewest} needed")
    if len(arguments) > len(parameters) and rest is None:
        raise FunctionError(f"too many arguments: {len(arguments)} given, {len(parameters)} taken")
    for position, value in enumerate(arguments):
        parameter = parameters[position] if position < len(parameters) else rest
        if parameter is not None:
            yield value, parameter


def _converted(value: Value, parameter: Parameter, position: int) -> Value:
    if value is None:
        if parameter.nullable:
            return None
        raise FunctionError(f"argument {position + 1} must not be null")
    try:
        return parameter.convert(value)
    except FunctionError as error:
        raise FunctionError(f"argument {position + 1}: {error}") from None


def _unseen(value: Value, parameter: Parameter) -> Iterator[Unknown]:
    if parameter.sight is Sight.NONE:
        return
    if parameter.sight is Sight.WHOLE:
        yield from parts_of(value)
    elif isinstance(value, Unknown):
        yield value
