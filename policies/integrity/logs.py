"""Trails: nobody can change the record of access to ePHI unnoticed."""

from hipaa_guard.authoring import MEDIUM, Fix, Inventory, Verdict, control, failed, passed
from hipaa_guard.services import cloudtrail


@control(
    title="CloudTrail trails write digests by which changes to log files show",
    severity=MEDIUM,
    hipaa=("164.312(c)(1)", "164.312(c)(2)", "164.312(b)"),
    why="Without digests somebody can remove his access to ePHI from the record and nobody can prove it.",
    fix=Fix(
        sets="aws_cloudtrail.enable_log_file_validation = true",
        cli="aws cloudtrail update-trail --name TRAIL --enable-log-file-validation",
        note="A trail that is switched off writes no digests: start it, as the fix of cloudtrail_is_logging does.",
    ),
    peers={
        "prowler": "cloudtrail_log_file_validation_enabled",
        "aws_config": "cloud-trail-log-file-validation-enabled",
        "powerpipe": "cloudtrail_trail_validation_enabled",
        "cdk_nag": "HIPAA.Security-CloudTrailLogFileValidationEnabled",
        "checkov": "CKV_AWS_36",
        "trivy": "AVD-AWS-0016",
    },
)
def cloudtrail_log_file_validation_enabled(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if not trail.log_file_validation:
        return failed("writes no digests: a changed or deleted log file goes unnoticed")
    if not trail.is_logging:
        return failed("is switched off: it writes neither log files nor digests")
    error = cloudtrail.failed_delivery(trail, inventory, lambda delivery: delivery.digest_error)
    if error:
        return failed(f"could not deliver its digests: S3 answered {error}")
    return passed("writes digests of its log files")
