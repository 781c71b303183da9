"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

CODE = 'function_name = "phi"\nrole = "arn:aws:iam::123456789012:role/f"\n'
CREDENTIAL = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"

TWINS = [
    Twin(
        "a function that is current, in a network",
        KEYS
        + resource(
            "aws_lambda_function",
            CODE
            + """runtime = "python3.13"
            kms_key_arn = aws_kms_key.own.arn
            vpc_config {
              subnet_ids         = ["subnet-1"]
              security_group_ids = ["sg-1"]
            }
            environment {
              variables = { STAGE = "production" }
            }""",
        ),
        KEYS
        + resource(
            "awscc_lambda_function",
            CODE
            + """runtime = "python3.13"
            kms_key_arn = awscc_kms_key.own.arn
            vpc_config  = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
            environment = { variables = { STAGE = "production" } }""",
        ),
        PASS,
    ),
    Twin(
        "a function that is old, with credentials, for everyone",
        resource(
            "aws_lambda_function",
            CODE
            + f"""runtime = "python3.7"
            environment {{
              variables = {{ AWS_KEY = "{CREDENTIAL}", DB_PASSWORD = "{SECRET}" }}
            }}""",
        )
        + resource(
            "aws_lambda_permission",
            'function_name = aws_lambda_function.phi.function_name\nprincipal = "*"\naction = "lambda:InvokeFunction"',
        ),
        resource(
            "awscc_lambda_function",
            CODE
            + f"""runtime = "python3.7"
            environment = {{ variables = {{ AWS_KEY = "{CREDENTIAL}", DB_PASSWORD = "{SECRET}" }} }}""",
        )
        + resource(
            "awscc_lambda_permission",
            'function_name = awscc_lambda_function.phi.function_name\nprincipal = "*"\naction = "lambda:InvokeFunction"',
        ),
        FAIL,
    ),
    Twin(
        "a function with a whole policy for everyone",
        resource("aws_lambda_function", CODE + 'runtime = "python3.13"')
        + resource(
            "awscc_lambda_resource_policy",
            f"resource_arn = aws_lambda_function.phi.arn\npolicy_document = {policy('*', 'lambda:InvokeFunction')}",
            "p",
        ),
        resource("awscc_lambda_function", CODE + 'runtime = "python3.13"')
        + resource(
            "awscc_lambda_resource_policy",
            f"resource_arn = awscc_lambda_function.phi.arn\npolicy_document = {policy('*', 'lambda:InvokeFunction')}",
            "p",
        ),
        FAIL,
    ),
    Twin(
        "a function of which nothing is known",
        VARIABLE + resource("aws_lambda_function", CODE + "runtime = var.open\nkms_key_arn = var.open"),
        VARIABLE + resource("awscc_lambda_function", CODE + "runtime = var.open\nkms_key_arn = var.open"),
        UNKNOWN,
    ),
    Twin(
        "an address of a function for everyone",
        resource("aws_lambda_function_url", 'function_name = "phi"\nauthorization_type = "NONE"'),
        resource("awscc_lambda_url", 'target_function_arn = "phi"\nauth_type = "NONE"'),
        FAIL,
    ),
    Twin(
        "a function on instances of a capacity provider",
        resource(
            "aws_lambda_function",
            CODE
            + """runtime = "python3.13"
            capacity_provider_config {
              lambda_managed_instances_capacity_provider_config {
                capacity_provider_arn = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:records"
              }
            }""",
        ),
        resource(
            "awscc_lambda_function",
            CODE
            + """runtime = "python3.13"
            capacity_provider_config = {
              lambda_managed_instances_capacity_provider_config = {
                capacity_provider_arn = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:records"
              }
            }""",
        ),
        PASS,
    ),
    Twin(
        "a layer that everyone may use",
        resource("aws_lambda_layer_version", 'layer_name = "l"\nfilename = "l.zip"')
        + resource(
            "aws_lambda_layer_version_permission",
            "layer_name = aws_lambda_layer_version.phi.layer_name\nversion_number = 1\n"
            'statement_id = "s"\naction = "lambda:GetLayerVersion"\nprincipal = "*"',
            "p",
        ),
        resource("awscc_lambda_layer_version", 'layer_name = "l"\ncontent = { s3_bucket = "b", s3_key = "k" }')
        + resource(
            "awscc_lambda_layer_version_permission",
            "layer_version_arn = awscc_lambda_layer_version.phi.layer_version_arn\n"
            'action = "lambda:GetLayerVersion"\nprincipal = "*"',
            "p",
        ),
        FAIL,
    ),
    Twin(
        "a layer of its own account",
        resource("aws_lambda_layer_version", 'layer_name = "l"\nfilename = "l.zip"'),
        resource("awscc_lambda_layer_version", 'layer_name = "l"\ncontent = { s3_bucket = "b", s3_key = "k" }'),
        PASS,
    ),
]
