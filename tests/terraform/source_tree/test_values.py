"""Plans and states with the source beside them: lines, and what a plan does not know yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Cause, PartialJson, Reference
from hipaa_guard.terraform.addresses import key_text, key_value
from hipaa_guard.terraform.binding.inventory import build_inventory
from tests.terraform.kinds import KINDS, at
from tests.terraform.plans import Applied, block, change, const, plan, raw_state, refs, shown_state
from tests.terraform.source_tree.beside import BUCKET, POLICY, beside, one, policy_plan


def test_what_the_plan_does_not_know_is_what_the_source_makes_it_from(tmp_path: Path) -> None:
    found = at(build_inventory(beside(tmp_path, policy_plan(), POLICY), KINDS), "aws_s3_bucket.b").peek(
        KINDS[0].facts["policy"]
    )
    assert isinstance(found, PartialJson)
    (statement,) = found.document["Statement"]
    assert (statement["Principal"], statement["Resource"].address) == ("*", "aws_s3_bucket.b")


def test_what_the_plan_knows_counts_more_than_the_source(tmp_path: Path) -> None:
    known = plan([change("aws_s3_bucket.b", {"bucket": "records"}, {"id": True})], [block("aws_s3_bucket.b", {})])
    found = beside(tmp_path, known, 'resource "aws_s3_bucket" "b" { bucket = "others" }')
    assert one(found, "aws_s3_bucket.b").get("bucket") == "records"


def test_values_that_the_plan_knows_stand_in_the_expressions_of_the_source(tmp_path: Path) -> None:
    """The ARN of a bucket that exists, the answer of a data source, a variable that was given on the command line."""
    account = Applied("data.aws_caller_identity.me", {"account_id": "111122223333"})
    exists = change("aws_s3_bucket.b", {"bucket": "records", "arn": "arn:aws:s3:::records"}, actions=("no-op",))
    pointer = change("aws_s3_bucket_policy.p", {}, {"policy": True})
    made_from = refs("aws_s3_bucket.b.arn", "data.aws_caller_identity.me.account_id", "var.who", "aws_kms_key.k.arn")
    document = plan(
        [exists, pointer, change("aws_kms_key.k", {}, {"arn": True})],
        [block("aws_s3_bucket_policy.p", {"policy": made_from})],
        variables={"who": {"value": "nurse"}},
        prior_state=shown_state([account]),
    )
    source = """
    variable "who" {}
    data "aws_caller_identity" "me" {}
    resource "aws_kms_key" "k" {}
    resource "aws_s3_bucket" "b" {}
    resource "aws_s3_bucket_policy" "p" {
      policy = jsonencode({
        bucket = aws_s3_bucket.b.arn, key = aws_kms_key.k.arn
        who    = "${data.aws_caller_identity.me.account_id}:${var.who}"
      })
    }
    """
    found = one(
        beside(tmp_path, document, {"main.tf": source, "terraform.tfvars": 'who = "doctor"'}), pointer["address"]
    )
    policy = found.get("policy")
    assert isinstance(policy, PartialJson)
    assert policy.document["bucket"] == "arn:aws:s3:::records"
    assert policy.document["who"] == "111122223333:nurse"
    assert isinstance(policy.document["key"], Reference)


def test_instances_are_those_of_the_plan_whatever_the_source_says_of_their_number(tmp_path: Path) -> None:
    module = 'module.m["a.b"]'
    changes = [
        change(f'{module}.aws_s3_bucket.b["x"]', {}, {"id": True}, module=module, index="x"),
        change(f"{module}.aws_s3_bucket_versioning.v[1]", {}, {"bucket": True}, module=module, index=1),
    ]
    source = {
        "main.tf": 'module "m" {\n  source = "./m"\n  for_each = var.unknown\n}\nvariable "unknown" {}',
        "m/main.tf": """
        resource "aws_s3_bucket" "b" {
          for_each = data.aws_ssm_parameter.names
        }
        resource "aws_s3_bucket_versioning" "v" {
          count  = length(data.aws_ssm_parameter.names)
          bucket = aws_s3_bucket.b["x"].id
        }
        """,
    }
    found = beside(tmp_path, plan(changes), source)
    pointer = one(found, f"{module}.aws_s3_bucket_versioning.v[1]")
    reference = pointer.get("bucket")
    assert isinstance(reference, Reference)
    assert reference.address == f'{module}.aws_s3_bucket.b["x"]'
    assert (str(pointer.location), [str(call) for call in pointer.location.calls]) == ("m/main.tf:5", ["main.tf:1"])
    assert found.gaps == []


@pytest.mark.parametrize("key", ['a.b"c', "e${x}", "f\\g", "h\nj", "%{if}", "tab\there", "$${no}", 3])
def test_keys_are_written_and_read_as_terraform_does(key: str | int) -> None:
    assert key_value(key_text(key)) == key


def test_a_key_beyond_all_limits_makes_no_instances(tmp_path: Path) -> None:
    far = change("aws_s3_bucket.b[999999999999]", {"bucket": "far"}, index=999999999999)
    found = beside(tmp_path, plan([far]), 'resource "aws_s3_bucket" "b" {\n  count = 2\n}')
    assert [(each.address, str(each.location)) for each in found.instances] == [(far["address"], "main.tf:1")]


def test_raw_states_have_the_addresses_of_plans(tmp_path: Path) -> None:
    state = raw_state([Applied("aws_s3_bucket.b", {"bucket": "records"})])
    state["resources"][0]["instances"][0]["index_key"] = "e${x}"
    found = beside(tmp_path, state, 'resource "aws_s3_bucket" "b" {\n  for_each = toset(["e$${x}"])\n}')
    assert [(each.address, str(each.location)) for each in found.instances] == [
        ('aws_s3_bucket.b["e$${x}"]', "main.tf:1")
    ]


def test_secrets_are_masked_in_what_the_source_says_too(tmp_path: Path) -> None:
    marks = {"policy": True, "tags": {"token": True}}
    after = {"tags": {"team": "records"}}
    pointer = change("aws_s3_bucket_policy.p", after, {"policy": True, "tags": {"token": True}}, sensitive=marks)
    document = plan([BUCKET, pointer], variables={"secret": {"value": "hunter2"}, "open": {"value": "seen"}})
    document["configuration"]["root_module"]["variables"] = {"secret": {"sensitive": True}, "open": {}}
    source = """
    variable "secret" { sensitive = true }
    variable "open" {}
    resource "aws_s3_bucket" "b" {}
    resource "aws_s3_bucket_policy" "p" {
      policy = jsonencode({ secret = var.secret, open = var.open, arn = aws_s3_bucket.b.arn })
      tags   = { team = "records", token = "hunter2-${aws_s3_bucket.b.arn}" }
    }
    """
    found = one(beside(tmp_path, document, source), "aws_s3_bucket_policy.p")
    policy, token = found.get("policy"), found.get("tags")["token"]
    assert policy.cause is token.cause is Cause.SENSITIVE
    assert "hunter2" not in in_words(policy) + in_words(token) + repr((policy, token))


def test_blocks_that_are_made_from_what_is_not_known_are_not_absent(tmp_path: Path) -> None:
    group = change("aws_security_group.g", {"name": "web"}, {"ingress": True})
    document = plan([group], [block("aws_security_group.g", {"name": const("web")})])
    source = """
    data "aws_ip_ranges" "r" {}
    resource "aws_security_group" "g" {
      name = "web"
      dynamic "ingress" {
        for_each = data.aws_ip_ranges.r.cidr_blocks
        content { cidr_blocks = [ingress.value] }
      }
    }
    """
    assert isinstance(one(beside(tmp_path, document, source), "aws_security_group.g").get("ingress"), Incomplete)


def test_nested_blocks_are_matched_by_what_is_known_of_them(tmp_path: Path) -> None:
    """A set of blocks has another order in a plan than in the source."""
    rules = [{"port": 22, "text": "b"}, {"port": 443, "text": "a"}, {"port": 443, "text": "c"}]
    unknown = {"rule": [{"group": True}, {"group": True}, {"group": True}]}
    written = block("aws_x.r", {"rule": [{"port": const(1), "group": refs(f"aws_x.{name}.id")} for name in "abc"]})
    changes = [change("aws_x.r", {"rule": rules}, unknown), *(change(f"aws_x.{n}", {}, {"id": True}) for n in "abc")]
    blocks = "".join(
        f'rule {{\n port = "{port}"\n text = "{text}"\n group = aws_x.{text}.id\n}}\n'
        for text, port in [("a", 443), ("b", 22), ("c", 443)]
    )
    source = f'resource "aws_x" "r" {{\n{blocks}}}\n' + "".join(f'resource "aws_x" "{name}" {{}}\n' for name in "abc")
    found = one(beside(tmp_path, plan(changes, [written]), source), "aws_x.r").get("rule")
    assert [rule["group"].address for rule in found] == ["aws_x.b", "aws_x.a", "aws_x.c"]
