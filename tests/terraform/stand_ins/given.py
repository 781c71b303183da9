"""What the tests of this folder share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.resource import Resource
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read

OUTSIDE = """
variable "thing" {}
variable "things" { type = map(object({ id = string })) }
data "aws_instance" "d" { instance_id = "i-0123456789abcdef0" }
data "aws_security_group" "d" { name = "elsewhere" }
data "terraform_remote_state" "net" { backend = "s3" }
module "gone" { source = "example/gone/aws" }
resource "aws_eks_cluster" "k" {}
"""


@cache
def kinds() -> list[type[Resource]]:
    """The kinds that controls judge."""
    return sorted({control.kind for control in load()}, key=lambda kind: kind.kind)


@cache
def splits() -> list[tuple[type[Resource], str, str]]:
    """Every kind with each of its split types, and the argument by which that points at it."""
    found = [(kind, type_, by) for kind in kinds() for type_, several in kind.splits().items() for by in several]
    return [each for each in found if not any(issubclass(each[0], kind) and kind is not each[0] for kind in kinds())]


def part(type_: str, by: str, value: str, name: str = "part") -> str:
    """A split resource that names its whole by an expression."""
    listed = by in ("users", "roles", "groups")
    return f'resource "{type_}" "{name}" {{\n  {by} = {f"[{value}]" if listed else value}\n}}\n'


def inventory(directory: Path, text: str) -> tuple[Inventory, list[Gap]]:
    """What a configuration declares, and the rows that come with it."""
    (directory / "main.tf").write_text(text)
    (configuration,) = read(directory)
    return build_inventory(configuration, kinds()), configuration.gaps


# --- verdicts --------------------------------------------------------------------------------------------------------

SSH = """
  type        = "ingress"
  protocol    = "tcp"
  from_port   = 22
  to_port     = 22
  cidr_blocks = ["{}"]
"""


def rule(name: str, group: str, cidr: str = "0.0.0.0/0", more: str = "") -> str:
    return (
        f'resource "aws_security_group_rule" "{name}" {{\n security_group_id = {group}\n{SSH.format(cidr)}{more}\n}}\n'
    )


def on_bucket(type_: str, body: str, more: str = "") -> str:
    return f'resource "{type_}" "x" {{\n bucket = var.thing\n{body}{more}\n}}\n'


def scan(directory: Path, text: str, control: str) -> Assessment:
    (directory / "main.tf").write_text(text)
    return scan_terraform(TerraformTarget(directory), Options(only=[control]))


def verdicts(result: Assessment) -> dict[str, Status]:
    return {finding.resource.address or "": finding.status for finding in result.findings}


def function(name: str, provider: str = "") -> str:
    where = f"provider = {provider}\n" if provider else ""
    return f'resource "aws_lambda_function" "{name}" {{\n {where} function_name = "f"\n role = "arn:aws:iam::111122223333:role/r"\n}}\n'


TWO_REGIONS = """
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
"""

OPEN_PERMISSION = 'function_name = "f"\n principal = "*"\n action = "lambda:InvokeFunction"\n statement_id = "x"\n'


def permission(provider: str = "") -> str:
    where = f"provider = {provider}\n" if provider else ""
    return f'resource "aws_lambda_permission" "p" {{\n {where} {OPEN_PERMISSION}}}\n'
