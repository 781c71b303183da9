"""Log exports of instances that are made from something else: RDS exports what the new instance itself is told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, cases, resource
from tests.policies.ec2.test_recorded_versions import of_record

LOGS = "rds_instance_logs_exported"
PROFILE = 'custom_iam_instance_profile = "AWSRDSCustomRecords"'
UNSET = 'variable "unset" {}\n'
AWS = {
    "a snapshot": 'snapshot_identifier = "records"',
    "a point in time": 'restore_to_point_in_time {\n source_db_instance_identifier = "records"\n}',
    "a source that it replicates": 'replicate_source_db = "records"',
}
AWSCC = {
    "a snapshot": 'db_snapshot_identifier = "records"',
    "a point in time": 'source_db_instance_identifier = "records"\nuse_latest_restorable_time = true',
    "a source that it replicates": 'source_db_instance_identifier = "records"',
}
EXPORTS = {
    "aws_db_instance": "enabled_cloudwatch_logs_exports",
    "awscc_rds_db_instance": "enable_cloudwatch_logs_exports",
}
TELLING = resource(
    "aws_db_parameter_group", 'family = "postgres16"\nparameter {\n name = "log_connections"\n value = "1"\n}', "p"
)
GROUPS = {"aws_db_instance": "parameter_group_name", "awscc_rds_db_instance": "db_parameter_group_name"}


def made_from() -> Iterator[Case]:
    for type, ways in (("aws_db_instance", AWS), ("awscc_rds_db_instance", AWSCC)):
        for way, lines in ways.items():
            what = f"{type} from {way}"
            yield Case(LOGS, what, FAIL, resource(type, lines), says="exports no logs")
            yield Case(LOGS, f"{what}, with no log in the list", FAIL, resource(type, f"{lines}\n{EXPORTS[type]} = []"))
            yield Case(LOGS, f"{what}, of RDS Custom", NOT_APPLICABLE, resource(type, f"{lines}\n{PROFILE}"))
            variable = f"{lines}\ncustom_iam_instance_profile = var.unset"
            yield Case(LOGS, f"{what}, perhaps of RDS Custom", UNKNOWN, UNSET + resource(type, variable))
            exported = f'{lines}\n{EXPORTS[type]} = ["postgresql"]'
            yield Case(LOGS, f"{what}, whose engine source does not tell", UNKNOWN, resource(type, exported))
            told = f'{exported}\nengine = "postgres"\n{GROUPS[type]} = aws_db_parameter_group.p.name'
            yield Case(LOGS, f"{what}, whose engine source tells", PASS, TELLING + resource(type, told))


test_made_from = cases(*made_from())


@pytest.mark.parametrize("argument", ["snapshot_identifier", "replicate_source_db"])
def test_a_plan_leaves_the_engine_open(argument: str) -> None:
    """A plan marks the engine as known after apply where the new instance takes that of its source."""
    after = {argument: "records", "instance_class": "db.t3.medium", "custom_iam_instance_profile": None}
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {"engine": True, "arn": True}}
    named = {"address": "aws_db_instance.x", "mode": "managed", "type": "aws_db_instance", "name": "x"}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**named, "values": after}]}},
        "resource_changes": [{**named, "change": change}],
        "configuration": {"root_module": {"resources": [{**named, "expressions": {}}]}},
    }
    expected: list[Status] = [FAIL]
    assert of_record(plan, LOGS) == expected
