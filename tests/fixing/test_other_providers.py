"""Fixes in resources of other providers than `aws`, which are planned nowhere: each value fits the provider's schema.

awscc is generated from CloudFormation's schemas, which cfn-lint ships: they tell types, required properties and allowed
values. For `random` the arguments that fixes use stand here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import re2

from hipaa_guard.controls.control import Control
from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.read import read
from tests.fixing.trees import tree
from tests.policies.registry import CONTROLS
from tests.provider_schema.cloudformation import schema, words
from tests.terraform.real.snippets import Snippet

OTHERS = [each for each in CONTROLS if Snippet(each.id, each.fix.terraform, each.id).other_provider]
RANDOM = {"random_password": {"length": int, "special": bool}}
"""By type of `random`, the arguments that a fix may use (https://registry.terraform.io/providers/hashicorp/random)."""
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (dict,),
}


@pytest.mark.parametrize("control", OTHERS, ids=lambda control: control.id)
def test_values_of_other_providers_fit_their_schemas(control: Control, tmp_path: Path) -> None:
    tree(tmp_path, control.fix.terraform + "\n", "main.tf")
    (configuration,) = read(tmp_path)
    found = [each for each in configuration.instances if not each.type.startswith("aws_")]
    assert found
    for each in found:
        values = {name: each.get(name) for name in each.arguments()}
        assert list(wrong_in(each.type, values)) == [], each.address


def wrong_in(type: str, values: Mapping[str, Any]) -> Iterator[str]:
    """What a resource of another provider has that its schema does not allow."""
    if type in RANDOM:
        known = RANDOM[type]
        yield from (f"{name} is {value!r}" for name, value in values.items() if not isinstance(value, known[name]))
        return
    whole = schema(type)
    yield from (f"{name} is read-only" for name in values if name in _read_only(whole))
    yield from _wrong(values, whole, whole, type)


def _read_only(whole: Mapping[str, Any]) -> set[str]:
    return {words(each.rpartition("/")[2]) for each in whole.get("readOnlyProperties", ()) if each.count("/") == 2}


def _wrong(value: Any, told: Mapping[str, Any], whole: Mapping[str, Any], path: str) -> Iterator[str]:
    if isinstance(value, Unknown):
        return
    if "$ref" in told:
        told = whole["definitions"][told["$ref"].rpartition("/")[2]]
    expected = TYPES.get(told.get("type", "object"), (object,))
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield f"{path} is {value!r}, and no {told.get('type')}"
    elif isinstance(value, Mapping) and "properties" in told:
        properties = {words(name): shape for name, shape in told["properties"].items()}
        yield from (f"{path} lacks {name}" for name in told.get("required", ()) if words(name) not in value)
        for name, inner in value.items():
            if name not in properties:
                yield f"{path} has no {name}"
            else:
                yield from _wrong(inner, properties[name], whole, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _wrong(inner, told.get("items", {}), whole, f"{path}[]")
    elif isinstance(value, str):
        if value not in told.get("enum", [value]):
            yield f"{path} is {value!r}, and none of {told['enum']}"
        if "pattern" in told and not re2.search(told["pattern"], value):
            yield f"{path} is {value!r}, and not of the form {told['pattern']}"


@pytest.mark.parametrize(
    "values, says",
    [
        ({"name": "records"}, "lacks Reference"),
        ({"name": True, "reference": {"reference_arn": "arn"}}, "name is True"),
        ({"name": "records", "reference": {}}, "reference lacks ReferenceArn"),
        ({"name": "records", "reference": Unknown("-"), "sse_config": {"type": "AES"}}, "none of"),
        ({"name": "records", "reference": Unknown("-"), "key": "x"}, "has no key"),
        ({"name": "records", "reference": Unknown("-"), "status": "ACTIVE"}, "status is read-only"),
    ],
)
def test_a_value_that_does_not_fit_would_be_noticed(values: dict[str, Any], says: str) -> None:
    assert says in "; ".join(wrong_in("awscc_omics_variant_store", values))
