"""Storage: who touched ePHI in buckets is recorded."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, failed, not_applicable, passed
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.judging.fix_parts import OWN_ACCOUNT
from hipaa_guard.judging.log_delivery import access_logged, access_logs_of, needs_no_access_logs
from hipaa_guard.judging.log_targets import with_access_logs
from hipaa_guard.services import s3


@access_logged(
    title="S3 buckets deliver server access logs",
    why="Without access logs nobody can tell who read or deleted ePHI in the bucket.",
    logs="server access logs",
    fix=Fix(
        terraform=with_access_logs("phi") + OWN_ACCOUNT,
        cli="""
            aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status \\
              '{"LoggingEnabled":{"TargetBucket":"LOG_BUCKET","TargetPrefix":"BUCKET/"}}'
        """,
        note="Without the policy of the log bucket nothing arrives. Its default encryption must be SSE-S3: the delivery "
        "of access logs knows no KMS key. CloudTrail data events for the bucket are an equivalent record, and so are the same logs "
        "that CloudWatch Logs delivers.",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
    peers={
        "prowler": "s3_bucket_server_access_logging_enabled",
        "aws_config": "s3-bucket-logging-enabled",
        "powerpipe": "s3_bucket_logging_enabled",
        "cdk_nag": "HIPAA.Security-S3BucketLoggingEnabled",
        "checkov": "CKV_AWS_18",
        "trivy": "AVD-AWS-0089",
    },
)
def s3_bucket_access_logging_enabled(bucket: s3.Bucket, inventory: Inventory) -> Verdict | None:
    logs = access_logs_of(bucket, inventory)
    if logs.way is not None:
        return passed(f"is set to deliver server access logs {logs.way}")
    if logs.in_vain:
        return failed(f"delivers server access logs {logs.in_vain}")
    elsewhere = needs_no_access_logs(bucket, inventory)
    return None if elsewhere is None else not_applicable(elsewhere)
