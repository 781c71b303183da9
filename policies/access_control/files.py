"""File systems: clients come as the user, and to the directory, that they are meant to."""

from hipaa_guard.authoring import LOW, Fix, Verdict, control, failed, passed
from hipaa_guard.services import efs


@control(
    title="EFS access points confine clients to a directory",
    severity=LOW,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    why="An access point whose root is that of the file system shows each application the ePHI of all others.",
    fix=Fix(
        terraform="""
            resource "aws_efs_access_point" "phi" {
              file_system_id = aws_efs_file_system.records.id
              root_directory {
                path = "/records-app"
                creation_info {
                  owner_uid   = 1000
                  owner_gid   = 1000
                  permissions = "0750"
                }
              }
            }
            resource "aws_efs_file_system" "records" {
              encrypted = true
            }
        """,
        cli="""
            aws efs create-access-point --file-system-id FILE_SYSTEM --root-directory \\
              'Path=/records-app,CreationInfo={OwnerUid=1000,OwnerGid=1000,Permissions=0750}'
        """,
        note="An access point cannot be changed: make a new one and remount. Clients see the new directory only, so move "
        "their files there. EFS makes a directory that does not exist as creation_info says, and without it clients "
        "cannot mount the access point.",
        not_by_machine="needs a new access point, which clients must mount",
        consequences=("replaces", "interrupts"),
    ),
    peers={"prowler": "efs_access_point_enforce_root_directory", "checkov": "CKV_AWS_329"},
    advisory="Clients need permission for the file system without it; this narrows what they see of it.",
)
def efs_access_point_root_directory(point: efs.AccessPoint) -> Verdict:
    directory = point.root_directory
    if directory.strip("/") == "":
        return failed("shows clients the whole file system: its root directory is /")
    return passed(f"confines clients to {directory}")


@control(
    title="EFS access points impose a user other than root on clients",
    severity=LOW,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    why="Without it an NFS client says itself which user it is, root included, and file permissions guard no ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_efs_access_point" "phi" {
              file_system_id = aws_efs_file_system.records.id
              posix_user {
                uid = 1000
                gid = 1000
              }
            }
            resource "aws_efs_file_system" "records" {
              encrypted = true
            }
        """,
        cli="aws efs create-access-point --file-system-id FILE_SYSTEM --posix-user Uid=1000,Gid=1000",
        note="An access point cannot be changed: make a new one and remount.",
        not_by_machine="needs a new access point, which clients must mount",
        consequences=("replaces", "interrupts"),
    ),
    peers={"prowler": "efs_access_point_enforce_user_identity", "checkov": "CKV_AWS_330"},
)
def efs_access_point_user_identity(point: efs.AccessPoint) -> Verdict:
    if point.user is None:
        return failed("lets clients say themselves which user they are")
    if point.user == 0:
        return failed("makes all clients the root user, whom no file permissions stop")
    return passed(f"imposes the user {point.user} on clients")
