"""Plans and states at random, in the documented format of ``terraform show -json`` and of state files."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz.grammar import ODD_TEXTS, policy, schema

SECRET = "Xk9-planted-7f3Q"


def plan(random: Random) -> dict[str, Any]:
    """A plan of a few resources; a secret stands where the marks say so."""
    entries = [_change(random, number) for number in range(random.randrange(1, 8))]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"planted": {"value": SECRET}},
        "resource_changes": entries,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {
                "resources": [_block(random, entry) for entry in entries],
                "variables": {"planted": {"default": SECRET, "sensitive": True}},
            },
        },
        "prior_state": {"values": {"outputs": {"planted": {"sensitive": True, "value": SECRET}}}},
        "complete": True,
        "errored": False,
    }


def state(random: Random) -> dict[str, Any]:
    """A state as ``terraform show -json`` writes it."""
    resources = []
    for number in range(random.randrange(1, 8)):
        values, _, sensitive = _values(random, random.choice(list(schema())))
        resources.append(_named(random, number) | {"values": values, "sensitive_values": sensitive})
    outputs = {"planted": {"sensitive": True, "value": SECRET}}
    return {"format_version": "1.0", "values": {"outputs": outputs, "root_module": {"resources": resources}}}


def raw_state(random: Random) -> dict[str, Any]:
    """A state file."""
    resources = []
    for number in range(random.randrange(1, 8)):
        named = _named(random, number)
        values, _, sensitive = _values(random, named["type"])
        paths = [[{"type": "get_attr", "value": name}] for name, mark in sensitive.items() if mark is True]
        instances = [{"attributes": values, "sensitive_attributes": paths, "index_key": random.choice([None, 0, "a"])}]
        resources.append(named | {"instances": instances})
    return {"version": 4, "serial": 1, "outputs": {"planted": {"value": SECRET}}, "resources": resources}


def _named(random: Random, number: int) -> dict[str, Any]:
    type = random.choice(list(schema()))
    return {
        "mode": "managed",
        "type": type,
        "name": f"r{number}",
        "address": f"{type}.r{number}",
        "provider_name": "aws",
    }


def _change(random: Random, number: int) -> dict[str, Any]:
    named = _named(random, number)
    after, unknown, sensitive = _values(random, named["type"])
    change = {"before": None, "after": after, "after_unknown": unknown, "after_sensitive": sensitive}
    return named | {"change": change | {"actions": random.choice([["create"], ["no-op"], ["delete", "create"]])}}


def _block(random: Random, entry: dict[str, Any]) -> dict[str, Any]:
    names = [*entry["change"]["after"], *entry["change"]["after_unknown"]]
    written = [{}, {"references": [f"{entry['address']}.arn", entry["address"]]}, {"references": ["var.planted"]}]
    expressions = {name: random.choice(written) for name in names}
    keys = ("address", "mode", "type", "name")
    return {key: entry[key] for key in keys} | {"expressions": expressions, "provider_config_key": "aws"}


def _values(random: Random, type: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Values, and the marks of what is unknown and what is sensitive."""
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    sensitive: dict[str, Any] = {}
    attributes = schema().get(type, {})
    for path in random.sample(list(attributes), min(len(attributes), random.randrange(16))):
        name, _, rest = path.partition(".")
        chance = random.random()
        if chance < 0.15:
            unknown[name] = True
            values.pop(name, None)
        elif chance < 0.3 and name not in values:
            values[name], sensitive[name] = random.choice([SECRET, [SECRET], {"a": SECRET}]), True
        elif name not in sensitive:
            values[name] = [_nested(random, rest, attributes[path])] if rest else _value(random, name, attributes[path])
            unknown.pop(name, None)
    return values, unknown, sensitive


def _nested(random: Random, path: str, kind: str) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    return {name: [_nested(random, rest, kind)] if rest else _value(random, name, kind)}


def _value(random: Random, name: str, kind: str) -> Any:
    def text() -> str:
        return random.choice(ODD_TEXTS)

    if random.random() < 0.1:
        return random.choice([None, 5, True, "x", [], {}, [[{}]], {"a": {"b": None}}, -1.5])
    if name.endswith(("policy", "json", "document")):
        return json.dumps(policy(random, text))
    if kind == "bool":
        return random.choice([True, False])
    if kind == "number":
        return random.choice([0, 1, 22, 443, 65535, -1, 1.5])
    if kind.startswith(("list", "set")):
        return [text() for _ in range(random.randrange(3))]
    if kind.startswith("map"):
        return {text(): text()}
    return random.choice([[], [{}], None]) if kind.startswith("block") else text()
