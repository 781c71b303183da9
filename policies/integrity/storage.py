"""Storage: ePHI in buckets cannot be destroyed by a slip or a stolen credential."""

from hipaa_guard.authoring import LOW, Fix, Inventory, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.advice import OF_RECORDS
from hipaa_guard.judging.log_targets import lock_is_refused
from hipaa_guard.services import s3

_SHORTEST = 7
"""Days for which a version must be locked at least: as long as backups are kept at least."""


@control(
    title="S3 buckets lock new versions of objects for at least a week",
    severity=LOW,
    hipaa=("164.312(c)(1)", "164.312(c)(2)"),
    why="A locked version of a record cannot be deleted or overwritten before its time: in compliance mode by nobody, in "
    "governance mode only by those who have s3:BypassGovernanceRetention.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_object_lock_configuration" "phi" {
              bucket = aws_s3_bucket.phi.id
              rule {
                default_retention {
                  mode = "GOVERNANCE"
                  days = 30
                }
              }
              depends_on = [aws_s3_bucket_versioning.phi]
            }
            resource "aws_s3_bucket_versioning" "phi" {
              bucket = aws_s3_bucket.phi.id
              versioning_configuration {
                status = "Enabled"
              }
            }
        """,
        cli="""
            aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled
            aws s3api put-object-lock-configuration --bucket BUCKET --object-lock-configuration \\
              'ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=GOVERNANCE,Days=30}}'
        """,
        note="Object Lock cannot be turned off again, and versioning not suspended. Every version is stored at "
        "least until its time is over. In COMPLIANCE mode not even the root user can delete one earlier.",
        not_by_machine="needs a retention period, which is yours to choose",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "s3_bucket_object_lock",
        "aws_config": "s3-bucket-default-lock-enabled",
        "powerpipe": "s3_bucket_object_lock_enabled",
        "checkov": "CKV_AWS_143",
    },
    refines="s3_bucket_versioning_enabled",
    advisory=OF_RECORDS,
)
def s3_bucket_object_lock_enabled(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    if not bucket.object_lock:
        logs = lock_is_refused(bucket, inventory)
        if logs is not None:
            return not_applicable(f"receives {logs}, which S3 delivers to no bucket with Object Lock")
        return failed("has Object Lock off")
    retention = bucket.default_retention
    if retention is None:
        return failed("has Object Lock on, but no default retention: it locks only versions whose upload asks for it")
    if retention.days < _SHORTEST:
        days = "1 day" if retention.days == 1 else f"{retention.days} days"
        return failed(f"locks new versions for {days}, less than {_SHORTEST}")
    if retention.mode == "COMPLIANCE":
        return passed(f"locks new versions for {retention.days} days, in compliance mode")
    return passed(
        f"locks new versions for {retention.days} days, in governance mode: whoever has s3:BypassGovernanceRetention may "
        "delete them earlier"
    )


@control(
    title="S3 buckets let nobody delete versions without MFA",
    severity=LOW,
    hipaa=("164.312(c)(1)",),
    why="Versions bring back ePHI only while they exist: with MFA Delete a stolen access key alone cannot remove them.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_versioning" "phi" {
              bucket = aws_s3_bucket.phi.id
              mfa    = "arn:aws:iam::111122223333:mfa/root-device 123456"
              versioning_configuration {
                status     = "Enabled"
                mfa_delete = "Enabled"
              }
            }
        """,
        cli="""
            aws s3api put-bucket-versioning --bucket BUCKET --mfa 'DEVICE_ARN CODE' \\
              --versioning-configuration Status=Enabled,MFADelete=Enabled
        """,
        note="Only the root user can turn it on, and not on buckets with lifecycle rules. Object Lock needs neither.",
        not_by_machine="needs the MFA device of the root user",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "s3_bucket_no_mfa_delete", "trivy": "AVD-AWS-0170"},
    refines="s3_bucket_versioning_enabled",
    advisory="Versions keep what is deleted or overwritten; this adds a second factor, which only the root user can set.",
)
def s3_bucket_mfa_delete(bucket: s3.Bucket) -> Verdict:
    if bucket.versioning in (None, "Disabled"):  # S3 then takes no MFA Delete, and the aws provider does not ask for it
        return not_applicable("keeps no versions: its versioning was never turned on")
    if bucket.mfa_delete == "Enabled":
        return passed("has MFA Delete on")
    return failed("has MFA Delete off: versions can be deleted without MFA")
