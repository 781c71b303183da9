"""Which types belong to which folders of policies: the data, held against the providers' lists and our own controls."""

from __future__ import annotations

import gzip
import re
from collections import Counter

import pytest

from hipaa_guard import law
from hipaa_guard.assessment.relevant_types import NEWER, SAFEGUARDS, belonging, others, rows
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.loading import load
from tests.schema import REFERENCE, schema

TERRAFORM = sorted(type for type in schema() if type.startswith("aws_"))
AWSCC = sorted(type for type in schema() if type.startswith("awscc_"))
CLOUDFORMATION = gzip.decompress((REFERENCE / "cloudformation_types.txt.gz").read_bytes()).decode().split()
"""The types of CloudFormation's registry and of AWS Config."""

CONTROLS = load()
JUDGED = sorted(
    {
        (type, control.safeguard)
        for control in CONTROLS
        if control.kind.terraform
        for type in control.kind.terraform.types
    }
)

SETTINGS = {
    # The key of what another resource holds, which is judged with that one, or of what holds nothing of a patient.
    *("appconfig_deployment", "bedrockagentcore_token_vault_cmk", "cloudfront_field_level_encryption_profile"),
    *("cloudwatch_log_anomaly_detector", "codegurureviewer_repository_association", "dataexchange_event_action"),
    *("dataexchange_revision_assets", "devopsguru_service_integration", "ecr_repository_creation_template"),
    *("emrcontainers_job_template", "guardduty_publishing_destination", "imagebuilder_component"),
    *("imagebuilder_container_recipe", "imagebuilder_workflow", "lambda_capacity_provider"),
    *("lambda_event_source_mapping", "lexv2models_slot_type", "macie2_classification_export_configuration"),
    *("networkfirewall_firewall_policy", "networkfirewall_rule_group", "networkfirewall_tls_inspection_configuration"),
    *("observabilityadmin_centralization_rule_for_organization", "rds_custom_db_engine_version"),
    *("redshift_snapshot_copy_grant", "s3_bucket_inventory", "s3_bucket_metadata_configuration", "s3_bucket_object"),
    *("s3_bucket_replication_configuration", "s3_bucket_server_side_encryption_configuration", "s3_object"),
    *("s3_object_copy", "s3control_storage_lens_configuration", "ssmincidents_replication_set"),
    *("verifiedaccess_trust_provider", "workspacesweb_browser_settings", "workspacesweb_data_protection_settings"),
    *("workspacesweb_ip_access_settings", "workspacesweb_session_logger", "workspacesweb_user_settings"),
}


def test_every_row_is_of_a_type_that_exists() -> None:
    assert {*rows(), *others()} - {*TERRAFORM, *CLOUDFORMATION} == set()


def test_every_type_of_the_provider_was_looked_at_once() -> None:
    assert Counter([*rows(), *others()]).most_common(1)[0][1] == 1
    assert not set(TERRAFORM) - set(rows()) - others()


@pytest.mark.parametrize("types", [CLOUDFORMATION, AWSCC], ids=["CloudFormation", "awscc"])
def test_every_type_of_the_other_sources_is_known(types: list[str]) -> None:
    assert [type for type in types if belonging(type).holds == NEWER] == []


def test_every_row_can_be_read_and_names_folders_of_policies() -> None:
    folders = {path.name for path in (REFERENCE.parents[1] / "policies").iterdir() if (path / "__init__.py").exists()}
    assert set(SAFEGUARDS) == folders == {control.safeguard for control in CONTROLS}
    for type in rows():
        found = belonging(type)
        assert found.holds
        assert found.safeguards
        assert found.safeguards.issubset(SAFEGUARDS)
    assert all(belonging(type).safeguards == frozenset() for type in others())


@pytest.mark.parametrize("type, safeguard", JUDGED)
def test_what_our_controls_judge_belongs_to_their_folder(type: str, safeguard: str) -> None:
    assert safeguard in belonging(type).safeguards, (
        f"policies/law/resource_types.csv: add {safeguard} to the row of {type}, or move the row there from other_types.csv"
    )


def test_what_has_an_encryption_of_its_own_has_a_row() -> None:
    encrypted = {
        type
        for type in TERRAFORM
        if any(re.search(r"(^|[._])(kms|encrypt\w*)([._]|$)", path) for path in schema()[type])
    }
    assert {f"aws_{name}" for name in SETTINGS} == {type for type in encrypted if not belonging(type).safeguards}


@pytest.mark.parametrize(
    "types",
    [
        ("aws_redshift_cluster", "awscc_redshift_cluster", "AWS::Redshift::Cluster"),
        ("aws_db_instance", "awscc_rds_db_instance", "AWS::RDS::DBInstance"),
        ("aws_docdb_cluster", "awscc_docdb_db_cluster", "AWS::DocDB::DBCluster"),
        ("aws_instance", "awscc_ec2_instance", "AWS::EC2::Instance"),
        ("aws_opensearch_domain", "awscc_opensearchservice_domain", "AWS::OpenSearchService::Domain"),
        ("aws_elasticache_replication_group", "AWS::ElastiCache::ReplicationGroup"),
        ("awscc_healthlake_fhir_datastore", "AWS::HealthLake::FHIRDatastore"),
    ],
)
def test_one_thing_belongs_to_the_same_folders_whoever_names_it(types: tuple[str, ...]) -> None:
    assert len({belonging(type) for type in types}) == 1
    assert "encryption_at_rest" in belonging(types[0]).safeguards


def test_other_providers_belong_nowhere_and_what_is_newer_than_the_data_everywhere() -> None:
    assert belonging("random_id").safeguards == frozenset()
    assert belonging("google_sql_database_instance").safeguards == frozenset()
    for type in ("aws_medical_archive", "awscc_medical_archive", "AWS::Medical::Archive"):
        assert belonging(type).safeguards == frozenset(SAFEGUARDS)
        assert belonging(type).is_in(("audit_logging/log",)) == {"audit_logging"}


def test_a_place_may_ask_for_what_is_held() -> None:
    role = belonging("aws_iam_role")
    assert role.is_in(("access_control/identity",)) == {"access_control"}
    assert role.is_in(("access_control/database", "encryption_at_rest")) == frozenset()
    assert belonging("aws_cloudformation_stack").is_in(("access_control/identity",)) == {"access_control"}


def citing(citation: str) -> list[Control]:
    return [control for control in CONTROLS if citation in control.hipaa]


@pytest.mark.parametrize("citation", law.citations())
def test_each_line_that_controls_cite_says_which_resources_belong_to_it(citation: str) -> None:
    places = law.citations()[citation].judged_by
    ids = ", ".join(control.id for control in citing(citation))
    assert places or not ids, (
        f"no control cited {citation} so far, and now {ids} does: cite a line that others cite (docs/security-rule.md), or "
        f"give {citation} in policies/law/security_rule.yaml `judged_by`, the folders of the resources that belong to it"
    )
    assert ids or not places, (
        f"no control cites {citation}: take its `judged_by` out of policies/law/security_rule.yaml"
    )
    held = {belonging(type).holds for type in rows()}
    for place in places:
        folder, _, holds = place.partition("/")
        assert folder in {control.safeguard for control in citing(citation)}
        assert holds in {"", *held}
