"""Configurations that ``terraform validate`` or ``plan`` refuses: no wrong value is judged, and a row tells the line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Reference
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.source import read_directory

IT = 'resource "terraform_data" "it" {{\n  input = {}\n}}\n'
CALL = 'module "m" {\n  source = "./m"\n}\n'


def read(directory: Path, files: Mapping[str, str]) -> Configuration:
    """The one configuration of a tree, with all arguments looked at."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (found,) = read_directory(directory)
    for one in found.instances:
        for argument in one.arguments():
            one.get(argument)
    return found


def rows(found: Configuration) -> list[tuple[GapKind, str, str]]:
    """Kind, place and reason of the rows."""
    return [(gap.kind, str(gap.location), gap.reason) for gap in found.gaps]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("var.x", "no variable var.x"),
        ("local.x", "no local value"),
        ("module.x.y", "no module call"),
        ("module.m.nothing", "no output"),
        ("terraform_data.x.id", "no resource"),
        ("data.terraform_remote_state.x.id", "no data source"),
        ("local.cycle_a", "depends on itself"),
        ("nope(1)", "no function named"),
        ("upper()", "not enough arguments"),
        ('upper("a", "b")', "too many arguments"),
        ("upper([1])", "string required"),
        ("local.known.b", "does not have an attribute"),
        ("local.known[0]", "does not have an attribute"),
        ("[1][3]", "outside of the list"),
        ("[1][-1]", "outside of the list"),
        ('"a".b', "can't access attributes"),
        ("each.key", "'each' has no meaning here"),
        ("count.index", "'count' has no meaning here"),
        ("path.foo", "'foo'"),
        ("terraform.env", "'env'"),
        ("self.id", "'self' has no meaning here"),
        ("terraform_data.counted.id", "can't access attributes on a list"),
        ("terraform_data.counted[2].id", "outside of the list"),
        ("terraform_data.single[0].id", "does not have indices"),
        ('terraform_data.keyed["y"].id', "'y'"),
        ("module.m[0].o", "does not have indices"),
        ('"x" ? 1 : 2', "bool required"),
        ('"a-${null}"', "null"),
        ('"a-${[1]}"', "string required"),
        ('{ for x in [1, 2] : "a" => x }', "two different items"),
        ("1 / 0", "division by zero"),
        ("local.nothing.a", "null value"),
        ("var.no_type", "no type constraint"),
        ("var.misfit", "cannot convert"),
        ("var.null_default", "null is no default"),
        ("var.default_refers", "cannot refer"),
        ("var.default_calls", "cannot call"),
    ],
)
def test_an_expression_that_is_refused_is_unknown(tmp_path: Path, expression: str, said: str) -> None:
    declared = """
        locals {
          known   = { a = 1 }
          nothing = null
          cycle_a = local.cycle_b
          cycle_b = local.cycle_a
        }
        variable "no_type" {
          type    = strin
          default = "x"
        }
        variable "misfit" {
          type    = number
          default = "x"
        }
        variable "null_default" {
          nullable = false
          default  = null
        }
        variable "default_refers" {
          default = local.known
        }
        variable "default_calls" {
          default = upper("a")
        }
        resource "terraform_data" "counted" {
          count = 2
        }
        resource "terraform_data" "single" {}
        resource "terraform_data" "keyed" {
          for_each = toset(["x"])
        }
    """
    files = {"main.tf": IT.format(expression) + CALL + declared, "m/main.tf": 'output "o" {\n  value = 1\n}\n'}
    found = read(tmp_path, files)
    value = next(one.get("input") for one in found.instances if one.address == "terraform_data.it")
    unknown = first_unknown(value)
    assert unknown is not None
    assert said in unknown.reason
    assert [place for _, place, reason in rows(found) if said in reason]


@pytest.mark.parametrize(
    ("text", "kind", "place", "said"),
    [
        (IT.format(1) + IT.format(2), GapKind.DUPLICATE, "main.tf:4", "main.tf:1"),
        ('variable "v" {}\nvariable "v" {}\n', GapKind.DUPLICATE, "main.tf:2", "main.tf:1"),
        ("locals {\n v = 1\n}\nlocals {\n v = 2\n}\n", GapKind.DUPLICATE, "main.tf:5", "main.tf:2"),
        ('output "v" {}\noutput "v" {}\n', GapKind.DUPLICATE, "main.tf:2", "main.tf:1"),
        ('data "a" "v" {}\ndata "a" "v" {}\n', GapKind.DUPLICATE, "main.tf:2", "main.tf:1"),
        (CALL + CALL, GapKind.DUPLICATE, "main.tf:4", "main.tf:1"),
        ('provider "aws" {}\nprovider "aws" {}\n', GapKind.DUPLICATE, "main.tf:2", "main.tf:1"),
        ('resource "a" "b" {\n x = 1\n x = 2\n}\n', GapKind.DUPLICATE, "main.tf:3", "set twice"),
        ('module "m" {\n source = "./m"\n typo = 1\n}\n', GapKind.EXPRESSION, "main.tf:3", "no variable 'typo'"),
        ('resource "a" "b" {\n count = 1\n for_each = {}\n}\n', GapKind.EXPRESSION, "main.tf:3", "both set"),
        ('module "m" {\n source = "./m"\n count = 1\n for_each = {}\n}\n', GapKind.EXPRESSION, "main.tf:4", "both set"),
        ('resource "a" "b" {\n for_each = ["x"]\n}\n', GapKind.EXPRESSION, "main.tf:2", "toset()"),
        ('resource "a" "b" {\n for_each = toset([1])\n}\n', GapKind.EXPRESSION, "main.tf:2", "other things than texts"),
        ('resource "a" "b" {\n for_each = null\n}\n', GapKind.EXPRESSION, "main.tf:2", "null"),
        ('resource "a" "b" {\n for_each = "x"\n}\n', GapKind.EXPRESSION, "main.tf:2", "non-iterable"),
        ('resource "a" "b" {\n for_each = sensitive({ x = 1 })\n}\n', GapKind.EXPRESSION, "main.tf:2", "sensitive"),
        ('resource "a" "b" {\n count = "x"\n}\n', GapKind.EXPRESSION, "main.tf:2", "number"),
        ('resource "a" "b" {\n count = -1\n}\n', GapKind.EXPRESSION, "main.tf:2", "whole number"),
        ('resource "a" "b" {\n count = 1.5\n}\n', GapKind.EXPRESSION, "main.tf:2", "whole number"),
        ('resource "a" "b" {\n count = null\n}\n', GapKind.EXPRESSION, "main.tf:2", "null"),
        ('resource "a" "b" {\n provider = aws.lost\n}\n', GapKind.EXPRESSION, "main.tf:2", "no provider"),
        ('module "m" {\n source = "./m"\n providers = { aws = aws.lost }\n}\n', GapKind.EXPRESSION, "main.tf:3", "no prov"),
        ('resource "a" {}\n', GapKind.FILE, "main.tf:1", "takes 2 labels"),
        ('resurce "a" "b" {}\n', GapKind.FILE, "main.tf:1", "unknown block type"),
        ("a = 1\n", GapKind.EXPRESSION, "main.tf:1", "outside of every block"),
        ('module "m" {}\n', GapKind.MODULE, "main.tf:1", "source"),
        ('resource "a" "b" {\n dynamic {\n for_each = [1]\n content {}\n }\n}\n', GapKind.FILE, "main.tf:2", "one label"),
    ],
)  # fmt: skip
def test_a_block_that_is_refused_is_reported(tmp_path: Path, text: str, kind: GapKind, place: str, said: str) -> None:
    called = {"m/main.tf": 'resource "aws_a" "in" {}\n'} if "./m" in text else {}
    found = read(tmp_path, {"main.tf": text, **called})
    assert [row for row in rows(found) if row[:2] == (kind, place) and said in row[2]], rows(found)


@pytest.mark.parametrize("inner", ["for_each = [1]", "content {}", "for_each = [1]\n content {}\n content {}"])
def test_a_dynamic_block_that_is_refused_is_not_taken_for_absent(tmp_path: Path, inner: str) -> None:
    found = read(tmp_path, {"main.tf": f'resource "a" "b" {{\n dynamic "rule" {{\n {inner}\n }}\n}}\n'})
    assert first_unknown(found.instances[0].get("rule")) is not None
    assert found.gaps[0].location is not None


def test_neither_count_nor_for_each_is_guessed_where_both_are_set(tmp_path: Path) -> None:
    text = 'resource "a" "b" {\n count = 2\n for_each = toset(["x"])\n i = count.index\n k = each.key\n}\n'
    (one,) = read(tmp_path, {"main.tf": text}).instances
    assert one.address == "a.b[?]"
    assert first_unknown(one.get("i")) is not None
    assert first_unknown(one.get("k")) is not None


def test_a_missing_input_of_a_module_is_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, {"main.tf": CALL, "m/main.tf": 'variable "v" {}\n' + IT.format("var.v")})
    unknown = first_unknown(found.instances[0].get("input"))
    assert unknown is not None
    assert unknown.references == ("var.v",)


def test_a_resource_that_refers_to_itself_is_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, {"main.tf": IT.format("[terraform_data.it.id, terraform_data.it.input]")})
    assert first_unknown(found.instances[0].get("input")) is not None


def test_the_provider_of_an_alias_that_a_caller_may_give_is_no_mistake(tmp_path: Path) -> None:
    text = """
        terraform {
          required_providers {
            aws = {
              source                = "hashicorp/aws"
              configuration_aliases = [aws.other]
            }
          }
        }
        resource "aws_a" "b" {
          provider = aws.other
        }
    """
    found = read(tmp_path, {"main.tf": text})
    assert not found.gaps
    assert first_unknown(found.instances[0].region) is not None
    assert first_unknown(found.instances[0].get("tags_all")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "moved {\n from = terraform_data.a\n to = terraform_data.it\n}\n",
        "moved {\n from = a.a\n to = a.b\n}\nmoved {\n from = a.b\n to = a.a\n}\n",
        "removed {\n from = a.gone\n}\n",
        "removed {\n from = a.gone\n lifecycle {\n destroy = true\n }\n}\n",
        'import {\n for_each = { a = "1" }\n to = terraform_data.it[each.key]\n id = each.value\n}\n',
        'check "c" {\n assert {\n condition = false\n error_message = "x"\n }\n}\n',
        'terraform {\n required_version = "> 99"\n backend "s3" {}\n}\n',
        'resource "terraform_data" "other" {\n lifecycle {\n  ignore_changes = all\n }\n}\n',
    ],
)
def test_what_changes_nothing_that_is_configured(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, {"main.tf": IT.format(1) + text})
    assert next(one.get("input") for one in found.instances if one.name == "it") == 1
    assert not found.gaps


def test_what_is_removed_but_not_destroyed_is_told(tmp_path: Path) -> None:
    text = "removed {\n from = module.old.aws_s3_bucket.phi\n lifecycle {\n  destroy = false\n }\n}\n"
    (gap,) = read(tmp_path, {"main.tf": text}).gaps
    assert (gap.kind, gap.subject, gap.incomplete) == (GapKind.REMOVED, "module.old.aws_s3_bucket.phi", False)
    assert str(gap.location) == "main.tf:1"
    assert "still exists" in gap.reason


def test_ephemeral_resources_are_not_known(tmp_path: Path) -> None:
    text = 'ephemeral "aws_secretsmanager_secret_version" "s" {\n secret_id = "phi"\n}\n'
    found = read(tmp_path, {"main.tf": IT.format("ephemeral.aws_secretsmanager_secret_version.s.secret_string") + text})
    assert [one.address for one in found.instances] == ["terraform_data.it"]
    value = found.instances[0].get("input")
    assert isinstance(value, Reference)
    assert value.address == "ephemeral.aws_secretsmanager_secret_version.s"


def test_the_text_of_a_broken_file_is_not_repeated(tmp_path: Path) -> None:
    broken = ['password = "hunter2" "hunter2"', 'x = [1, "hunter2" 2]', 'password = "hunter2', 'a = b "hunter2"']
    files = {f"{n}.tf": f'resource "a" "b{n}" {{\n {line}\n}}\n' for n, line in enumerate(broken)}
    found = read(tmp_path, files)
    assert len({gap.subject for gap in found.gaps}) == len(broken)
    assert not [gap for gap in found.gaps if "hunter2" in gap.reason]
