"""States: as `terraform show -json` writes them, and the raw files of version 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Computed, Value
from hipaa_guard.terraform.addresses import key_text
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.recorded.documents import masked, objects, table, text
from hipaa_guard.terraform.recorded.instances import RecordedInstance
from hipaa_guard.terraform.recorded.plan import check_version

if TYPE_CHECKING:
    from hipaa_guard.terraform.recorded.source_tree import SourceTree

_VERSION = 4
_PRIMITIVES = frozenset({"string", "number", "bool"})


def is_state(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is a state as `terraform show -json` writes it. An empty state has only a version."""
    return "values" in document or (set(document) <= {"format_version", "terraform_version"} and bool(document))


def is_raw_state(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is a state file."""
    return isinstance(document.get("version"), int) and any(
        key in document for key in ("resources", "lineage", "serial", "modules")
    )


def read_state(document: Mapping[str, Any], root: str, source: SourceTree | None = None) -> Configuration:
    """The managed resources of a state that `terraform show -json` wrote.

    Raises:
        TerraformInputError: its format version is not known, or the source is not the state's.

    """
    check_version(document, root)
    result = _StateReader(root)
    modules = [("", table(table(document.get("values")).get("root_module")))]
    while modules:
        address, module = modules.pop()
        for entry in objects(module.get("resources")):
            if entry.get("mode") != "data" and not entry.get("deposed_key"):
                values, sensitive = entry.get("values"), entry.get("sensitive_values")
                result.add(entry, text(entry.get("address")), address, values, sensitive)
        children = objects(module.get("child_modules"))
        modules += [(text(child.get("address")), child) for child in reversed(children)]
    return result.configuration(source)


def read_raw_state(document: Mapping[str, Any], root: str, source: SourceTree | None = None) -> Configuration:
    """The managed resources of a state file.

    Raises:
        TerraformInputError: its version is not 4, or the source is not the state's.

    """
    if document.get("version") != _VERSION:
        raise TerraformInputError(
            f"{root} is a state of version {str(document.get('version'))[:10]}, and only version 4 is read: "
            "run `terraform show -json > state.json` with Terraform 0.12 or later and scan state.json"
        )
    result = _StateReader(root)
    for entry in objects(document.get("resources")):
        if entry.get("mode") == "data":
            continue
        module = text(entry.get("module"))
        block = f"{module}.{text(entry.get('type'))}.{text(entry.get('name'))}".removeprefix(".")
        for instance in objects(entry.get("instances")):
            if not instance.get("deposed"):
                values, sensitive = _raw_values(instance)
                result.add(entry, block + key_text(instance.get("index_key")), module, values, sensitive)
    return result.configuration(source)


class _StateReader:
    """Collects the instances of a state, and counts damaged entries."""

    def __init__(self, root: str) -> None:
        self._location = Location(root, 1, 1)
        self._result = Configuration(root=root, source="state", files=1)
        self._instances: list[RecordedInstance] = []
        self._damaged = 0

    def add(self, entry: Mapping[str, Any], address: str, module: str, values: Any, sensitive: Any) -> None:
        """Add one instance: its values, and the marks of the secret ones."""
        type_, name = text(entry.get("type")), text(entry.get("name"))
        if not (address and type_ and name and isinstance(values, dict)):
            self._damaged += 1
            return
        instance = RecordedInstance(
            address=address,
            type=type_,
            name=name,
            module=module,
            location=self._location,
            region=_region(values, sensitive),
            place=_place(entry, values, sensitive),
            decode=partial(_value, values, sensitive),
        )
        self._instances.append(instance)

    def configuration(self, source: SourceTree | None) -> Configuration:
        """The finished configuration."""
        self._result.instances += self._instances
        if source is not None and self._instances:
            source.join(self._result, self._instances)
        if self._damaged:
            reason = f"{self._damaged} resources have no address, type, name or values that can be read"
            hint = "old instances hold them in another shape: run `terraform apply -refresh-only` once"
            self._result.gaps.append(Gap(GapKind.FILE, self._result.root, reason, hint, location=self._location))
        return self._result


def _value(values: Mapping[str, Any], sensitive: Any, attribute: str) -> Value:
    """The value of a top-level argument. A state records an empty list or map and an unset one alike."""
    found = values.get(attribute)
    if isinstance(found, list | dict) and not found:
        return None
    marks = sensitive if sensitive is True else table(sensitive).get(attribute)
    return _none_for_empty(masked(found, marks))


def _none_for_empty(value: Value) -> Value:
    """None for the empty list of absent nested blocks; `Computed` for a text, as a state does not say who chose it."""
    if isinstance(value, str):
        return Computed(value)
    if isinstance(value, list):
        return [_none_for_empty(item) for item in value]
    if isinstance(value, dict):
        return {key: _none_for_empty(item) if not _is_empty_list(item) else None for key, item in value.items()}
    return value


def _is_empty_list(value: Value) -> bool:
    return isinstance(value, list) and not value


def _region(values: Mapping[str, Any], sensitive: Any) -> str | None:
    own = _value(values, sensitive, "region")
    if isinstance(own, str) and own:
        return own
    fields = text(_value(values, sensitive, "arn")).split(":", 4)
    return fields[3] or None if len(fields) > 4 and fields[0] == "arn" else None


def _place(entry: Mapping[str, Any], values: Mapping[str, Any], sensitive: Any) -> Place | None:
    """The place of a resource: a state file names the provider, and what `terraform show` writes does not."""
    provider = text(entry.get("provider"))
    if not provider:
        return None
    own = bool(_value(values, sensitive, "region"))
    return Place(provider, None, None, _region(values, sensitive), own_region=own)


def _raw_values(instance: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The attributes of an instance of a state file, and the marks of the secret ones."""
    values = instance.get("attributes")
    if not isinstance(values, dict):
        return None, {}
    marks: dict[str, Any] = {}
    for path in _paths(instance.get("sensitive_attributes")):
        _mark(marks, path)
    return {key: _unwrapped(value) for key, value in values.items()}, marks


def _paths(listed: Any) -> Iterator[list[Any]]:
    """The paths of secret attributes: lists of steps, each the name of an attribute or the key of an element."""
    for path in listed if isinstance(listed, list) else []:
        steps = []
        for step in objects(path):
            value = step.get("value")
            steps.append(value.get("value") if isinstance(value, dict) else value)
        if steps:
            yield steps


def _mark(marks: dict[str, Any], path: list[Any]) -> None:
    """Mark one path. The key of a list element is its number as text, as `masked` looks it up."""
    place = marks
    for step in path[:-1]:
        inner = place.setdefault(str(step), {})
        if not isinstance(inner, dict):
            return
        place = inner
    place[str(path[-1])] = True


def _unwrapped(value: Any) -> Any:
    """The value of an attribute of dynamic type, which a state file wraps together with its type."""
    if isinstance(value, dict) and set(value) == {"value", "type"}:
        type_ = value["type"]
        if isinstance(type_, list) or (isinstance(type_, str) and type_ in _PRIMITIVES):
            return value["value"]
    return value
