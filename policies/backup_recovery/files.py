"""File systems: ePHI can be brought back after a mistake or an attack."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, passed
from hipaa_guard.services import efs


@control(
    title="EFS file systems have automatic backups on",
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(ii)(A)",),
    why="EFS keeps no earlier state: a file of ePHI that is overwritten, deleted or encrypted by malware is gone.",
    fix=Fix(
        sets="""
            aws_efs_backup_policy.file_system_id = aws_efs_file_system.phi.id
            aws_efs_backup_policy.backup_policy.status = "ENABLED"
        """,
        cli="aws efs put-backup-policy --file-system-id FILE_SYSTEM --backup-policy Status=ENABLED",
        note="A plan of AWS Backup that selects the file system is an equivalent.",
    ),
    peers={"prowler": "efs_have_backup_enabled"},
)
def efs_automatic_backup_enabled(system: efs.FileSystem) -> Verdict:
    status = system.backup
    if status in ("ENABLED", "ENABLING"):
        return passed("has automatic backups on")
    return failed(f"has no automatic backups: the backup policy is {status or 'not set'}")
