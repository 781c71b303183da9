"""The commands of the AWS CLI in documented fixes: operation, options, required parameters and values exist.

Held against botocore's models, from which the AWS CLI makes its commands.
"""

from __future__ import annotations

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore import xform_name

from hipaa_guard.controls.cli_effects import OVERWRITING, commands
from hipaa_guard.controls.control import Control
from tests.nearest import unknown_words
from tests.policies.boto_names import model
from tests.policies.registry import CONTROLS

SERVICES = {"s3api": "s3"}
"""The service of the AWS CLI, and botocore's name where it is another."""
RENAMED = {
    "ec2 create-network-acl-entry": {"ingress": "egress"},
    "sns subscribe": {"notification-endpoint": "endpoint"},
}
"""Options that the AWS CLI calls otherwise than the parameter, because the name has another meaning for it."""
OF_THE_CLI = {
    "ec2 authorize-security-group-ingress": {"protocol", "port", "cidr"},
    "iam create-virtual-mfa-device": {"bootstrap-method", "outfile"},
}
"""Options that stand for several parameters, or for what the AWS CLI does itself."""
GLOBAL = {"region", "profile"}
"""Options of every command of the AWS CLI."""
PLACEHOLDER = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")


class Command(NamedTuple):
    """A command of a fix: `elbv2 modify-listener`, and the words of each option."""

    control: str
    name: str
    options: dict[str, list[str]]

    @property
    def shape(self) -> Any:
        """The parameters of the operation in botocore's model."""
        service, operation = self.name.split()
        found = model(SERVICES.get(service, service))
        names = {xform_name(name, "-"): name for name in found.operation_names}
        assert not (wrong := unknown_words([operation], names)), f"{self.control}: {service} {wrong}"
        return found.operation_model(names[operation]).input_shape

    def members(self) -> Iterator[tuple[str, Any]]:
        """Each option that stands for one parameter, with the shape of the parameter."""
        known = {} if self.shape is None else {xform_name(name, "-"): its for name, its in self.shape.members.items()}
        for option in self.options:
            if option in OF_THE_CLI.get(self.name, set()) | GLOBAL:
                continue
            name = RENAMED.get(self.name, {}).get(option, option)
            if name not in known and name.startswith("no-"):
                name = name.removeprefix("no-")
                assert known[name].type_name == "boolean" or "Value" in known[name].members, (
                    f"{self.control}: --{option}"
                )
            assert not (wrong := unknown_words([name], known)), f"{self.control}: {self.name} --{wrong}"
            yield option, known[name]


def _commands() -> Iterator[Command]:
    seen: set[str] = set()
    for control in CONTROLS:
        for name, arguments in commands(control.fix.cli):
            if f"{name} {arguments}" in seen:
                continue
            seen.add(f"{name} {arguments}")
            options: dict[str, list[str]] = {}
            for word in shlex.split(arguments):
                if word.startswith("--"):
                    options[word[2:]] = []
                else:
                    assert options, f"{control.id}: {name} has a word before all options: {word}"
                    options[list(options)[-1]].append(word)
            yield Command(control.id, name, options)


COMMANDS = list(_commands())
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.control} - {command.name}")


@pytest.mark.parametrize("control", [each for each in CONTROLS if each.fix.cli], ids=lambda control: control.id)
def test_every_line_of_a_command_line_is_read(control: Control) -> None:
    assert len(list(commands(control.fix.cli))) == len(re.findall(r"^aws ", control.fix.cli, re.MULTILINE)) > 0
    assert control.fix.cli.startswith("aws ")


@each_command
def test_options_exist(command: Command) -> None:
    assert len(list(command.members())) == len(command.options) - len(
        (OF_THE_CLI.get(command.name, set()) | GLOBAL) & command.options.keys()
    )


@each_command
def test_required_parameters_are_given(command: Command) -> None:
    shape = command.shape
    given = {RENAMED.get(command.name, {}).get(option, option).removeprefix("no-") for option in command.options}
    required = set() if shape is None else {xform_name(name, "-") for name in shape.required_members}
    assert required - given - {"client-token", "client-request-token", "creation-token"} == set()


@each_command
def test_values_are_of_the_type(command: Command) -> None:
    for option, shape in command.members():
        words = command.options[option]
        flag = shape.type_name == "boolean" or (shape.type_name == "structure" and [*shape.members] == ["Value"])
        if flag and not words:
            continue
        assert words, f"{command.control}: {command.name} --{option} has no value"
        assert len(words) == 1 or shape.type_name in ("list", "map"), f"--{option} takes one value, not {words}"
        for word in words:
            assert wrong_in(word, shape) == [], f"{command.control}: {command.name} --{option} {word}"


def wrong_in(word: str, shape: Any) -> list[str]:
    """The names and values in a word of the AWS CLI (JSON or shorthand) that the shape of its parameter does not have."""
    if word.startswith("file://") or PLACEHOLDER.match(word):
        return []
    if shape.type_name == "string" and shape.enum:
        return unknown_words([word], shape.enum)
    if shape.type_name in ("integer", "long"):
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 2**31)
        return [] if word.isdigit() and least <= int(word) <= most else [word]
    if shape.type_name not in ("structure", "list", "map"):
        return []
    if word.startswith(("{", "[")):
        return list(_wrong_in_json(json.loads(word), shape))
    names = _inside(shape)
    wrong = []
    for name, value in re.findall(r"(\w+)=([\w-]*)", re.sub(r'"[^"]*"', "", word)):
        if name not in names:
            wrong += [] if ANY in names else unknown_words([name], names)
        elif names[name] and value and not PLACEHOLDER.match(value):
            wrong += unknown_words([value], names[name])
    return wrong


def _wrong_in_json(value: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "list":
        for each in value:
            yield from _wrong_in_json(each, shape.member)
    elif shape.type_name == "structure":
        yield from unknown_words(value, shape.members)
        yield from (f"{name} is missing" for name in shape.required_members if name not in value)
        for name in value.keys() & shape.members.keys():
            yield from _wrong_in_json(value[name], shape.members[name])
    elif shape.type_name == "map":
        yield from unknown_words(value, shape.key.enum) if shape.key.enum else []
    elif shape.type_name == "string" and shape.enum:
        yield from unknown_words([value], shape.enum)
    elif (shape.type_name == "boolean") != isinstance(value, bool):
        yield f"{value} is no {shape.type_name}"


ANY = "*"


def _inside(shape: Any) -> dict[str, list[str]]:
    """The names that may stand within a parameter, each with its allowed values (none: any). ``ANY`` is any name."""
    names: dict[str, list[str]] = defaultdict(list)
    waiting, seen = [shape], set[str]()
    while waiting:
        one = waiting.pop()
        if one.name in seen:
            continue
        seen.add(one.name)
        if one.type_name == "structure":
            for name, member in one.members.items():
                names[name] += member.enum if member.type_name == "string" else []
                waiting.append(member)
        elif one.type_name == "list":
            waiting.append(one.member)
        elif one.type_name == "map":
            names.update({name: [] for name in one.key.enum or [ANY]})
            waiting.append(one.value)
    return names


def test_a_wrong_command_would_be_noticed() -> None:
    listener = Command(
        "control", "elbv2 modify-listener", {"listener-arn": ["ARN"], "default-actions": ["Type=redirct"]}
    )
    actions = dict(listener.members())["default-actions"]
    assert wrong_in("Type=redirct,RedirectConfig={Protocl=HTTPS}", actions) != []
    assert wrong_in("Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}", actions) == []
    assert wrong_in('[{"Type":"redirect","Redirect":{}}]', actions) != []
    with pytest.raises(AssertionError):
        test_options_exist(Command("control", "elbv2 modify-listener", {"listner-arn": ["ARN"]}))
    with pytest.raises(AssertionError):
        test_required_parameters_are_given(Command("control", "elbv2 modify-listener", {"ssl-policy": ["POLICY"]}))
    with pytest.raises(AssertionError):
        test_values_are_of_the_type(Command("control", "ec2 modify-snapshot-attribute", {"attribute": ["permission"]}))
    with pytest.raises(AssertionError):
        Command("control", "elbv2 modify-listner", {}).shape  # noqa: B018 - reading it looks the operation up


CHANGES = re.compile(r"^(put|set|update|modify|replace)-")
ONLY_WHAT_IT_NAMES = {
    "cloudtrail update-trail",
    "dynamodb update-continuous-backups",
    "dynamodb update-table",
    "ec2 modify-image-attribute",
    "ec2 modify-instance-metadata-defaults",
    "ec2 modify-instance-metadata-options",
    "ec2 modify-network-interface-attribute",
    "ec2 modify-snapshot-attribute",
    "ec2 modify-subnet-attribute",
    "ecs update-service",
    "efs put-backup-policy",
    "elbv2 modify-load-balancer-attributes",
    "healthlake update-fhir-datastore",
    "iam update-access-key",
    "iam update-role",
    "lambda update-function-url-config",
    "logs put-retention-policy",
    "omics update-sequence-store",
    "rds modify-db-cluster",
    "rds modify-db-cluster-parameter-group",
    "rds modify-db-cluster-snapshot-attribute",
    "rds modify-db-instance",
    "rds modify-db-parameter-group",
    "rds modify-db-proxy",
    "rds modify-db-snapshot-attribute",
    "s3api put-bucket-ownership-controls",
    "s3api put-bucket-versioning",
    # All that it sets is given: the four blocks.
    "s3api put-public-access-block",
    "s3control put-public-access-block",
    "secretsmanager update-secret",
}
"""Commands that leave alone what their options do not name, by AWS's API reference."""


def test_every_command_that_changes_something_is_known_to_overwrite_or_not() -> None:
    changing = {command.name for command in COMMANDS if CHANGES.match(command.name.split()[1])}
    assert changing - OVERWRITING.keys() - ONLY_WHAT_IT_NAMES == set(), "look the command up in AWS's API reference"
    assert ONLY_WHAT_IT_NAMES - changing == set()
    assert not ONLY_WHAT_IT_NAMES & OVERWRITING.keys()


def test_an_option_has_the_same_placeholder_everywhere() -> None:
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for command in COMMANDS:
        for option, words in command.options.items():
            kinds[command.name, option] |= {word.rpartition("_")[2] for word in words if PLACEHOLDER.match(word)}
    assert {key: found for key, found in kinds.items() if len(found) > 1} == {}
