"""Replicas of secrets, file systems and automated backups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hipaa_guard.controls.control import Control
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, all_controls, cases
from tests.policies.replicas.holders import (
    KEY,
    KEY_ARN,
    KINDS,
    TABLE,
    WITH_BLOCKS,
    Values,
    document,
    eu,
    judged,
    source,
    statuses,
)
from tests.policies.secretsmanager.awscc import OPEN_SECRET
from tests.terraform.plans import block, change, const, plan, refs

# --- secrets -----------------------------------------------------------------------------------------------------

SECRET = 'resource "aws_secretsmanager_secret" "phi" {\n replica {\n region = "eu-west-1"\n }\n}\n'

COPY = 'aws_secretsmanager_secret.phi.replica["eu-west-1"]'


def test_a_replica_of_a_secret_has_its_policy_and_is_not_rotated_by_itself(tmp_path: Path) -> None:
    attached = f'resource "aws_secretsmanager_secret_policy" "p" {{\n secret_arn = aws_secretsmanager_secret.phi.arn\n policy = {OPEN_SECRET}\n}}\n'
    path = source(tmp_path, SECRET + attached)
    assert judged(path, "secret_policy_not_public")[COPY].status == FAIL
    for control in ("secret_rotation_enabled", "secret_rotation_interval_90_days"):
        assert judged(path, control)[COPY].status == NOT_APPLICABLE
    assert judged(source(tmp_path, SECRET), "secret_policy_not_public")[COPY].status == PASS


# --- file systems ------------------------------------------------------------------------------------------------

BACKUP, TLS = "efs_automatic_backup_enabled", "efs_tls_required"

DESTINATION = 'aws_efs_replication_configuration.phi.destination["us-west-2"]'

REPLICATED = """
resource "aws_efs_file_system" "phi" {{ encrypted = true }}
resource "aws_efs_file_system" "other" {{ encrypted = true }}
resource "aws_efs_replication_configuration" "phi" {{
  source_file_system_id = aws_efs_file_system.phi.id
  destination {{
    region = "us-west-2"
    {0}
  }}
}}
"""

ID_OF_DESTINATION = "aws_efs_replication_configuration.phi.destination[0].file_system_id"


def test_a_destination_is_encrypted_and_has_settings_of_its_own(tmp_path: Path) -> None:
    path = source(tmp_path, REPLICATED.format(""))
    assert {id: judged(path, id)[DESTINATION].status for id in ("efs_encrypted_at_rest", BACKUP, TLS)} == {
        "efs_encrypted_at_rest": PASS,
        BACKUP: FAIL,
        TLS: FAIL,
    }
    zone = source(tmp_path, REPLICATED.format('availability_zone_name = "us-west-2b"'))
    assert judged(zone, BACKUP)[DESTINATION].status == PASS


def test_settings_that_name_the_destination_are_its_own(tmp_path: Path) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    settings = f"""
    resource "aws_efs_backup_policy" "b" {{
      file_system_id = {ID_OF_DESTINATION}
      backup_policy {{
        status = "ENABLED"
      }}
    }}
    resource "aws_efs_file_system_policy" "p" {{
      file_system_id = {ID_OF_DESTINATION}
      policy         = {document}
    }}
    """
    path = source(tmp_path, REPLICATED.format("") + settings)
    for id in (BACKUP, TLS):
        assert statuses(judged(path, id)) == {
            "aws_efs_file_system.phi": FAIL,
            "aws_efs_file_system.other": FAIL,
            DESTINATION: PASS,
        }


def test_a_destination_that_was_there_before_is_judged_where_it_is_declared(tmp_path: Path) -> None:
    path = source(tmp_path, REPLICATED.format("file_system_id = aws_efs_file_system.other.id"))
    assert set(judged(path, BACKUP)) == {"aws_efs_file_system.phi", "aws_efs_file_system.other"}
    path = source(tmp_path, REPLICATED.format('file_system_id = "fs-0123456789abcdef0"'))
    found = judged(path, "efs_encrypted_with_cmk")[DESTINATION]
    assert found.status == UNKNOWN
    assert "may have existed before" in found.message
    path = source(tmp_path, REPLICATED.format("file_system_id = var.open"))
    assert judged(path, "efs_encrypted_with_cmk")[DESTINATION].status == UNKNOWN


def test_a_plan_tells_a_destination_that_was_there_before_from_a_new_one(tmp_path: Path) -> None:
    """As Terraform 1.11 plans them: the id is known after apply either way, and only the expression differs."""
    after = {"destination": [{"region": "us-west-2", "kms_key_id": None}]}
    unknown = {"destination": [{"file_system_id": True, "status": True}]}
    expressions = {
        "new": {"destination": [{"region": const("us-west-2")}]},
        "old": {"destination": [{"region": const("us-west-2"), "file_system_id": refs("aws_efs_file_system.d.id")}]},
    }
    type = "aws_efs_replication_configuration"
    planned = plan(
        [
            change("aws_efs_file_system.d", {"encrypted": True}, {"id": True}),
            *(change(f"{type}.{name}", after, unknown) for name in expressions),
        ],
        [block("aws_efs_file_system.d", {}), *(block(f"{type}.{name}", each) for name, each in expressions.items())],
    )
    found = judged(document(tmp_path, planned), "efs_encrypted_with_cmk")
    assert set(found) == {"aws_efs_file_system.d", f'{type}.new.destination["us-west-2"]'}


def test_a_state_names_every_destination(tmp_path: Path) -> None:
    def entry(type: str, name: str, values: Values) -> dict[str, Any]:
        return {"address": f"{type}.{name}", "mode": "managed", "type": type, "name": name, "values": values}

    def replication(name: str, id: str, key: str | None) -> dict[str, Any]:
        place = {"region": "us-west-2", "kms_key_id": key, "file_system_id": id}
        return entry("aws_efs_replication_configuration", name, {"destination": [place]})

    resources = [
        entry("aws_efs_file_system", "declared", {"id": "fs-1", "encrypted": True, "kms_key_id": KEY}),
        replication("to_declared", "fs-1", None),
        replication("with_key", "fs-2", KEY),
        replication("without", "fs-3", None),
        entry("aws_efs_backup_policy", "b", {"file_system_id": "fs-2", "backup_policy": [{"status": "ENABLED"}]}),
    ]
    path = document(tmp_path, {"format_version": "1.0", "values": {"root_module": {"resources": resources}}})
    type = "aws_efs_replication_configuration"
    assert statuses(judged(path, "efs_encrypted_with_cmk")) == {
        "aws_efs_file_system.declared": PASS,
        f'{type}.with_key.destination["us-west-2"]': PASS,
        f'{type}.without.destination["us-west-2"]': UNKNOWN,
    }
    assert statuses(judged(path, BACKUP)) == {
        "aws_efs_file_system.declared": FAIL,
        f'{type}.with_key.destination["us-west-2"]': PASS,
        f'{type}.without.destination["us-west-2"]': UNKNOWN,
    }


# --- automated backups of RDS ------------------------------------------------------------------------------------

ENCRYPTED, SHARED = "rds_snapshot_encrypted", "rds_snapshot_not_public"

DATABASE = 'resource "aws_db_instance" "d" {{\n engine = "postgres"\n storage_encrypted = {0}\n}}\n'

BACKUPS = """
resource "aws_db_instance_automated_backups_replication" "phi" {{
  source_db_instance_arn = {0}
  {1}
}}
"""

AWSCC = 'resource "awscc_rds_db_instance" "phi" {{\n engine = "postgres"\n storage_encrypted = {0}\n {1}\n}}\n'

TO_EU = 'automatic_backup_replication_region = "eu-west-1"'

test_backups = cases(
    Case(
        ENCRYPTED,
        "replicated backups of an encrypted instance",
        PASS,
        terraform=DATABASE.format("true") + BACKUPS.format("aws_db_instance.d.arn", ""),
    ),
    Case(
        ENCRYPTED,
        "replicated backups of a plain instance",
        FAIL,
        terraform=DATABASE.format("false") + BACKUPS.format("aws_db_instance.d.arn", ""),
    ),
    Case(
        ENCRYPTED,
        "replicated backups with a key",
        PASS,
        terraform=DATABASE.format("false") + BACKUPS.format("aws_db_instance.d.arn", f'kms_key_id = "{KEY_ARN}"'),
    ),
    Case(
        ENCRYPTED,
        "replicated backups of an instance that is declared elsewhere",
        UNKNOWN,
        terraform=BACKUPS.format('"arn:aws:rds:us-east-1:111122223333:db:records"', ""),
    ),
    Case(
        SHARED,
        "replicated backups",
        NOT_APPLICABLE,
        terraform=DATABASE.format("true") + BACKUPS.format("aws_db_instance.d.arn", ""),
        says="cannot be shared",
    ),
    Case(ENCRYPTED, "of an encrypted instance of awscc", PASS, terraform=AWSCC.format("true", TO_EU)),
    Case(ENCRYPTED, "of a plain instance of awscc", FAIL, terraform=AWSCC.format("false", TO_EU)),
)


def test_an_instance_of_awscc_is_still_found_where_its_backups_have_its_address(tmp_path: Path) -> None:
    replica = (
        'resource "awscc_rds_db_instance" "copy" {\n source_db_instance_identifier = awscc_rds_db_instance.phi.id\n}\n'
    )
    found = judged(source(tmp_path, AWSCC.format("false", TO_EU) + replica), "rds_instance_encrypted_at_rest")
    assert found["awscc_rds_db_instance.copy"].status == FAIL


def controls_on(kind: str) -> list[Control]:
    return [each for each in all_controls().values() if kind in {one.kind for one in each.kind.narrower()}]


def test_replicas_are_judged_by_the_controls_of_what_they_copy() -> None:
    for kind, original in (
        ("dynamodb.TableReplica", "dynamodb.Table"),
        ("secretsmanager.SecretReplica", "secretsmanager.Secret"),
        ("efs.FileSystemReplica", "efs.FileSystem"),
        ("rds.ReplicatedBackups", "rds.Snapshot"),
    ):
        assert controls_on(kind) == controls_on(original)


def test_a_replica_is_not_looked_for_in_an_account() -> None:
    assert all(kind.aws is None and kind.terraform_only for kind, _ in WITH_BLOCKS)


def test_an_inventory_lists_replicas_apart_from_what_they_copy(tmp_path: Path) -> None:
    (configuration,) = read(source(tmp_path, TABLE % eu()))
    inventory: Inventory = build_inventory(configuration, KINDS)
    assert sorted(each.kind for each in inventory) == ["dynamodb.Table", "dynamodb.TableReplica"]
