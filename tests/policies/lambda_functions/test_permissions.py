"""The controls on who may call a function, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.lambda_functions.states import ARN, URL, create, declared, function

PUBLIC, SOURCE = "lambda_function_not_public", "lambda_permission_has_source"
FOREIGN = "lambda_function_no_cross_account"


def permission(**arguments: str) -> Told:
    """A permission, told to both sides; ``principal_org_id`` and so on as Terraform calls them."""
    names = {
        "principal": "Principal",
        "source_arn": "SourceArn",
        "source_account": "SourceAccount",
        "principal_org_id": "PrincipalOrgID",
        "function_url_auth_type": "FunctionUrlAuthType",
        "event_source_token": "EventSourceToken",
    }
    action = "lambda:InvokeFunctionUrl" if "function_url_auth_type" in arguments else "lambda:InvokeFunction"

    def seed(aws: Aws) -> None:
        create(aws)
        getattr(aws, "lambda").add_permission(
            FunctionName="phi-records",
            StatementId="caller",
            Action=action,
            **{names[name]: value for name, value in arguments.items()},
        )

    lines = "\n".join(f'{name} = "{value}"' for name, value in arguments.items())
    split = f"""
    resource "aws_lambda_permission" "caller" {{
      function_name = aws_lambda_function.phi.function_name
      action        = "{action}"
      {lines}
    }}"""
    return Told(terraform=declared("") + split, aws=seed)


def permitted(lines: str, around: str = "") -> str:
    return (
        declared("", around)
        + f"""
    resource "aws_lambda_permission" "caller" {{
      action = "lambda:InvokeFunction"
      {lines}
    }}"""
    )


def url(authentication: str) -> Told:
    def answers(session: Any) -> None:
        day = "2026-01-01T00:00:00Z"
        config = {
            "FunctionUrl": "https://abcdefgh.lambda-url.us-east-1.on.aws/",
            "FunctionArn": ARN,
            "CreationTime": day,
            "LastModifiedTime": day,
            "AuthType": authentication,
        }
        answered(session, "lambda", "ListFunctionUrlConfigs", {"FunctionUrlConfigs": [config]})

    text = f"""
    resource "aws_lambda_function_url" "phi" {{
      function_name      = "phi-records"
      authorization_type = "{authentication}"
    }}"""
    return Told(terraform=text, aws=create, answers=answers)


SNS = "sns.amazonaws.com"

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:records"

ORGANIZATION = "o-a1b2c3d4e5"

UNSET = 'variable "unset" {}\n'


def may_be_null(argument: str, *lines: str) -> str:
    """A permission for everyone in which a variable without a value gives an argument."""
    given = (f"{argument} = var.unset", 'function_name = "phi-records"', 'principal = "*"', *lines)
    return UNSET + permitted("\n".join(given))


test_permissions = cases(
    Case(PUBLIC, "no permission", PASS, function()),
    Case(PUBLIC, "everyone", FAIL, permission(principal="*")),
    Case(PUBLIC, "everyone of one organisation", PASS, permission(principal="*", principal_org_id=ORGANIZATION)),
    Case(PUBLIC, "everyone acting for one topic", PASS, permission(principal="*", source_arn=TOPIC)),
    Case(PUBLIC, "everyone acting for anything", FAIL, permission(principal="*", source_arn="*")),
    Case(PUBLIC, "another account", PASS, permission(principal="111122223333")),
    Case(PUBLIC, "a service", PASS, permission(principal=SNS, source_arn=TOPIC)),
    Case(
        PUBLIC,
        "everyone through a URL without authentication",
        FAIL,
        permission(principal="*", function_url_auth_type="NONE"),
    ),
    Case(PUBLIC, "every AWS account through a URL", FAIL, permission(principal="*", function_url_auth_type="AWS_IAM")),
    Case(
        PUBLIC,
        "everyone, and the function is named by its name",
        FAIL,
        terraform=permitted('function_name = "phi-records"\nprincipal = "*"'),
    ),
    Case(
        PUBLIC,
        "everyone, and the function is named by its ARN",
        FAIL,
        terraform=permitted('function_name = aws_lambda_function.phi.arn\nprincipal = "*"'),
    ),
    Case(
        PUBLIC,
        "everyone, for another function",
        PASS,
        terraform=permitted('function_name = "other"\nprincipal = "*"'),
    ),
    *(
        Case(
            PUBLIC, f"everyone, and a variable gives the {argument}, which may be null", UNKNOWN, may_be_null(argument)
        )
        for argument in ("source_arn", "source_account", "principal_org_id", "event_source_token")
    ),
    Case(PUBLIC, "everyone, whatever a variable says of its URL", FAIL, may_be_null("function_url_auth_type")),
    Case(
        PUBLIC,
        "everyone of an organisation, and a variable that may be null gives an account",
        PASS,
        may_be_null("source_account", f'principal_org_id = "{ORGANIZATION}"'),
    ),
    Case(PUBLIC, "may not be read", UNKNOWN, aws=create, denied="lambda:GetPolicy", says="lambda:GetPolicy"),
    Case(SOURCE, "no permission", PASS, function()),
    Case(SOURCE, "a service for one topic", PASS, permission(principal=SNS, source_arn=TOPIC)),
    Case(SOURCE, "a service for one account", PASS, permission(principal="s3.amazonaws.com", source_account=ACCOUNT)),
    Case(SOURCE, "a service for anyone", FAIL, permission(principal=SNS)),
    Case(SOURCE, "a service for anything", FAIL, permission(principal=SNS, source_arn="*")),
    Case(SOURCE, "a skill of Alexa", PASS, permission(principal="alexa-appkit.amazon.com", event_source_token="t")),
    Case(SOURCE, "an account", PASS, permission(principal="111122223333")),
    Case(
        SOURCE,
        "a service for a topic that is declared too",
        PASS,
        terraform=permitted(
            f'function_name = aws_lambda_function.phi.arn\nprincipal = "{SNS}"\nsource_arn = aws_sns_topic.t.arn',
            'resource "aws_sns_topic" "t" {}',
        ),
    ),
    Case(
        SOURCE,
        "a service for any stage of an API that is declared too",
        PASS,
        terraform=permitted(
            'function_name = aws_lambda_function.phi.arn\nprincipal = "apigateway.amazonaws.com"\n'
            'source_arn = "${aws_api_gateway_rest_api.a.execution_arn}/*/*"',
            'resource "aws_api_gateway_rest_api" "a" { name = "a" }',
        ),
    ),
)


def with_url(lines: str, around: str = "") -> str:
    """A function with a URL, as the aws provider makes it."""
    return (
        declared("publish = true", around)
        + f"""
    resource "aws_lambda_alias" "live" {{
      name             = "live"
      function_name    = aws_lambda_function.phi.function_name
      function_version = aws_lambda_function.phi.version
    }}
    resource "aws_lambda_function_url" "records" {{
      {lines}
    }}"""
    )


def in_awscc(*more: str) -> str:
    """A function with a URL without authentication, as CloudFormation makes it, and more."""
    return "\n".join(
        (
            """
    resource "awscc_lambda_function" "phi" {
      function_name = "phi-records"
      role          = "arn:aws:iam::111122223333:role/records"
    }
    resource "awscc_lambda_url" "records" {
      target_function_arn = awscc_lambda_function.phi.arn
      auth_type           = "NONE"
    }""",
            *more,
        )
    )


def awscc_permission(action: str, condition: str) -> str:
    return f"""
    resource "awscc_lambda_permission" "caller" {{
      function_name = awscc_lambda_function.phi.arn
      action        = "{action}"
      principal     = "*"
      {condition}
    }}"""


BY_NAME = "function_name = aws_lambda_function.phi.function_name\n"
OPEN_URL, SIGNED_URL = 'authorization_type = "NONE"', 'authorization_type = "AWS_IAM"'
test_permissions_of_urls = cases(
    *(
        case
        for control in (PUBLIC, FOREIGN)
        for case in (
            Case(
                control,
                "everyone, whom the provider lets in through a URL",
                FAIL,
                terraform=with_url(BY_NAME + OPEN_URL),
                says="through its function URL",
            ),
            Case(
                control,
                "everyone, whom the provider lets in through the URL of an alias",
                FAIL,
                terraform=with_url(BY_NAME + "qualifier = aws_lambda_alias.live.name\n" + OPEN_URL),
                says="at its alias live, through its function URL",
            ),
            Case(
                control,
                "everyone, through a URL that names the function by its ARN",
                FAIL,
                terraform=with_url(f"function_name = aws_lambda_function.phi.arn\n{OPEN_URL}"),
            ),
            Case(
                control,
                "everyone, through a URL that names the function by its name",
                FAIL,
                terraform=with_url(f'function_name = "phi-records"\n{OPEN_URL}'),
            ),
            Case(control, "a URL for signed requests", PASS, terraform=with_url(BY_NAME + SIGNED_URL)),
            Case(control, "a URL of another function", PASS, terraform=with_url(f'function_name = "o"\n{OPEN_URL}')),
            Case(
                control,
                "a URL of which it is not known whom it asks",
                UNKNOWN,
                terraform=with_url(BY_NAME + "authorization_type = var.unset", UNSET),
            ),
            Case(control, "a URL to which CloudFormation adds no permission", PASS, terraform=in_awscc()),
            Case(
                control,
                "a URL of CloudFormation, with a permission",
                FAIL,
                terraform=in_awscc(
                    awscc_permission("lambda:InvokeFunctionUrl", 'function_url_auth_type = "NONE"'),
                ),
                says="through its function URL",
            ),
            Case(
                control,
                "a URL of CloudFormation, with a permission to call the function through it",
                FAIL,
                terraform=in_awscc(awscc_permission("lambda:InvokeFunction", "invoked_via_function_url = true")),
                says="through its function URL",
            ),
            Case(
                control,
                "no URL, and the permission of the provider for one that is gone",
                FAIL,
                permission(principal="*", function_url_auth_type="NONE").in_aws(),
            ),
        )
    )
)

test_urls = cases(
    Case(URL, "signed requests only", PASS, url("AWS_IAM")),
    Case(URL, "no authentication", FAIL, url("NONE")),
)
