"""Functions, snapshots and images that another account may use."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import CRITICAL
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.other_accounts.places import PROVIDER

OTHER = "444455556666"
FUNCTION, IMAGE = "lambda_function_no_cross_account", "ami_no_cross_account"
DISK, DATABASE, CLUSTER = (
    "ebs_snapshot_no_cross_account",
    "rds_snapshot_no_cross_account",
    "rds_cluster_snapshot_no_cross_account",
)
OPEN = 'variable "open" {}\n'
NAMED = [{"Key": "Name", "Value": "phi"}]


def function(principal: str = "", **source: str) -> Told:
    """A function, and a permission for a principal."""

    def seed(aws: Aws) -> None:
        trust = '{"Version": "2012-10-17", "Statement": []}'
        role = aws.iam.create_role(RoleName="records", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        code = {"ImageUri": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/phi:1"}
        getattr(aws, "lambda").create_function(FunctionName="phi", Role=role, PackageType="Image", Code=code)
        if principal:
            given = {"".join(map(str.title, name.split("_"))): value for name, value in source.items()}
            getattr(aws, "lambda").add_permission(
                FunctionName="phi", StatementId="one", Action="lambda:InvokeFunction", Principal=principal, **given
            )

    text = (
        PROVIDER
        + 'resource "aws_lambda_function" "phi" {\n  function_name = "phi"\n  role = "arn:aws:iam::123456789012:role/records"\n}\n'
    )
    if principal:
        lines = "".join(f'  {name} = "{value}"\n' for name, value in source.items())
        text += (
            'resource "aws_lambda_permission" "p" {\n  function_name = aws_lambda_function.phi.function_name\n'
            f'  action = "lambda:InvokeFunction"\n  principal = "{principal}"\n{lines}}}\n'
        )
    return Told(terraform=text, aws=seed)


def disk(*users: str, groups: tuple[str, ...] = ()) -> Told:
    def seed(aws: Aws) -> None:
        volume = aws.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        tags = [{"ResourceType": "snapshot", "Tags": NAMED}]
        copy = aws.ec2.create_snapshot(VolumeId=volume, TagSpecifications=tags)["SnapshotId"]
        if users or groups:
            aws.ec2.modify_snapshot_attribute(
                SnapshotId=copy, Attribute="createVolumePermission", OperationType="add", UserIds=list(users),
                GroupNames=list(groups),
            )  # fmt: skip

    text = 'resource "aws_ebs_volume" "phi" {\n  availability_zone = "us-east-1a"\n  size = 1\n}\n'
    text += 'resource "aws_ebs_snapshot" "phi" {\n  volume_id = aws_ebs_volume.phi.id\n}\n' + "".join(
        f'resource "aws_snapshot_create_volume_permission" "p{user}" {{\n  snapshot_id = aws_ebs_snapshot.phi.id\n'
        f'  account_id = "{user}"\n}}\n'
        for user in users
    )
    return Told(terraform=text, aws=seed)


def in_region(state: str, *users: str) -> Told:
    """A snapshot that is shared with everyone and with accounts, in a region with this block of public sharing."""

    def answers(session: Any) -> None:
        answered(session, "ec2", "GetSnapshotBlockPublicAccessState", {"State": state})

    return disk(*users, groups=("all",)).in_aws() + Told(answers=answers)


def image(*permissions: tuple[str, str, dict[str, str]]) -> Told:
    """An image, with permissions: the argument in Terraform, its value, and the same in an account."""

    def seed(aws: Aws) -> None:
        made = aws.ec2.register_image(Name="phi", RootDeviceName="/dev/xvda")["ImageId"]
        if permissions:
            added: Any = [each for _, _, each in permissions]
            aws.ec2.modify_image_attribute(ImageId=made, LaunchPermission={"Add": added})

    text = 'resource "aws_ami" "phi" {\n  name = "phi"\n}\n' + "".join(
        f'resource "aws_ami_launch_permission" "p{number}" {{\n  image_id = aws_ami.phi.id\n  {name} = "{value}"\n}}\n'
        for number, (name, value, _) in enumerate(permissions)
    )
    return Told(terraform=text, aws=seed)


def database(*accounts: str) -> Told:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="records", DBInstanceClass="db.t4g.medium", Engine="mysql", AllocatedStorage=20,
            MasterUsername="clinic", MasterUserPassword="not-kept-anywhere",
        )  # fmt: skip
        aws.rds.create_db_snapshot(DBSnapshotIdentifier="phi", DBInstanceIdentifier="records")
        if accounts:
            aws.rds.modify_db_snapshot_attribute(
                DBSnapshotIdentifier="phi", AttributeName="restore", ValuesToAdd=list(accounts)
            )

    return Told(terraform=declared("aws_db_snapshot", *accounts), aws=seed)


def cluster(*accounts: str) -> Told:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(
            DBClusterIdentifier="records", Engine="aurora-mysql", MasterUsername="clinic",
            MasterUserPassword="not-kept-anywhere",
        )  # fmt: skip
        aws.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="phi", DBClusterIdentifier="records")
        if accounts:
            aws.rds.modify_db_cluster_snapshot_attribute(
                DBClusterSnapshotIdentifier="phi", AttributeName="restore", ValuesToAdd=list(accounts)
            )

    return Told(terraform=declared("aws_db_cluster_snapshot", *accounts), aws=seed)


def declared(type: str, *accounts: str) -> str:
    listed = ", ".join(f'"{account}"' for account in accounts)
    return f'resource "{type}" "phi" {{\n  shared_accounts = [{listed}]\n}}\n'


ME = 'data "aws_caller_identity" "me" {}\n'
MEMBER = 'resource "aws_organizations_account" "dr" {\n  name = "dr"\n  email = "dr@clinic.example"\n}\n'
NOT_PUBLIC, CLUSTER_NOT_PUBLIC = "rds_snapshot_not_public", "rds_cluster_snapshot_not_public"
ORGANIZATION = "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5"

test_functions = cases(
    Case(FUNCTION, "no policy", PASS, function()),
    Case(FUNCTION, "a role of the account", PASS, function(f"arn:aws:iam::{ACCOUNT}:role/records")),
    Case(FUNCTION, "another account", FAIL, function(OTHER), says=OTHER),
    Case(FUNCTION, "a service for the account", PASS, function("s3.amazonaws.com", source_account=ACCOUNT)),
    Case(
        FUNCTION, "a service for another account", FAIL, function("s3.amazonaws.com", source_account=OTHER), says=OTHER
    ),
    Case(FUNCTION, "everyone", FAIL, function("*"), says="allows everyone"),
)

test_copies = cases(
    Case(DISK, "shared with nobody", PASS, disk()),
    Case(
        DISK,
        "shared with an account that is not known",
        UNKNOWN,
        terraform=OPEN + str(disk(OTHER).terraform).replace(f'"{OTHER}"', "var.open"),
    ),
    Case(DISK, "shared with an account", FAIL, disk(OTHER), says=OTHER),
    Case(DISK, "shared with two accounts", FAIL, disk(OTHER, "777788889999"), says=f"{OTHER}, 777788889999"),
    Case(DISK, "shared with an account that a variable names", UNKNOWN,
         OPEN + disk(OTHER).text.replace(f'= "{OTHER}"', "= var.open")),
    Case(DISK, "shared with everyone", FAIL, in_region("unblocked"), says="with everyone", severity=CRITICAL),
    Case(DISK, "shared with everyone, and the region blocks that", PASS, in_region("block-all-sharing")),
    Case(DISK, "shared with everyone and an account, and the region blocks the first", FAIL,
         in_region("block-all-sharing", OTHER), says=f"other accounts: {OTHER}"),
    Case(DISK, "shared with everyone, and the block may not be read", UNKNOWN, in_region("block-all-sharing"),
         denied="ec2:GetSnapshotBlockPublicAccessState", says="denied"),
    Case(DISK, "shared with everyone and an account, and the block may not be read", FAIL,
         in_region("block-all-sharing", OTHER), denied="ec2:GetSnapshotBlockPublicAccessState", says=OTHER),
    *(
        Case(control, "shared with its own account", PASS, told(ACCOUNT).in_aws())
        for control, told in ((DISK, disk), (DATABASE, database), (CLUSTER, cluster))
    ),
    *(
        Case(control, "shared with the account that Terraform runs in", PASS,
             ME + declared(type).replace("[]", "[data.aws_caller_identity.me.account_id]"))
        for control, type in ((DATABASE, "aws_db_snapshot"), (CLUSTER, "aws_db_cluster_snapshot"))
    ),
    *(
        Case(control, f"not public: shared with {whose}", verdict, more + declared(type).replace("[]", f"[{account}]"))
        for control, type in ((NOT_PUBLIC, "aws_db_snapshot"), (CLUSTER_NOT_PUBLIC, "aws_db_cluster_snapshot"))
        for whose, more, account, verdict in (
            ("the account that Terraform runs in", ME, "data.aws_caller_identity.me.account_id", PASS),
            ("an account of the organization", MEMBER, "aws_organizations_account.dr.id", PASS),
            ("whom a variable says", OPEN, "var.open", UNKNOWN),
            ("an account and everyone", ME, 'data.aws_caller_identity.me.account_id, "all"', FAIL),
        )
    ),
    Case(DATABASE, "shared with its own account and another one", FAIL, database(ACCOUNT, OTHER).in_aws(), says=f"accounts: {OTHER}"),
    Case(DATABASE, "shared with another account, and one that is not known", FAIL,
         OPEN + declared("aws_db_snapshot").replace("[]", f'["{OTHER}", var.open]'), says=OTHER),
    Case(IMAGE, "shared with nobody", PASS, image()),
    Case(IMAGE, "shared with an account", FAIL, image(("account_id", OTHER, {"UserId": OTHER})), says=OTHER),
    Case(IMAGE, "shared with everyone", FAIL, image(("group", "all", {"Group": "all"})), says="with everyone", severity=CRITICAL),
    Case(IMAGE, "shared with an organization", FAIL, image(("organization_arn", ORGANIZATION, {})).in_terraform(), says="organization/"),
    Case(DATABASE, "shared with nobody", PASS, database()),
    Case(DATABASE, "shared with an account", FAIL, database(OTHER), says=OTHER),
    Case(DATABASE, "shared with everyone", FAIL, database("all"), severity=CRITICAL),
    Case(DATABASE, "a variable without a value", UNKNOWN,
         OPEN + 'resource "aws_db_snapshot" "phi" {\n  shared_accounts = var.open\n}\n'),
    Case(CLUSTER, "shared with nobody", PASS, cluster()),
    Case(CLUSTER, "shared with an account", FAIL, cluster(OTHER), says=OTHER),
    Case(CLUSTER, "shared with everyone", FAIL, cluster("all"), severity=CRITICAL),
)  # fmt: skip
