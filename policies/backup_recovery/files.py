"""File systems: ePHI can be brought back after a mistake or an attack."""

from hipaa_guard.authoring import MEDIUM, Fix, Inventory, Verdict, failed, passed
from hipaa_guard.judging.backup_plans import backed_up_by_plan
from hipaa_guard.judging.backups import backed_up
from hipaa_guard.judging.log_delivery import first_way
from hipaa_guard.services import efs


@backed_up(
    title="EFS file systems are backed up automatically",
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
    peers={"prowler": "efs_have_backup_enabled", "aws_config": "efs-in-backup-plan"},
)
def efs_automatic_backup_enabled(system: efs.FileSystem, inventory: Inventory) -> Verdict:
    way = first_way(
        ("has automatic backups on", lambda: system.backup in ("ENABLED", "ENABLING")),
        ("is backed up by a plan of AWS Backup", lambda: backed_up_by_plan(system, inventory)),
        none_if_refused=True,
    )
    if way is None:
        return failed(f"has no automatic backups: the backup policy is {system.backup or 'not set'}")
    return passed(way)
