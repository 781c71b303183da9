"""The controls on how RDS encrypts, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, all_controls, answered, cases
from tests.policies.rds.states import (
    KEY,
    aurora_answers,
    cluster,
    from_variable,
    instance,
    replica,
)

ENCRYPTED = "storage_encrypted = true"

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
REGIONS = "".join(
    f'\nprovider "aws" {{\n alias = "{alias}"\n region = "{region}"\n}}'
    for alias, region in (("east", "us-east-1"), ("west", "us-west-2"))
)
OWN_KEY = f"{ENCRYPTED}\n kms_key_id = aws_kms_key.k.arn"

REST, CLUSTER_REST = "rds_instance_encrypted_at_rest", "rds_cluster_encrypted_at_rest"

CMK, CLUSTER_CMK = "rds_instance_encrypted_with_cmk", "rds_cluster_encrypted_with_cmk"

test_encryption_at_rest = cases(
    Case(REST, "left out", FAIL, instance()),
    Case(REST, "turned off", FAIL, instance("storage_encrypted = false", StorageEncrypted=False)),
    Case(REST, "turned on", PASS, instance(ENCRYPTED, StorageEncrypted=True)),
    Case(REST, "a key without turning it on", FAIL, instance("kms_key_id = aws_kms_key.k.arn", KEY).in_terraform()),
    Case(REST, "written as null", FAIL, instance("storage_encrypted = null").in_terraform()),
    Case(REST, "a variable without a value", UNKNOWN, from_variable("storage_encrypted"), says="var.open"),
    Case(REST, "a replica of an encrypted instance", PASS, replica(source=ENCRYPTED, StorageEncrypted=True)),
    Case(REST, "a replica of an instance that is not", FAIL, replica()),
    Case(
        REST,
        "a replica with a key, in another region",
        PASS,
        replica('kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/k"', source=ENCRYPTED).in_terraform(),
    ),
    Case(
        REST,
        "a replica of an instance that is declared elsewhere",
        UNKNOWN,
        terraform='resource "aws_db_instance" "phi" {\n replicate_source_db = "elsewhere"\n}',
    ),
    Case(
        REST,
        "restored from a snapshot, which brings its own encryption",
        UNKNOWN,
        instance('snapshot_identifier = "rds:production-2026-06-26"').in_terraform(),
        says="snapshot_identifier",
    ),
    *(
        Case(REST, f"turned on, but {words}", UNKNOWN, instance(f"{ENCRYPTED}\n {lines}").in_terraform(), says=says)
        for words, lines, says in (
            ("restored from a snapshot", 'snapshot_identifier = "s"', "snapshot_identifier"),
            (
                "restored with a key",
                'snapshot_identifier = "s"\n kms_key_id = "arn:aws:kms:us-east-1:123456789012:key/k"',
                "snapshot_identifier",
            ),
            (
                "restored to a point in time",
                'restore_to_point_in_time {\n source_db_instance_identifier = "s"\n use_latest_restorable_time = true\n }',
                "restore_to_point_in_time",
            ),
            ("a replica of what is declared elsewhere", 'replicate_source_db = "elsewhere"', "elsewhere"),
        )
    ),
    Case(REST, "turned on, but a replica of an instance that is not", FAIL, replica(ENCRYPTED).in_terraform()),
    Case(
        CLUSTER_REST,
        "turned on, but restored from a snapshot without a key",
        UNKNOWN,
        cluster(f'{ENCRYPTED}\n snapshot_identifier = "s"').in_terraform(),
        says="snapshot_identifier",
    ),
    Case(
        CLUSTER_REST,
        "turned on, but restored to a point in time without a key",
        UNKNOWN,
        cluster(
            f'{ENCRYPTED}\n restore_to_point_in_time {{\n source_cluster_identifier = "s"\n'
            " use_latest_restorable_time = true\n }"
        ).in_terraform(),
    ),
    Case(CLUSTER_REST, "turned on", PASS, cluster(ENCRYPTED, StorageEncrypted=True)),
    Case(CLUSTER_REST, "turned off", FAIL, cluster("storage_encrypted = false", StorageEncrypted=False)),
    Case(CLUSTER_REST, "Aurora, left out: depends on when it was made", UNKNOWN, cluster().in_terraform(), says="2026"),
    Case(
        CLUSTER_REST,
        "no engine given",
        UNKNOWN,
        terraform='resource "aws_rds_cluster" "phi" {}',
        says="engine is left out, which the provider refuses",
    ),
    Case(
        CLUSTER_REST,
        "a Multi-AZ cluster, left out",
        FAIL,
        cluster('db_cluster_instance_class = "db.r6gd.xlarge"', engine="mysql").in_terraform(),
    ),
    Case(
        CLUSTER_REST, "Aurora Serverless, always encrypted", PASS, cluster('engine_mode = "serverless"').in_terraform()
    ),
    Case(
        CLUSTER_REST,
        "encrypted with a key of AWS, of which the older field says false",
        PASS,
        aurora_answers(StorageEncrypted=False, StorageEncryptionType="sse-rds"),
        says="AWS owns",
    ),
    Case(
        CLUSTER_REST,
        "not encrypted in either field",
        FAIL,
        aurora_answers(StorageEncrypted=False, StorageEncryptionType="none"),
    ),
    Case(
        CLUSTER_REST,
        "a secondary of a global database",
        UNKNOWN,
        cluster('global_cluster_identifier = "world"').in_terraform(),
    ),
    Case(
        CLUSTER_REST,
        "restored with a key",
        PASS,
        cluster('snapshot_identifier = "s"\n kms_key_id = aws_kms_key.k.arn', KEY).in_terraform(),
    ),
    Case(CMK, "a key of one's own", PASS, instance(OWN_KEY, KEY, StorageEncrypted=True, KmsKeyId="own")),
    Case(CMK, "encrypted, but no key named", FAIL, instance(ENCRYPTED).in_terraform()),
    Case(
        CMK,
        "the AWS managed key",
        FAIL,
        instance(StorageEncrypted=True, KmsKeyId="own").in_aws(),
        answers=lambda session: answered(
            session, "kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "KeyManager": "AWS"}}
        ),
        says="aws/rds",
    ),
    Case(
        CMK,
        "the alias of the AWS managed key",
        FAIL,
        instance(f'{ENCRYPTED}\n kms_key_id = "alias/aws/rds"').in_terraform(),
    ),
    Case(CMK, "not encrypted", FAIL, instance(), says="is not encrypted"),
    Case(
        CMK,
        "a replica of an instance with a key of one's own",
        PASS,
        terraform=replica(source=OWN_KEY).text + "\n" + KEY,
    ),
    Case(
        CMK,
        "a replica with a key, of an instance that is not encrypted",
        UNKNOWN,
        terraform=replica(OWN_KEY).text + "\n" + KEY,
        says="no encrypted replica",
    ),
    Case(
        CMK,
        "a replica with a key, of an instance that is encrypted",
        PASS,
        terraform=replica(OWN_KEY, source=ENCRYPTED).text + "\n" + KEY,
    ),
    *(
        Case(
            CMK,
            f"a replica in another region, {sentence}",
            verdict,
            terraform=replica(f"provider = aws.west\n{lines}", source=f"provider = aws.east\n{OWN_KEY}").text
            + f"\n{KEY}{REGIONS}",
        )
        for sentence, verdict, lines in (
            ("which names no key", UNKNOWN, ""),
            ("with a key of that region", PASS, 'kms_key_id = "arn:aws:kms:us-west-2:111122223333:key/' + ID + '"'),
        )
    ),
    Case(
        CMK,
        "restored with the key of its snapshot",
        UNKNOWN,
        instance(f'{ENCRYPTED}\n snapshot_identifier = "s"').in_terraform(),
    ),
    Case(CLUSTER_CMK, "a key of one's own", PASS, cluster(OWN_KEY, KEY, StorageEncrypted=True, KmsKeyId="own")),
    Case(CLUSTER_CMK, "Aurora, left out: no key of one's own either way", FAIL, cluster().in_terraform()),
    Case(CLUSTER_CMK, "a key of AWS", FAIL, aurora_answers(StorageEncrypted=False, StorageEncryptionType="sse-rds")),
)

ARN = "arn:aws:rds:us-east-1:123456789012:db:phi"
RESTORED = {"snapshot_identifier": "s", "engine": "mysql"}


def recorded(control: str, values: Mapping[str, object], directory: Path, type: str = "") -> Status:
    """The verdict of a control on an instance, a cluster or another type that a state records with some values."""
    judged = all_controls()[control]
    type = type or ("aws_db_instance" if control == REST else "aws_rds_cluster")
    resource = {"address": f"{type}.phi", "mode": "managed", "type": type, "name": "phi", "values": values}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    (directory / "state.json").write_text(json.dumps(state))
    (configuration,) = read(directory / "state.json")
    (finding,) = judge([judged], build_inventory(configuration, kinds_of([judged])))
    return finding.status


def test_a_state_does_not_tell_whether_aurora_encrypts_with_a_key_of_its_own(tmp_path: Path) -> None:
    """AWS answers that StorageEncrypted is false for that key too, which clusters made since February 2026 have."""
    values = {"engine": "aurora-mysql", "arn": ARN, "storage_encrypted": False}
    assert recorded(CLUSTER_REST, values, tmp_path) == UNKNOWN


@pytest.mark.parametrize("control", [REST, CLUSTER_REST])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"arn": ARN, "storage_encrypted": True}, PASS),
        ({"arn": ARN, "storage_encrypted": False}, FAIL),
        ({"storage_encrypted": True}, UNKNOWN),
        ({"storage_encrypted": False}, UNKNOWN),
    ],
)
def test_a_state_tells_how_a_restored_database_came_to_be_encrypted(
    control: str, values: dict[str, object], expected: Status, tmp_path: Path
) -> None:
    """Without an ARN it is not made yet: then the values are those that source asks for."""
    assert recorded(control, RESTORED | values, tmp_path) == expected


OF_INSTANCE, OF_CLUSTER = "rds_snapshot_encrypted", "rds_cluster_snapshot_encrypted"
ON, OFF = {"encrypted": True, "storage_encrypted": True}, {"encrypted": False, "storage_encrypted": False}
MADE = {"db_snapshot_arn": ARN, "db_cluster_snapshot_arn": ARN, "engine": "mysql"}


@pytest.mark.parametrize(
    ("control", "type"),
    [
        (OF_INSTANCE, "aws_db_snapshot"),
        (OF_INSTANCE, "aws_db_snapshot_copy"),
        (OF_CLUSTER, "aws_db_cluster_snapshot"),
        (OF_CLUSTER, "aws_rds_cluster_snapshot_copy"),
    ],
)
@pytest.mark.parametrize(
    ("values", "expected"),
    [(MADE | ON, PASS), (MADE | OFF, FAIL), (OFF, UNKNOWN), (MADE, UNKNOWN)],
    ids=["encrypted", "not", "not made yet", "not told"],
)
def test_a_state_tells_how_a_snapshot_is_whose_source_lies_elsewhere(
    control: str, type: str, values: dict[str, object], expected: Status, tmp_path: Path
) -> None:
    names = ("db_instance_identifier", "source_db_snapshot_identifier")
    sources = dict.fromkeys((*names, "db_cluster_identifier", "source_db_cluster_snapshot_identifier"), "elsewhere")
    assert recorded(control, sources | values, tmp_path, type) == expected


def test_a_state_does_not_tell_whether_a_snapshot_of_aurora_is_under_a_key_of_its_own(tmp_path: Path) -> None:
    values = MADE | OFF | {"engine": "aurora-mysql", "db_cluster_identifier": "elsewhere"}
    assert recorded(OF_CLUSTER, values, tmp_path, "aws_db_cluster_snapshot") == UNKNOWN
