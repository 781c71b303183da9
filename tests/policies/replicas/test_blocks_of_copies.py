"""No nested block of the provider's schema that may be a copy of a resource is forgotten."""

from __future__ import annotations

import re

import pytest

from hipaa_guard.facts.resource import Resource
from tests.policies.replicas.holders import (
    BLOCKS,
    KINDS,
    WITH_BLOCKS,
)
from tests.schema import schema

_COPIES = re.compile(r"(^|[._])(replicas?|replication|destinations?|secondary|global|copy)(_|$|\.)")
NO_RESOURCES = {
    "aws_s3_bucket.replication_configuration": "the destination is a bucket with a declaration of its own",
    "awscc_s3_bucket.replication_configuration": "the destination is a bucket with a declaration of its own",
    "awscc_s3_bucket.metadata_table_configuration": "a table of metadata about objects",
    "awscc_s3_bucket.inventory_configurations": "reports go to a bucket with a declaration of its own",
    "awscc_s3_bucket.analytics_configurations": "reports go to a bucket with a declaration of its own",
    "awscc_s3_bucket.logging_configuration": "logs go to a bucket with a declaration of its own",
    "aws_dynamodb_table.global_secondary_index": "an index of the table, under its key",
    "aws_dynamodb_table.local_secondary_index": "an index of the table, under its key",
    "awscc_dynamodb_table.global_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_table.local_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_global_table.global_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_global_table.local_secondary_indexes": "an index of the table, under its key",
    "aws_dynamodb_table.global_table_witness": "nobody can read a witness, and it has no settings",
    "aws_instance.secondary_network_interface": "an interface",
    "aws_lambda_event_source_mapping.destination_config": "where failures are sent",
    "aws_lambda_function_event_invoke_config.destination_config": "where failures are sent",
    "awscc_lambda_event_invoke_config.destination_config": "where failures are sent",
    "awscc_lambda_event_source_mapping.destination_config": "where failures are sent",
    "aws_cloudwatch_log_delivery_destination.delivery_destination_configuration": "where logs are sent",
    "awscc_logs_delivery_destination.delivery_destination_policy": "a policy",
    "aws_observabilityadmin_centralization_rule_for_organization.rule": "where logs are sent",
    "awscc_observabilityadmin_organization_centralization_rule.rule": "where logs are sent",
    "aws_pipes_pipe.log_configuration": "where logs are sent",
    "awscc_pipes_pipe.log_configuration": "where logs are sent",
    "aws_launch_template.secondary_interfaces": "an interface",
    "aws_spot_instance_request.secondary_network_interface": "an interface",
}


def test_no_nested_block_that_may_be_a_copy_is_forgotten() -> None:
    types = {type for kind in KINDS if kind.terraform is not None for type in kind.terraform.types}
    found = set()
    for type in types:
        nested = {path.rpartition(".")[0] for path in schema()[type] if "." in path}
        found |= {f"{type}.{path.partition('.')[0]}" for path in nested if _COPIES.search(path)}
    known = {
        f"{type}.{kind.terraform.inside[type].path.partition('.')[0]}" for kind, type in WITH_BLOCKS if kind.terraform
    }
    assert found - known - set(NO_RESOURCES) == set()


@pytest.mark.parametrize(("kind", "type"), BLOCKS, ids=lambda each: each if isinstance(each, str) else each.kind)
def test_the_blocks_and_their_regions_exist(kind: type[Resource], type: str) -> None:
    assert kind.terraform is not None
    inside = kind.terraform.inside[type]
    region = set() if inside.region is None else {f"{inside.path}.{inside.region}"}
    assert {inside.path, *region} <= schema()[type]
