"""Sensitive values are judged where that tells nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import OpenMap
from hipaa_guard.facts.secrets import SecretText, concealed, holds_secret, revealed
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Unknown, Value
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.source import read_directory
from tests.terraform.sensitive_variables import DECLARED, files


def value_of(directory: Path, expression: str, more: str = "") -> Value:
    """The value of an expression beside sensitive variables."""
    files(directory, {"main.tf": f'{DECLARED}{more}\nresource "test_a" "it" {{\n v = {expression}\n}}\n'})
    (found,) = read_directory(directory)
    return next(one.get("v") for one in found.instances if one.address == "test_a.it")


@pytest.mark.parametrize(
    "expression",
    [
        "var.s",
        "var.e",
        "var.m",
        "var.m.text",
        "var.m.list[0]",
        "upper(var.s)",
        "base64encode(var.s)",
        'base64encode("user:${var.s}")',
        "jsondecode(jsonencode(var.m)).text",
        'sensitive("x")',
        "local.through",
        "{ a = 1, b = 2, hunter2-0 = 3, c = 4 }[var.s] == 3 ? var.s : null",
        '{ hunter2-0 = "text" }[var.s]',
        "module.m.o",
        'lookup({ "hunter2-0" = "x" }, var.s, "y")',
        'trimprefix(var.s, sensitive("hunter"))',
    ],
)  # fmt: skip
def test_texts_made_from_sensitive_ones_are_secrets(tmp_path: Path, expression: str) -> None:
    files(tmp_path, {"m/main.tf": 'output "o" {\n  value = "x"\n  sensitive = true\n}\n'})
    more = 'locals {\n  through = var.s\n}\nmodule "m" {\n  source = "./m"\n}\n'
    value = value_of(tmp_path, expression, more)
    assert isinstance(value, SecretText)
    assert value.cause is Cause.SENSITIVE
    assert value.is_set
    assert "hunter" not in repr(value) + value.reason


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("var.on", False),
        ("var.m.on", True),
        ('var.s == "hunter2-0"', True),
        ('"a-${var.s}" == "a-hunter2-0"', True),
        ('var.s == "hunter2-0" ? "yes" : "no"', "yes"),
        ('contains(["a"], var.s)', False),
        ("length(var.m)", 3),
        ("length(var.s)", 9),
        ('startswith(var.s, "hunter")', True),
        ("var.s == null", False),
        ("issensitive(var.s)", True),
        ("nonsensitive(var.s)", "hunter2-0"),
        ("nonsensitive(var.m).list", ["hunter2-0"]),
        ("[for k, v in var.m : true]", [True, True, True]),
        ("var.m.list[*] == [var.s]", True),
        ("try(var.m.nothing, 1)", 1),
        ("can(tonumber(var.s))", False),
    ],
)
def test_what_tells_nothing_is_known(tmp_path: Path, expression: str, value: Value) -> None:
    assert value_of(tmp_path, expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        'sensitive(merge(var.open, { a = "hunter3" })).a',
        "merge(var.open, { a = var.s }).a",
        "merge(var.open, var.m).text",
        'sort([var.s, "b"])',
        'formatlist("%s-x", var.m.list)',
    ],
)
def test_what_is_made_of_unknown_and_sensitive_values_is_not_shown(tmp_path: Path, expression: str) -> None:
    value = value_of(tmp_path, expression, 'variable "open" {}\n')
    assert isinstance(value, Unknown)
    assert "hunter" not in repr(value) + value.reason


def test_each_of_two_sensitive_texts_is_concealed(tmp_path: Path) -> None:
    value = value_of(tmp_path, 'sensitive(var.open ? "hunter3" : "hunter4")', 'variable "open" {}\n')
    assert isinstance(value, Alternatives)
    assert all(isinstance(each, SecretText) for each in value.values)


def test_known_parts_beside_secrets_are_kept(tmp_path: Path) -> None:
    value = value_of(tmp_path, 'merge({ engine = "postgres" }, { password = var.s, url = "https://${var.s}@x" })')
    assert value["engine"] == "postgres"
    assert isinstance(value["password"], SecretText)
    assert isinstance(value["url"], PartialText)
    assert value["url"].prefix == "https://"
    policy = value_of(tmp_path, 'jsonencode({ Effect = "Deny", Principal = var.s })')
    assert isinstance(policy, PartialJson)
    assert policy.document["Effect"] == "Deny"


@pytest.mark.parametrize(
    "value",
    [
        "x",
        ["x"],
        {"a": "x"},
        Incomplete(["x"], Unknown("why")),
        Incomplete([], Unknown("why"), ["x"]),
        PartialText(["x", Unknown("why")]),
        OpenMap({"a": "x"}, Unknown("why")),
        Alternatives(("x", "y"), Unknown("why")),
    ],
)
def test_what_is_concealed_can_be_revealed_and_not_be_printed(value: Value) -> None:
    hidden = concealed(value)
    assert isinstance(hidden, Unknown)
    assert holds_secret([{"a": hidden}])
    assert "x" not in repr(hidden).replace("text", "").replace("Text", "")
    opened = revealed([{"a": hidden}])
    assert not holds_secret(opened)


def test_what_is_shared_is_opened_once() -> None:
    value: Value = concealed("x")
    for _ in range(200):
        value = [value, value]
    assert not holds_secret(revealed(value))


LAMBDA = """
resource "aws_lambda_function" "phi" {{
  function_name = "phi"
  environment {{
    variables = {}
  }}
}}
"""


@pytest.mark.parametrize(
    "variables",
    [
        "{ DB_PASSWORD = var.s }",
        '{ URL = "postgres://u:${var.s}@db" }',
        "{ A = aws_db_instance.d.password }",
        "var.all",
    ],
)
def test_a_sensitive_literal_is_still_a_literal(tmp_path: Path, variables: str) -> None:
    more = 'variable "all" {\n sensitive = true\n default = { DB_PASSWORD = "hunter2-0" }\n}\n'
    database = 'resource "aws_db_instance" "d" {\n password = "AKIAABCDEFGHIJKLMNOP"\n}\n'
    files(tmp_path, {"main.tf": DECLARED + more + database + LAMBDA.format(variables)})
    (finding,) = scan_terraform(TerraformTarget(tmp_path), Options(only=("lambda_env_no_secrets",))).findings
    assert finding.status is Status.FAIL
    assert "hunter2" not in finding.message
