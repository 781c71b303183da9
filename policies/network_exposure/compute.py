"""Compute: instances, snapshots and functions with ePHI cannot be reached from outside."""

from collections.abc import Callable

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    Fix,
    Inventory,
    PolicyDocument,
    Statement,
    Verdict,
    control,
    failed,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.edge_functions import is_for_the_edge
from hipaa_guard.judging.fix_parts import FUNCTION_ROLE, function_with_permission
from hipaa_guard.judging.function_policies import NAMES_THE_PLACE, REMOVES_A_PERMISSION, place_of
from hipaa_guard.judging.log_delivery import first_way
from hipaa_guard.judging.public_addresses import given_at_launch, has_elastic_ip, no_public_address
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.judging.public_snapshots import sharing_is_blocked, snapshot_not_public
from hipaa_guard.judging.template_versions import if_used, template_of
from hipaa_guard.services import ebs, ec2, lambda_functions


@no_public_address(
    title="EC2 instances have no public IPv4 address",
    severity=HIGH,
    why="A public address puts the instance, and the ePHI it holds or reaches, one mistaken rule away from the internet.",
    address="public IPv4 address",
    fix=Fix(
        terraform="""
            resource "aws_instance" "phi" {
              associate_public_ip_address = false
            }
        """,
        cli="""
            aws ec2 modify-network-interface-attribute --network-interface-id INTERFACE --no-associate-public-ip-address
            aws ec2 disassociate-address --association-id ASSOCIATION
        """,
        note="The second command takes away an Elastic IP, which costs money until it is released; in Terraform remove "
        "aws_eip or aws_eip_association. Reach the instance through Session Manager, a load balancer or a private "
        "network. It then needs a NAT gateway or VPC endpoints to reach the internet or AWS.",
        not_by_machine="needs another way to the instance, which is yours to choose",
        consequences=("replaces", "destroys_data", "interrupts", "cuts_access"),
    ),
    peers={
        "prowler": "ec2_instance_public_ip",
        "aws_config": "ec2-instance-no-public-ip",
        "powerpipe": "ec2_instance_not_publicly_accessible",
        "cdk_nag": "HIPAA.Security-EC2InstanceNoPublicIp",
        "checkov": "CKV_AWS_88",
    },
)
def ec2_instance_no_public_ip(instance: ec2.Instance, inventory: Inventory) -> bool | Verdict:
    found: list[str] = []

    def gives_one(look: Callable[[ec2.Instance, Inventory], str | None]) -> bool:
        why = look(instance, inventory)
        found.extend([] if why is None else [why])
        return why is not None

    return failed(found[0]) if some(gives_one, (given_at_launch, _by_elastic_ip, _by_an_interface)) else True


def _by_elastic_ip(instance: ec2.Instance, inventory: Inventory) -> str | None:
    return "has an Elastic IP" if not inventory.complete and instance.elastic_ip else None


def _by_an_interface(instance: ec2.Instance, inventory: Inventory) -> str | None:
    """The interface that brings a public address, in words; None if none does."""
    if inventory.complete:
        return None  # the instance lists the addresses of all its interfaces
    templates = [template_of(instance, inventory)] if instance.public_address is None else []

    def brings_one(place: ec2.Instance | ec2.LaunchTemplate | None) -> bool:
        return place is not None and some(lambda pointer: has_elastic_ip(pointer, inventory), place.interfaces)

    if some(brings_one, (instance, *templates)):
        return "has an Elastic IP, and with it a public IPv4 address, on one of its network interfaces"
    return None


@no_public_address(
    title="Launch templates and launch configurations ask for no public IPv4 address",
    severity=HIGH,
    why="Every instance that such a template starts is reachable from the internet, and with it the ePHI it handles.",
    fix=Fix(
        sets="aws_launch_template.network_interfaces[*].associate_public_ip_address = false",
        cli="""
            aws ec2 create-launch-template-version --launch-template-id TEMPLATE --source-version '$Default' \\
              --launch-template-data '{"NetworkInterfaces":[{"DeviceIndex":0,"AssociatePublicIpAddress":false}]}'
        """,
        note="In the CLI, repeat all settings of the interface, as the list is replaced whole, and make the new version "
        "the default one. New instances then need a NAT gateway or VPC endpoints to reach the internet or AWS. "
        "A launch configuration or specification cannot be changed: make a launch template in its place.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": ("ec2_launch_template_no_public_ip", "autoscaling_group_launch_configuration_no_public_ip"),
        "aws_config": "autoscaling-launch-config-public-ip-disabled",
        "powerpipe": "autoscaling_launch_config_public_ip_disabled",
        "cdk_nag": "HIPAA.Security-AutoScalingLaunchConfigPublicIpDisabled",
        "checkov": ("CKV_AWS_88", "CKV_AWS_389"),
        "trivy": "AVD-AWS-0009",
    },
)
def launch_template_no_public_ip(template: ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    if template.public_address:
        return failed("asks for a public IPv4 address for the instances it starts")
    return if_used(passed("asks for no public IPv4 address"), template, inventory)


@snapshot_not_public(
    title="EBS snapshots are not shared with everyone",
    why="Anyone with an AWS account can make a volume of a public snapshot and read all ePHI on it.",
    fix=Fix(
        terraform="""
            resource "aws_ebs_snapshot_block_public_access" "phi" {
              state = "block-all-sharing"
            }
        """,
        cli="""
            aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT --attribute createVolumePermission \\
              --operation-type remove --group-names all
        """,
        note="The block of the region leaves the permission as it is: without the block the snapshot is public again.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": "ec2_ebs_public_snapshot",
        "aws_config": "ebs-snapshot-public-restorable-check",
        "powerpipe": "ebs_snapshot_not_publicly_restorable",
    },
)
def ebs_snapshot_not_public(snapshot: ebs.Snapshot, inventory: Inventory) -> bool | Verdict:
    def is_private() -> bool:
        public = inventory.find(ebs.PublicSnapshot, snapshot.id)
        return public is None or "all" not in public.groups

    blocked = "lies in a region that blocks public sharing of all snapshots"
    if not inventory.complete:
        return passed(blocked) if sharing_is_blocked(snapshot, inventory) else is_private()
    way = first_way(
        ("is not shared with everyone", is_private), (blocked, lambda: sharing_is_blocked(snapshot, inventory))
    )
    return False if way is None else passed(way)


@control(
    title="The region blocks public sharing of all EBS snapshots",
    severity=HIGH,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Without the block one command makes a disk full of ePHI public; the block overrules it.",
    fix=Fix(
        sets='aws_ebs_snapshot_block_public_access.state = "block-all-sharing"',
        cli="aws ec2 enable-snapshot-block-public-access --state block-all-sharing",
        note="Snapshots that are public now are cut off from those who use them. Sharing with named accounts goes on.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "ec2_ebs_snapshot_account_block_public_access",
        "aws_config": "ebs-snapshot-block-public-access",
    },
)
def ebs_snapshot_block_public_access(region: ebs.SnapshotPublicAccess) -> Verdict:
    if region.state == "block-all-sharing":
        return passed("blocks public sharing of all snapshots")
    if region.state == "block-new-sharing":
        return failed("blocks new public sharing only: snapshots that are public stay so")
    return failed("lets snapshots be shared with everyone")


@policy_not_public(
    title="Lambda function policies let nobody in without saying who",
    why="A permission for everyone, with no source or organisation named, lets strangers run the function on ePHI.",
    fix=Fix(
        terraform=function_with_permission("caller", principal='"arn:aws:iam::111122223333:role/records-app"'),
        cli=REMOVES_A_PERMISSION,
        note=NAMES_THE_PLACE + " The aws provider adds a permission for everyone to each URL that it creates without "
        "authentication, and leaves it when the URL is changed or deleted: set authorization_type to AWS_IAM, then remove "
        "the statements FunctionURLAllowPublicAccess and FunctionURLAllowInvokeAction.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": "awslambda_function_not_publicly_accessible",
        "aws_config": "lambda-function-public-access-prohibited",
        "powerpipe": "lambda_function_restrict_public_access",
        "cdk_nag": "HIPAA.Security-LambdaFunctionPublicAccessProhibited",
        "checkov": "CKV_AWS_301",
    },
)
def lambda_function_not_public(function: lambda_functions.Function, inventory: Inventory) -> PolicyDocument | Verdict:
    place = place_of(Statement.is_public, function, inventory)
    if place is not None:
        return failed(f"has a policy that allows everyone, without a condition that names who{place}")
    if function.policy is None:
        return passed("has no policy that lets everyone call it")
    return function.policy


_IN_A_VPC = f"""\
resource "aws_lambda_function" "phi" {{
  function_name = "phi"
  role          = aws_iam_role.function.arn
  vpc_config {{
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
    security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  }}
}}
{FUNCTION_ROLE}resource "aws_iam_role_policy_attachment" "function" {{
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}}
"""


@control(
    title="Lambda functions run in a VPC",
    severity=LOW,
    hipaa=("164.312(a)(1)", "164.312(e)(1)"),
    why="A function outside a VPC sends what it processes over public endpoints, where no security group or flow log sees it.",
    fix=Fix(
        terraform=_IN_A_VPC,
        cli="""
            aws lambda update-function-configuration --function-name FUNCTION \\
              --vpc-config SubnetIds=SUBNET,SecurityGroupIds=GROUP
        """,
        note="Its role needs the permissions of the attached policy, and its subnets a way (NAT or VPC endpoints) to the "
        "services that the function calls, which costs money. CloudFront takes no function in a VPC (Lambda@Edge).",
        not_by_machine="needs subnets and security groups, which are yours to choose",
        consequences=("cuts_access", "costs_money"),
    ),
    peers={
        "prowler": "awslambda_function_inside_vpc",
        "powerpipe": "lambda_function_in_vpc",
        "cdk_nag": "HIPAA.Security-LambdaInsideVPC",
        "checkov": "CKV_AWS_117",
    },
    advisory="A function is reached by its permissions alone, in a VPC or not; other controls judge these.",
)
def lambda_function_in_vpc(function: lambda_functions.Function, inventory: Inventory) -> Verdict:
    if function.in_vpc:
        return passed("runs in subnets of a VPC")
    if is_for_the_edge(function, inventory):
        return not_applicable("has a role for Lambda@Edge, and CloudFront takes no function that runs in a VPC")
    return failed("runs outside any VPC")
