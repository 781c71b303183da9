"""File systems: ePHI in files is unreadable on the wire."""

from hipaa_guard.authoring import Fix, PolicyDocument, Statement, Verdict, every, failed, passed, some
from hipaa_guard.judging.transit import holds_without_tls, tls_required
from hipaa_guard.services import efs

_MOUNT = "elasticfilesystem:ClientMount"


@tls_required(
    title="EFS file systems refuse clients that do not use TLS",
    why="NFS sends files as they are: unless the policy asks for TLS, ePHI crosses the network in the clear.",
    fix=Fix(
        terraform="""
            resource "aws_efs_file_system_policy" "phi" {
              file_system_id = aws_efs_file_system.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  {
                    Sid       = "DenyPlainNfs"
                    Effect    = "Deny"
                    Principal = { AWS = "*" }
                    Action    = "*"
                    Resource  = aws_efs_file_system.phi.arn
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                  {
                    Sid       = "AllowMountTargets" # as without a policy; leave it out where IAM policies allow clients
                    Effect    = "Allow"
                    Principal = { AWS = "*" }
                    Action = [
                      "elasticfilesystem:ClientMount",
                      "elasticfilesystem:ClientWrite",
                      "elasticfilesystem:ClientRootAccess",
                    ]
                    Resource  = aws_efs_file_system.phi.arn
                    Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } }
                  },
                ]
              })
            }
        """,
        cli="aws efs put-file-system-policy --file-system-id FILE_SYSTEM --policy file://deny-plain-nfs.json",
        note="Clients without TLS are then turned away: first mount with the EFS mount helper and its option tls. A policy "
        "takes the place of the one before and of the default, which lets in all that reach a mount target: keep what "
        "clients need.",
        not_by_machine="needs all clients to mount with TLS first",
        consequences=("cuts_access",),
    ),
)
def efs_tls_required(system: efs.FileSystem) -> Verdict:
    policy = system.policy
    if policy is None:
        return failed("has no policy, so that it may be mounted without TLS")
    if _denies_plain_nfs(policy, system.names()):
        return passed("denies mounting without TLS")
    if every(_asks_for_tls, policy.allowances()):
        # Whom an IAM policy or a statement names says who it is through TLS: plain NFS has no place for it.
        return passed("allows mounting over TLS only")
    return failed("has a policy, but it does not deny everyone to mount without TLS")


def _denies_plain_nfs(policy: PolicyDocument, names: tuple[str, ...]) -> bool:
    def denies(statement: Statement) -> bool:
        unnamed = not statement.resources and not statement.not_resources  # EFS takes that for the file system itself
        return (
            holds_without_tls(statement)
            and statement.is_about_anyone()
            and statement.covers_action(_MOUNT)
            and (unnamed or statement.covers_resource(*names))
        )

    return some(denies, policy.denials())


def _asks_for_tls(statement: Statement) -> bool:
    if not statement.covers_action(_MOUNT):
        return True
    return some(lambda asks: asks(statement), (_has_the_condition, _names_principals))


def _has_the_condition(statement: Statement) -> bool:
    return some(lambda condition: condition.is_("Bool", "aws:SecureTransport", "true"), statement.conditions)


def _names_principals(statement: Statement) -> bool:
    """Whether a statement allows nothing to clients that do not say who they are, which they can over TLS alone."""
    return not statement.not_principals and not statement.is_about_anyone()
