"""The controls on DAX clusters, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, cases

REST, TLS = "dax_cluster_encrypted_at_rest", "dax_cluster_tls"


def cluster(lines: str = "", **changes: Any) -> dict[str, Any]:
    """A cluster with some arguments, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.dax.create_cluster(
            ClusterName="phi-cache",
            NodeType="dax.r5.large",
            ReplicationFactor=3,
            IamRoleArn="arn:aws:iam::123456789012:role/cache",
            **changes,
        )

    return {
        "terraform": f'resource "aws_dax_cluster" "phi" {{\n cluster_name = "phi-cache"\n {lines}\n}}\n',
        "aws": seed,
    }


def encrypted(value: str) -> str:
    return f"server_side_encryption {{\n enabled = {value}\n }}"


def open_variable(lines: str) -> dict[str, Any]:
    return {"terraform": cluster(lines)["terraform"] + 'variable "open" {}'}


ENDPOINT = "cluster_endpoint_encryption_type"

test_encryption = cases(
    Case(REST, "left out", FAIL, **cluster()),
    Case(REST, "on", PASS, **cluster(encrypted("true"), SSESpecification={"Enabled": True})),
    Case(REST, "off", FAIL, **cluster(encrypted("false"), SSESpecification={"Enabled": False})),
    Case(REST, "a variable without a value", UNKNOWN, **open_variable(encrypted("var.open")), says="var.open"),
    Case(TLS, "left out", FAIL, **cluster(), says="NONE"),
    Case(TLS, "TLS", PASS, **cluster(f'{ENDPOINT} = "TLS"', ClusterEndpointEncryptionType="TLS")),
    Case(TLS, "none, said aloud", FAIL, **cluster(f'{ENDPOINT} = "NONE"', ClusterEndpointEncryptionType="NONE")),
    Case(TLS, "a variable without a value", UNKNOWN, **open_variable(f"{ENDPOINT} = var.open")),
)
