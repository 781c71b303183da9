"""Compute: instances and functions act under roles of their own, and only for those who are named."""

from hipaa_guard.authoring import (
    HIGH,
    MEDIUM,
    Fix,
    Inventory,
    Member,
    Verdict,
    control,
    failed,
    family,
    passed,
    some,
)
from hipaa_guard.controls.reasons import MOVES_A_SECRET
from hipaa_guard.judging.fix_parts import function_for_topic, role_that_may
from hipaa_guard.judging.function_policies import place_of, services_for_anyone, with_versions
from hipaa_guard.judging.managed_instances import unless_managed
from hipaa_guard.judging.template_versions import if_used, template_of
from hipaa_guard.services import ec2, lambda_functions


@control(
    title="EC2 instances have an instance profile",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    why="Software on an instance without a role needs stored keys to reach ePHI, which nobody rotates and anyone can copy.",
    fix=Fix(
        terraform="""
            resource "aws_instance" "phi" {
              iam_instance_profile = aws_iam_instance_profile.records.name
            }
            resource "aws_iam_instance_profile" "records" {
              name = "records-app"
              role = aws_iam_role.records.name
            }
            resource "aws_iam_role" "records" {
              name = "records-app"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { Service = "ec2.amazonaws.com" }
                  Action    = "sts:AssumeRole"
                }]
              })
            }
        """,
        note="Give the role what the software on the instance may do, before you take away its stored keys.",
        cli="aws ec2 associate-iam-instance-profile --instance-id INSTANCE --iam-instance-profile Name=PROFILE",
        not_by_machine="needs a role, whose rights are yours to choose",
    ),
    peers={
        "prowler": "ec2_instance_profile_attached",
        "aws_config": "ec2-instance-profile-attached",
        "powerpipe": "ec2_instance_iam_profile_attached",
        "cdk_nag": "HIPAA.Security-EC2InstanceProfileAttached",
        "checkov": "CKV2_AWS_41",
    },
)
def ec2_instance_profile_attached(instance: ec2.Instance, inventory: Inventory) -> Verdict:
    profile = instance.profile
    if profile is None:
        template = template_of(instance, inventory)
        profile = None if template is None else template.profile
    if profile is None:
        return unless_managed(instance, failed("has no instance profile"))
    return passed("has an instance profile")


@family(
    Member(
        "ec2_user_data_no_secrets",
        ec2.Instance,
        title="EC2 user data holds no credentials",
        fix=Fix(
            terraform="""
                resource "aws_instance" "phi" {
                  iam_instance_profile = "records-app"
                  user_data            = "#!/bin/sh\\nexec /opt/records/start\\n"
                }
            """,
            cli="""
                aws ec2 stop-instances --instance-ids INSTANCE
                aws ec2 modify-instance-attribute --instance-id INSTANCE --attribute userData --value file://base64.txt
                aws ec2 start-instances --instance-ids INSTANCE
            """,
            note="Only the user data of a stopped instance can be changed, and what lies on its instance store is lost. Revoke the credentials that were found, and give the instance a role.",
            not_by_machine=MOVES_A_SECRET,
            consequences=("interrupts",),
        ),
        peers={
            "prowler": "ec2_instance_secrets_user_data",
            "checkov": "CKV_AWS_46",
            "trivy": "AVD-AWS-0029",
        },
    ),
    Member(
        "launch_template_no_secrets",
        ec2.LaunchTemplate,
        title="User data of launch templates and launch configurations holds no credentials",
        fix=Fix(
            terraform="""
                resource "aws_launch_template" "phi" {
                  user_data = base64encode("#!/bin/sh\\nexec /opt/records/start\\n")
                }
            """,
            cli="""
                aws ec2 create-launch-template-version --launch-template-id TEMPLATE --source-version '$Default' \\
                  --launch-template-data '{"UserData":"BASE64_TEXT"}'
            """,
            note="Revoke the credentials that were found: older versions of the template keep them. A launch configuration "
            "or specification cannot be changed: make a launch template in its place, and delete it.",
            not_by_machine=MOVES_A_SECRET,
        ),
        peers={
            "prowler": ("ec2_launch_template_no_secrets", "autoscaling_find_secrets_ec2_launch_configuration"),
            "checkov": "CKV_AWS_46",
            "trivy": "AVD-AWS-0129",
        },
    ),
    severity=HIGH,
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)"),
    why="Everyone who may describe the instance, and every process on it, can read user data and with it the keys to ePHI.",
)
def user_data_holds_no_credentials(place: ec2.Instance | ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    for name in place.user_data_credentials:
        return failed(f"has {name} in its user data")
    if isinstance(place, ec2.Instance) and not place.has_own_user_data:
        template = template_of(place, inventory)
        for name in template.user_data_credentials if template is not None else []:
            return failed(f"has {name} in the user data of its launch template")
    return if_used(passed("has no credentials of a known form in its user data"), place, inventory)


_WITHOUT_SECRETS = """\
resource "aws_lambda_function" "phi" {
  function_name = "phi"
  role          = aws_iam_role.function.arn
  environment {
    variables = {
      SECRET_ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"
    }
  }
}
"""


@control(
    title="Lambda environment variables hold no credentials",
    severity=HIGH,
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)"),
    why="Everyone who may read the function's settings can read its variables, and with them the keys to ePHI.",
    fix=Fix(
        terraform=_WITHOUT_SECRETS
        + role_that_may(
            "secretsmanager:GetSecretValue", '"arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"'
        ),
        cli="aws lambda update-function-configuration --function-name FUNCTION --environment 'Variables={SECRET_ARN=ARN}'",
        note="Revoke the credentials that were found, and read them from Secrets Manager or use the function's role. "
        "Published versions keep them: delete those.",
        not_by_machine=MOVES_A_SECRET,
    ),
    peers={"prowler": "awslambda_function_no_secrets_in_variables", "checkov": "CKV_AWS_45"},
)
def lambda_env_no_secrets(function: lambda_functions.Function, inventory: Inventory) -> Verdict:
    found: list[str] = []

    def holds_one(resource: lambda_functions.Function | lambda_functions.Version) -> bool:
        of = f", in its version {resource.origin.name}" if isinstance(resource, lambda_functions.Version) else ""

        def noted(name: str) -> bool:
            found.append(f"has {name}{of}")
            return True

        return some(noted, resource.environment_credentials)

    if some(holds_one, with_versions(function, inventory)):
        return failed(found[-1])
    return passed("has no credentials of a known form in its environment variables")


@control(
    title="Lambda permissions of AWS services name the source that they call for",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    why="A service that is let in without a source calls for any of its customers: a stranger's bucket or topic "
    "can then run the function on ePHI.",
    fix=Fix(
        terraform=function_for_topic(),
        cli="""
            aws lambda add-permission --function-name FUNCTION --statement-id NEW_STATEMENT \\
              --action lambda:InvokeFunction --principal SERVICE --source-arn SOURCE_ARN --source-account ACCOUNT
            aws lambda remove-permission --function-name FUNCTION --statement-id OLD_STATEMENT
        """,
        note="For a permission of an alias or version give both commands `--qualifier ALIAS_OR_VERSION`.",
        not_by_machine="needs the resource that may call the function, which you name",
        consequences=("cuts_access",),
    ),
    peers={"checkov": "CKV_AWS_364", "trivy": "AVD-AWS-0067"},
    refines="lambda_function_not_public",
)
def lambda_permission_has_source(function: lambda_functions.Function, inventory: Inventory) -> Verdict:
    place = place_of(services_for_anyone, function, inventory)
    if place is not None:
        return failed(
            f"lets an AWS service call it for any customer{place}: no source ARN or account binds its permission"
        )
    return passed("lets services call it only for sources that it names, if it lets any")
