"""The documented fixes of topics, queues and functions keep what worked before: senders, owners, permissions of roles."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.services import iam, kms, sns
from hipaa_guard.testing import all_controls
from hipaa_guard.testing.judging import terraform_inventory

POLICIES = ("sns_topic_policy_not_public", "sns_topic_policy_no_cross_account", "sns_topic_tls_required")
KEYS = {
    "sns_topic_encrypted_at_rest": {"cloudwatch.amazonaws.com", "s3.amazonaws.com"},
    "sns_topic_encrypted_with_cmk": {"cloudwatch.amazonaws.com", "s3.amazonaws.com"},
    "sqs_queue_encrypted_with_cmk": {"s3.amazonaws.com", "sns.amazonaws.com"},
}
ROLES = ("lambda_function_in_vpc", "lambda_env_no_secrets", "lambda_env_encrypted_with_cmk")


def fixed(control: str, place: Path) -> Inventory:
    """The inventory of a documented fix."""
    text = dedent(all_controls()[control].fix.terraform)
    return terraform_inventory(text, list(all_controls().values()), place)


def gaps(inventory: Inventory, *controls: str) -> list[str]:
    found = judge([all_controls()[each] for each in controls], inventory)
    return [f"{each.control_id}: {each.message}" for each in found if each.status is Status.FAIL]


@pytest.mark.parametrize("control", POLICIES)
def test_the_account_may_still_use_its_topic(control: str, tmp_path: Path) -> None:
    inventory = fixed(control, tmp_path)
    (topic,) = (each for each in inventory.seen(sns.Topic) if each.origin.address == "aws_sns_topic.phi")
    policy = topic.policy
    assert isinstance(policy, PolicyDocument)
    (owner,) = (each for each in policy if each.effect == "Allow" and each.is_about_anyone())
    assert [condition.key for condition in owner.conditions] == ["aws:sourceowner"]
    for action in ("sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes", "sns:DeleteTopic"):
        assert owner.covers_action(action)
    assert gaps(inventory, "sns_topic_policy_not_public", "sns_topic_policy_no_cross_account") == []


@pytest.mark.parametrize("control", KEYS)
def test_senders_may_use_the_key(control: str, tmp_path: Path) -> None:
    inventory = fixed(control, tmp_path)
    (key,) = inventory.seen(kms.Key)
    policy = key.policy
    assert isinstance(policy, PolicyDocument)
    senders = [each for each in policy if any(principal.type == "Service" for principal in each.principals)]
    assert {principal.value for each in senders for principal in each.principals} == KEYS[control]
    for statement in senders:
        assert statement.covers_action("kms:Decrypt")
        assert statement.covers_action("kms:GenerateDataKey")
        assert statement.binds_caller()
    of_keys = [each.id for each in all_controls().values() if each.kind is kms.Key]
    assert gaps(inventory, *of_keys) == []


@pytest.mark.parametrize("control", ROLES)
def test_the_role_of_a_function_has_permissions(control: str, tmp_path: Path) -> None:
    inventory = fixed(control, tmp_path)
    (role,) = inventory.seen(iam.Role)
    assert role.origin.address == "aws_iam_role.function"
    texts = dedent(all_controls()[control].fix.terraform)
    assert "role          = aws_iam_role.function.arn" in texts
    assert "aws_iam_role_policy" in texts
    of_roles = [each.id for each in all_controls().values() if each.kind is iam.Role]
    assert gaps(inventory, *of_roles) == []
