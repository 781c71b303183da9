"""File systems: nobody gets in who does not say who it is."""

from hipaa_guard.authoring import MEDIUM, Fix, PolicyDocument, Verdict, failed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.nfs_clients import only_of_clients
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import efs


@policy_not_public(
    title="EFS file systems have a policy, and it is not public",
    severity=MEDIUM,
    why="Without a policy EFS gives full access, as root, to any machine that reaches a mount target: only the network "
    "then stands between that machine and ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_efs_file_system_policy" "phi" {
              file_system_id = aws_efs_file_system.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::111122223333:role/records-app" }
                  Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
                  Resource  = aws_efs_file_system.phi.arn
                }]
              })
            }
        """,
        cli="aws efs put-file-system-policy --file-system-id FILE_SYSTEM --policy file://named-principals-only.json",
        note="Clients then mount with the EFS mount helper and its options tls and iam.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "efs_not_publicly_accessible"},
)
def efs_policy_not_public(system: efs.FileSystem) -> PolicyDocument | Verdict:
    policy = system.policy
    if policy is None:
        return failed("has no policy, so that every client which reaches a mount target gets in")
    gap = only_of_clients(policy, lambda document: _LETS_IN_ALL if document.is_public() else None)
    return policy if gap is None else failed(gap)


_LETS_IN_ALL = "has a policy that allows everyone to mount it"
