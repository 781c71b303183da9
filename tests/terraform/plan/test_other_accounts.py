"""Plans: references to resources of other provider configurations are of the account of these."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.terraform.plans import block, change, const, plan, refs

OWN, OTHER = "111122223333", "444455556666"
Provider = dict[str, Any]
ALIAS = "aws.other"


def only(account: str) -> Provider:
    return {"allowed_account_ids": const([account])}


def role(arn: Any) -> Provider:
    return {"assume_role": [{"role_arn": arn}]}


def deploying(account: str) -> Any:
    return const(f"arn:aws:iam::{account}:role/deploy")


VARIABLES = {"role": {"value": f"arn:aws:iam::{OWN}:role/deploy"}, "stage": {"value": "live"}}
PROFILE = {"profile": const("clinic")}
OWNERS: dict[str, tuple[Provider, Provider, Status]] = {
    "another account": (only(OWN), only(OTHER), Status.FAIL),
    "another account, by the role": (role(deploying(OWN)), role(deploying(OTHER)), Status.FAIL),
    "an account that is not known": (only(OWN), {"profile": const("partner")}, Status.UNKNOWN),
    "an account by a local value": (only(OWN), role({"references": ["local.role"]}), Status.UNKNOWN),
    "profiles with a variable in their names": (
        {"profile": refs("var.stage")},  # "${var.stage}-records" and "${var.stage}-audit" look alike
        {"profile": refs("var.stage")},
        Status.UNKNOWN,
    ),
    "the same account": (only(OWN), {**only(OWN), "region": const("us-west-2")}, Status.PASS),
    "the role of a variable": (role(refs("var.role")), role(refs("var.role")), Status.PASS),
    "the same profile": (PROFILE, {**PROFILE, "region": const("us-west-2")}, Status.PASS),
    "the same credentials of the environment": ({}, {"region": const("us-west-2")}, Status.PASS),
}


def told(mine: Provider, theirs: Provider, **more: Any) -> dict[str, Any]:
    """A queue and a function that let in a role and a bucket of the other provider."""
    statement = {"effect": "Allow", "actions": ["sqs:ReceiveMessage"], "resources": ["*"]}
    document = change(
        "data.aws_iam_policy_document.d",
        {"statement": [{**statement, "principals": [{"type": "AWS", "identifiers": [None]}], "condition": []}]},
        {"json": True, "statement": [{"principals": [{"identifiers": [True]}]}]},
        actions=("read",),
        mode="data",
    )
    principals = [{"type": const("AWS"), "identifiers": refs("aws_iam_role.theirs.arn")}]
    written = [{"effect": const("Allow"), "actions": const(["sqs:ReceiveMessage"]), "resources": const(["*"])}]
    written[0] |= {"principals": principals}  # type: ignore[dict-item]
    call = {"function_name": "phi", "action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com"}
    constants = {name: const(value) for name, value in call.items()}
    found = plan(
        [
            document,
            change("aws_iam_role.theirs", {"name": "reader"}, {"arn": True, "id": True}),
            change("aws_s3_bucket.theirs", {}, {"arn": True, "id": True, "bucket": True}),
            change("aws_sqs_queue.phi", {"name": "phi"}, {"policy": True, "arn": True}),
            change("aws_lambda_function.phi", {"function_name": "phi"}, {"arn": True}),
            change("aws_lambda_permission.p", call, {"source_arn": True}),
        ],
        [
            block("data.aws_iam_policy_document.d", {"statement": written}),
            block("aws_iam_role.theirs", {"name": const("reader")}, provider_config_key=ALIAS),
            block("aws_s3_bucket.theirs", {}, provider_config_key=ALIAS),
            block("aws_sqs_queue.phi", {"policy": {"references": ["data.aws_iam_policy_document.d.json"]}}),
            block("aws_lambda_function.phi", {"function_name": const("phi")}),
            block("aws_lambda_permission.p", {**constants, "source_arn": refs("aws_s3_bucket.theirs.arn")}),
            block("data.aws_caller_identity.mine", {}),
            block("data.aws_caller_identity.theirs", {}, provider_config_key=ALIAS),
        ],
        provider=mine,
        variables=VARIABLES,
        **more,
    )
    providers = found["configuration"]["provider_config"]
    providers[ALIAS] = {**providers["aws"], "alias": "other", "expressions": theirs}
    return found


CONTROLS = ["sqs_queue_policy_no_cross_account", "lambda_function_no_cross_account"]


def statuses(directory: Path, document: dict[str, Any], source: Path | None = None) -> dict[str, Status]:
    (directory / "plan.json").write_text(json.dumps(document))
    target = TerraformTarget(directory / "plan.json", source=source)
    found = scan_terraform(target, Options(only=CONTROLS)).findings
    return {finding.control_id: finding.status for finding in found if finding.resource.name == "phi"}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_reference_is_of_the_account_of_its_provider(tmp_path: Path, owner: str) -> None:
    mine, theirs, expected = OWNERS[owner]
    assert statuses(tmp_path, told(mine, theirs)) == dict.fromkeys(CONTROLS, expected)


def callers(theirs: str) -> dict[str, Any]:
    """The state before a plan, with the callers that it looked up."""
    found = []
    for name, account in (("mine", OWN), ("theirs", theirs)):
        values = {"account_id": account, "id": account}
        address = f"data.aws_caller_identity.{name}"
        found.append(
            {"address": address, "mode": "data", "type": "aws_caller_identity", "name": name, "values": values}
        )
    return {"values": {"root_module": {"resources": found}}}


@pytest.mark.parametrize(("theirs", "expected"), [(OTHER, Status.FAIL), (OWN, Status.PASS)])
def test_the_callers_that_a_plan_looked_up_are_the_accounts_of_their_providers(
    tmp_path: Path, theirs: str, expected: Status
) -> None:
    profiles = ({"profile": const("clinic")}, {"profile": const("partner")})
    assert statuses(tmp_path, told(*profiles, prior_state=callers(theirs))) == dict.fromkeys(CONTROLS, expected)


SOURCE = """
variable "stage" {
}
provider "aws" {
  profile = "${var.stage}-records"
}
provider "aws" {
  alias   = "other"
  profile = "${var.stage}-THEIRS"
}
data "aws_caller_identity" "mine" {
}
data "aws_caller_identity" "theirs" {
  provider = aws.other
}
data "aws_iam_policy_document" "d" {
  statement {
    effect    = "Allow"
    actions   = ["sqs:ReceiveMessage"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.theirs.arn]
    }
  }
}
resource "aws_iam_role" "theirs" {
  provider = aws.other
  name     = "reader"
}
resource "aws_s3_bucket" "theirs" {
  provider = aws.other
}
resource "aws_sqs_queue" "phi" {
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_lambda_function" "phi" {
  function_name = "phi"
}
resource "aws_lambda_permission" "p" {
  function_name = "phi"
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.theirs.arn
}
"""


@pytest.mark.parametrize(
    ("theirs", "looked_up", "expected"),
    [("records", None, Status.PASS), ("audit", None, Status.UNKNOWN), ("audit", OTHER, Status.FAIL)],
)
def test_the_source_of_a_plan_tells_profiles_apart(
    tmp_path: Path, theirs: str, looked_up: str | None, expected: Status
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.tf").write_text(SOURCE.replace("THEIRS", theirs))
    known = {} if looked_up is None else {"prior_state": callers(looked_up)}
    document = told({"profile": refs("var.stage")}, {"profile": refs("var.stage")}, **known)
    assert statuses(tmp_path, document, source) == dict.fromkeys(CONTROLS, expected)
