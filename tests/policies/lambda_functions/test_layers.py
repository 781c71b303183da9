"""Layers that another account may use. A live account tells their policies in too many answers, and is not asked."""

from __future__ import annotations

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.other_accounts.places import PROVIDER

CONTROL = "lambda_layer_no_cross_account"
OTHER = "444455556666"
LAYER = PROVIDER + resource("aws_lambda_layer_version", 'layer_name = "records"\nfilename = "layer.zip"')
OPEN = 'variable "open" {}\n'


def permitted(principal: str, more: str = "", layer: str = "aws_lambda_layer_version.phi.layer_name") -> str:
    lines = f'layer_name = {layer}\nversion_number = 1\nstatement_id = "s"\naction = "lambda:GetLayerVersion"\n'
    return LAYER + resource("aws_lambda_layer_version_permission", f"{lines}principal = {principal}\n{more}", "p")


test_layers = cases(
    Case(CONTROL, "no permission", PASS, LAYER),
    Case(CONTROL, "its own account", PASS, permitted(f'"{ACCOUNT}"')),
    Case(CONTROL, "another account", FAIL, permitted(f'"{OTHER}"'), says=OTHER),
    Case(CONTROL, "another account, of a layer by its ARN", FAIL,
         permitted(f'"{OTHER}"', layer="aws_lambda_layer_version.phi.layer_arn"), says=OTHER),
    Case(CONTROL, "everyone", FAIL, permitted('"*"'), says="allows everyone"),
    Case(CONTROL, "an organization", FAIL, permitted('"*"', 'organization_id = "o-a1b2c3d4e5"'), says="an organization"),
    Case(CONTROL, "an organization that is not known", FAIL, OPEN + permitted('"*"', "organization_id = var.open")),
    Case(CONTROL, "an account that is not known", UNKNOWN, OPEN + permitted("var.open")),
    Case(CONTROL, "a permission of another layer", PASS, permitted(f'"{OTHER}"', layer='"another"')),
)  # fmt: skip
