"""Compute: disks, snapshots and settings of machines and functions are unreadable without their key."""

from hipaa_guard.authoring import (
    HIGH,
    MEDIUM,
    Fix,
    Inventory,
    Verdict,
    control,
    failed,
    not_applicable,
    one_holds,
    passed,
    some,
)
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY, replaces
from hipaa_guard.judging.customer_keys import AWS_MANAGED, customer_managed_key
from hipaa_guard.judging.disks import device_is_encrypted, key_of_volume, snapshot_is_encrypted, volume_is_encrypted
from hipaa_guard.judging.encryption import MEDIA, encrypted_at_rest
from hipaa_guard.judging.fix_parts import role_that_may
from hipaa_guard.judging.image_volumes import image_encrypts, image_of
from hipaa_guard.judging.template_versions import if_used, template_of
from hipaa_guard.services import ebs, ec2, lambda_functions


@control(
    title="EC2 instances have encrypted volumes only",
    severity=HIGH,
    hipaa=MEDIA,
    why="ePHI on an unencrypted volume can be read from a snapshot, a copy or the disk itself without any key.",
    fix=Fix(
        terraform="""
            resource "aws_instance" "phi" {
              root_block_device {
                encrypted = true
              }
            }
        """,
        cli="aws ec2 create-volume --snapshot-id SNAPSHOT --availability-zone ZONE --encrypted",
        note="A volume is encrypted by replacing it with an encrypted copy; turn on encryption by default for new ones.",
        not_by_machine=replaces("instance"),
    ),
    peers={"aws_config": "encrypted-volumes", "checkov": "CKV_AWS_8", "trivy": "AVD-AWS-0131"},
)
def ec2_instance_block_devices_encrypted(instance: ec2.Instance, inventory: Inventory) -> Verdict:
    template = template_of(instance, inventory)
    inherited = [] if template is None else template.devices
    found: list[ec2.BlockDevice] = []

    def is_encrypted(device: ec2.BlockDevice) -> bool:
        found.append(device)
        return one_holds(
            lambda: device_is_encrypted(device, instance, inventory),
            lambda: image_encrypts(device, image_of(instance, template), inventory),
        )

    def in_clear(device: ec2.BlockDevice) -> bool:
        if not device.declared and some(lambda other: other.name in ec2.ROOT_NAMES, inherited):
            return False  # the template declares the root volume
        return not is_encrypted(device)

    def inherited_in_clear(device: ec2.BlockDevice) -> bool:
        def is_overruled() -> bool:
            return some(lambda own: own.declared and own.is_same_as(device), instance.devices)

        return not one_holds(lambda: is_encrypted(device), is_overruled)

    if one_holds(lambda: some(in_clear, instance.devices), lambda: some(inherited_in_clear, inherited)):
        if found[-1].declared:
            return failed(f"has an unencrypted volume{found[-1].in_words()}")
        return failed("leaves the encryption of its root volume to the image, which seldom has it")
    return passed("has encrypted volumes only")


@control(
    title="Launch templates and launch configurations encrypt every volume that they declare",
    severity=HIGH,
    hipaa=MEDIA,
    why="Every instance that such a template starts keeps what it writes, ePHI included, on a disk without a key.",
    fix=Fix(
        sets="aws_launch_template.block_device_mappings[*].ebs.encrypted = true",
        refused_beside={
            "aws_launch_template.block_device_mappings.ebs.snapshot_id": "needs an encrypted copy of the snapshot: a "
            "template takes no encryption value for a volume from a snapshot"
        },
        cli="""
            aws ec2 create-launch-template-version --launch-template-id TEMPLATE --source-version '$Default' \\
              --launch-template-data '{"BlockDeviceMappings":[{"DeviceName":"/dev/xvda","Ebs":{"Encrypted":true}}]}'
        """,
        note="In the CLI, repeat all volumes with their settings, as the list is replaced whole, and make the new version "
        "the default one. A volume from a snapshot takes no encryption value: give it an encrypted copy of the snapshot. "
        "Running instances keep their volumes. Replace a launch configuration or specification by a launch template.",
    ),
    peers={"checkov": "CKV_AWS_8", "trivy": "AVD-AWS-0008"},
)
def launch_template_block_devices_encrypted(template: ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    def in_clear(device: ec2.BlockDevice) -> bool:
        return not one_holds(
            lambda: device_is_encrypted(device, template, inventory),
            lambda: image_encrypts(device, template.image, inventory),
        )

    some_declared = False
    for device in template.devices:
        some_declared = True
        if in_clear(device):
            return failed(f"declares an unencrypted volume{device.in_words()}")
    if not some_declared:
        verdict = not_applicable("declares no volumes: the image and the region's default decide")
        return if_used(verdict, template, inventory)
    return if_used(passed("encrypts every volume that it declares"), template, inventory)


@encrypted_at_rest(
    title="EBS volumes are encrypted",
    fix=Fix(
        terraform="""
            resource "aws_ebs_volume" "phi" {
              availability_zone = "us-east-1a"
              size              = 100
              encrypted         = true
            }
        """,
        cli="aws ec2 create-volume --snapshot-id SNAPSHOT --availability-zone ZONE --encrypted",
        note="A volume is encrypted by replacing it with an encrypted copy made from its snapshot.",
        not_by_machine=replaces("volume"),
    ),
    peers={
        "prowler": "ec2_ebs_volume_encryption",
        "aws_config": "encrypted-volumes",
        "powerpipe": "ebs_attached_volume_encryption_enabled",
        "checkov": "CKV_AWS_3",
        "trivy": "AVD-AWS-0026",
    },
)
def ebs_volume_encrypted(volume: ebs.Volume, inventory: Inventory) -> bool:
    return volume_is_encrypted(volume, inventory)


@customer_managed_key(
    title="EBS volumes are encrypted with a key that the customer manages",
    why="The policy of the AWS managed key aws/ebs cannot be changed, so access to ePHI cannot be cut off at the key.",
    fix=Fix(
        terraform="""
            resource "aws_ebs_volume" "phi" {
              availability_zone = "us-east-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = aws_kms_key.phi.arn
            }
            resource "aws_kms_key" "phi" {
              enable_key_rotation = true
            }
        """,
        cli="aws ec2 create-volume --snapshot-id SNAPSHOT --availability-zone ZONE --encrypted --kms-key-id KEY_ARN",
        note="A volume gets another key by replacing it with a copy made from its snapshot. A key costs money each month, "
        "and without it the volume cannot be read. aws_ebs_default_kms_key makes it the key of all new volumes.",
        not_by_machine=replaces("volume"),
        consequences=("costs_money",),
    ),
    peers={"checkov": "CKV_AWS_189", "trivy": "AVD-AWS-0027"},
    refines="ebs_volume_encrypted",
    advisory=OWN_KEY,
)
def ebs_volume_encrypted_with_cmk(volume: ebs.Volume, inventory: Inventory) -> str | Verdict | None:
    if not volume_is_encrypted(volume, inventory):
        return failed("is not encrypted at rest")
    return key_of_volume(volume, inventory)


@encrypted_at_rest(
    title="EBS snapshots are encrypted",
    why="A snapshot is a whole disk: without a key, whoever it is shared with reads all ePHI on it.",
    fix=Fix(
        terraform="""
            resource "aws_ebs_snapshot" "phi" {
              volume_id = aws_ebs_volume.phi.id
            }
            resource "aws_ebs_volume" "phi" {
              availability_zone = "us-east-1a"
              size              = 100
              encrypted         = true
            }
        """,
        cli="aws ec2 copy-snapshot --source-region REGION --source-snapshot-id SNAPSHOT --encrypted",
        note="In Terraform this replaces the volume: copy what it holds first. In the CLI, delete the snapshot in the "
        "clear once the copy is complete; both cost money while they exist.",
        not_by_machine="needs an encrypted copy of the volume",
        consequences=("replaces", "destroys_data", "interrupts", "costs_money"),
    ),
    peers={"prowler": "ec2_ebs_snapshots_encrypted"},
)
def ebs_snapshot_encrypted(snapshot: ebs.Snapshot, inventory: Inventory) -> bool:
    return snapshot_is_encrypted(snapshot, inventory)


@control(
    title="The region encrypts new EBS volumes by default",
    severity=MEDIUM,
    hipaa=MEDIA,
    why="The default encrypts the volumes and snapshot copies with ePHI that nobody thought of.",
    fix=Fix(
        sets="aws_ebs_encryption_by_default.enabled = true",
        cli="aws ec2 enable-ebs-encryption-by-default",
        note="Volumes that exist stay as they are. A snapshot under the AWS managed key aws/ebs cannot be shared with "
        "another account: where you share snapshots, set aws_ebs_default_kms_key to a key of your own first.",
    ),
    peers={
        "prowler": "ec2_ebs_default_encryption",
        "aws_config": "ec2-ebs-encryption-by-default",
        "powerpipe": "ebs_encryption_by_default_enabled",
        "checkov": "CKV_AWS_106",
    },
)
def ebs_encryption_by_default(region: ebs.EncryptionByDefault) -> Verdict:
    if region.enabled:
        return passed("encrypts new volumes by default")
    return failed("does not encrypt new volumes by default")


_WITH_OWN_KEY = """\
resource "aws_lambda_function" "phi" {
  function_name = "phi"
  role          = aws_iam_role.function.arn
  kms_key_arn   = aws_kms_key.phi.arn
  environment {
    variables = {
      TABLE = "records"
    }
  }
}
resource "aws_kms_key" "phi" {
  enable_key_rotation = true
}
"""


@customer_managed_key(
    title="Lambda environment variables are encrypted with a key that the customer manages",
    why="The policy of the AWS managed key aws/lambda cannot be changed, "
    "so whoever may read the function's settings reads the way to ePHI in its variables.",
    encrypts="its environment variables",
    otherwise=f"{AWS_MANAGED} aws/lambda",
    fix=Fix(
        terraform=_WITH_OWN_KEY + role_that_may("kms:Decrypt", "aws_kms_key.phi.arn"),
        cli="aws lambda update-function-configuration --function-name FUNCTION --kms-key-arn KEY_ARN",
        note="The role of the function needs kms:Decrypt on the key: without it, the function does not start.",
        not_by_machine=NEEDS_A_KEY,
        consequences=("cuts_access",),
    ),
    peers={"prowler": "awslambda_function_env_vars_not_encrypted_with_cmk", "checkov": "CKV_AWS_173"},
    advisory=OWN_KEY,
)
def lambda_env_encrypted_with_cmk(function: lambda_functions.Function) -> str | Verdict | None:
    return function.key if function.has_environment else not_applicable("has no environment variables")
