"""File systems: ePHI can be brought back after a mistake or an attack."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, failed
from hipaa_guard.judging.backups import backed_up
from hipaa_guard.services import efs


@backed_up(
    title="EFS file systems have automatic backups on",
    severity=MEDIUM,
    fix=Fix(
        sets="""
            aws_efs_backup_policy.file_system_id = aws_efs_file_system.phi.id
            aws_efs_backup_policy.backup_policy.status = "ENABLED"
        """,
        cli="aws efs put-backup-policy --file-system-id FILE_SYSTEM --backup-policy Status=ENABLED",
        note="Backups are billed by what they hold. A plan of AWS Backup that selects the file system is an equivalent.",
        consequences=("costs_money",),
    ),
    peers={"prowler": "efs_have_backup_enabled"},
)
def efs_automatic_backup_enabled(system: efs.FileSystem) -> bool | Verdict:
    if system.backup in ("ENABLED", "ENABLING"):
        return True
    return failed(f"has no automatic backups: the backup policy is {system.backup or 'not set'}")
