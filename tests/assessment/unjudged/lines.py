"""A scan of which only some was judged, and what a line of the rule says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import Assessment, Coverage, RequirementSummary, Scan
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.locations import NOT_ASKED_FOR, Gap, GapKind
from hipaa_guard.facts.origin import Origin

REST, TRANSIT, LOGS, WORKFORCE = "164.312(a)(2)(iv)", "164.312(e)(2)(ii)", "164.312(b)", "164.308(a)(3)(i)"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
EVERY = load()
BY_ID = {control.id: control for control in EVERY}
DATABASE = "rds_instance_encrypted_at_rest"
RDS = {"rds.Instance": 1}


def found(
    status: Status = Status.PASS, control_id: str = DATABASE, severity: Severity = Severity.HIGH, name: str = "a"
) -> Finding:
    origin = Origin("rds.Instance", "aws_db_instance", name, "terraform", address=f"aws_db_instance.{name}")
    return Finding(control_id, status, severity, "is so", (name * 64)[:64], origin)


def judged(
    *findings: Finding, controls: list[Control] | None = None, source: Any = "terraform", **coverage: Any
) -> Assessment:
    scan = Scan(source, ".", NOW, NOW, "live" if source == "aws" else "hcl")
    told = Coverage(**{"resources": RDS, **coverage})
    return assess(scan, told, EVERY if controls is None else controls, findings, version="1", every=EVERY)


def line(assessment: Assessment, citation: str = REST) -> RequirementSummary:
    return next(each for each in assessment.requirements if each.citation == citation)


UNJUDGED: Mapping[str, Mapping[str, Any]] = {
    "a warehouse": {"unjudged_types": {"aws_redshift_cluster": 1}},
    "a warehouse of an account": {"unjudged_types": {"AWS::Redshift::Cluster": 1}},
    "a warehouse of the other provider": {"unjudged_types": {"awscc_redshift_cluster": 1}},
    "a cache": {"unjudged_types": {"aws_elasticache_replication_group": 3}},
    "documents": {"unjudged_types": {"aws_docdb_cluster": 1}},
    "a search domain": {"unjudged_types": {"aws_opensearch_domain": 1}},
    "a stack of who knows what": {"unjudged_types": {"aws_cloudformation_stack": 1}},
    "a type newer than the data": {"unjudged_types": {"aws_medical_archive": 1}},
    "a file that could not be read": {"gaps": (Gap(GapKind.FILE, "a.tf", "broken"),)},
    "other root modules": {"gaps": (Gap(GapKind.ROOTS, ".", "some", incomplete=False),)},
    "what a plan leaves": {"gaps": (Gap(GapKind.UNCHANGED, ".", "some", incomplete=False),)},
    "other regions": {"skipped": {"eu-west-1": NOT_ASKED_FOR}},
    "what nobody asked the account for": {"unjudged_counted": False},
}
JUDGED: Mapping[str, Mapping[str, Any]] = {
    "nothing else": {},
    "a record of a name": {"unjudged_types": {"aws_route53_record": 9, "AWS::EC2::RouteTable": 2}},
    "resources of other providers": {"unjudged_types": {"random_id": 1}},
    "a log group's part that holds nothing at rest": {"unjudged_types": {"aws_iam_access_key": 1}},
    "a region that the account has not enabled": {"skipped": {"me-south-1": "not enabled in this account"}},
    "a value that is merely not decided": {"gaps": (Gap(GapKind.EXPRESSION, "x", "why", incomplete=False),)},
}
