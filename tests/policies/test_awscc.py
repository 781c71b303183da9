"""Kinds that both providers declare, where the two meet, and how the readers see `awscc`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.readings import Block
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.services import s3, security_groups
from hipaa_guard.services.s3.declared import SWITCHES
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import (
    FAIL,
    PASS,
    UNKNOWN,
    Case,
    all_controls,
    cases,
    is_phi,
    resource,
)
from tests.policies.s3.awscc import OPEN_BUCKET
from tests.policies.twins import KEYS, VARIABLE
from tests.terraform.plans import block, change, const, plan, refs

# --- across the providers ----------------------------------------------------------------------------------------

VERSIONED, NOT_PUBLIC = "s3_bucket_versioning_enabled", "s3_bucket_policy_not_public"
OURS, THEIRS = (
    resource("aws_s3_bucket", 'bucket = "phi-records"'),
    resource("awscc_s3_bucket", 'bucket_name = "phi-records"'),
)


def versioning(bucket: str, status: str = "Enabled") -> str:
    lines = f'bucket = {bucket}\nversioning_configuration {{\n status = "{status}"\n}}'
    return resource("aws_s3_bucket_versioning", lines, "v")


test_across = cases(
    Case(VERSIONED, "of aws, for a bucket of awscc", PASS, terraform=THEIRS + versioning("awscc_s3_bucket.phi.id")),
    Case(
        VERSIONED,
        "of aws, for a bucket of awscc by its argument",
        PASS,
        terraform=THEIRS + versioning("awscc_s3_bucket.phi.bucket_name"),
    ),
    Case(VERSIONED, "of aws, for a bucket of awscc by its name", PASS, terraform=THEIRS + versioning('"phi-records"')),
    Case(
        VERSIONED,
        "of aws, for a bucket that a variable names, which is none of these",
        FAIL,
        terraform=VARIABLE + THEIRS + versioning("var.open"),
    ),
    Case(
        NOT_PUBLIC,
        "a policy of awscc on a bucket of aws",
        FAIL,
        terraform=OURS
        + resource("awscc_s3_bucket_policy", f"bucket = aws_s3_bucket.phi.id\npolicy_document = {OPEN_BUCKET}", "p"),
    ),
    Case(
        NOT_PUBLIC,
        "a policy of aws on a bucket of awscc",
        FAIL,
        terraform=THEIRS
        + resource("aws_s3_bucket_policy", f"bucket = awscc_s3_bucket.phi.id\npolicy = {OPEN_BUCKET}", "p"),
    ),
    Case(
        "s3_bucket_encrypted_with_cmk",
        "a key of aws under an alias of awscc",
        PASS,
        terraform=KEYS
        + resource("awscc_kms_alias", 'alias_name = "alias/phi"\ntarget_key_id = aws_kms_key.own.key_id', "a")
        + resource(
            "awscc_s3_bucket",
            """bucket_encryption = {
              server_side_encryption_configuration = [{
                server_side_encryption_by_default = {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = awscc_kms_alias.a.alias_name
                }
              }]
            }""",
        ),
    ),
    Case(
        "s3_bucket_access_logging_enabled",
        "into the bucket itself, where no other is named",
        FAIL,
        terraform=resource("awscc_s3_bucket", "logging_configuration = {}"),
        says="into itself",
    ),
    Case(
        "sns_subscription_https",
        "plain HTTP inside a topic",
        FAIL,
        terraform=resource(
            "awscc_sns_topic",
            'subscription = [{ protocol = "sqs", endpoint = "q" }, { protocol = "http", endpoint = "http://x" }]',
        ),
    ),
    Case(
        "sns_subscription_https",
        "a protocol inside a topic that is not known",
        UNKNOWN,
        terraform=VARIABLE
        + resource("awscc_sns_topic", 'subscription = [{ protocol = "https" }, { protocol = var.open }]'),
    ),
    Case(
        "secret_value_not_in_source",
        "a value inside a secret",
        FAIL,
        terraform=resource("awscc_secretsmanager_secret", 'name = "phi"\nsecret_string = "correct horse"'),
    ),
    Case(
        "sg_no_public_ingress_ssh",
        "a rule apart that names the group",
        FAIL,
        terraform=resource("awscc_ec2_security_group", 'group_name = "phi"')
        + resource(
            "awscc_ec2_security_group_ingress",
            'group_name = "phi"\nip_protocol = "tcp"\nfrom_port = 22\nto_port = 22\ncidr_ip = "0.0.0.0/0"',
            "in",
        ),
    ),
)


OUT = """group_id = awscc_ec2_security_group.phi.group_id
ip_protocol = "tcp"
from_port   = 443
to_port     = 443
cidr_ip     = "10.0.0.0/8"
"""


def egress(text: str, tmp_path: Path) -> list[security_groups.Rule]:
    """The rules by which a group lets traffic out."""
    (tmp_path / "main.tf").write_text(text)
    (group,) = build_inventory(read(tmp_path)[0], [security_groups.SecurityGroup])
    rules: list[security_groups.Rule] = group.peek(security_groups.SecurityGroup.facts["egress"])
    return rules


def test_a_group_without_rules_lets_everything_out_in_cloudformation(tmp_path: Path) -> None:
    (rule,) = egress(resource("awscc_ec2_security_group", ""), tmp_path)
    assert (rule.protocol, rule.ipv4, rule.ipv6) == ("all", ["0.0.0.0/0"], ["::/0"])


def test_whether_a_rule_apart_takes_the_place_of_that_one_is_not_known(tmp_path: Path) -> None:
    rules = egress(
        resource("awscc_ec2_security_group", "") + resource("awscc_ec2_security_group_egress", OUT), tmp_path
    )
    assert isinstance(rules, Incomplete)
    assert [rule.ipv4 for rule in rules.seen] == [["10.0.0.0/8"]]


class HalfRead(Resource):
    """A kind of which `awscc` tells one fact only."""

    terraform = Block("aws_s3_bucket", "awscc_s3_bucket", joined_by="bucket", name="bucket", awscc_name="bucket_name")

    acceleration: str | None = fact(
        terraform="aws_s3_bucket_accelerate_configuration.status", unset=None, terraform_only="in this test"
    )
    tags: object = fact(terraform="tags", awscc="tags", unset=None, terraform_only="in this test")


def test_json_syntax_is_read_as_hcl_is(tmp_path: Path) -> None:
    bucket = {
        "bucket_name": "phi-records",
        "versioning_configuration": {"status": "Enabled"},
        "bucket_encryption": ENCRYPTED,
        "public_access_block_configuration": dict.fromkeys(SWITCHES, True),
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {"awscc_s3_bucket": {"phi": bucket}}}))
    ids = (VERSIONED, "s3_bucket_encrypted_with_kms", "s3_bucket_public_access_blocked")
    inventory = build_inventory(read(tmp_path)[0], [s3.Bucket, s3.AccountPublicAccess])
    assert {one.status for one in judge([all_controls()[id] for id in ids], inventory)} == {PASS}


def test_a_fact_that_nobody_has_told_how_to_read_is_unknown_and_never_unset(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(THEIRS + resource("aws_s3_bucket", "", "other"))
    found = {one.origin.type: one for one in build_inventory(read(tmp_path)[0], [HalfRead])}
    acceleration, tags = HalfRead.facts["acceleration"], HalfRead.facts["tags"]
    unread = found["awscc_s3_bucket"].peek(acceleration)
    assert isinstance(unread, Unknown)
    assert unread.reason == "it is not read from awscc_s3_bucket"
    assert found["awscc_s3_bucket"].peek(tags) is None
    assert found["aws_s3_bucket"].peek(acceleration) is None


def test_a_split_resource_of_aws_tells_what_awscc_does_not(tmp_path: Path) -> None:
    split = 'bucket = awscc_s3_bucket.phi.id\nstatus = "Enabled"'
    (tmp_path / "main.tf").write_text(THEIRS + resource("aws_s3_bucket_accelerate_configuration", split))
    (bucket,) = [one for one in build_inventory(read(tmp_path)[0], [HalfRead]) if one.origin.type == "awscc_s3_bucket"]
    assert bucket.peek(HalfRead.facts["acceleration"]) == "Enabled"


def test_types_that_nothing_looks_at_are_in_the_coverage(tmp_path: Path) -> None:
    text = (
        THEIRS + resource("awscc_glue_job", "") + resource("awscc_s3_bucket_policy", "bucket = awscc_s3_bucket.phi.id")
    )
    (tmp_path / "main.tf").write_text(text)
    coverage = scan_terraform(TerraformTarget(tmp_path), Options()).coverage
    assert coverage.unjudged_types == {"awscc_glue_job": 1}
    assert coverage.resources["s3.Bucket"] == 1


# --- plan and state ----------------------------------------------------------------------------------------------

ENCRYPTED = {
    "server_side_encryption_configuration": [
        {"bucket_key_enabled": None, "server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}
    ]
}


def said(directory: Path, document: dict[str, Any], *ids: str) -> dict[str, str]:
    """What controls say of ``phi`` in a plan or state."""
    (directory / "document.json").write_text(json.dumps(document))
    controls = [all_controls()[id] for id in ids]
    kinds = sorted({control.kind for control in all_controls().values()}, key=lambda kind: kind.kind)
    inventory = build_inventory(read(directory / "document.json")[0], kinds)
    return {
        one.control_id: one.status
        for one in judge(controls, inventory)
        if is_phi(one, all_controls()[one.control_id].kind)
    }


def test_what_the_provider_computes_in_a_plan_is_left_out(tmp_path: Path) -> None:
    after = {"bucket_name": "phi-records", "bucket_encryption": ENCRYPTED}
    unknown = {
        "id": True,
        "arn": True,
        "versioning_configuration": True,
        "bucket_encryption": {
            "server_side_encryption_configuration": [
                {"bucket_key_enabled": True, "server_side_encryption_by_default": {"kms_master_key_id": True}}
            ]
        },
    }
    written = {"bucket_name": const("phi-records"), "bucket_encryption": const(ENCRYPTED)}
    document = plan([change("awscc_s3_bucket.phi", after, unknown)], [block("awscc_s3_bucket.phi", written)])
    assert said(tmp_path, document, VERSIONED, "s3_bucket_encrypted_with_kms", "s3_bucket_encrypted_with_cmk") == {
        VERSIONED: FAIL,
        "s3_bucket_encrypted_with_kms": PASS,
        "s3_bucket_encrypted_with_cmk": FAIL,
    }


def test_a_reference_inside_a_nested_attribute_of_a_plan_is_followed(tmp_path: Path) -> None:
    config = {"type": "KMS"}
    changes = [
        change("awscc_kms_key.own", {"enable_key_rotation": True}, {"id": True, "arn": True, "key_id": True}),
        change(
            "awscc_omics_sequence_store.phi", {"name": "phi", "sse_config": config}, {"sse_config": {"key_arn": True}}
        ),
    ]
    resources = [
        block("awscc_kms_key.own", {"enable_key_rotation": const(True)}),
        block("awscc_omics_sequence_store.phi", {"name": const("phi"), "sse_config": refs("awscc_kms_key.own.arn")}),
    ]
    assert said(tmp_path, plan(changes, resources), "omics_sequence_store_cmk") == {"omics_sequence_store_cmk": PASS}


def test_a_state_is_read(tmp_path: Path) -> None:
    def instance(address: str, **attributes: Any) -> dict[str, Any]:
        type_, _, name = address.partition(".")
        recorded = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
        provider = 'provider["registry.terraform.io/hashicorp/awscc"]'
        return {"mode": "managed", "type": type_, "name": name, "provider": provider, "instances": [recorded]}

    key = "arn:aws:kms:us-east-1:123456789012:key/1234"
    resources = [
        instance("awscc_kms_key.own", id="1234", key_id="1234", arn=key, enable_key_rotation=True),
        instance("awscc_omics_sequence_store.phi", name="phi", sse_config={"type": "KMS", "key_arn": key}),
        instance("awscc_s3_bucket.phi", id="phi-records", bucket_name="phi-records", versioning_configuration=None),
    ]
    document = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "outputs": {}}
    found = said(tmp_path, {**document, "resources": resources}, "omics_sequence_store_cmk", VERSIONED)
    assert found == {"omics_sequence_store_cmk": PASS, VERSIONED: FAIL}
