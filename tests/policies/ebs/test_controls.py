"""The controls on EBS, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

VOLUME, SNAPSHOT = "ebs_volume_encrypted", "ebs_snapshot_encrypted"
CMK, DEFAULT = "ebs_volume_encrypted_with_cmk", "ebs_encryption_by_default"
PUBLIC, BLOCK = "ebs_snapshot_not_public", "ebs_snapshot_block_public_access"
ALL_BLOCKED = "block-all-sharing"
_ATTRIBUTE, _STATE = "ec2:DescribeSnapshotAttribute", "ec2:GetSnapshotBlockPublicAccessState"
ZONE = 'availability_zone = "us-east-1a"'
NAMED = [{"Key": "Name", "Value": "phi-disk"}]
BY_DEFAULT = 'resource "aws_ebs_encryption_by_default" "d" { enabled = true }\n'


def tagged(type: str) -> list[dict[str, Any]]:
    return [{"ResourceType": type, "Tags": NAMED}]


def volume(encrypted: bool | None = None, key: str | None = None) -> Told:
    """A volume, told to both sides; ``own`` is a key of one's own."""

    def seed(aws: Aws) -> str:
        options: dict[str, Any] = {} if encrypted is None else {"Encrypted": encrypted}
        if key is not None:
            options["KmsKeyId"] = aws.kms.create_key()["KeyMetadata"]["Arn"] if key == "own" else key
        made = aws.ec2.create_volume(
            AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tagged("volume"), **options
        )
        return str(made["VolumeId"])

    lines = [ZONE]
    lines += [] if encrypted is None else [f"encrypted = {str(encrypted).lower()}"]
    lines += (
        [] if key is None else [f"kms_key_id = {'aws_kms_key.k.arn' if key == 'own' else repr(key)}".replace("'", '"')]
    )
    text = 'resource "aws_kms_key" "k" {}\nresource "aws_ebs_volume" "phi" {\n' + "\n".join(lines) + "\n}"
    return Told(terraform=text, aws=seed)


def default_key(key: str) -> str:
    return f'resource "aws_kms_key" "d" {{}}\nresource "aws_ebs_default_kms_key" "d" {{ key_arn = {key} }}\n'


def restored(lines: str, of_old: str = "") -> str:
    """A volume from the snapshot of an encrypted one."""
    return f"""
    resource "aws_kms_key" "s" {{}}
    resource "aws_ebs_volume" "old" {{
      {ZONE}
      encrypted = true
      {of_old}
    }}
    resource "aws_ebs_snapshot" "s" {{ volume_id = aws_ebs_volume.old.id }}
    resource "aws_ebs_volume" "phi" {{
      {ZONE}
      snapshot_id = aws_ebs_snapshot.s.id
      {lines}
    }}"""


def snapshot(encrypted: bool) -> Told:
    def seed(aws: Aws) -> None:
        disk = aws.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=encrypted)["VolumeId"]
        aws.ec2.create_snapshot(VolumeId=disk, TagSpecifications=tagged("snapshot"))

    return Told(
        terraform=f"""
        resource "aws_ebs_volume" "v" {{
          {ZONE}
          encrypted = {str(encrypted).lower()}
        }}
        resource "aws_ebs_snapshot" "phi" {{ volume_id = aws_ebs_volume.v.id }}
        """,
        aws=seed,
    )


def shared(aws: Aws) -> None:
    snapshot(encrypted=False).make(aws)
    for each in aws.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        aws.ec2.modify_snapshot_attribute(
            SnapshotId=each["SnapshotId"],
            Attribute="createVolumePermission",
            OperationType="add",
            GroupNames=["all"],
        )


def blocked(state: str) -> Told:
    def answers(session: Any) -> None:
        answered(session, "ec2", "GetSnapshotBlockPublicAccessState", {"State": state})

    return Told(
        terraform=f'resource "aws_ebs_snapshot_block_public_access" "phi" {{ state = "{state}" }}',
        aws=lambda _: None,
        answers=answers,
    )


def shared_where(state: str) -> Told:
    """A snapshot that is shared with everyone, in a region with this state of the block."""
    return Told(aws=shared, answers=blocked(state).answers)


test_volumes = cases(
    Case(VOLUME, "encrypted", PASS, volume(encrypted=True)),
    Case(VOLUME, "said not to be", FAIL, volume(encrypted=False)),
    Case(VOLUME, "nothing said", FAIL, volume()),
    Case(VOLUME, "null", FAIL, terraform=f'resource "aws_ebs_volume" "phi" {{\n{ZONE}\nencrypted = null\n}}'),
    Case(VOLUME, "nothing said, and the region encrypts", PASS, terraform=BY_DEFAULT + volume().text),
    Case(
        VOLUME,
        "said not to be, and the region encrypts",
        PASS,
        terraform=BY_DEFAULT + volume(encrypted=False).text,
    ),
    Case(
        VOLUME,
        "in the clear before the region encrypted",
        FAIL,
        aws=lambda aws: (volume(encrypted=False).make(aws), aws.ec2.enable_ebs_encryption_by_default()),
    ),
    Case(VOLUME, "said not to be, of an encrypted snapshot", PASS, terraform=restored("encrypted = false")),
    Case(
        VOLUME,
        "nothing said, and another region encrypts",
        FAIL,
        terraform='resource "aws_ebs_encryption_by_default" "d" { region = "eu-west-1" }\n'
        f'resource "aws_ebs_volume" "phi" {{\nregion = "us-east-1"\n{ZONE}\n}}',
    ),
    Case(VOLUME, "made of an encrypted snapshot", PASS, terraform=restored("")),
    Case(
        VOLUME,
        "made of a snapshot from elsewhere",
        UNKNOWN,
        terraform=f'resource "aws_ebs_volume" "phi" {{\n{ZONE}\nsnapshot_id = "snap-0a1b2c3d4e5f60718"\n}}',
    ),
    Case(
        VOLUME,
        "a variable without a value",
        UNKNOWN,
        terraform=f'variable "on" {{}}\nresource "aws_ebs_volume" "phi" {{\n{ZONE}\nencrypted = var.on\n}}',
        says="var.on",
    ),
    Case(CMK, "a key of one's own", PASS, volume(encrypted=True, key="own")),
    # The simulation takes the default key for the customer's own; AWS does not.
    Case(CMK, "no key named", FAIL, volume(encrypted=True).in_terraform()),
    Case(CMK, "the AWS managed key", FAIL, volume(encrypted=True, key="alias/aws/ebs")),
    Case(CMK, "not encrypted", FAIL, volume()),
    Case(
        CMK,
        "no key named, and the region's default is a key of one's own",
        PASS,
        terraform=default_key("aws_kms_key.d.arn") + volume(encrypted=True).text,
    ),
    Case(
        CMK,
        "no key named, and the region's default is the AWS managed key",
        FAIL,
        terraform=default_key('"arn:aws:kms:us-east-1:111122223333:alias/aws/ebs"') + volume(encrypted=True).text,
    ),
    Case(CMK, "of a snapshot under a key of one's own", PASS, terraform=restored("", "kms_key_id = aws_kms_key.s.arn")),
    Case(CMK, "of a snapshot under the default key", FAIL, terraform=restored("")),
    Case(
        CMK,
        "of a copy under the region's default key",
        PASS,
        terraform=default_key("aws_kms_key.d.arn")
        + f"""
        resource "aws_ebs_snapshot_copy" "s" {{
          source_region      = "us-east-1"
          source_snapshot_id = "snap-0a1b2c3d4e5f60718"
          encrypted          = true
        }}
        resource "aws_ebs_volume" "phi" {{
          {ZONE}
          snapshot_id = aws_ebs_snapshot_copy.s.id
        }}""",
    ),
    Case(
        CMK,
        "keys may not be described",
        UNKNOWN,
        volume(encrypted=True, key="own").in_aws(),
        denied="kms:DescribeKey",
        says="kms:DescribeKey",
    ),
)

test_snapshots = cases(
    Case(SNAPSHOT, "of an encrypted volume", PASS, snapshot(encrypted=True)),
    Case(SNAPSHOT, "of a volume in the clear", FAIL, snapshot(encrypted=False)),
    Case(
        SNAPSHOT,
        "of a volume from elsewhere",
        UNKNOWN,
        terraform='resource "aws_ebs_snapshot" "phi" { volume_id = "vol-0a1b2c3d4e5f60718" }',
    ),
    Case(
        SNAPSHOT,
        "an encrypted copy",
        PASS,
        terraform="""
        resource "aws_ebs_snapshot_copy" "phi" {
          source_region      = "us-east-1"
          source_snapshot_id = "snap-0a1b2c3d4e5f60718"
          encrypted          = true
        }""",
    ),
    Case(
        SNAPSHOT,
        "a copy of a snapshot in the clear",
        FAIL,
        terraform=snapshot(encrypted=False).text.replace('"phi"', '"s"')
        + """
        resource "aws_ebs_snapshot_copy" "phi" {
          source_region      = "us-east-1"
          source_snapshot_id = aws_ebs_snapshot.s.id
        }""",
    ),
    Case(
        SNAPSHOT,
        "an import that says nothing",
        FAIL,
        terraform="""
        resource "aws_ebs_snapshot_import" "phi" {
          disk_container { format = "VHD" }
        }""",
    ),
    *(
        Case(PUBLIC, f"shared with everyone, {state}", FAIL, shared_where(state))
        for state in ("unblocked", "block-new-sharing")
    ),
    Case(PUBLIC, "shared with everyone, and the region blocks that", PASS, shared_where(ALL_BLOCKED)),
    Case(
        PUBLIC, "shared, and the block may not be read", UNKNOWN, shared_where(ALL_BLOCKED), denied=_STATE, says=_STATE
    ),
    Case(PUBLIC, "blocked, and its permissions may not be read", PASS, shared_where(ALL_BLOCKED), denied=_ATTRIBUTE),
    Case(PUBLIC, "shared with nobody", PASS, snapshot(encrypted=False).in_aws()),
    Case(PUBLIC, "may not be listed", UNKNOWN, shared_where("unblocked"), denied=_ATTRIBUTE, says="denied"),
    Case(
        PUBLIC,
        "in a region that blocks all sharing",
        PASS,
        terraform=snapshot(encrypted=True).text + blocked("block-all-sharing").text.replace("phi", "r"),
    ),
    Case(PUBLIC, "cannot be declared", NOT_APPLICABLE, snapshot(encrypted=True).in_terraform()),
)

test_regions = cases(
    Case(
        DEFAULT,
        "on",
        PASS,
        terraform='resource "aws_ebs_encryption_by_default" "phi" {}',
        aws=lambda aws: aws.ec2.enable_ebs_encryption_by_default(),
    ),
    Case(
        DEFAULT,
        "off",
        FAIL,
        terraform='resource "aws_ebs_encryption_by_default" "phi" { enabled = false }',
        aws=lambda _: None,
    ),
    Case(
        DEFAULT,
        "may not be read",
        UNKNOWN,
        aws=lambda _: None,
        denied="ec2:GetEbsEncryptionByDefault",
        says="ec2:GetEbsEncryptionByDefault",
    ),
    Case(BLOCK, "all sharing blocked", PASS, blocked("block-all-sharing")),
    Case(BLOCK, "new sharing blocked only", FAIL, blocked("block-new-sharing"), says="stay so"),
    Case(BLOCK, "not blocked", FAIL, blocked("unblocked")),
    Case(
        BLOCK,
        "may not be read",
        UNKNOWN,
        aws=lambda _: None,
        denied="ec2:GetSnapshotBlockPublicAccessState",
        says="ec2:GetSnapshotBlockPublicAccessState",
    ),
)
