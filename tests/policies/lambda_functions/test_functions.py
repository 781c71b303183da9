"""The controls on functions themselves, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, REGION, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.lambda_functions.states import ARN, RUNTIME, create, declared, function

CMK, SECRETS, VPC = "lambda_env_encrypted_with_cmk", "lambda_env_no_secrets", "lambda_function_in_vpc"

# Made up, of the right form; written in two parts so that no scanner of this repository takes it for a real one.
KEY_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV"

WEBHOOK = "https://hooks." + "slack.com/services/T0123ABCD/B0123ABCD/a1B2c3D4e5F6g7H8i9J0k1L2"

HALT = 'variable "unset" {}\n'


def runtime(name: str) -> Told:
    return function(f'runtime = "{name}"', Runtime=name)


def environment(variables: dict[str, str], key: str | None = None) -> Told:
    def seed(aws: Aws) -> None:
        own = {} if key is None else {"KMSKeyArn": aws.kms.create_key()["KeyMetadata"]["Arn"]}
        create(aws, Environment={"Variables": variables}, **own)

    lines = f"environment {{\nvariables = {json.dumps(variables)}\n}}"
    lines += "" if key is None else "\nkms_key_arn = aws_kms_key.k.arn"
    return Told(terraform=declared(lines, 'resource "aws_kms_key" "k" {}'), aws=seed)


def undecrypted(session: Any) -> None:
    """Lambda's answer to a caller who may not decrypt the variables."""
    hidden = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "not allowed to decrypt"}}
    functions = [{"FunctionName": "phi-records", "FunctionArn": ARN, "Environment": hidden}]
    answered(session, "lambda", "ListFunctions", {"Functions": functions})


def inside(aws: Aws) -> None:
    net = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = aws.ec2.create_subnet(VpcId=net, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = aws.ec2.create_security_group(GroupName="g", Description="g", VpcId=net)["GroupId"]
    create(aws, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})


test_functions = cases(
    Case(RUNTIME, "supported", PASS, runtime("python3.13"), says="2029"),
    Case(RUNTIME, "long gone", FAIL, runtime("nodejs12.x"), says="2023-03-31"),
    Case(RUNTIME, "Go on the first Amazon Linux", FAIL, terraform=declared('runtime = "go1.x"')),
    Case(RUNTIME, "a preview, without a last day", PASS, terraform=declared('runtime = "python3.15"')),
    Case(
        RUNTIME,
        "a container image",
        NOT_APPLICABLE,
        terraform=declared('package_type = "Image"\nimage_uri = "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1"'),
    ),
    Case(RUNTIME, "none, of no container image", UNKNOWN, terraform=declared(""), says="Lambda refuses"),
    Case(
        RUNTIME,
        "a variable for a package that may be a container image",
        UNKNOWN,
        terraform=declared("package_type = var.unset", 'variable "unset" {}'),
    ),
    Case(RUNTIME, "one that nobody has heard of", UNKNOWN, terraform=declared('runtime = "cobol74"')),
    *(
        Case(
            SECRETS,
            f"variables of which not all is known: {variables}",
            verdict,
            terraform=declared(f"environment {{\nvariables = {variables}\n}}", 'variable "unset" {}'),
        )
        for variables, verdict in (
            ('{ "${var.unset}_PASSWORD" = "S3cret" }', FAIL),
            ('{ SETTINGS = jsonencode({ "${var.unset}_password" = "S3cret" }) }', FAIL),
            ('{ SETTINGS = "{\\"${var.unset}_password\\": \\"S3cret\\"}" }', FAIL),
            ('{ (var.unset) = "S3cret" }', UNKNOWN),
            ('{ "${var.unset}_TABLE" = "records" }', UNKNOWN),
        )
    ),
    Case(CMK, "no variables", NOT_APPLICABLE, function()),
    *(
        Case(
            CMK,
            f"variables of which not all is known: {variables}",
            verdict,
            terraform=declared(f"environment {{\nvariables = {variables}\n}}", 'variable "unset" {}'),
        )
        for variables, verdict in (
            ('{ (var.unset) = "records" }', FAIL),
            ('{ "${var.unset}_TABLE" = "records" }', FAIL),
            ('merge(var.unset, { TABLE = "records" })', FAIL),
            ("merge(var.unset, {})", UNKNOWN),
        )
    ),
    Case(
        CMK, "a key of one's own", PASS, environment({"TABLE": "records"}, key="own"), says="its environment variables"
    ),
    Case(CMK, "the AWS managed key", FAIL, environment({"TABLE": "records"}), says="key aws/lambda"),
    Case(CMK, "may not be decrypted", UNKNOWN, aws=create, answers=undecrypted, says="AccessDeniedException"),
    Case(SECRETS, "no variables", PASS, function()),
    Case(SECRETS, "plain settings", PASS, environment({"TABLE": "records", "LEVEL": "info"})),
    Case(SECRETS, "an access key id", FAIL, environment({"TABLE": "records", "KEY": KEY_ID}), says="in KEY"),
    Case(
        SECRETS,
        "a secret access key, known by the name of its variable",
        FAIL,
        environment({"MY_AWS_SECRET_ACCESS_KEY": "q8Zt1xV0bN5mK2jH7gF4dS9" + "aP3oI6uY/eR+wLcXk"}),
    ),
    Case(
        SECRETS,
        "the example keys of Amazon's documentation, in the place of keys",
        FAIL,
        environment({"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
        says="in access_key",
    ),
    Case(SECRETS, "a password by its name", FAIL, environment({"DB_PASSWORD": "Aa1234321Bb"}), says="in DB_PASSWORD"),
    Case(
        SECRETS,
        "a password that Terraform reads from a secret",
        FAIL,
        terraform=declared(
            "environment {\nvariables = {\nDB_PASSWORD = "
            'jsondecode(data.aws_secretsmanager_secret_version.s.secret_string)["password"]\n}\n}',
            'data "aws_secretsmanager_secret_version" "s" { secret_id = "records" }',
        ),
        says="in DB_PASSWORD",
    ),
    Case(
        SECRETS,
        "the user of a secret that Terraform reads",
        UNKNOWN,
        terraform=declared(
            "environment {\nvariables = {\nDB_USER = "
            'jsondecode(data.aws_secretsmanager_secret_version.s.secret_string)["username"]\n}\n}',
            'data "aws_secretsmanager_secret_version" "s" { secret_id = "records" }',
        ),
    ),
    Case(SECRETS, "a webhook", FAIL, environment({"HOOK": WEBHOOK}), says="a Slack webhook in HOOK"),
    Case(SECRETS, "a command line", FAIL, environment({"DUMP": "mysqldump -h db -uapp -pAa1234321Bb phi"})),
    Case(SECRETS, "a URL with a password", FAIL, environment({"DB": "postgres://app:Aa1234321Bb@db/phi"})),
    Case(
        SECRETS,
        "where secrets are kept",
        PASS,
        environment(
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
        environment({"COMMIT": "0123456789abcdef0123456789abcdef01234567"}),
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
    Case(VPC, "no network", FAIL, function()),
    Case(
        VPC,
        "an empty list of subnets",
        FAIL,
        terraform=declared("vpc_config {\nsubnet_ids = []\nsecurity_group_ids = []\n}"),
    ),
)
