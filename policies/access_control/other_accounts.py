"""Other accounts: keys, secrets, functions, file systems, logs and snapshots are not opened to them."""

from hipaa_guard.authoring import (
    MEDIUM,
    Fix,
    Inventory,
    PolicyDocument,
    Statement,
    Verdict,
    control,
    failed,
    not_applicable,
    passed,
)
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import (
    first_told,
    let_in_by_permissions,
    no_cross_account,
    not_shared,
    outsiders_let_in,
)
from hipaa_guard.judging.fix_parts import FORWARDED_LOGS, function_for_topic
from hipaa_guard.judging.function_policies import NAMES_THE_PLACE, REMOVES_A_PERMISSION, place_of
from hipaa_guard.judging.log_forwarding import account_sent_to
from hipaa_guard.judging.log_targets import LOG_RESOURCE_POLICY
from hipaa_guard.judging.nfs_clients import only_of_clients
from hipaa_guard.judging.public_snapshots import effectively_shared_with
from hipaa_guard.services import cloudwatch_logs, ebs, efs, images, kms, lambda_functions, rds, secretsmanager


@no_cross_account(
    title="KMS key policies and grants give access to no other AWS account",
    why="Whoever may use the key can decrypt ePHI wherever a copy of it lies: each account needs a reason, and a contract "
    "if it is not yours.",
    fix=Fix(
        terraform="""
            resource "aws_kms_key" "phi" {
              description         = "records"
              enable_key_rotation = true
            }
        """,
        cli="aws kms put-key-policy --key-id KEY --policy-name default --policy file://own-account-only.json",
        note="A key without a policy of its own has the default one: IAM policies of the account decide. A service that uses "
        "the key for you gets a statement with a condition: aws:SourceAccount, or the encryption context that it sets.",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="kms_key_policy_no_wildcard_principal",
)
def kms_key_policy_no_cross_account(key: kms.Key) -> PolicyDocument | Verdict | None:
    own = key.origin.own_account
    if key.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which writes its policy")
    outsiders = first_told(
        lambda: let_in_by_permissions(key.grants, own, by="grants for"), lambda: outsiders_let_in(key.policy, own)
    )
    return key.policy if outsiders is None else failed(outsiders)


@no_cross_account(
    title="Policies of secrets give access to no other AWS account",
    why="The secret opens a system with ePHI to whoever reads it: each account needs a reason, and a contract if it is not "
    "yours.",
    fix=Fix(
        terraform="""
            resource "aws_secretsmanager_secret" "phi" {
              name = "records-db"
            }
        """,
        cli="aws secretsmanager delete-resource-policy --secret-id SECRET",
        note="Access within the account needs no resource policy: IAM policies give it.",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="secret_policy_not_public",
)
def secret_policy_no_cross_account(secret: secretsmanager.Secret) -> PolicyDocument | None:
    return secret.policy


@control(
    title="Lambda function policies give access to no other AWS account",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)", "164.308(b)(1)"),
    why="Each account that may call the function can see ePHI in what it answers: it needs a reason, and a contract if it "
    "is not yours.",
    fix=Fix(
        terraform=function_for_topic(),
        cli=REMOVES_A_PERMISSION,
        note=NAMES_THE_PLACE,
        not_by_machine=TAKES_ACCESS,
    ),
    refines="lambda_function_not_public",
)
def lambda_function_no_cross_account(function: lambda_functions.Function, inventory: Inventory) -> Verdict:
    found: list[str | None] = []

    def lets_outsiders_in(statement: Statement) -> bool:
        # A service without a source is the subject of lambda_permission_has_source.
        found.append(outsiders_let_in(PolicyDocument([statement]), function.origin.own_account))
        return found[-1] is not None

    place = place_of(lets_outsiders_in, function, inventory)
    return passed("has no policy that names another account") if place is None else failed(f"{found[-1]}{place}")


@control(
    title="Layers of Lambda functions are open to no other AWS account",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)", "164.308(b)(1)"),
    why="Whoever may use a layer can download its code, and with it the names of systems with ePHI and whatever secrets lie "
    "there.",
    fix=Fix(
        terraform="""
            resource "aws_lambda_layer_version" "phi" {
              layer_name = "records"
              filename   = "layer.zip"
            }
        """,
        cli="aws lambda remove-layer-version-permission --layer-name LAYER --version-number NUMBER --statement-id STATEMENT",
        note="Functions of the account need no permission of the layer. In source, remove the "
        "aws_lambda_layer_version_permission that names the account, the organization or everyone.",
        not_by_machine=TAKES_ACCESS,
    ),
)
def lambda_layer_no_cross_account(layer: lambda_functions.Layer) -> Verdict:
    outsiders = let_in_by_permissions(layer.policy, layer.origin.own_account)
    return passed("has no policy that names another account") if outsiders is None else failed(outsiders)


@no_cross_account(
    title="EFS file system policies give access to no other AWS account",
    fix=Fix(
        terraform="""
            resource "aws_efs_file_system_policy" "phi" {
              file_system_id = aws_efs_file_system.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = aws_iam_role.app.arn }
                  Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
                  Resource  = aws_efs_file_system.phi.arn
                }]
              })
            }
            resource "aws_iam_role" "app" {
              name = "records-app"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { Service = "ecs-tasks.amazonaws.com" }
                }]
              })
            }
        """,
        cli="aws efs put-file-system-policy --file-system-id FILE_SYSTEM --policy file://own-account-only.json",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="efs_policy_not_public",
)
def efs_policy_no_cross_account(system: efs.FileSystem) -> PolicyDocument | Verdict:
    policy = system.policy
    if policy is None:
        return not_applicable("has no policy: who reaches a mount target gets in, of whatever account")
    own = system.origin.own_account
    gap = only_of_clients(policy, lambda document: outsiders_let_in(document, own))
    return policy if gap is None else failed(gap)


@no_cross_account(
    title="Resource policies of CloudWatch Logs give access to no other AWS account",
    why="Whoever may write log events can bury the true record of access to ePHI under others.",
    fix=Fix(
        terraform=LOG_RESOURCE_POLICY,
        cli="""
            aws logs put-resource-policy --policy-name POLICY --policy-document file://own-account-only.json
            aws logs put-destination-policy --destination-name DESTINATION --access-policy file://own-account-only.json
        """,
        note="The second command is for a destination, to which other accounts may send log events.",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="log_group_not_public",
)
def log_group_no_cross_account(resource_policy: cloudwatch_logs.ResourcePolicy) -> PolicyDocument | None:
    return resource_policy.policy


@control(
    title="CloudWatch Logs sends log events on to no other AWS account",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)", "164.308(b)(1)"),
    why="Log events of applications often hold ePHI: the account that receives them needs a reason, and a contract if it is "
    "not yours.",
    fix=Fix(
        terraform=FORWARDED_LOGS,
        cli="""
            aws logs delete-subscription-filter --log-group-name GROUP --filter-name FILTER
            aws logs delete-account-policy --policy-name POLICY --policy-type SUBSCRIPTION_FILTER_POLICY
            aws logs delete-delivery --id DELIVERY
            aws observabilityadmin delete-centralization-rule-for-organization --rule-identifier RULE
        """,
        note="The commands are for a filter of one log group, a policy of the account, a delivery of another service's "
        "logs, and a rule of the organization. A central account for logs is a good reason: accept it as an exception.",
        not_by_machine=TAKES_ACCESS,
        consequences=("replaces", "costs_money"),
    ),
)
def log_forwarding_no_cross_account(subscription: cloudwatch_logs.Subscription, inventory: Inventory) -> Verdict:
    return account_sent_to(subscription, inventory)


@not_shared(
    title="RDS snapshots are shared with no other account",
    fix=Fix(
        terraform="""
            resource "aws_db_snapshot" "phi" {
              shared_accounts = []
            }
        """,
        cli="aws rds modify-db-snapshot-attribute --db-snapshot-identifier SNAPSHOT --attribute-name restore "
        "--values-to-remove ACCOUNT",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="rds_snapshot_not_public",
)
def rds_snapshot_no_cross_account(snapshot: rds.Snapshot) -> list[str]:
    return snapshot.shared_with or []


@not_shared(
    title="RDS cluster snapshots are shared with no other account",
    fix=Fix(
        terraform="""
            resource "aws_db_cluster_snapshot" "phi" {
              shared_accounts = []
            }
        """,
        cli="aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier SNAPSHOT "
        "--attribute-name restore --values-to-remove ACCOUNT",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="rds_cluster_snapshot_not_public",
)
def rds_cluster_snapshot_no_cross_account(snapshot: rds.ClusterSnapshot) -> list[str]:
    return snapshot.shared_with or []


@not_shared(
    title="EBS snapshots are shared with no other account",
    fix=Fix(
        terraform="""
            resource "aws_ebs_snapshot" "phi" {
              volume_id = aws_ebs_volume.phi.id
            }
            resource "aws_ebs_volume" "phi" {
              encrypted = true
            }
        """,
        cli="aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT --attribute createVolumePermission "
        "--operation-type remove --user-ids ACCOUNT",
        note="In source, remove the aws_snapshot_create_volume_permission that names the account.",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="ebs_snapshot_not_public",
)
def ebs_snapshot_no_cross_account(snapshot: ebs.Snapshot, inventory: Inventory) -> list[str]:
    return effectively_shared_with(snapshot, inventory)


@not_shared(
    title="Machine images are shared with no other account",
    fix=Fix(
        terraform="""
            resource "aws_ami_copy" "phi" {
              name              = "records-app"
              source_ami_id     = "ami-0a1b2c3d4e5f60718"
              source_ami_region = "us-east-1"
            }
        """,
        cli="aws ec2 modify-image-attribute --image-id IMAGE --launch-permission 'Remove=[{UserId=ACCOUNT}]'",
        note="In source, remove the aws_ami_launch_permission that names the account, the organization or everyone; in a "
        "distribution configuration of Image Builder, the names in launch_permission and target_account_ids. Images "
        "that were made before stay shared: use the command for each.",
        not_by_machine=TAKES_ACCESS,
    ),
)
def ami_no_cross_account(image: images.Image) -> list[str]:
    return image.shared_with
