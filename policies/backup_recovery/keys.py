"""Keys: what was encrypted stays readable to those who may read it."""

from hipaa_guard.authoring import HIGH, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.services import kms


@control(
    title="KMS keys are not about to be deleted",
    severity=HIGH,
    hipaa=("164.308(a)(7)(i)", "164.312(c)(1)"),
    why="With its key all ePHI that it encrypts is lost for ever, backups included.",
    fix=Fix(
        cli="""
            aws kms cancel-key-deletion --key-id KEY
            aws kms enable-key --key-id KEY
        """,
        note="AWS bills the key again from then on.",
        not_by_machine="is made in the account, where the deletion is cancelled",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "kms_cmk_not_deleted_unintentionally",
        "aws_config": "kms-cmk-not-scheduled-for-deletion",
        "powerpipe": "kms_key_not_pending_deletion",
    },
)
def kms_key_not_pending_deletion(key: kms.LivingKey) -> Verdict:
    if key.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which alone can delete it")
    # A primary key waits in a state of its own until its replicas are gone.
    if key.state in ("PendingDeletion", "PendingReplicaDeletion"):
        return failed(f"is scheduled for deletion (state {key.state})")
    return passed("is not scheduled for deletion")
