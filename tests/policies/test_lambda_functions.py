"""The controls on Lambda, told to Terraform and to AWS."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, REGION, UNKNOWN, Aws, Case, answered, cases

PUBLIC, SOURCE = "lambda_function_not_public", "lambda_permission_has_source"
URL, RUNTIME = "lambda_function_url_authenticated", "lambda_supported_runtime"
CMK, SECRETS, VPC = "lambda_env_encrypted_with_cmk", "lambda_env_no_secrets", "lambda_function_in_vpc"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:phi-records"
# Made up, of the right form; written in two parts so that no scanner of this repository takes it for a real one.
KEY_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV"
HALT = 'variable "unset" {}\n'


def code() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("records.py", "def handle(event, context): ...")
    return file.getvalue()


def create(aws: Aws, **options: Any) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = aws.iam.create_role(RoleName="records", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    plain = {"Runtime": "python3.13", "Handler": "records.handle", "Code": {"ZipFile": code()}}
    getattr(aws, "lambda").create_function(FunctionName="phi-records", Role=role, **plain | options)


def function(lines: str = "", around: str = "", **options: Any) -> dict[str, Any]:
    """A function, told to both sides."""
    text = f"""
    {around}
    resource "aws_lambda_function" "phi" {{
      function_name = "phi-records"
      role          = "arn:aws:iam::{ACCOUNT}:role/records"
      {lines}
    }}"""
    return {"terraform": text, "aws": lambda aws: create(aws, **options)}


def declared(lines: str, around: str = "") -> str:
    return str(function(lines, around)["terraform"])


def permission(**arguments: str) -> dict[str, Any]:
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
    return {"terraform": declared("") + split, "aws": seed}


def permitted(lines: str, around: str = "") -> str:
    return (
        declared("", around)
        + f"""
    resource "aws_lambda_permission" "caller" {{
      action = "lambda:InvokeFunction"
      {lines}
    }}"""
    )


def runtime(name: str) -> dict[str, Any]:
    return function(f'runtime = "{name}"', Runtime=name)


def environment(variables: dict[str, str], key: str | None = None) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        own = {} if key is None else {"KMSKeyArn": aws.kms.create_key()["KeyMetadata"]["Arn"]}
        create(aws, Environment={"Variables": variables}, **own)

    lines = f"environment {{\nvariables = {json.dumps(variables)}\n}}"
    lines += "" if key is None else "\nkms_key_arn = aws_kms_key.k.arn"
    return {"terraform": declared(lines, 'resource "aws_kms_key" "k" {}'), "aws": seed}


def undecrypted(session: Any) -> None:
    """Lambda's answer to a caller who may not decrypt the variables."""
    hidden = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "not allowed to decrypt"}}
    functions = [{"FunctionName": "phi-records", "FunctionArn": ARN, "Environment": hidden}]
    answered(session, "lambda", "ListFunctions", {"Functions": functions})


def url(authentication: str) -> dict[str, Any]:
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
    return {"terraform": text, "aws": create, "answers": answers}


def inside(aws: Aws) -> None:
    net = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = aws.ec2.create_subnet(VpcId=net, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = aws.ec2.create_security_group(GroupName="g", Description="g", VpcId=net)["GroupId"]
    create(aws, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})


SNS = "sns.amazonaws.com"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:records"
ORGANIZATION = "o-a1b2c3d4e5"

test_permissions = cases(
    Case(PUBLIC, "no permission", PASS, **function()),
    Case(PUBLIC, "everyone", FAIL, **permission(principal="*")),
    Case(PUBLIC, "everyone of one organisation", PASS, **permission(principal="*", principal_org_id=ORGANIZATION)),
    Case(PUBLIC, "everyone acting for one topic", PASS, **permission(principal="*", source_arn=TOPIC)),
    Case(PUBLIC, "everyone acting for anything", FAIL, **permission(principal="*", source_arn="*")),
    Case(PUBLIC, "another account", PASS, **permission(principal="111122223333")),
    Case(PUBLIC, "a service", PASS, **permission(principal=SNS, source_arn=TOPIC)),
    Case(
        PUBLIC,
        "everyone through a URL without authentication",
        FAIL,
        **permission(principal="*", function_url_auth_type="NONE"),
    ),
    Case(
        PUBLIC,
        "every AWS account through a URL",
        FAIL,
        **permission(principal="*", function_url_auth_type="AWS_IAM"),
    ),
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
    Case(
        PUBLIC,
        "a principal without a value",
        UNKNOWN,
        terraform=permitted("function_name = aws_lambda_function.phi.arn\nprincipal = var.unset", HALT),
    ),
    Case(PUBLIC, "may not be read", UNKNOWN, aws=create, denied="lambda:GetPolicy", says="lambda:GetPolicy"),
    Case(SOURCE, "no permission", PASS, **function()),
    Case(SOURCE, "a service for one topic", PASS, **permission(principal=SNS, source_arn=TOPIC)),
    Case(SOURCE, "a service for one account", PASS, **permission(principal="s3.amazonaws.com", source_account=ACCOUNT)),
    Case(SOURCE, "a service for anyone", FAIL, **permission(principal=SNS)),
    Case(SOURCE, "an account", PASS, **permission(principal="111122223333")),
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
    Case(SOURCE, "may not be read", UNKNOWN, aws=create, denied="lambda:GetPolicy"),
)

test_urls = cases(
    Case(URL, "signed requests only", PASS, **url("AWS_IAM")),
    Case(URL, "no authentication", FAIL, **url("NONE")),
    Case(
        URL,
        "a variable without a value",
        UNKNOWN,
        terraform=HALT
        + 'resource "aws_lambda_function_url" "phi" {\nfunction_name = "f"\nauthorization_type = var.unset\n}',
    ),
)

test_functions = cases(
    Case(RUNTIME, "supported", PASS, **runtime("python3.13"), says="2029"),
    Case(RUNTIME, "long gone", FAIL, **runtime("nodejs12.x"), says="2023-03-31"),
    Case(RUNTIME, "Go on the first Amazon Linux", FAIL, terraform=declared('runtime = "go1.x"')),
    Case(RUNTIME, "a preview, without a last day", PASS, terraform=declared('runtime = "python3.15"')),
    Case(
        RUNTIME,
        "a container image",
        NOT_APPLICABLE,
        terraform=declared('package_type = "Image"\nimage_uri = "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1"'),
    ),
    Case(RUNTIME, "one that nobody has heard of", UNKNOWN, terraform=declared('runtime = "cobol74"')),
    Case(RUNTIME, "a variable without a value", UNKNOWN, terraform=declared("runtime = var.unset", HALT)),
    Case(CMK, "no variables", NOT_APPLICABLE, **function()),
    Case(
        CMK,
        "a key of one's own",
        PASS,
        **environment({"TABLE": "records"}, key="own"),
        says="its environment variables",
    ),
    Case(CMK, "the AWS managed key", FAIL, **environment({"TABLE": "records"}), says="key aws/lambda"),
    Case(CMK, "may not be decrypted", UNKNOWN, aws=create, answers=undecrypted, says="AccessDeniedException"),
    Case(
        CMK,
        "variables without a value",
        UNKNOWN,
        terraform=declared("environment {\nvariables = var.unset\n}", HALT),
    ),
    Case(SECRETS, "no variables", PASS, **function()),
    Case(SECRETS, "plain settings", PASS, **environment({"TABLE": "records", "LEVEL": "info"})),
    Case(SECRETS, "an access key id", FAIL, **environment({"TABLE": "records", "KEY": KEY_ID}), says="in KEY"),
    Case(
        SECRETS,
        "a secret access key, known by the name of its variable",
        FAIL,
        **environment({"MY_AWS_SECRET_ACCESS_KEY": "q8Zt1xV0bN5mK2jH7gF4dS9" + "aP3oI6uY/eR+wLcXk"}),
    ),
    Case(
        SECRETS,
        "the example keys of Amazon's documentation, in the place of keys",
        FAIL,
        **environment({"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
        says="in access_key",
    ),
    Case(SECRETS, "a password by its name", FAIL, **environment({"DB_PASSWORD": "Aa1234321Bb"}), says="in DB_PASSWORD"),
    Case(SECRETS, "a URL with a password", FAIL, **environment({"DB": "postgres://app:Aa1234321Bb@db/phi"})),
    Case(
        SECRETS,
        "where secrets are kept",
        PASS,
        **environment(
            {
                "DB_PASSWORD": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:records-a1b2c3",
                "DB_SECRET_NAME": "records",
                "API_TOKEN": "/records/token",
                "SECRET": "{{resolve:ssm-secure:records}}",
            }
        ),
    ),
    Case(
        SECRETS,
        "a password that is partly known",
        UNKNOWN,
        terraform=declared('environment {\nvariables = { DB_PASSWORD = "Aa-${var.unset}" }\n}', HALT),
    ),
    Case(
        SECRETS,
        "forty letters that are no key",
        PASS,
        **environment({"COMMIT": "0123456789abcdef0123456789abcdef01234567"}),
    ),
    Case(
        SECRETS,
        "a private key that is declared too",
        FAIL,
        terraform=declared(
            "environment {\nvariables = { PEM = tls_private_key.k.private_key_pem }\n}",
            'resource "tls_private_key" "k" { algorithm = "RSA" }',
        ),
    ),
    Case(
        SECRETS,
        "the name of a table that is declared too",
        PASS,
        terraform=declared(
            "environment {\nvariables = { TABLE = aws_dynamodb_table.t.name }\n}",
            'resource "aws_dynamodb_table" "t" { name = "records" }',
        ),
    ),
    Case(
        SECRETS,
        "a variable without a value",
        UNKNOWN,
        terraform=declared("environment {\nvariables = { TOKEN = var.unset }\n}", HALT),
    ),
    Case(
        SECRETS,
        "a key, beside a variable without a value",
        FAIL,
        terraform=declared(f'environment {{\nvariables = {{ TOKEN = var.unset, KEY = "{KEY_ID}" }}\n}}', HALT),
    ),
    Case(SECRETS, "may not be decrypted", UNKNOWN, aws=create, answers=undecrypted),
    Case(
        VPC,
        "in a subnet",
        PASS,
        terraform=declared('vpc_config {\nsubnet_ids = ["subnet-1"]\nsecurity_group_ids = ["sg-1"]\n}'),
        aws=inside,
    ),
    Case(
        VPC,
        "in a subnet that is declared too",
        PASS,
        terraform=declared(
            "vpc_config {\nsubnet_ids = [aws_subnet.s.id]\nsecurity_group_ids = []\n}", 'resource "aws_subnet" "s" {}'
        ),
    ),
    Case(VPC, "no network", FAIL, **function()),
    Case(
        VPC,
        "an empty list of subnets",
        FAIL,
        terraform=declared("vpc_config {\nsubnet_ids = []\nsecurity_group_ids = []\n}"),
    ),
    Case(
        VPC,
        "subnets without a value",
        UNKNOWN,
        terraform=declared("vpc_config {\nsubnet_ids = var.unset\nsecurity_group_ids = []\n}", HALT),
    ),
)
