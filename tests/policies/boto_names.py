"""Holds tables of facts against botocore's models, so that a misspelt name is a failing test and no absent fact.

A JMESPath that names a field which an answer never has finds nothing, and nothing would read as "none is configured".
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.plan import parts_of
from hipaa_guard.facts.readings import Ask, Listing
from hipaa_guard.facts.resource import Resource
from tests.nearest import nearest

_BUILT_IN = frozenset({"partition", "region", "account"})
_ADDED = {"iam.get_credential_report": "Rows", "sqs.list_queues": "Queues"}
"""Fields that `peculiar.completed` adds to answers."""

Shape = Any
"""A shape of botocore's model; None where nothing is known of what a path leads to."""


class WrongNameError(Exception):
    """A name in a table that AWS does not know."""


def misspelt(kinds: Iterable[type[Resource]]) -> list[str]:
    """What the tables of these kinds name and AWS does not know: operations, parameters, paths, template fields."""
    return [complaint for kind in kinds for complaint in _complaints(kind)]


def _complaints(kind: type[Resource]) -> Iterator[str]:
    item: Shape = None
    if isinstance(kind.aws, Listing):
        try:
            item = _item(kind.aws)
            _check_listing(kind.aws, item)
        except WrongNameError as error:
            yield f"{kind.kind}: {error}"
    for fact in kind.facts.values():
        for part in parts_of(fact):
            try:
                if isinstance(part, Ask):
                    _check_ask(kind, part, item)
                elif isinstance(kind.aws, Listing):
                    _walked(_ast(part.path), item)
            except WrongNameError as error:
                yield f"{kind.kind}.{fact.name}: {error}"


def _check_listing(listing: Listing, item: Shape) -> None:
    above = _above(listing)
    _check_params(listing.operation, listing.params, *above)
    for template in (listing.arn, listing.region):
        _check_fields(templates.fields_in(template), item, *above)
    for path in (listing.name, *listing.keys):
        if path:
            _walked(_ast(path), item)


def _above(listing: Any) -> list[Shape]:
    """The items of the kinds above, nearest first: a kind may be listed per resource of one that is itself listed so."""
    parent = getattr(listing, "of", None)
    return [] if parent is None else [_item(parent.aws), *_above(parent.aws)]


def _check_ask(kind: type[Resource], ask: Ask, item: Shape) -> None:
    above = _above(kind.aws)
    _check_params(ask.operation, ask.params, item, *above)
    _check_fields(templates.fields_in(ask.path), item, *above)
    output = _model(ask.operation).output_shape
    named = dict.fromkeys(templates.fields_in(ask.path), "x")
    fields: dict[str, Any] = {}
    for name in named:
        _nest(fields, name.split("."))
    path = templates.path(ask.path, fields)
    if not path.startswith(_ADDED.get(ask.operation, "\0")):
        _walked(_ast(path), output)


def _nest(fields: dict[str, Any], steps: list[str]) -> None:
    for step in steps[:-1]:
        fields = fields.setdefault(step, {})
    fields[steps[-1]] = "x"


def _check_params(operation: str, params: Mapping[str, Any], *items: Shape) -> None:
    shape = _model(operation).input_shape
    known = shape.members if shape is not None else {}
    for name in params:
        if name not in known:
            raise WrongNameError(f"{operation} has no parameter {name}{nearest(name, known)}")
    lacking = [name for name in (shape.required_members if shape is not None else ()) if name not in params]
    if lacking:
        raise WrongNameError(f"{operation} needs {', '.join(lacking)}")
    _check_fields(templates.fields_in(dict(params)), *items)


def _check_fields(names: Iterable[str], *items: Shape) -> None:
    shapes = [item for item in items if item is not None]
    for name in names:
        first = name.partition(".")[0]
        if first in _BUILT_IN or first == "Parent" or any(item == "any" for item in shapes):
            continue
        if not any(_has(shape, first) for shape in shapes):
            raise WrongNameError(f"no listed element has a field {name}{nearest(first, _fields(shapes))}")


def _has(shape: Shape, name: str) -> bool:
    if isinstance(shape, frozenset):  # the wrap of plain texts
        return name in shape
    return shape.type_name == "map" or (shape.type_name == "structure" and name in shape.members)


def _fields(shapes: Iterable[Shape]) -> Iterator[str]:
    for shape in shapes:
        yield from shape if isinstance(shape, frozenset) else getattr(shape, "members", ())


def _item(listing: Listing) -> Shape:
    """The shape of one listed element; a set of names where it is plain text that is wrapped."""
    if listing.items.startswith(_ADDED.get(listing.operation, "\0")):
        return "any"
    found = _walked(_ast(listing.items), _model(listing.operation).output_shape)
    if found is None:
        return "any"
    if found.type_name == "list":
        found = found.member
    return found if found.type_name in ("structure", "map") else frozenset({listing.wrap})


def model(service: str) -> Any:
    """botocore's model of a service.

    Raises:
        WrongNameError: boto3 has no such service.

    """
    from botocore.exceptions import UnknownServiceError

    try:
        return _models.get(service) or _models.setdefault(service, _session().get_service_model(service))
    except UnknownServiceError:
        near = nearest(service, _session().get_available_services())
        raise WrongNameError(f"boto3 has no service {service}{near}") from None


def _model(operation: str) -> Any:
    from botocore import xform_name

    service, _, method = operation.partition(".")
    methods = {xform_name(name): name for name in model(service).operation_names}
    if method not in methods:
        raise WrongNameError(f"{service} has no operation {method}{nearest(method, methods)}")
    return model(service).operation_model(methods[method])


@functools.cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()


_models: dict[str, Any] = {}


def _ast(path: str) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return templates.compiled(path).parsed
    except JMESPathError as error:
        raise WrongNameError(f"{path} is no JMESPath: {error}") from None


def _walked(node: Mapping[str, Any], shape: Shape) -> Shape:
    """The shape that a path leads to; None from where on it cannot be told.

    Raises:
        WrongNameError: the path names a field that the shape does not have.

    """
    if shape is None or shape == "any":
        return None
    children = node["children"]
    match node["type"]:
        case "field":
            return _member(shape, node["value"])
        case "subexpression" | "pipe" | "index_expression":
            for child in children:
                shape = _walked(child, shape)
            return shape
        case "projection" | "value_projection" | "filter_projection":
            return _projected(node, shape)
        case "flatten":
            inner = _walked(children[0], shape)
            nested = inner is not None and inner.type_name == "list" and inner.member.type_name == "list"
            return inner.member if nested else inner
        case "index":
            return shape.member if getattr(shape, "type_name", "") == "list" else shape
        case "slice" | "identity" | "current":
            return shape
        case _:  # functions, comparisons, literals, selections: only what they name can be told
            for child in children:
                if isinstance(child, dict):
                    _walked(child, shape)
            return None


def _projected(node: Mapping[str, Any], shape: Shape) -> Shape:
    """A projection: what follows it holds for each element, and makes a list of what it finds."""
    base, rest, *condition = node["children"]
    elements = _walked(base, shape)
    if elements is None:
        return None
    kind = getattr(elements, "type_name", "")
    member = elements.member if kind == "list" else elements.value if kind == "map" else elements
    for each in condition:
        _walked(each, member)
    found = _walked(rest, member)
    return elements if found is member else None if found is None else _ListOf(found)


class _ListOf:
    """A list that only a path makes."""

    type_name = "list"

    def __init__(self, member: Shape) -> None:
        self.member = member


def _member(shape: Shape, name: str) -> Shape:
    if name == "Parent":
        return None
    if isinstance(shape, frozenset):
        if name not in shape:
            raise WrongNameError(f"no listed element has a field {name}{nearest(name, shape)}")
        return None
    if shape.type_name == "map":
        return shape.value
    if shape.type_name != "structure":
        return None if shape.type_name == "string" else _no(shape, name)  # text may be parsed JSON
    return shape.members[name] if name in shape.members else _no(shape, name)


def _no(shape: Shape, name: str) -> Shape:
    near = nearest(name, getattr(shape, "members", ()))
    raise WrongNameError(f"{getattr(shape, 'name', 'a list')} has no field {name}{near}")
