"""Functions on instances of a capacity provider, and those of Lambda@Edge, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, REGION, UNKNOWN, Case, Told, answered, cases
from tests.policies.lambda_functions.states import ARN, code, declared

VPC = "lambda_function_in_vpc"
PROVIDER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:records"


def on_instances(provider: str) -> str:
    inner = f"lambda_managed_instances_capacity_provider_config {{\ncapacity_provider_arn = {provider}\n}}"
    return declared(f"capacity_provider_config {{\n{inner}\n}}", 'variable "open" {}')


def told_by_aws(session: Any) -> None:
    """A function on the instances of a capacity provider, which moto does not know."""
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": PROVIDER}}
    function = {
        "FunctionName": "phi-records",
        "FunctionArn": ARN,
        "Role": f"arn:aws:iam::{ACCOUNT}:role/records",
        "Version": "$LATEST",
        "PackageType": "Zip",
        "Runtime": "python3.13",
        "CapacityProviderConfig": config,
    }
    answered(session, "lambda", "ListFunctions", {"Functions": [function]})


def trusted(*services: str, own: bool = True) -> Told:
    """A function, and a role of its own or of another one that these services may assume."""
    principal = {"Service": [f"{service}.amazonaws.com" for service in services]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    function = f"""
        resource "aws_lambda_function" "phi" {{
          function_name = "phi-records"
          role          = {"aws_iam_role.edge.arn" if own else f'"arn:aws:iam::{ACCOUNT}:role/records"'}
        }}
        resource "aws_iam_role" "edge" {{
          name               = "edge"
          assume_role_policy = {json.dumps(trust)}
        }}"""

    def seed(aws: Any) -> None:
        edge = aws.iam.create_role(RoleName="edge", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        other = aws.iam.create_role(RoleName="records", AssumeRolePolicyDocument=trust.replace("edgelambda", "ec2"))
        getattr(aws, "lambda").create_function(
            FunctionName="phi-records",
            Role=edge if own else other["Role"]["Arn"],
            Runtime="python3.13",
            Handler="records.handle",
            Code={"ZipFile": code()},
        )

    return Told(function, seed)


EDGE = trusted("lambda", "edgelambda")

test_networks = cases(
    Case(VPC, "on instances of a capacity provider", PASS, on_instances(f'"{PROVIDER}"'), answers=told_by_aws),
    Case(VPC, "a variable names a capacity provider", UNKNOWN, on_instances("var.open")),
    Case(VPC, "no capacity provider", FAIL, on_instances("null")),
    Case(VPC, "a role for Lambda@Edge", NOT_APPLICABLE, EDGE, says="Lambda@Edge"),
    Case(VPC, "a role for Lambda alone", FAIL, trusted("lambda")),
    Case(VPC, "another role is for Lambda@Edge", FAIL, trusted("lambda", "edgelambda", own=False)),
    Case(
        VPC,
        "a variable names the role, and one is for Lambda@Edge",
        UNKNOWN,
        terraform=EDGE.text.replace("aws_iam_role.edge.arn", "var.open") + '\nvariable "open" {}',
    ),
)
