"""The fix of a control: lines that say what to set become HCL for people and settings for a machine."""

from __future__ import annotations

import pytest

from hipaa_guard.authoring import Fix
from hipaa_guard.controls.fix import Setting
from hipaa_guard.testing import all_controls
from tests.fixing.trees import TERRAFORM, formatted

DERIVED = {control.id: control.fix for control in all_controls().values() if control.fix.by_machine}
METADATA = """resource "aws_instance" "phi" {
  monitoring  = true
  hibernation = false
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}"""


def test_lines_become_hcl_and_settings() -> None:
    fix = Fix(
        sets="""
            aws_instance.metadata_options.http_tokens = "required"

            aws_instance.monitoring = true
            aws_instance.hibernation = false
            aws_instance.metadata_options.http_put_response_hop_limit = 1
        """
    )
    assert fix.terraform == METADATA
    assert fix.settings[0] == Setting("aws_instance", "metadata_options.http_tokens", '"required"')
    assert (fix.by_machine, fix.types, fix.companion) == (True, ("aws_instance",), None)


def test_types_that_mean_the_same_are_shown_once_and_others_each() -> None:
    alike = Fix(sets=("aws_lb.internal = true", "aws_alb.internal = true"))
    assert alike.terraform == 'resource "aws_lb" "phi" {\n  internal = true\n}'
    assert alike.types == ("aws_lb", "aws_alb")
    other = Fix(sets=("aws_lb.internal = true", "aws_elb.internal = false"))
    assert other.terraform.count("resource ") == 2
    assert [each.value for each in other.settings_in("aws_elb", [])] == ["false"]


def test_what_stands_beside_is_shown_and_not_set() -> None:
    fix = Fix(sets="aws_lb_listener.ssl_policy = var.policy", given='aws_lb_listener.protocol = "TLS"')
    assert fix.terraform == 'resource "aws_lb_listener" "phi" {\n  protocol   = "TLS"\n  ssl_policy = var.policy\n}'
    assert [each.path for each in fix.settings] == ["ssl_policy"]


def test_what_is_set_only_where_it_is_written() -> None:
    fix = Fix(sets="aws_cloudtrail.a = true", where_written="aws_cloudtrail.b = true")
    assert [each.path for each in fix.settings_in("aws_cloudtrail", {"b": 1})] == ["a", "b"]
    assert [each.path for each in fix.settings_in("aws_cloudtrail", {"c": 1})] == ["a"]
    assert "b =" not in fix.terraform


def test_every_block_is_meant_by_an_asterisk() -> None:
    fix = Fix(sets="aws_launch_template.block_device_mappings[*].ebs.encrypted = true")
    assert fix.settings == (Setting("aws_launch_template", "block_device_mappings.ebs.encrypted", "true", each=True),)
    assert "[*]" not in fix.terraform


def test_a_reference_to_phi_makes_a_resource_that_is_added() -> None:
    fix = Fix(
        sets="""
            aws_sqs_queue_policy.queue_url = aws_sqs_queue.phi.id
            aws_sqs_queue_policy.policy = jsonencode({
              Resource = aws_sqs_queue.phi.arn
              aws_sqs_queue = "aws_sqs_queue.phi2"
            })
        """,
        inline=("aws_sqs_queue.policy", "aws_sqs_queue.old = true"),
    )
    assert fix.types == ("aws_sqs_queue",)
    assert fix.companion is not None
    assert fix.companion.settings == ()
    assert fix.companion.text("dead", "aws_sqs_queue.dead[0]", ["count = 2", ""]) == (
        'resource "aws_sqs_queue_policy" "dead" {\n  count = 2\n\n  queue_url = aws_sqs_queue.dead[0].id\n\n'
        '  policy = jsonencode({\n    Resource = aws_sqs_queue.dead[0].arn\n    aws_sqs_queue = "aws_sqs_queue.phi2"\n'
        "  })\n}"
    )
    assert [(each.path, each.value) for each in fix.inline_settings] == [("policy", ""), ("old", "true")]
    plain = Fix(sets="aws_a_b.c = aws_d.phi.arn\naws_a_b.e.f = 1").companion
    assert plain is not None
    assert [each.path for each in plain.settings] == ["e.f"]


@pytest.mark.parametrize("sets", ["awscc_rds_db_cluster.a.b = 1", ("aws_lb.internal = true", "internal = true")])
def test_what_cannot_be_set_is_said(sets: str | tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match=r"sets reaches only blocks|lines of the form"):
        Fix(sets=sets)


def test_reports_say_who_makes_the_change() -> None:
    texts = Fix(sets="aws_lb.internal = true", cli="aws", note="N.").texts()
    assert (texts.terraform, texts.cli, texts.note) == ('resource "aws_lb" "phi" {\n  internal = true\n}', "aws", "N.")
    assert texts.by_whom == "hipaa-guard fix makes this change in Terraform source."
    reason = Fix(note="N.", not_by_machine="needs a key").texts()
    assert reason.by_whom == "hipaa-guard fix does not make this change: it needs a key."
    assert Fix(note="N.").texts().by_whom == ""


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_derived_hcl_is_written_as_terraform_formats_it() -> None:
    assert len(DERIVED) >= 40
    text = "\n".join(f"# {id}\n{fix.terraform}" for id, fix in DERIVED.items()) + "\n"
    assert formatted(text) == [text]
