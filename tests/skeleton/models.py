"""What botocore knows of a service: which operation lists a kind, which describes one, what their answers hold."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import DataNotFoundError, UnknownServiceError

_VERBS = ("Describe", "List", "Get")
_TOKENS = ("NextToken", "nextToken", "Marker", "NextMarker")


class SkeletonError(Exception):
    """No skeleton can be written. The text says why and what to do."""


@cache
def _session() -> Any:
    return botocore.session.get_session()


def service(name: str) -> Any:
    """botocore's model of a service.

    Raises:
        SkeletonError: there is no such service; the text names the nearest.

    """
    known = _session().get_available_services()
    if name in known:
        return _session().get_service_model(name)
    plain = {each.replace("-", ""): each for each in known}
    close = [
        plain[each] for each in difflib.get_close_matches(name.replace("-", "").replace("_", "").lower(), plain, n=3)
    ]
    hint = f"did you mean {' or '.join(close)}?" if close else "`aws help` lists them all"
    raise SkeletonError(f"boto3 has no service {name!r}: {hint}")


def words(name: str) -> str:
    """``KmsKeyId`` and ``kms_key_id`` are one name: ``kmskeyid``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, slots=True)
class Listed:
    """The operation that lists a kind."""

    operation: Any
    items: str
    """JMESPath to the list."""
    item: Any
    """The shape of an element."""
    wrap: str
    """What an element that is a plain text is called; empty where elements are structures."""

    @property
    def members(self) -> Mapping[str, Any]:
        """What is known of each resource."""
        return {self.wrap: self.item} if self.wrap else self.item.members

    def identity(self, kind: str, *ends: str) -> str | None:
        """The member that names a resource: ``StreamName`` for a `stream`, with one of these ends."""
        plain = words(kind)
        wanted = [*(plain + end for end in ends), *ends]
        by_plain = {words(name): name for name in self.members}
        return next((by_plain[name] for name in wanted if name in by_plain), None)


def listing(model: Any, kind: str) -> Listed | None:
    """The operation that lists resources of a kind (``file_system``) and asks for nothing."""
    plain = words(kind)
    names = {f"{plain}s", f"{plain}es", f"{plain.removesuffix('y')}ies"}
    found = [
        name for verb in _VERBS for name in model.operation_names if words(name) in {verb.lower() + n for n in names}
    ]
    for name in found:
        operation = model.operation_model(name)
        listed = (
            None
            if operation.input_shape is not None and operation.input_shape.required_members
            else _lists(operation, plain)
        )
        if listed is not None:
            return listed
    return None


def _lists(operation: Any, plain: str) -> Listed | None:
    lists = {
        name: shape.member
        for name, shape in (operation.output_shape.members if operation.output_shape else {}).items()
        if shape.type_name == "list"
    }
    for name, item in lists.items():
        if item.type_name == "structure":
            return Listed(operation, f"{name}[]", item, "")
    for name, item in lists.items():
        if item.type_name == "string":
            return Listed(operation, f"{name}[]", item, name.removesuffix("s"))
    return None


@dataclass(frozen=True, slots=True)
class Described:
    """The operation that describes one resource."""

    operation: Any
    params: Mapping[str, str]
    prefix: str
    """JMESPath to what it tells."""
    shape: Any


def description(model: Any, kind: str, listed: Listed) -> Described | None:
    """The operation that describes one resource of a kind, if the listing tells what it asks for."""
    plain = words(kind)
    wanted = {f"{verb.lower()}{plain}{end}" for verb in _VERBS for end in ("", "summary")}
    # What comes in pages tells of a list beside the resource: what tells the resource alone goes before.
    for name in sorted(
        (each for each in model.operation_names if words(each) in wanted), key=lambda n: _pages(model, n)
    ):
        operation = model.operation_model(name)
        params = _params(operation, kind, listed)
        if params is None or operation.output_shape is None or name == listed.operation.name:
            continue
        inner = [(n, s) for n, s in operation.output_shape.members.items() if s.type_name == "structure"]
        if len(inner) == 1:
            return Described(operation, params, f"{inner[0][0]}.", inner[0][1])
        return Described(operation, params, "", operation.output_shape)
    return None


def _pages(model: Any, operation: str) -> bool:
    """Whether an operation answers in pages."""
    try:
        _session().get_paginator_model(model.service_name).get_paginator(operation)
    except (ValueError, UnknownServiceError, DataNotFoundError):
        return False
    return True


def _params(operation: Any, kind: str, listed: Listed) -> dict[str, str] | None:
    shape = operation.input_shape
    if shape is None:
        return None
    by_plain = {words(name): name for name in listed.members}
    wanted = list(shape.required_members)
    if not wanted:
        named = (listed.identity(kind, "name", "id", "arn"), *shape.members)
        wanted = [name for name in named if name in shape.members and name in listed.members][:1]
    params = {name: by_plain[words(name)] for name in wanted if words(name) in by_plain}
    missing = [name for name in wanted if name not in params]
    if len(missing) == 1 and listed.wrap and not params:
        params, missing = {missing[0]: listed.wrap}, []
    return params if wanted and not missing else None


def leaves(shape: Any, before: str = "", above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The members of a structure and of those inside, none of a list: (path, shape)."""
    for name, member in shape.members.items():
        if member.type_name == "structure":
            if member.name not in above:
                yield from leaves(member, f"{before}{name}.", (*above, member.name))
        elif member.type_name in ("string", "boolean", "integer", "long"):
            yield f"{before}{name}", member


def creation(model: Any, kind: str) -> Any | None:
    """The operation that makes one of a kind."""
    return next(
        (model.operation_model(name) for name in model.operation_names if words(name) == f"create{words(kind)}"), None
    )


def paging(operation: Any) -> tuple[list[str], list[str]]:
    """The members by which an answer says that it has more pages: tokens, and those that are true then."""
    members = operation.output_shape.members
    return [name for name in members if name in _TOKENS], [name for name in members if name.startswith("HasMore")]


@cache
def _hub_names() -> dict[str, str]:
    details = _session().get_service_model("securityhub").shape_for("ResourceDetails").members
    return {name.lower(): name for name in details}


def security_hub_type(cloudformation: str) -> str | None:
    """Security Hub's name of a type of CloudFormation, where it is called alike."""
    return _hub_names().get(cloudformation.replace("::", "").lower())
