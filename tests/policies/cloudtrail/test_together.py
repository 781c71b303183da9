"""Trails that are judged together: management reads by one and writes by another, told to Terraform and to AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hipaa_guard.authoring import MEDIUM
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, all_controls, cases
from tests.policies.cloudtrail.states import (
    ACCOUNT,
    GLOBAL,
    MANAGEMENT,
    READS,
    REGIONS,
    UNSET,
    create,
    hcl,
    switched_off,
    trail,
)


def records(name: str, kinds: str, *, everywhere: bool = True, without: str = "", data: str = "") -> Told:
    """A trail that records management events of a kind, or none, and data events of a type."""
    management = kinds != "None"
    lines = [f'read_write_type = "{kinds if management else "All"}"']
    selector: dict[str, Any] = {
        "ReadWriteType": kinds if management else "All",
        "IncludeManagementEvents": management,
        "ExcludeManagementEventSources": [without] if without else [],
    }
    if not management:
        lines += ["include_management_events = false"]
    if without:
        lines += [f'exclude_management_event_sources = ["{without}"]']
    if data:
        value = {"AWS::S3::Object": "arn:aws:s3", "AWS::Lambda::Function": "arn:aws:lambda"}[data]
        lines += [f'data_resource {{\ntype = "{data}"\nvalues = ["{value}"]\n}}']
        selector["DataResources"] = [{"Type": data, "Values": [value]}]

    def seed(aws: Aws) -> None:
        create(aws, name, IsMultiRegionTrail=everywhere)
        aws.cloudtrail.put_event_selectors(TrailName=name, EventSelectors=[selector])

    block = "event_selector {\n" + "\n".join(lines) + "\n}"
    return Told(hcl(name, f"is_multi_region_trail = {str(everywhere).lower()}", block), seed)


READ, WRITE = records("phi", "ReadOnly"), records("other", "WriteOnly")
TOGETHER = "another trail those of the other kind"
KMS = "kms.amazonaws.com"


test_management = cases(
    Case(
        MANAGEMENT,
        "both, and events of global services are left out, which the message does not deny",
        PASS,
        trail(include_global_service_events=False),
        says="reads and writes: its selectors leave out no source",
    ),
    Case(MANAGEMENT, "reads, and another trail writes", PASS, WRITE + READ, says=TOGETHER),
    Case(MANAGEMENT, "reads, and another trail reads", FAIL, records("other", "ReadOnly") + READ),
    Case(
        MANAGEMENT,
        "reads, and another trail, switched off, writes",
        FAIL,
        terraform=WRITE.text.replace('name = "other"', 'name = "other"\nenable_logging = false') + READ.text,
    ),
    Case(
        MANAGEMENT,
        "reads, and another trail writes in one region",
        FAIL,
        records("other", "WriteOnly", everywhere=False) + READ,
    ),
    Case(
        MANAGEMENT,
        "reads, and another trail writes all but KMS",
        FAIL,
        records("other", "WriteOnly", without=KMS) + READ,
    ),
    Case(MANAGEMENT, "reads, switched off, and another trail writes", FAIL, switched_off(WRITE + READ)),
    Case(
        MANAGEMENT,
        "neither, and another trail both",
        NOT_APPLICABLE,
        records("other", "All") + records("phi", "None", data="AWS::S3::Object"),
    ),
    Case(
        MANAGEMENT,
        "reads, and a variable tells what another trail records",
        UNKNOWN,
        UNSET + WRITE.text.replace('"WriteOnly"', "var.unset") + READ.text,
    ),
)
OBJECTS = records("phi", "None", data="AWS::S3::Object")
LEFT_OUT = "its event selectors leave out reads, writes or both"
test_global_services = cases(
    Case(GLOBAL, "reads and writes of management", PASS, records("phi", "All")),
    Case(GLOBAL, "all but those of KMS, which is no global service", PASS, records("phi", "All", without=KMS)),
    Case(GLOBAL, "data events alone", FAIL, OBJECTS, says=LEFT_OUT),
    Case(GLOBAL, "reads alone", FAIL, READ, says=LEFT_OUT),
    Case(GLOBAL, "writes alone", FAIL, records("phi", "WriteOnly"), says=LEFT_OUT),
    Case(GLOBAL, "reads, and another trail writes", PASS, WRITE + READ, says="and another trail the other"),
    Case(GLOBAL, "reads, switched off, and another trail writes", FAIL, switched_off(WRITE + READ)),
    Case(GLOBAL, "data events, and another trail reads and writes", NOT_APPLICABLE, records("other", "All") + OBJECTS),
    Case(GLOBAL, "data events, and another trail too", FAIL, records("other", "None") + OBJECTS, says=LEFT_OUT),
    Case(
        GLOBAL,
        "a variable tells whether management events are among them",
        UNKNOWN,
        UNSET + OBJECTS.text.replace("include_management_events = false", "include_management_events = var.unset"),
    ),
)
ONE_REGION = records("phi", "All", everywhere=False)
test_regions = cases(
    Case(
        REGIONS, "one region, and another trail records data events of all", FAIL, records("other", "None") + ONE_REGION
    ),
    Case(
        REGIONS, "one region, and another trail records reads of all", FAIL, records("other", "ReadOnly") + ONE_REGION
    ),
    Case(
        REGIONS,
        "one region, and two trails record reads and writes of all",
        NOT_APPLICABLE,
        records("other", "ReadOnly") + records("third", "WriteOnly") + ONE_REGION,
    ),
)
test_account = cases(
    Case(ACCOUNT, "reads by one trail, writes by another", PASS, (WRITE + READ).in_aws()),
    Case(ACCOUNT, "reads by two trails", FAIL, (records("other", "ReadOnly") + READ).in_aws()),
    Case(
        ACCOUNT,
        "reads by one trail, writes by another in one region",
        FAIL,
        (records("other", "WriteOnly", everywhere=False) + READ).in_aws(),
    ),
    Case(
        ACCOUNT,
        "reads by one trail, writes by another that is switched off",
        FAIL,
        (switched_off(WRITE + READ)).in_aws(),
    ),
    Case(
        ACCOUNT,
        "reads by one trail, writes by another without KMS",
        FAIL,
        (records("other", "WriteOnly", without=KMS) + READ).in_aws(),
        says="leaves out some sources",
        severity=MEDIUM,
    ),
)
test_data = cases(
    Case(
        READS,
        "functions, and another trail objects",
        NOT_APPLICABLE,
        records("other", "None", data="AWS::S3::Object") + records("phi", "None", data="AWS::Lambda::Function"),
    ),
    Case(
        READS,
        "objects, and another trail functions",
        PASS,
        records("other", "None", data="AWS::Lambda::Function") + records("phi", "None", data="AWS::S3::Object"),
    ),
    Case(
        READS,
        "functions by both",
        FAIL,
        records("other", "None", data="AWS::Lambda::Function") + records("phi", "None", data="AWS::Lambda::Function"),
    ),
)


def test_a_configuration_without_a_trail_says_nothing_of_trails(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_kms_key" "phi" {}\n', encoding="utf-8")
    of_trails = [id for id in all_controls() if id.startswith("cloudtrail_")]
    assert of_trails
    assert not scan_terraform(TerraformTarget(tmp_path), Options(only=of_trails)).findings
